"""Where our own web chat keeps what is said, and how its door proves an envelope. Pure.

Elsewhere the network keeps the conversation. Here we are the network: the house hands its
connector a ``Room`` (``config/wiring.py``), so that connectors still know no tables.

``X-Webchat-Signature: v1=<hex of HMAC-SHA256(key, timestamp + "." + body)>`` beside
``X-Webchat-Timestamp: <epoch seconds>`` proves that an envelope came through our own door.

A site's server is given the signing secret, which signs identities. Our own keys are made from it
and from the endpoint's ``challenge``, which never leaves the house: the site can say who somebody
is, not that they have written something, and cannot open a session in another one's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from hearwell.connect import signed
from hearwell.connect.attachments import Attachment
from hearwell.connect.model import IngressSecrets
from hearwell.kit.tokens import derived

TIMESTAMP: Final = "x-webchat-timestamp"
SIGNATURE: Final = "x-webchat-signature"
ENVELOPE: Final = "hearwell webchat envelope"
SESSION: Final = "hearwell webchat session"


def keys_for(purpose: str, secrets: IngressSecrets) -> tuple[str, ...]:
    """The keys of the house for a purpose, newest first; none if it has nothing of its own."""
    if not secrets.challenge:
        return ()
    ours = derived(secrets.challenge, purpose)
    return tuple(derived(ours, secret) for secret in secrets.signing if secret)


def signature_of(key: str, timestamp: str, body: bytes) -> str:
    """The signature of an envelope at a time, in seconds since 1970."""
    message = timestamp.encode() + b"." + body
    return "v1=" + signed.mac(key, message).hex()


def thread_of(visitor: str) -> str:
    """The thread of a visitor: one conversation with one site, whatever page it is on."""
    return f"chat:{visitor}"


def visitor_of(thread_key: str) -> str:
    """The visitor of a thread; empty if it is no thread of the chat."""
    head, _, visitor = thread_key.partition(":")
    return visitor if head == "chat" else ""


@dataclass(frozen=True, slots=True)
class Said:
    """A line that stands in a visitor's conversation: its id there and when it was put there."""

    external_id: str
    at: datetime


class Room(Protocol):
    """The conversations of all sites. Every call raises ``connect.failures`` and nothing else.

    ``site`` is the account's external id, ``visitor`` a visitor's id: a visitor of another site
    is none.
    """

    def say(
        self,
        site: str,
        visitor: str,
        key: str,
        text: str,
        files: Sequence[Attachment] = (),
        choices: Sequence[str] = (),
    ) -> Said | None:
        """Put our answer where the visitor reads it; the same ``key`` again is the same line.

        Files come with their bytes, and only this visitor can have them. ``choices`` are answers
        that they can press for as long as nothing follows. None if there is no such
        visitor. Raises ``OutcomeUnknown`` if the commit was interrupted, ``Unavailable`` if there
        was surely none.
        """

    def find(self, site: str, visitor: str, key: str) -> Said | None:
        """The line of a key, or None. Raises ``Unavailable``."""

    def file(self, site: str, visitor: str, name: str) -> bytes | None:
        """The bytes of a file in the visitor's conversation, or None. Raises ``Unavailable``."""

    def is_open(self) -> bool:
        """Whether anything can be stored just now."""
