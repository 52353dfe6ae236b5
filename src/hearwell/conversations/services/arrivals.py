"""What came in: messages of theirs, and our own as the network shows them (echoes)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from hearwell.connect.model import Entity, InboundMessage, Media, MessageKind
from hearwell.connect.model import MessageEdited as Edited
from hearwell.contacts.models import Identity
from hearwell.conversations.models import Conversation, Direction, Message
from hearwell.conversations.services.changes import apply_early, record_edit
from hearwell.conversations.services.opening import write_opened
from hearwell.conversations.services.standing import answered_by, settle
from hearwell.conversations.services.threads import (
    TITLE_LENGTH,
    ChannelRef,
    Threads,
    preview_of,
    shortened,
)
from hearwell.conversations.words import vector
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.text import clean

Raws = Mapping[int, tuple[UUID, datetime]]
_message = rows.Maker(Message)
_MOST_SHOWN = 20
_ONCE = "(workspace_id, channel_id, remote_id) DO NOTHING"
_TOUCH = """
    UPDATE conversations_case c SET
        last_message_at = greatest(c.last_message_at, r.last_message_at),
        last_inbound_at = greatest(c.last_inbound_at, r.last_inbound_at),
        last_reply_at = greatest(c.last_reply_at, r.last_reply_at),
        preview = CASE WHEN r.is_newer THEN r.preview ELSE c.preview END,
        audience = CASE WHEN r.is_newer THEN r.audience ELSE c.audience END,
        channel_id = CASE WHEN r.is_newer THEN r.channel_id ELSE c.channel_id END,
        network = CASE WHEN r.is_newer THEN r.network ELSE c.network END,
        title = CASE WHEN r.is_first THEN r.title ELSE c.title END,
        contact_id = coalesce(c.contact_id, r.contact_id),
        status = CASE WHEN r.is_first AND c.closed_reason = 'own_post' THEN 'open'
            ELSE c.status END,
        closed_at = CASE WHEN r.is_first AND c.closed_reason = 'own_post' THEN NULL
            ELSE c.closed_at END,
        closed_reason = CASE WHEN r.is_first AND c.closed_reason = 'own_post' THEN ''
            ELSE c.closed_reason END,
        unread = c.unread OR (r.last_inbound_at IS NOT NULL AND NOT c.is_historic),
        version = c.version + 1
    FROM (
        SELECT r.*, coalesce(r.last_inbound_at >= c.last_inbound_at,
                             r.last_inbound_at IS NOT NULL) AS is_newer,
            r.last_inbound_at IS NOT NULL AND c.last_inbound_at IS NULL AS is_first
        FROM json_to_recordset(%s::json) AS r(
            id uuid, last_message_at timestamptz, last_inbound_at timestamptz,
            last_reply_at timestamptz, preview text, title text, audience text, channel_id uuid,
            network text, contact_id uuid)
        JOIN conversations_case c ON c.workspace_id = %s AND c.id = r.id
        ORDER BY c.id FOR UPDATE OF c
    ) r
    WHERE c.workspace_id = %s AND c.id = r.id
