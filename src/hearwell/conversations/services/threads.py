"""Where messages belong: the conversation of each thread, in its case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from hearwell.connect.model import InboundMessage
from hearwell.contacts.models import Identity
from hearwell.conversations import rules
from hearwell.conversations.listing import OWN_POST
from hearwell.conversations.models import Case, Conversation, Status
from hearwell.conversations.services.opening import open_cases
from hearwell.conversations.services.windows import reopen_windows
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.text import clean

PREVIEW_LENGTH, TITLE_LENGTH = 160, 90
ARCHIVED = "archived"
_LOOKS_AT = 600


_case_of, _conversation_of = rows.Maker(Case), rows.Maker(Conversation)
_KNOWN = """
    SELECT v.thread_key, v.id, v.audience, v.contact_id, c.id, c.status, c.closed_at,
        c.closed_reason, c.stage
    FROM conversations_conversation v
    JOIN conversations_case c ON c.workspace_id = v.workspace_id AND c.id = v.case_id
    WHERE v.workspace_id = %s AND v.channel_id = %s AND v.thread_key = ANY(%s)
"""
_SEEN = """
    SELECT remote_id, conversation_id, false FROM conversations_message
    WHERE workspace_id = %(workspace)s AND channel_id = %(channel)s AND remote_id = ANY(%(ids)s)
    UNION ALL
    SELECT DISTINCT remote_id, NULL::uuid, true FROM conversations_earlychange
    WHERE workspace_id = %(workspace)s AND channel_id = %(channel)s AND remote_id = ANY(%(ids)s)
