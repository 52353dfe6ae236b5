"""What a network can and cannot do, read off its class and its manifest. Pure.

The same list is shown in the settings and printed in the reference, so that neither can promise
what the code does not do. ``title`` and ``words`` are plain English msgids; ``words`` is filled
with ``values`` after translation. A value that is itself a word (a ``Kinds``) is translated too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hearwell.connect.attachments import FILE, IMAGE
from hearwell.connect.contract import (
    Authorizes,
    Connector,
    Connects,
    Fetches,
    Moderates,
    Polls,
    ReceivesWebhooks,
    Refreshes,
    Replies,
    Searches,
    Streams,
    Subscribes,
)
from hearwell.connect.manifest import Changes, Idempotency, ReadBack, ReplyWindow
from hearwell.connect.mediarule import AUDIO, VIDEO, MediaRule, plain_type
from hearwell.connect.model import Act, Audience, MessageKind
from hearwell.connect.textrule import Graphemes, TextRule
from hearwell.connect.timelines import ReadsTimelines

_DAY_S, _HOUR_S, _MINUTE_S = 86_400, 3_600, 60


class Can(StrEnum):
    """Whether it can be done; ``PARTLY`` says in words within which limits."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Group(StrEnum):
    """Headings under which abilities are told, in this order."""

    HEARING = "Hearing"
    ANSWERING = "Answering"
    MODERATING = "Moderating"
    LOOKING = "Looking around"
    CONNECTING = "Connecting"


@dataclass(frozen=True, slots=True)
class Ability:
    """One thing that a network can, partly can, or cannot do."""

    key: str
    group: Group
    title: str
    can: Can
    words: str = ""
    values: Mapping[str, int] = field(default_factory=dict)
    listed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Portrait:
    """A network with everything it can and cannot do."""

    network: str
    title: str
    is_connectable: bool
    abilities: tuple[Ability, ...]
    is_by_contract: bool = False

    def can(self, key: str) -> Can:
        """What is said of one ability."""
        return next(one.can for one in self.abilities if one.key == key)

    @property
    def is_answerable(self) -> bool:
        """Whether messages from there can be answered at all."""
        return any(self.can(audience.value) is not Can.NO for audience in Audience)

    def of(self, group: Group) -> list[Ability]:
        """The abilities under one heading."""
        return [one for one in self.abilities if one.group is group]


KIND_WORDS: Mapping[MessageKind, str] = {
    MessageKind.POST: "posts",
    MessageKind.COMMENT: "comments",
    MessageKind.MENTION: "mentions",
    MessageKind.DM: "private messages",
    MessageKind.REVIEW: "reviews",
    MessageKind.MAIL: "mail",
    MessageKind.CALL: "calls",
    MessageKind.CHAT: "chats",
}
UNIT_WORDS: Mapping[str, str] = {
    "graphemes": "%(n)s characters",
    "code_points": "%(n)s characters",
    "utf16": "%(n)s characters (some emoji count two)",
    "bytes": "%(n)s bytes",
    "sms": "%(n)s characters; longer ones go out, and are paid for, in several segments",
    "weighted": "%(n)s characters (emoji and some scripts count two); web addresses all count 23",
    "abridged": "%(n)s characters, or what its server sets; web addresses all count the same",
}
_CHANGE_WORDS: Mapping[Changes, tuple[Can, str]] = {
    Changes.PUSHED: (Can.YES, "We are told at once."),
    Changes.POLLED: (Can.PARTLY, "Found when we look again; it may take a while."),
    Changes.NEVER: (Can.NO, "The network never tells."),
}
_TWICE_WORDS: Mapping[ReadBack, tuple[Can, str]] = {
    ReadBack.AUTHORITATIVE: (Can.YES, "After a doubt we look on the network, and know."),
    ReadBack.HINT: (Can.PARTLY, "After a doubt we look there; if we find nothing, a person looks."),
    ReadBack.NONE: (Can.PARTLY, "After a doubt a person has to look on the network."),
}  # fmt: skip


def portrait_of(connector: Connector) -> Portrait:
    """Everything about one network, in the order of the groups."""
    groups: Iterable[Callable[[Connector], Iterable[Ability]]] = (
        _hearing, _answering, _moderating, _looking, _connecting,
    )  # fmt: skip
    return Portrait(
        network=connector.manifest.network,
        title=connector.manifest.title,
        is_connectable=isinstance(connector, Connects | Authorizes),
        is_by_contract=connector.manifest.is_by_contract,
        abilities=tuple(one for group in groups for one in group(connector)),
    )