"""


def record_inbound(
    channel: ChannelRef,
    items: Sequence[InboundMessage],
    threads: Threads,
    identities: Mapping[str, Identity],
    *,
    historic: bool = False,
    raws: Raws | None = None,
    delivered: Mapping[str, UUID] | None = None,
) -> list[Message]:
    """Record messages; return the fresh ones, both directions, in the order of the items.

    Parameters
    ----------
    threads, identities: as `thread` and `identify` gave them, for these items.
    raws: place in the drained batch -> (raw delivery, when it was received).
    delivered: external id -> delivery, for echoes that the outbox knows; all others were
        "sent outside".

    Repeats are dropped; a repeat with another version is an edit. Changes that came before their
    message are applied. Fresh messages wait for `apply_verdicts`, which sets the turn.
    """
    build = _Build(
        channel,
        threads.homes,
        identities,
        raws or {},
        delivered or {},
        historic=historic,
        stages=threads.stages,
    )
    first = _first_versions(items)
    fresh = _written([build(item) for key, item in first.items() if key not in threads.seen])
    if fresh:
        _mark_first(fresh, threads)
        _touch_cases(channel, fresh, threads.homes, identities)
    repeats = _repeats(items, first, {message.remote_id for message in fresh})
    if threads.early & first.keys():
        write_opened()
        apply_early(channel, fresh)
    if repeats:
        write_opened()
        record_edit(channel, repeats)
    echoes = [message for message in fresh if message.direction == Direction.OUT]
    if echoes:
        write_opened()
        answered_by(channel.workspace_id, [message.id for message in echoes])
        settle(channel.workspace_id, {message.case_id for message in echoes})
    return fresh


def record_echo(
    channel: ChannelRef,
    items: Sequence[InboundMessage],
    threads: Threads,
    *,
    delivered: Mapping[str, UUID] | None = None,
) -> list[Message]:
    """Record our own messages as the network shows them; return those that are news to us."""
    ours = [item for item in items if item.is_echo]
    return record_inbound(channel, ours, threads, {}, delivered=delivered)


def _first_versions(items: Iterable[InboundMessage]) -> dict[str, InboundMessage]:
    """Return the earliest version of each message, by its (storable) remote id."""
    first: dict[str, InboundMessage] = {}
    for item in items:
        key = clean(item.external_id)[0]
        if key not in first or item.version < first[key].version:
            first[key] = item
    return first


def _written(built: Sequence[Message]) -> list[Message]:
    """Write messages; return those that nobody else has written meanwhile.

    Theirs come in this way only, and the channel is held: they cannot have been. Ours may.
    """
    if all(message.direction == Direction.IN for message in built):
        rows.insert(built)
        return list(built)
    written = {row[0] for row in rows.insert(built, conflict=_ONCE, returning=("id",))}
    return [message for message in built if message.id in written]


def _mark_first(fresh: Sequence[Message], threads: Threads) -> None:
    """Say of which messages it is certain that nothing came before them."""
    if all(message.direction == Direction.IN for message in fresh):
        for message in fresh:
            message.is_first = message.conversation_id in threads.new


def _repeats(
    items: Iterable[InboundMessage], first: Mapping[str, InboundMessage], fresh: set[str]
) -> list[Edited]:
    """Return what was not written, as edits: some networks only ever show the latest text.

    `record_edit` lets those pass that say nothing new.
    """
    return [
        Edited(
            external_id=item.external_id,
            dedup_key=item.dedup_key,
            occurred_at=item.occurred_at,
            account=item.account,
            version=item.version,
            text=item.text,
            edited_at=item.occurred_at,
            entities=item.entities,
            rating=item.rating,
        )
        for item in items
        if (key := clean(item.external_id)[0]) not in fresh or first[key].version != item.version
    ]


class _Build:
    """Makes a Message of an item."""

    def __init__(
        self,
        channel: ChannelRef,
        threads: Mapping[str, Conversation],
        identities: Mapping[str, Identity],
        raws: Raws,
        delivered: Mapping[str, UUID],
        *,
        historic: bool,
        stages: Mapping[str, str],
    ) -> None:
        self._stages = stages
        self._channel, self._threads, self._identities = channel, threads, identities
        self._raws, self._delivered, self._historic = raws, delivered, historic
        self._now = now()

    def __call__(self, item: InboundMessage) -> Message:
        text, is_replaced = clean(item.text)
        subject = clean(item.subject)[0]
        conversation = self._threads[item.thread_key]
        raw_id, received_at = self._origin(item.raw_index)
        return _message(
            workspace_id=self._channel.workspace_id,
            conversation_id=conversation.id,
            case_id=conversation.case_id,
            channel_id=self._channel.id,
            remote_id=clean(item.external_id)[0],
            kind=item.kind.value,
            audience=item.audience.value,
            parent_remote_id=clean(item.parent_id or "")[0],
            root_remote_id=clean(item.root_id or "")[0],
            author_name=clean(item.author.name or item.author.handle)[0],
            subject=subject,
            text=text,
            full_text=clean(item.full_text)[0],
            replaced=is_replaced,
            entities=entities_of(item.entities),
            media=[_media(media) for media in item.media],
            about=about(item),
            language=(item.language or "")[:16],
            rating=item.rating,
            needs_reply=item.needs_reply,
            sent_at=item.occurred_at,
            received_at=received_at,
            version=item.version,
            raw_id=raw_id,
            permalink=clean(item.permalink or "")[0],
            is_historic=self._historic,
            stage=self._stages.get(item.external_id, ""),
            search=vector(subject, text, item.author.name, item.author.handle),
            **self._side(item),
        )

    def _origin(self, index: int | None) -> tuple[UUID | None, datetime]:
        known = None if index is None else self._raws.get(index)
        return known or (None, self._now)

    def _side(self, item: InboundMessage) -> dict[str, Any]:
        if not item.is_echo:
            identity = self._identities[item.author.external_id]
            return {"direction": Direction.IN.value, "author_identity_id": identity.id}
        delivery_id = self._delivered.get(item.external_id)
        return {
            "direction": Direction.OUT.value,
            "delivery_id": delivery_id,
            "sent_outside": delivery_id is None,
        }


def entities_of(entities: Iterable[Entity]) -> list[dict[str, Any]]:
    """Return entities as JSON holds them."""
    return [
        {"start": e.start, "end": e.end, "kind": e.kind, "target": clean(e.target)[0]}
        for e in entities
    ]


def about(item: InboundMessage) -> dict[str, Any]:
    """Return what else is told of a message. Empty for almost all but mail.

    Whether its sender is proven (`authenticity`, and what was `checked`), whether it `is_cut`, to
    whom it went (`to`) where that is not us alone.
    """
    told: dict[str, Any] = {}
    if item.authenticity is not None:
        told["authenticity"] = item.authenticity.value
        told["checked"] = clean(item.authenticity_detail)[0]
    if item.is_cut:
        told["is_cut"] = True
    if item.kind is MessageKind.MAIL and len(item.addressed_to) > 1:
        told["to"] = [clean(one)[0] for one in item.addressed_to[:_MOST_SHOWN]]
    return told


def _media(media: Media) -> dict[str, Any]:
    return {
        "kind": media.kind,
        "url": clean(media.url)[0],
        "expires_at": media.expires_at.isoformat() if media.expires_at else None,
        "ref": clean(media.ref)[0],
        "alt": clean(media.alt)[0],
        "name": clean(media.name)[0],
        "size": media.size,
    }


def _touch_cases(
    channel: ChannelRef,
    fresh: Sequence[Message],
    threads: Mapping[str, Conversation],
    identities: Mapping[str, Identity],
) -> None:
    """Bring the cases that existed before this batch up to date."""
    opened = {t.case_id: t.case for t in threads.values() if t.case.just_opened}
    by_case: dict[UUID, list[Message]] = {}
    for message in fresh:
        if message.case_id not in opened:
            by_case.setdefault(message.case_id, []).append(message)
    for case in opened.values():  # a second batch with the same threads is no longer their first
        case.just_opened = False
    if by_case:
        people = {identity.id: identity.contact_id for identity in identities.values()}
        lines = [_line(channel, case_id, batch, people) for case_id, batch in by_case.items()]
        workspace_id = channel.workspace_id
        parameters = [rows.document(lines), workspace_id, workspace_id]
        rows.fetch(_TOUCH, parameters, is_read=False)


def _line(
    channel: ChannelRef,
    case_id: UUID,
    messages: Sequence[Message],
    people: Mapping[UUID, UUID],
) -> dict[str, Any]:
    """Return what a batch changes in one case, as `_TOUCH` takes it."""
    theirs = sorted((m for m in messages if m.direction == Direction.IN), key=_time)
    ours = [m.sent_at for m in messages if m.direction == Direction.OUT]
    line: dict[str, Any] = {
        "id": case_id,
        "last_message_at": max(m.sent_at for m in messages),
        "last_reply_at": max(ours, default=None),
        "channel_id": channel.id,
        "network": channel.network,
    }
    if theirs:
        first, last = theirs[0], theirs[-1]
        line |= {
            "last_inbound_at": last.sent_at,
            "preview": preview_of(last.subject, last.text),
            "title": shortened(first.subject.strip() or first.text, TITLE_LENGTH),
            "audience": last.audience,
            "contact_id": people.get(first.author_identity_id)
            if first.author_identity_id
            else None,
        }
    return line


def _time(message: Message) -> datetime:
    return message.sent_at
