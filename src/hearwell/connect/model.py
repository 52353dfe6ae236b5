"""The values that cross the contract: immutable, comparable, free of any network's own names.

All datetimes are aware and in UTC. All ids are the network's own, as strings (numbers overflow in
JSON). Text offsets count code points of the text as stored. Nothing here holds a secret that its
``repr`` would show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hearwell.connect.attachments import Attachment
from hearwell.connect.templates import Filled
from hearwell.connect.terms import Charge


def _no_values() -> dict[str, str]:
    return {}


class Source(StrEnum):
    """How a raw delivery reached us.

    ``IMPORT`` is the past: an archive, or what lay in the account before it was connected. It is
    history, nothing becomes due. ``SEARCH`` was found by its words: nobody addressed it to us.
    """

    WEBHOOK = "webhook"
    STREAM = "stream"
    POLL = "poll"
    IMPORT = "import"
    SEARCH = "search"


class MessageKind(StrEnum):
    """What a message is on its network; one model of message serves them all."""

    POST = "post"
    COMMENT = "comment"
    MENTION = "mention"
    DM = "dm"
    REVIEW = "review"
    MAIL = "mail"
    CALL = "call"
    CHAT = "chat"


class Audience(StrEnum):
    """Who can read a message on its network."""

    PUBLIC = "public"
    PRIVATE = "private"


class ReceiptState(StrEnum):
    """How far one of our messages has come; later ones never go back to earlier ones."""

    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class Act(StrEnum):
    """What can be done to a message on its network besides answering it."""

    LIKE = "like"
    UNLIKE = "unlike"
    HIDE = "hide"
    UNHIDE = "unhide"
    DELETE = "delete"


class Authenticity(StrEnum):
    """What the account's own side found out about who really wrote a message.

    Only networks where anybody can write under any name have it. ``UNPROVEN`` speaks neither for
    nor against the sender; ``FORGED`` means that the sender's own domain disowns the message.
    """

    PROVEN = "proven"
    UNPROVEN = "unproven"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class Raw:
    """One delivery exactly as the network made it, before anyone has looked inside.

    ``url`` is as it was called (proxies undone), because some networks sign it; ``headers`` have
    lower-case names; ``body`` is as received: re-serialised JSON would break signatures. A poll or
    a stream makes one ``Raw`` per page, line or event.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    source: Source = Source.WEBHOOK


@dataclass(frozen=True, slots=True)
class Nudge:
    """Word from a stream that can only tell *that* something is new: the polls ask at once."""


@dataclass(frozen=True, slots=True)
class IngressSecrets:
    """What is needed to trust a webhook, and nothing that could post.

    ``signing`` holds the newest secret first; during a rotation the old one follows and is still
    accepted. ``challenge`` is the verify token for networks whose handshake has one.
    """

    signing: tuple[str, ...] = field(repr=False)
    challenge: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    """The answer that a network's handshake wants, to be returned as it stands."""

    body: bytes
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200