"""


class ChannelRef(Protocol):
    """What conversations need to know of a channel: which one, whose, on what network."""

    @property
    def id(self) -> UUID:
        """Which channel."""

    @property
    def workspace_id(self) -> UUID:
        """Whose."""

    @property
    def network(self) -> str:
        """On what network."""


@dataclass(frozen=True, slots=True)
class Threads:
    """Where the items of a batch belong, and what else was found out about them on the way.

    ``homes``: thread key -> conversation. ``seen``: remote ids of those that we have already.
    ``early``: remote ids that something is kept for which came before its message. ``new``:
    conversations that began with this batch. ``stages``: external id -> how a message concerns us
    that nobody addressed to us.
    """

    homes: Mapping[str, Conversation]
    seen: AbstractSet[str] = frozenset()
    early: AbstractSet[str] = frozenset()
    new: AbstractSet[UUID] = frozenset()
    stages: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Known:
    """What the database knows of some remote ids."""

    homes: dict[str, UUID | None] = field(default_factory=dict)
    early: set[str] = field(default_factory=set)


def archived_cases(threads: Threads) -> set[UUID]:
    """Return the cases among them that are a record of the past."""
    homes = threads.homes.values()
    return {home.case_id for home in homes if home.case.closed_reason == ARCHIVED}


def hold_channel(channel: ChannelRef) -> None:
    """Let only one batch of a channel record at a time, until the commit.

    Without it a thread that arrives twice at once would open two cases, and an edit could find no
    message yet, while the message's own batch, not committed yet, finds no early edit: lost.
    """
    hold_channel_by_id(channel.id)


def hold_channel_by_id(channel_id: UUID) -> None:
    """Hold a channel of which no more is known than its id."""
    lock = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
    rows.fetch(lock, [f"conversations.channel.{channel_id}"], is_read=False)


def thread(
    channel: ChannelRef,
    items: Sequence[InboundMessage],
    identities: Mapping[str, Identity],
    *,
    historic: bool = False,
    stages: Mapping[str, str] | None = None,
) -> Threads:
    """Find or open the conversation of each thread key, each in its case.

    A thread whose case was closed too long ago goes on in a new case. Repeats open nothing. At
    most seven statements, however many items. New cases hold what the list shows of them already.
    Holds the channel until the commit: what is found out here stays true for `record_inbound`.
    """
    hold_channel(channel)
    by_key = _by_key(items)
    known = _known(channel, by_key)
    seen = _seen(channel, items)
    missing = [key for key in by_key if key not in known]
    new = {key: fresh for key in missing if (fresh := _unseen(by_key[key], seen.homes))}
    again = {
        key: fresh
        for key in _lapsed(known, by_key, historic=historic)
        if (fresh := _unseen(by_key[key], seen.homes))
    }
    known |= _settled(channel, [key for key in missing if key not in new], by_key, seen.homes)
    if new or again:
        first = take_numbers(channel.workspace_id, len(new) + len(again))
        known |= _open(channel, new, again, known, identities, first, historic=historic)
    begun = frozenset(known[key].id for key in new)
    return Threads(_as_asked(items, known), seen.homes.keys(), seen.early, begun, stages or {})


def _by_key(items: Iterable[InboundMessage]) -> dict[str, list[InboundMessage]]:
    grouped: dict[str, list[InboundMessage]] = {}
    for item in items:
        grouped.setdefault(clean(item.thread_key)[0], []).append(item)
    return grouped


def _as_asked(
    items: Iterable[InboundMessage], known: Mapping[str, Conversation]
) -> dict[str, Conversation]:
    return {item.thread_key: known[clean(item.thread_key)[0]] for item in items}


def _known(channel: ChannelRef, keys: Collection[str]) -> dict[str, Conversation]:
    """Return the conversations of these threads, with as much of their cases as is asked here."""
    found = rows.fetch(_KNOWN, [channel.workspace_id, channel.id, list(keys)])
    return {row[0]: _restored(channel, *row) for row in found}


def _restored(  # noqa: PLR0913, PLR0917  a row
    channel: ChannelRef,
    key: str,
    conversation_id: UUID,
    audience: str,
    contact_id: UUID | None,
    case_id: UUID,
    status: str,
    closed_at: datetime | None,
    closed_reason: str,
    stage: str,
) -> Conversation:
    case = Case.from_db(
        "default",
        ["id", "workspace_id", "status", "closed_reason", "closed_at", "stage"],
        [case_id, channel.workspace_id, status, closed_reason, closed_at, stage],
    )
    conversation = Conversation.from_db(
        "default",
        ["id", "workspace_id", "channel_id", "network", "thread_key", "audience", "contact_id"],
        [
            conversation_id,
            channel.workspace_id,
            channel.id,
            channel.network,
            key,
            audience,
            contact_id,
        ],
    )
    conversation.case = case
    return conversation


def _lapsed(
    known: Mapping[str, Conversation],
    by_key: Mapping[str, Sequence[InboundMessage]],
    *,
    historic: bool,
) -> list[str]:
    """Return the threads in which somebody speaks up when their case is over.

    It was closed long ago; or it is a record of the past, and they speak up now.
    """
    closed = {
        key: conversation
        for key, conversation in known.items()
        if conversation.case.status == Status.CLOSED and conversation.case.closed_reason != OWN_POST
    }
    if not closed:
        return []
    windows = reopen_windows(next(iter(closed.values())).workspace_id)
    return [
        key
        for key, conversation in closed.items()
        if any(
            _is_over(conversation, item, windows, historic=historic)
            for item in by_key[key]
            if not item.is_echo
        )
    ]


def _is_over(
    conversation: Conversation,
    item: InboundMessage,
    windows: Mapping[str, timedelta],
    *,
    historic: bool,
) -> bool:
    case = conversation.case
    if case.closed_reason == ARCHIVED:
        return not historic
    return not rules.is_still_its_case(
        case.closed_at, item.occurred_at, conversation.audience, windows
    )


def _seen(channel: ChannelRef, items: Iterable[InboundMessage]) -> _Known:
    """Return which messages we have already, with their conversations, and which have a past."""
    ids = [clean(item.external_id)[0] for item in items]
    known = _Known()
    place = {"workspace": channel.workspace_id, "channel": channel.id, "ids": ids}
    for remote_id, home, is_early in rows.fetch(_SEEN, place):
        if is_early:
            known.early.add(remote_id)
        else:
            known.homes[remote_id] = home
    return known


def _unseen(
    items: Iterable[InboundMessage], seen: Mapping[str, UUID | None]
) -> list[InboundMessage]:
    return [item for item in items if clean(item.external_id)[0] not in seen]


def _settled(
    channel: ChannelRef,
    keys: Iterable[str],
    by_key: Mapping[str, Sequence[InboundMessage]],
    seen: Mapping[str, UUID | None],
) -> dict[str, Conversation]:
    """Return the conversations of repeats that now come under another thread key."""
    homes = {key: seen[clean(by_key[key][0].external_id)[0]] for key in keys}
    found = (
        Conversation.objects.filter(workspace_id=channel.workspace_id)
        .select_related("case")
        .in_bulk([home for home in homes.values() if home])
        if homes
        else {}
    )
    return {key: found[home] for key, home in homes.items() if home in found}


def take_numbers(workspace_id: UUID, count: int) -> int:
    """Return the first of `count` fresh case numbers; nobody else gets any until the commit."""
    ((last,),) = rows.fetch(
        "INSERT INTO conversations_casenumber AS n (workspace_id, last) VALUES (%s, %s)"
        " ON CONFLICT (workspace_id) DO UPDATE SET last = n.last + %s RETURNING last",
        [workspace_id, 1000 + count, count],
    )
    return int(last) - count + 1


def _open(
    channel: ChannelRef,
    new: Mapping[str, Sequence[InboundMessage]],
    again: Mapping[str, Sequence[InboundMessage]],
    known: Mapping[str, Conversation],
    identities: Mapping[str, Identity],
    first_number: int,
    *,
    historic: bool,
) -> dict[str, Conversation]:
    """Open a case for each thread, new or going on; return the conversations concerned."""
    opened: dict[str, Conversation] = {}
    cases: list[Case] = []
    for number, (key, items) in enumerate([*new.items(), *again.items()], start=first_number):
        case = _case(channel, items, identities, number, historic=historic)
        case.just_opened = True
        cases.append(case)
        if key in again:
            opened[key] = known[key]
            opened[key].case = case
        else:
            opened[key] = _conversation(channel, key, items, case)
    begun, resumed = cases[: len(new)], cases[len(new) :]
    open_cases(begun)
    rows.insert(resumed)
    rows.insert([opened[key] for key in new])
    _move(channel.workspace_id, [opened[key] for key in again])
    return opened


def _move(workspace_id: UUID, conversations: Sequence[Conversation]) -> None:
    """Point each conversation at the case that it now carries."""
    if conversations:
        moved = rows.document({"id": c.id, "case_id": c.case_id} for c in conversations)
        rows.fetch(
            "UPDATE conversations_conversation c SET case_id = r.case_id"
            " FROM json_to_recordset(%s::json) AS r(id uuid, case_id uuid)"
            " WHERE c.workspace_id = %s AND c.id = r.id",
            [moved, workspace_id],
            is_read=False,
        )


def _conversation(
    channel: ChannelRef, key: str, items: Sequence[InboundMessage], case: Case
) -> Conversation:
    return _conversation_of(
        {"case": case},
        workspace_id=channel.workspace_id,
        case_id=case.id,
        channel_id=channel.id,
        network=channel.network,
        thread_key=key,
        audience=items[0].audience.value,
        contact_id=case.contact_id,
    )


def _case(
    channel: ChannelRef,
    items: Sequence[InboundMessage],
    identities: Mapping[str, Identity],
    number: int,
    *,
    historic: bool,
) -> Case:
    """Return a case as its first messages make it, with all that the list shows."""
    opening = min(items, key=_time)
    theirs = [item for item in items if not item.is_echo]
    last = max(theirs or items, key=_time)
    closed_reason = ARCHIVED if historic else "" if theirs else OWN_POST
    person = identities.get(min(theirs, key=_time).author.external_id) if theirs else None
    ours = [item.occurred_at for item in items if item.is_echo]
    return _case_of(
        workspace_id=channel.workspace_id,
        number=number,
        title=shortened(_heading((theirs or items)[0]), TITLE_LENGTH),
        status=(Status.CLOSED if closed_reason else Status.OPEN).value,
        closed_reason=closed_reason,
        closed_at=now() if closed_reason else None,
        contact_id=person.contact_id if person else None,
        channel_id=channel.id,
        network=channel.network,
        audience=last.audience.value,
        preview=preview_of(last.subject, last.text),
        opened_at=opening.occurred_at,
        last_message_at=max(item.occurred_at for item in items),
        last_inbound_at=last.occurred_at if theirs else None,
        last_reply_at=max(ours, default=None),
        unread=bool(theirs) and not historic,
        is_historic=historic,
    )


def _time(item: InboundMessage) -> datetime:
    return item.occurred_at


def _heading(item: InboundMessage) -> str:
    """Return what names a matter: its subject, if the network has one and it says something."""
    return item.subject if item.subject.strip() else item.text


def preview_of(subject: str, text: str) -> str:
    """Return what the list shows of a message, on one line."""
    return shortened(f"{subject} · {text}" if subject and text else subject or text, PREVIEW_LENGTH)


def shortened(text: str, length: int) -> str:
    """Return one line of the text, cut with an ellipsis where it is longer."""
    line = " ".join(clean(text[:_LOOKS_AT])[0].split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