def plain_span(seconds: float) -> tuple[str, int]:
    """A length of time as a msgid and its number: 172,800 s is ("%(n)s days", 2).

    A day is told in hours, as networks do.
    """
    if seconds >= 2 * _DAY_S:
        return "%(n)s days", int(seconds // _DAY_S)
    if seconds >= _HOUR_S:
        n = int(seconds // _HOUR_S)
        return ("%(n)s hour" if n == 1 else "%(n)s hours"), n
    if seconds >= _MINUTE_S:
        return "%(n)s min", int(seconds // _MINUTE_S)
    return "%(n)s s", max(1, int(seconds))


def _said(flag: object) -> Can:
    return Can.YES if flag else Can.NO


def _hearing(connector: Connector) -> Iterable[Ability]:
    manifest, group = connector.manifest, Group.HEARING
    kinds = tuple(KIND_WORDS[kind] for kind in MessageKind if kind in manifest.kinds)
    yield Ability("reads", group, "What it brings", _said(kinds), listed=kinds)
    is_called = isinstance(connector, ReceivesWebhooks)
    words = "Needs a public https address." if is_called else ""
    yield Ability("webhook", group, "It calls us", _said(is_called), words)
    yield Ability("stream", group, "It keeps a line open", _said(isinstance(connector, Streams)))
    yield _asked(connector)
    for key, title, changes in (
        ("edits", "Edits are noticed", manifest.edits),
        ("deletions", "Deletions are noticed", manifest.deletions),
    ):
        can, words = _CHANGE_WORDS[changes] if kinds else (Can.NO, "")
        yield Ability(key, group, title, can, words)
    yield Ability("purge", group, "Deleted text must go here too", _said(manifest.must_purge))
    yield Ability("echo", group, "Answers given in its own app are seen", _said(manifest.has_echo))


def _asked(connector: Connector) -> Ability:
    title = "We ask it"
    if not isinstance(connector, Polls):
        return Ability("poll", Group.HEARING, title, Can.NO)
    span, n = plain_span(connector.manifest.poll_every_s)
    return Ability("poll", Group.HEARING, title, Can.YES, f"Every {span}.", {"n": n})


def _answering(connector: Connector) -> Iterable[Ability]:
    manifest, group = connector.manifest, Group.ANSWERING
    replies = isinstance(connector, Replies)
    for audience, title in (
        (Audience.PUBLIC, "Answer in public"),
        (Audience.PRIVATE, "Answer in private"),
    ):
        if replies and audience in manifest.reply_audiences:
            window = next((w for w in manifest.windows if w.audience is audience), None)
            yield _reply(audience.value, title, window)
            yield _length(f"{audience.value}_length", title, manifest.text_rule(audience))
        else:
            yield Ability(audience.value, group, title, Can.NO)
    shares = replies and manifest.shares_threads and Audience.PUBLIC in manifest.reply_audiences
    words = "In public, in the same thread." if shares else ""
    yield Ability(
        "other_account", group, "Answer for another of our accounts", _said(shares), words
    )
    yield from _files(manifest.media_rule if replies else MediaRule(manifest.title))
    yield from _pace(connector)
    if replies:
        yield _once(connector)


def _reply(key: str, title: str, window: ReplyWindow | None) -> Ability:
    if window is None:
        return Ability(key, Group.ANSWERING, title, Can.YES)
    span, n = plain_span(window.lasts.total_seconds())
    words, values = f"Only for {span} after the customer wrote.", {"n": n}
    if window.by_hand is not None:
        words = words.removesuffix(".") + "; with the right to it, %(days)s days by hand."
        values["days"] = window.by_hand.days
    return Ability(key, Group.ANSWERING, title, Can.PARTLY, words, values)


def _length(key: str, title: str, rule: TextRule) -> Ability:
    words = UNIT_WORDS.get(rule.name, "%(n)s characters")
    values: dict[str, int] = {"n": rule.limit}
    if isinstance(rule, Graphemes) and rule.max_bytes is not None:
        words, values = "%(n)s characters and %(bytes)s bytes", values | {"bytes": rule.max_bytes}
    return Ability(key, Group.ANSWERING, f"{title}: longest text", Can.YES, words, values)


_FILE_WORDS: Mapping[str, str] = {
    IMAGE: "pictures",
    VIDEO: "films",
    AUDIO: "sounds",
    FILE: "files",
}


def _files(rule: MediaRule) -> Iterable[Ability]:
    """One line for each kind of file, and one on what is said of pictures."""
    group, title = Group.ANSWERING, "Send files"
    if not rule.limits:
        yield Ability("files", group, title, Can.NO)
        return
    types = tuple(sorted(plain_type(one) for one in rule.types))
    yield Ability("files", group, title, Can.PARTLY if types else Can.YES, listed=types)
    for limit in rule.limits:
        size, unit = _size(rule.max_bytes or limit.max_bytes)
        values = {"n": min(limit.max_count, rule.most or limit.max_count), "size": size}
        words = f"%(n)s with a message, %(size)s {unit} each."
        if rule.max_bytes:
            words = f"%(n)s with a message, %(size)s {unit} in all."
        elif limit.goes_alone:
            words = f"%(n)s with a message and no other file, %(size)s {unit}."
        name = "any file" if not limit.types else _FILE_WORDS[limit.kind]
        yield Ability(
            f"files_{limit.kind}_length",
            group,
            f"Send files: {name}",
            Can.YES,
            words,
            values,
        )
    described = max(limit.max_alt for limit in rule.limits)
    words, values = ("Up to %(n)s characters.", {"n": described}) if described else ("", {})
    yield Ability(
        "alt", group, "Describe pictures for those who cannot see", _said(described), words, values
    )


def _size(count: int) -> tuple[int, str]:
    """Bytes as people say them, never more than there is room for."""
    megabytes = count // 1_000_000
    return (megabytes, "MB") if megabytes else (count // 1000, "kB")


_RATE_TITLES: Mapping[str, tuple[Group, str]] = {
    "send": (Group.ANSWERING, "Sending is limited"),
    "read": (Group.HEARING, "Reading is limited"),
}


def _pace(connector: Connector) -> Iterable[Ability]:
    for place, rate in enumerate(connector.manifest.rates):
        span, n = plain_span(rate.per_s)
        group, title = _RATE_TITLES.get(rate.what, (Group.MODERATING, "Other calls are limited"))
        words = f"%(calls)s calls in {span} for each {rate.scope}."
        if rate.what not in _RATE_TITLES:
            words = f"{words[:-1]} ({rate.what})."
        values = {"calls": rate.calls, "n": n}
        yield Ability(f"rate_{place}_{rate.what}", group, title, Can.PARTLY, words, values)


def _once(connector: Connector) -> Ability:
    if connector.manifest.idempotency is not Idempotency.NONE:
        can, words = Can.YES, "The network itself drops a repeat."
    else:
        can, words = _TWICE_WORDS[connector.manifest.read_back]
    return Ability("once", Group.ANSWERING, "Never twice", can, words)


def _moderating(connector: Connector) -> Iterable[Ability]:
    acts = connector.acts if isinstance(connector, Moderates) else frozenset()
    for act, title in (
        (Act.LIKE, "Like a message"),
        (Act.HIDE, "Hide a message"),
        (Act.DELETE, "Delete an answer of ours"),
    ):
        yield Ability(act.value, Group.MODERATING, title, _said(act in acts))


def _looking(connector: Connector) -> Iterable[Ability]:
    for key, title, kind in (
        ("fetch", "Fetch a missing message or a file", Fetches),
        ("timelines", "Read other accounts", ReadsTimelines),
        ("search", "Search what is said in public", Searches),
    ):
        yield Ability(key, Group.LOOKING, title, _said(isinstance(connector, kind)))


def _connecting(connector: Connector) -> Iterable[Ability]:
    group = Group.CONNECTING
    words = ""
    if isinstance(connector, Authorizes):
        words = "By your consent on its own page."
    elif isinstance(connector, Connects):
        words = "By a form, step by step."
    yield Ability("connect", group, "Connect in the browser", _said(words), words)
    renews = isinstance(connector, Refreshes)
    yield Ability("renew", group, "Sign-in renews itself", _said(renews))
    if isinstance(connector, ReceivesWebhooks):
        is_ours = isinstance(connector, Subscribes)
        words = "" if is_ours else "Its address is entered on the network's side by hand."
        if connector.manifest.is_hosted_here:
            words = "One line is pasted into your pages."
        can = Can.YES if is_ours else Can.PARTLY
        yield Ability("subscribe", group, "Calls are switched on by us", can, words)
