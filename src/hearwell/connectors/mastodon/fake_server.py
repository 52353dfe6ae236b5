"""A small server in memory: people, statuses, notifications, and what streams say of them.

``kind`` makes it behave as one of three families, in the ways in which they differ for us:

- ``mastodon``: keys of idempotency, streams, strangers' private mentions filtered;
- ``gotosocial``: ULIDs, no keys, code points, no word of edits on streams;
- ``takahe``: no streams, no films or sounds, no keys, 400 for a bad token, pages in the other
  order.
"""

from __future__ import annotations

import html
import json
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hearwell.connectors.mastodon.fake_files import FakeFiles
from hearwell.connectors.mastodon.manifest import PICTURE_TYPES

Told = Callable[[str, str, str], None]
Fields = dict[str, Any]
MASTODON, GOTOSOCIAL, TAKAHE = "mastodon", "gotosocial", "takahe"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FIRST_ID = 117_440_810_000_000_000
_MENTION = re.compile(r"(?<![=/\w])@([a-z0-9_]+)(?:@([a-z0-9.:-]+[a-z0-9]))?", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_TAG = re.compile(r"(?<![\w&/])#(\w+)")
_SHOWN = 30


@dataclass(slots=True)
class Person:
    """Somebody with an account here, or known from another server (``host``)."""

    id: str
    name: str
    title: str = ""
    host: str = ""
    is_suspended: bool = False
    policy: dict[str, str] = field(default_factory=dict)
    follows: set[str] = field(default_factory=set)

    @property
    def acct(self) -> str:
        """As this server shows the account."""
        return f"{self.name}@{self.host}" if self.host else self.name


@dataclass(slots=True)
class Status:
    """Something that somebody said."""

    id: str
    author: Person
    text: str
    visibility: str
    at: datetime
    warning: str = ""
    parent: str | None = None
    edited_at: datetime | None = None
    language: str | None = "en"
    media: tuple[Fields, ...] = ()
    people: list[Person] = field(default_factory=list)
    likes: set[str] = field(default_factory=set)
    boosts: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Notice:
    """A notification: what happened, who did it, to which status."""

    id: str
    kind: str
    owner: str
    actor: Person
    at: datetime
    status: str | None = None
    is_filtered: bool = False


@dataclass
class FakeServer:
    """Everything there is on it. Streams are ``listeners``: (account, event, payload)."""

    domain: str = "social.example"
    origin: str = "https://social.example"
    kind: str = MASTODON
    characters: int = 500
    streaming: str = "wss://social.example"
    people: dict[str, Person] = field(default_factory=dict)
    statuses: dict[str, Status] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    apps: dict[str, Fields] = field(default_factory=dict)
    codes: dict[str, Fields] = field(default_factory=dict)
    tokens: dict[str, Fields] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    files: FakeFiles = field(default_factory=FakeFiles)
    listeners: list[Told] = field(default_factory=list)
    show_status: Callable[[Status, Person | None], Fields] = field(default=lambda _s, _p: {})
    show_notice: Callable[[Notice], Fields] = field(default=lambda _n: {})
    _count: int = 0
    _now: datetime | None = None

    def __post_init__(self) -> None:
        """Takahe shows pictures alone, and says so."""
        if self.kind == TAKAHE:
            self.files.types = PICTURE_TYPES

    # --- people --------------------------------------------------------------------------------

    def join(self, name: str, title: str = "", host: str = "") -> Person:
        """Somebody new, or the one who is there already."""
        known = self.find(f"{name}@{host}" if host else name)
        if known is not None:
            return known
        person = Person(self.next_id(), name, title or name.title(), host)
        self.people[person.id] = person
        return person

    def find(self, acct: str) -> Person | None:
        """Who is called that, here or elsewhere."""
        plain = acct.removeprefix("@").lower().removesuffix(f"@{self.domain}")
        return next((one for one in self.people.values() if one.acct.lower() == plain), None)

    def let_in(self, person: Person, scopes: Iterable[str]) -> str:
        """A token for somebody."""
        token = secrets.token_urlsafe(24)
        self.tokens[token] = {"account": person.id, "scopes": frozenset(scopes)}
        return token

    # --- what they do --------------------------------------------------------------------------

    def say(
        self,
        author: Person,
        text: str,
        *,
        visibility: str = "public",
        parent: str | None = None,
        warning: str = "",
        media: tuple[Fields, ...] = (),
    ) -> Status:
        """Say something, to everybody or to some, and have those who are called told."""
        status = Status(
            self.next_id(), author, text, visibility, self.tick(), warning, parent, media=media
        )
        status.people = self._called(text)
        self.statuses[status.id] = status
        self._tell_readers("update", status)
        for person in status.people:
            if person.id != author.id:
                self._notify("mention", person, author, status)
        return status

    def edit(self, status: Status, text: str, warning: str | None = None) -> None:
        """Say it otherwise. Those who were called are not told again."""
        status.text, status.edited_at = text, self.tick()
        status.warning = status.warning if warning is None else warning
        status.people = self._called(text)
        if self.kind == MASTODON:
            self._tell_readers("status.update", status)

    def delete(self, status: Status) -> None:
        """Take it back: with its notifications, and off the streams."""
        readers = {*self._readers(status), *(person.id for person in status.people)}
        self.statuses.pop(status.id, None)
        self.notices = [one for one in self.notices if one.status != status.id]
        for other in self.statuses.values():
            if other.parent == status.id:
                other.parent = None
        for reader in readers:
            self._tell(reader, "delete", status.id)

    def like(self, person: Person, status: Status, *, is_on: bool = True) -> None:
        """Like it, or no longer."""
        if not is_on:
            status.likes.discard(person.id)
        elif person.id not in status.likes:
            status.likes.add(person.id)
            self._notify("favourite", status.author, person, status)

    def boost(self, person: Person, status: Status) -> None:
        """Show it around."""
        status.boosts.add(person.id)
        self._notify("reblog", status.author, person, status)

    def follow(self, person: Person, other: Person) -> None:
        """Follow somebody."""
        if other.id not in person.follows:
            person.follows.add(other.id)
            self._notify("follow", other, person, None)

    # --- who sees what -------------------------------------------------------------------------

    def may_see(self, reader: Person | None, status: Status) -> bool:
        """Whether somebody may read a status."""
        if status.visibility in {"public", "unlisted"}:
            return True
        if reader is None:
            return False
        if reader.id == status.author.id or any(one.id == reader.id for one in status.people):
            return True
        return status.visibility == "private" and status.author.id in reader.follows

    def ancestors(self, status: Status) -> list[Status]:
        """From the root down to what a status answers."""
        found: list[Status] = []
        parent = self.statuses.get(status.parent or "")
        while parent is not None:
            found.insert(0, parent)
            parent = self.statuses.get(parent.parent or "")
        return found

    def descendants(self, status: Status) -> list[Status]:
        """Everything below a status, parents first."""
        found: list[Status] = []
        for other in sorted(self.statuses.values(), key=lambda one: (len(one.id), one.id)):
            if other.parent in {status.id, *(one.id for one in found)}:
                found.append(other)
        return found

    def _called(self, text: str) -> list[Person]:
        found = (
            self.find(f"{name}@{host}" if host else name) for name, host in _MENTION.findall(text)
        )
        return list({one.id: one for one in found if one is not None}.values())

    def _readers(self, status: Status) -> set[str]:
        """On whose home timeline it appears."""
        if status.visibility == "direct":
            return {status.author.id}
        followers = (one.id for one in self.people.values() if status.author.id in one.follows)
        return {status.author.id, *followers}

    def _notify(self, kind: str, owner: Person, actor: Person, status: Status | None) -> None:
        if owner.host:
            return
        is_filtered = status is not None and kind == "mention" and self._filters(owner, status)
        notice = Notice(
            self._next_notice(), kind, owner.id, actor, self.tick(),
            status.id if status else None, is_filtered,
        )  # fmt: skip
        if is_filtered and owner.policy.get("for_private_mentions") == "drop":
            return
        self.notices.append(notice)
        if not is_filtered:
            self._tell(owner.id, "notification", json.dumps(self.show_notice(notice)))

    def _filters(self, owner: Person, status: Status) -> bool:
        """Mastodon's default: private mentions by strangers, unless they answer us, are put by."""
        parent = self.statuses.get(status.parent or "")
        is_answer = parent is not None and parent.author.id == owner.id
        is_known = status.author.id in owner.follows
        is_private = status.visibility == "direct" and self.kind == MASTODON
        return (
            is_private
            and not is_answer
            and not is_known
            and owner.policy.get("for_private_mentions", "filter") != "accept"
        )

    def _tell_readers(self, event: str, status: Status) -> None:
        for reader in self._readers(status):
            person = self.people[reader]
            self._tell(reader, event, json.dumps(self.show_status(status, person)))

    def _tell(self, account: str, event: str, payload: str) -> None:
        for listener in list(self.listeners):
            listener(account, event, payload)

    # --- ids and times -------------------------------------------------------------------------

    def tick(self) -> datetime:
        """A time later than all before, in milliseconds."""
        now, step = datetime.now(UTC), timedelta(milliseconds=1)
        now -= timedelta(microseconds=now.microsecond % 1000)
        self._now = now if self._now is None else max(now, self._now + step)
        return self._now

    def next_id(self) -> str:
        """An id greater than all before: a number, or a ULID."""
        self._count += 1
        if self.kind != GOTOSOCIAL:
            return str(_FIRST_ID + self._count * 65_536)
        number, digits = self._count, []
        for _ in range(16):
            digits.append(_CROCKFORD[number % 32])
            number //= 32
        return "01M80F2TH1" + "".join(reversed(digits))

    def _next_notice(self) -> str:
        """Notifications are numbered in the order in which they came."""
        self._count += 1
        return self.next_id() if self.kind == GOTOSOCIAL else str(self._count)


# --- markup --------------------------------------------------------------------------------------


def markup_of(status: Status, server: FakeServer) -> str:
    """A text as the HTML that servers make of it."""
    paragraphs = html.escape(status.text, quote=False).split("\n\n")
    return "".join(f"<p>{_marked(one, status, server)}</p>" for one in paragraphs if one)


def _marked(text: str, status: Status, server: FakeServer) -> str:
    kept: list[str] = []

    def keep(markup: str) -> str:
        kept.append(markup)
        return f"\x00{len(kept) - 1}\x00"

    text = _ADDRESS.sub(lambda found: keep(_link(found[0])), text)
    text = _MENTION.sub(lambda found: keep(_called(found, status, server)), text)
    text = _TAG.sub(lambda found: keep(_tag(found[1], server)), text)
    text = text.replace("\n", "<br>" if server.kind == GOTOSOCIAL else "<br />")
    return re.sub(r"\x00(\d+)\x00", lambda found: kept[int(found[1])], text)


def _link(address: str) -> str:
    scheme, _, rest = address.partition("://")
    shown, hidden = rest[:_SHOWN], rest[_SHOWN:]
    return (
        f'<a href="{address}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{scheme}://</span>'
        f'<span class="{"ellipsis" if hidden else ""}">{shown}</span>'
        f'<span class="invisible">{hidden}</span></a>'
    )


def _called(found: re.Match[str], status: Status, server: FakeServer) -> str:
    acct = f"{found[1]}@{found[2]}" if found[2] else found[1]
    person = next((one for one in status.people if one is server.find(acct)), None)
    if person is None:
        return found[0]
    return (
        f'<span class="h-card" translate="no"><a href="{page_of(person, server)}" '
        f'class="u-url mention">@<span>{person.name}</span></a></span>'
    )


def _tag(name: str, server: FakeServer) -> str:
    return (
        f'<a href="{server.origin}/tags/{name.lower()}" class="mention hashtag" rel="tag">'
        f"#<span>{name}</span></a>"
    )


def page_of(person: Person, server: FakeServer) -> str:
    """Where a person is shown."""
    return (
        f"https://{person.host}/@{person.name}"
        if person.host
        else f"{server.origin}/@{person.name}"
    )
