"""Which mails belong together, computed from one mail alone, so that they may come in any order.

A thread is what *one* person and we write to each other under one first mail: its key is a hash of
both. A stranger who knows a Message-ID, or has got hold of a mail of ours, therefore opens a
thread of their own and never speaks in a customer's. What we send carries the key, signed, in its
Message-ID (and, where the mailbox can do it, in a "+" address), for programs that lose the rest.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

_KEY_LETTERS, _WHO_LETTERS, _MAC_LETTERS = 20, 6, 12
_MARK = "hw"
_TOKEN = re.compile(
    rf"{_MARK}([a-z2-7]{{{_KEY_LETTERS}}})([a-z2-7]{{{_WHO_LETTERS}}})([a-z2-7]{{{_MAC_LETTERS}}})"
)
_OWN_ID = re.compile(rf"([a-z2-7]{{26}})\.{_TOKEN.pattern}@[a-z0-9.-]{{1,253}}")
_IN_ADDRESS = re.compile(rf"\+{_TOKEN.pattern}@")
# So many signatures are checked in one mail: more are there to keep us busy.
_MOST = 50
_FALSE_IDS = re.compile(r"@(?:localhost|\[?127\.|[^.]*\Z)", re.IGNORECASE)
_SHORT = 8


def _hash(*words: str, letters: int) -> str:
    digest = hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest).decode().lower()[:letters]


def _mac(secret: str, *words: str) -> str:
    digest = hmac.new(secret.encode(), "\0".join(words).encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:_MAC_LETTERS]


def key_of(root_id: str, person: str) -> str:
    """The key of the thread that `person` (a normal address) and we have under this first mail."""
    return _hash(root_id, person, letters=_KEY_LETTERS)


def who_of(person: str) -> str:
    """A person in six letters: enough to tell whether a token was meant for them."""
    return _hash("who", person, letters=_WHO_LETTERS)


def id_of(message_id: str, fingerprint: Iterable[str]) -> str:
    """What a mail is known by: its Message-ID, if that can be the only one of its kind.

    Some programs write no id, or the same one into every mail ("<form@localhost>"): then a hash
    of what makes this mail this mail is added, lest the second one be taken for a repeat.
    """
    local = message_id.partition("@")[0]
    if message_id and len(local) >= _SHORT and not _FALSE_IDS.search(message_id):
        return message_id
    return f"{message_id}>{_hash(*fingerprint, letters=26)}"


def written_id(external_id: str) -> str:
    """The Message-ID as its sender wrote it, empty if there was none."""
    return external_id.partition(">")[0]


@dataclass(frozen=True, slots=True)
class Ours:
    """A Message-ID of ours: the client token it was made from, its thread, whom it was for."""

    message_id: str
    key: str
    thread: str
    who: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """Makes and checks what we sign; `secret` never leaves the account."""

    secret: str

    def message_id(self, key: str, thread: str, person: str, domain: str) -> str:
        """The Message-ID of the mail with this client token (a UUID), always the same."""
        short = base64.b32encode(_as_uuid(key).bytes).decode().lower().rstrip("=")
        who = who_of(person)
        mac = _mac(self.secret, "id", short, thread, who, domain)
        return f"{short}.{_MARK}{thread}{who}{mac}@{domain}"

    def plus(self, address: str, thread: str, person: str) -> str:
        """Our address with a token that leads an answer back to its thread."""
        local, _, domain = address.rpartition("@")
        who = who_of(person)
        return f"{local}+{_MARK}{thread}{who}{_mac(self.secret, 'to', thread, who)}@{domain}"

    def ours_in(self, text: str) -> list[Ours]:
        """Our own Message-IDs in a text, those that we surely made."""
        if not self.secret:
            return []
        found: dict[str, Ours] = {}
        for match in list(_OWN_ID.finditer(text))[:_MOST]:
            short, thread, who, mac = match.groups()
            domain = match[0].rpartition("@")[2]
            if hmac.compare_digest(_mac(self.secret, "id", short, thread, who, domain), mac):
                found[match[0]] = Ours(match[0], _uuid(short), thread, who)
        return list(found.values())

    def invitations_in(self, text: str) -> list[tuple[str, str]]:
        """(thread, who) of "+" addresses of ours in a text, those that we surely made."""
        if not self.secret:
            return []
        pairs = [match.groups() for match in list(_IN_ADDRESS.finditer(text))[:_MOST]]
        return [
            (thread, who)
            for thread, who, mac in dict.fromkeys(pairs)
            if hmac.compare_digest(_mac(self.secret, "to", thread, who), mac)
        ]


def _as_uuid(key: str) -> uuid.UUID:
    try:
        return uuid.UUID(key)
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_URL, key)


def _uuid(short: str) -> str:
    return str(uuid.UUID(bytes=base64.b32decode(short.upper() + "======")))


def ours_from(line: str) -> list[Ours]:
    """Read ids back that were found to be ours when the mail was fetched, apart by spaces."""
    return [
        Ours(match[0], _uuid(match[1]), match[2], match[3])
        for word in line.split()
        if (match := _OWN_ID.fullmatch(word))
    ]