@dataclass(frozen=True, slots=True)
class Author:
    """A person or a page on one network; ``external_id`` is what identifies, never the handle.

    ``followers``: how many they have, where the network tells it unasked; None: nobody knows.
    """

    external_id: str
    handle: str = ""
    name: str = ""
    followers: int | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """A marked stretch of a text: ``start`` and ``end`` in code points, end exclusive.

    ``kind`` is ``mention``, ``link`` or ``tag``; ``target`` is the id, address or word meant.
    """

    start: int
    end: int
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Media:
    """A file of theirs, by address or by ``ref``, which also fetches it once it has expired.

    ``name`` is what its sender called it (never a path of ours), ``size`` its bytes, where known.
    """

    kind: str
    url: str
    expires_at: datetime | None = None
    ref: str = ""
    alt: str = ""
    name: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """Anything that a network told us, one item of a raw delivery.

    ``external_id`` names the message concerned. ``dedup_key`` names this very event and is the
    same whichever way it came (webhook, stream, poll). ``version`` grows with every edit, from 1.
    ``occurred_at`` is the network's time. ``account`` is the external id of the account of ours
    that it came for. ``raw_index`` is the place of its raw delivery in the batch being drained:
    connectors leave it None, the drainer fills it in.
    """

    external_id: str
    dedup_key: str
    occurred_at: datetime
    account: str
    version: int = 1
    thread_key: str | None = None
    raw_index: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage(Inbound):
    """A message that someone wrote, to us or (``is_echo``) as us.

    ``thread_key`` groups what belongs to one conversation: the same for a post and everything
    under it that concerns one customer, computable from this item alone, in any order of arrival.
    An echo is our own message seen from the network; ``echo_key`` is the nonce we sent along, if
    the network hands it back. ``needs_reply`` is only set where the network itself knows.

    ``subject`` is its heading, where the network has one. ``text`` is what the author says here;
    where that is only a part (a mail that quotes what it answers), ``full_text`` holds all of it.
    ``is_cut``: the network holds more of it than we take. ``is_attempt`` marks an echo that
    reached nobody (a call that was not answered): it is noted for the team and answers nothing.
    """

    thread_key: str
    kind: MessageKind
    audience: Audience
    author: Author
    text: str
    parent_id: str | None = None
    root_id: str | None = None
    entities: tuple[Entity, ...] = ()
    media: tuple[Media, ...] = ()
    is_echo: bool = False
    echo_key: str | None = None
    language: str | None = None
    rating: int | None = None
    permalink: str | None = None
    addressed_to: tuple[str, ...] = ()
    needs_reply: bool | None = None
    subject: str = ""
    full_text: str = ""
    is_cut: bool = False
    authenticity: Authenticity | None = None
    authenticity_detail: str = ""
    is_attempt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited(Inbound):
    """The author changed the text. ``version`` orders edits that arrive out of order.

    ``rating`` is how many stars a review has now; None where the message has none.
    """

    text: str
    edited_at: datetime
    entities: tuple[Entity, ...] = ()
    rating: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted(Inbound):
    """The message is gone. ``must_purge``: the network demands that text and media go here too."""

    must_purge: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted(Inbound):
    """Someone reacted to ``target_id``; an empty ``reaction`` takes it back.

    A follow is a reaction to the account itself: ``target_id`` is then the account's id.
    """

    reaction: str
    actor: Author
    target_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Inbound):
    """How far a message of ours has come, by its id or by the nonce we sent with it.

    ``reason`` says why it failed, in the network's own words.
    """

    state: ReceiptState
    target_id: str | None = None
    echo_key: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadsMoved(Inbound):
    """Conversations go on elsewhere: thread keys that begin with ``before`` begin with ``after``.

    What is said there from now on has the new keys; what is said to the old ones is lost.
    ``person``: somebody is known by another id from now on (before, after), as whose the
    conversations go on.
    """

    before: str
    after: str
    person: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Inbound):
    """A type that we do not know (yet): kept and counted, never an error."""

    type_name: str


@dataclass(frozen=True, slots=True)
class Account:
    """One connected account as the connector sees it: who, with what settings, secrets and rights.

    ``settings`` are plain and may be shown; ``secrets`` may not and stay out of ``repr``. What is
    possible is always class ∩ account (``tier``, ``scopes``) ∩ item. A stream that hears everybody
    tells posts with one of ``words`` as ``SEARCH``. ``units`` are what a poll of this account may
    still spend of today's quota, which others share; None where there is none or nobody counts.
    """

    external_id: str
    handle: str = ""
    settings: Mapping[str, str] = field(default_factory=_no_values)
    secrets: Mapping[str, str] = field(default_factory=_no_values, repr=False)
    tier: str = ""
    scopes: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    units: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What we want to say and where. The same value goes to ``preflight``, ``send``, ``find_sent``.

    ``account`` is the external id it was approved for and is sent with. ``initials`` are appended
    by ``connect.signature.signed`` (once) and count. ``parent_id`` is the message replied to,
    ``parent_seen_at`` its network time, from which windows are reckoned; ``to`` is the person.
    ``choices`` are short answers to press, each sent as if typed; the text must do without them.
    ``template`` is the approved message that ``text`` says, where only such a one is taken.
    ``parent_kind`` is what the message replied to is, as its parser saw it; None if nobody knows.
    """

    text: str
    audience: Audience
    account: str
    thread_key: str = ""
    parent_id: str | None = None
    root_id: str | None = None
    to: Author | None = None
    initials: str | None = None
    media: tuple[Attachment, ...] = ()
    parent_seen_at: datetime | None = None
    subject: str = ""
    choices: tuple[str, ...] = ()
    template: Filled | None = None
    parent_kind: MessageKind | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The network has it: its id, its address, its time there."""

    external_id: str
    permalink: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Pending:
    """Accepted, result to be fetched with ``settle`` not before ``check_after``."""

    token: str
    check_after: datetime


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a draft, found before sending. ``code`` is that of the failure.

    ``elsewhere`` is the address on the network where a person can do by hand, and in private,
    what its interface refuses us; empty where there is none.
    """

    code: str
    message: str
    blocking: bool = True
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class RawPage:
    """What one poll brought: raws in the network's order, where to go on, and when.

    ``cursor`` is opaque and stored in the same transaction as the raws. ``poll_after`` of None
    means at the channel's usual pace; a time not after now means that more is waiting. ``charges``
    is what asking cost, whatever it brought.
    """

    raws: tuple[Raw, ...]
    cursor: str | None
    poll_after: datetime | None = None
    charges: tuple[Charge, ...] = ()
