"""What a network is and allows, as data: shown to admins, checked by conformance, never guessed.

A manifest describes the class. What an account may really do is narrowed by its tier and scopes,
and what one item allows by its window and permissions: see ``Connector.preflight``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from hearwell.connect.mediarule import MediaLimit, MediaRule
from hearwell.connect.model import Audience, MessageKind
from hearwell.connect.terms import AccessLevel, ApiVersion, Price, Quota, Retention

if TYPE_CHECKING:
    from hearwell.connect.textrule import TextRule


class Auth(StrEnum):
    """How an account is connected."""

    NONE = "none"
    TOKEN = "token"  # noqa: S105 -- the name of a way, not a secret
    APP_PASSWORD = "app_password"  # noqa: S105 -- the same
    OAUTH2 = "oauth2"


class Changes(StrEnum):
    """How we learn that a customer edited or deleted something."""

    PUSHED = "pushed"
    POLLED = "polled"
    NEVER = "never"


class ReadBack(StrEnum):
    """How far ``find_sent`` can be trusted when it finds nothing.

    ``AUTHORITATIVE``: after ``read_lag`` an absence is proof and the message may be sent again.
    ``HINT``: a find is proof, an absence is not. ``NONE``: only a person can look.
    """

    AUTHORITATIVE = "authoritative"
    HINT = "hint"
    NONE = "none"


class Idempotency(StrEnum):
    """What protects a send on the network's own side."""

    NONE = "none"
    KEY = "key"
    NATURAL = "natural"


@dataclass(frozen=True, slots=True)
class ReplyWindow:
    """For how long after the customer's message an answer of this audience is taken.

    ``by_hand`` is the longer time for what a person wrote, where the account has the right to it.
    """

    audience: Audience
    lasts: timedelta
    by_hand: timedelta | None = None


@dataclass(frozen=True, slots=True)
class RateLimit:
    """``calls`` per ``per_s`` seconds, for ``what`` (send, read, …) counted per ``scope``."""

    what: str
    calls: int
    per_s: int
    scope: str = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One network's description.

    ``network`` is the key kept in the database (lower case, stable); ``title`` is for people;
    ``icon`` is a name from the icon set. ``hosts`` are the only hosts the connector may contact;
    a network that anyone can host leaves it empty and names them per account
    (``Connector.hosts``). ``read_lag_s`` is how long the network's own reads may trail its writes.

    ``has_global_ids``: a message has the same id and thread in every account that it reaches, so
    that one seen by two of ours is still one. ``is_poll_exact``: a cursor has passed everything
    before it for certain (mailboxes count their mail), so that reading the last two days again
    would only load them anew. ``is_hosted_here``: this house is the network (our own web chat), so
    that nobody outside has to be told where to call us.

    ``shares_threads``: any account may speak in a public thread that began with another one, and
    accounts in the same place (``Connector.place_of``) see the same ids and threads. A private
    thread is always its account's own.

    ``media`` are the files that a message may carry, ``media_bytes`` their size in all and
    ``most_media`` their number in all (0: as the limits say). ``caption`` counts the text of a
    message with files where that is another rule. Without any limit none can be sent.

    ``replaces_answers``: a message has one answer at most, and another one takes its place there.

    ``is_by_contract``: it was built to the network's documents and has never spoken to the live
    network. ``access``, ``versions``, ``prices``, ``quota`` and ``retention`` are the network's
    terms (``connect.terms``); a connector with prices or a quota is ``Metered``.

    ``search_every_s`` is how long the same words are not looked for again. ``searches_tags_apart``:
    a hashtag is not found by its word, or not everywhere.
    """

    network: str
    title: str
    auth: Auth
    public_text: TextRule
    private_text: TextRule | None = None
    icon: str = "radio"
    hosts: frozenset[str] = frozenset()
    kinds: frozenset[MessageKind] = frozenset()
    reply_audiences: frozenset[Audience] = frozenset()
    media: tuple[MediaLimit, ...] = ()
    media_bytes: int = 0
    most_media: int = 0
    caption: TextRule | None = None
    windows: tuple[ReplyWindow, ...] = ()
    rates: tuple[RateLimit, ...] = ()
    edits: Changes = Changes.NEVER
    deletions: Changes = Changes.NEVER
    must_purge: bool = False
    has_echo: bool = False
    idempotency: Idempotency = Idempotency.NONE
    read_back: ReadBack = ReadBack.NONE
    read_lag_s: float = 0.0
    request_timeout_s: float = 10.0
    poll_every_s: float = 60.0
    uses_initials: bool = True
    has_global_ids: bool = False
    shares_threads: bool = False
    is_poll_exact: bool = False
    search_every_s: float = 60.0
    searches_tags_apart: bool = False
    is_hosted_here: bool = False
    replaces_answers: bool = False
    is_by_contract: bool = False
    access: tuple[AccessLevel, ...] = ()
    versions: tuple[ApiVersion, ...] = ()
    prices: tuple[Price, ...] = ()
    quota: Quota | None = None
    retention: Retention | None = None

    def text_rule(self, audience: Audience) -> TextRule:
        """The rule that counts a reply of this audience."""
        if audience is Audience.PRIVATE and self.private_text is not None:
            return self.private_text
        return self.public_text

    @property
    def media_rule(self) -> MediaRule:
        """What files a message may carry."""
        return MediaRule(self.title, self.media, self.media_bytes, self.most_media)

    def window(self, audience: Audience) -> timedelta | None:
        """How long an answer of this audience is taken; None where it never closes."""
        return next((w.lasts for w in self.windows if w.audience is audience), None)
