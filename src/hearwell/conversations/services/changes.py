"""Edits, deletions, receipts and reactions: in any order they end in the same state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hearwell.accounts.models import Workspace
from hearwell.connect.model import MessageDeleted, MessageEdited, Reacted, Receipt, ReceiptState
from hearwell.contacts.models import Identity
from hearwell.conversations.models import EarlyChange, Message, MessageVersion, Reaction
from hearwell.conversations.services.previews import reword_bereft, reword_cases
from hearwell.conversations.services.standing import settle, stop_waiting
from hearwell.conversations.services.threads import ChannelRef, hold_channel
from hearwell.conversations.words import vector
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.kit.text import clean

_EDIT, _DELETE, _RECEIPT = "edit", "delete", "receipt"
_ORDER = {_EDIT: 0, _DELETE: 1, _RECEIPT: 2}
# Longer than any network goes on delivering what it owes us.
_WAITS = timedelta(days=90)
_RANK = {ReceiptState.FAILED: 1, ReceiptState.DELIVERED: 2, ReceiptState.READ: 3}
_REWRITE = """
    UPDATE conversations_message m SET version = r.version, edited_at = r.edited_at,
        text = CASE WHEN m.deleted_at IS NULL AND NOT m.is_purged THEN r.text ELSE '' END,
        full_text = '',
        entities = CASE WHEN m.is_purged THEN '[]'::jsonb ELSE r.entities END,
        search = CASE WHEN m.deleted_at IS NULL AND NOT m.is_purged
            THEN r.search ELSE m.search END,
        replaced = r.replaced,
        rating = coalesce(r.rating, m.rating)
    FROM json_to_recordset(%s::json) AS r(id uuid, version bigint, edited_at timestamptz,
        text text, entities jsonb, search tsvector, replaced boolean, rating smallint)
    WHERE m.workspace_id = %s AND m.id = r.id AND r.version > m.version
"""
_TOMBSTONE = """
    UPDATE conversations_message m SET text = '', subject = '', full_text = '', search = NULL,
        deleted_at = coalesce(m.deleted_at, r.deleted_at),
        is_purged = m.is_purged OR r.must_purge,
        entities = CASE WHEN r.must_purge THEN '[]'::jsonb ELSE m.entities END,
        media = CASE WHEN r.must_purge THEN '[]'::jsonb ELSE m.media END
    FROM json_to_recordset(%s::json) AS r(id uuid, deleted_at timestamptz, must_purge boolean)
    WHERE m.workspace_id = %s AND m.id = r.id
"""
_RECEIVED = """
    UPDATE conversations_message m SET receipt = r.state
    FROM json_to_recordset(%s::json) AS r(id uuid, state text, rank smallint)
    WHERE m.workspace_id = %s AND m.id = r.id AND r.rank >
        CASE m.receipt WHEN 'read' THEN 3 WHEN 'delivered' THEN 2 WHEN 'failed' THEN 1 ELSE 0 END
"""
_REACTION_ONCE = """(workspace_id, channel_id, target_remote_id, actor_external_id)
    DO UPDATE SET reaction = excluded.reaction, at = excluded.at, actor_name = excluded.actor_name
    WHERE excluded.at >= conversations_reaction.at"""
_EARLY = """
    SELECT * FROM conversations_earlychange
    WHERE workspace_id = %s AND channel_id = %s AND remote_id = ANY(%s)
"""
_EARLY_ONCE = """(workspace_id, channel_id, remote_id, verb, version) DO UPDATE
    SET data = excluded.data WHERE (excluded.data->>'must_purge')::boolean"""


def record_edit(channel: ChannelRef, items: Sequence[MessageEdited]) -> list[Message]:
    """Record what messages say now; return those whose text did change, as they now are.

    Every version is kept. An edit of an unknown message waits for it; an older edit that comes
    late only becomes history; one of a deleted message is history, too.
    """
    hold_channel(channel)
    changes = [
        EarlyChange(
            workspace_id=channel.workspace_id,
            channel_id=channel.id,
            remote_id=clean(item.external_id)[0],
            verb=_EDIT,
            version=item.version,
            at=item.edited_at,
            data=_wording(item),
        )
        for item in items
    ]
    return _edit(channel, changes, _found(channel, changes))


def record_deletion(channel: ChannelRef, items: Sequence[MessageDeleted]) -> list[Message]:
    """Take messages back: a tombstone stays, what they said is history (or gone: `must_purge`).

    Nobody waits for an answer to a deleted message. Returns the messages concerned.
    """
    hold_channel(channel)
    changes = [
        EarlyChange(
            workspace_id=channel.workspace_id,
            channel_id=channel.id,
            remote_id=clean(item.external_id)[0],
            verb=_DELETE,
            at=item.occurred_at,
            data={"must_purge": item.must_purge},
        )
        for item in items
    ]
    return _delete(channel, changes, _found(channel, changes))


def record_receipts(channel: ChannelRef, items: Sequence[Receipt]) -> None:
    """Note how far messages of ours have come; those without a target id are the outbox's."""
    hold_channel(channel)
    changes = [
        EarlyChange(
            workspace_id=channel.workspace_id,
            channel_id=channel.id,
            remote_id=clean(item.target_id)[0],
            verb=_RECEIPT,
            version=_RANK[item.state],
            at=item.occurred_at,
            data={"state": item.state.value},
        )
        for item in items
        if item.target_id
    ]
    _receive(channel, changes, _found(channel, changes))


def record_reactions(channel: ChannelRef, items: Sequence[Reacted]) -> None:
    """Note reactions, each person's latest; one taken back stays as an empty row, for order."""
    latest: dict[tuple[str, str], Reaction] = {}
    for item in sorted(items, key=lambda item: item.occurred_at):
        target, actor = clean(item.target_id)[0], clean(item.actor.external_id)[0]
        latest[target, actor] = Reaction(
            workspace_id=channel.workspace_id,
            channel_id=channel.id,
            target_remote_id=target,
            actor_external_id=actor,
            actor_name=clean(item.actor.name or item.actor.handle)[0],
            reaction=clean(item.reaction)[0][:64],
            at=item.occurred_at,
        )
    rows.insert([latest[key] for key in sorted(latest)], conflict=_REACTION_ONCE)


def forget_early() -> int:
    """Remove, in every workspace, changes that have waited for their message in vain."""
    gone = 0
    for workspace_id in Workspace.objects.values_list("id", flat=True):
        with scope(workspace_id):
            old = EarlyChange.objects.filter(
                workspace_id=workspace_id, created_at__lt=now() - _WAITS
            )
            gone += old.delete()[0]
    return gone


def apply_early(channel: ChannelRef, fresh: Sequence[Message]) -> None:
    """Apply the changes that came before these messages; `fresh` is brought up to date."""
    remote_ids = [message.remote_id for message in fresh]
    early = EarlyChange.objects.raw(_EARLY, [channel.workspace_id, channel.id, remote_ids])
    changes = sorted(early, key=lambda change: (_ORDER[change.verb], change.version))
    if not changes:
        return
    found = {message.remote_id: message for message in fresh}
    for verb, apply in ((_EDIT, _edit), (_DELETE, _delete), (_RECEIPT, _receive)):
        of_verb = [change for change in changes if change.verb == verb]
        if of_verb:
            apply(channel, of_verb, found)
    EarlyChange.objects.filter(
        workspace_id=channel.workspace_id, id__in=[change.id for change in changes]
    ).delete()


def _wording(item: MessageEdited) -> dict[str, Any]:
    text, is_replaced = clean(item.text)
    entities = [
        {"start": e.start, "end": e.end, "kind": e.kind, "target": clean(e.target)[0]}
        for e in item.entities
    ]
    said = {"text": text, "entities": entities, "replaced": is_replaced}
    return said if item.rating is None else said | {"rating": item.rating}


def _found(channel: ChannelRef, changes: Iterable[EarlyChange]) -> dict[str, Message]:
    """Return the messages meant, by remote id, locked until the commit."""
    found = (
        Message.objects.filter(
            workspace_id=channel.workspace_id,
            channel_id=channel.id,
            remote_id__in=[change.remote_id for change in changes],
        )
        .defer("search")
        .order_by("id")
        .select_for_update()
    )
    return {message.remote_id: message for message in found}


def _keep_early(
    changes: Iterable[EarlyChange], found: Mapping[str, Message]
) -> list[tuple[Message, EarlyChange]]:
    """Keep the changes of unknown messages for later; return the others with their messages."""
    early: dict[tuple[str, int], EarlyChange] = {}
    known = []
    for change in changes:
        message, key = found.get(change.remote_id), (change.remote_id, change.version)
        if message is not None:
            known.append((message, change))
        elif key not in early or change.data.get("must_purge"):
            early[key] = change
    rows.insert(list(early.values()), conflict=_EARLY_ONCE)
    return known


def _edit(
    channel: ChannelRef, changes: Sequence[EarlyChange], found: Mapping[str, Message]
) -> list[Message]:
    known = [
        (message, change)
        for message, change in _keep_early(changes, found)
        if change.version != message.version
    ]
    if not known:
        return []
    kept = [(message, change) for message, change in known if not message.is_purged]
    _keep_versions(channel.workspace_id, kept)
    newest: dict[UUID, tuple[Message, EarlyChange]] = {}
    for message, change in sorted(known, key=lambda pair: pair[1].version):
        if change.version > message.version:
            newest[message.id] = (message, change)
    if not newest:
        return []
    _rewrite(channel.workspace_id, list(newest.values()))
    reworded = [
        message
        for message, _ in newest.values()
        if message.deleted_at is None and not message.is_purged
    ]
    reword_cases(channel.workspace_id, reworded)
    return reworded


def _keep_versions(workspace_id: UUID, known: Iterable[tuple[Message, EarlyChange]]) -> None:
    """Write what each message said before and what it was changed to; known versions stay."""
    versions: dict[tuple[UUID, int], MessageVersion] = {}
    for message, change in known:
        if message.deleted_at is None:
            _put(versions, _as_it_is(message))
        data = change.data
        changed = MessageVersion(
            message_id=message.id,
            version=change.version,
            text=data["text"],
            entities=data["entities"],
            rating=data.get("rating"),
            said_at=change.at,
        )
        _put(versions, changed)
    for version in versions.values():
        version.workspace_id = workspace_id
    rows.insert(list(versions.values()), conflict="(workspace_id, message_id, version) DO NOTHING")


def _put(versions: dict[tuple[UUID, int], MessageVersion], version: MessageVersion) -> None:
    versions.setdefault((version.message_id, version.version), version)


def _as_it_is(message: Message) -> MessageVersion:
    return MessageVersion(
        message_id=message.id,
        version=message.version,
        text=message.text,
        entities=message.entities,
        rating=message.rating,
        said_at=_said_at(message),
    )


def _said_at(message: Message) -> datetime:
    return message.edited_at or message.sent_at


def _rewrite(workspace_id: UUID, newest: Sequence[tuple[Message, EarlyChange]]) -> None:
    lines = []
    handles = _handles(workspace_id, [message for message, _ in newest])
    for message, change in newest:
        message.version, message.edited_at = change.version, change.at
        message.entities, message.replaced = change.data["entities"], change.data["replaced"]
        message.text = "" if message.deleted_at or message.is_purged else change.data["text"]
        message.rating = change.data.get("rating", message.rating)
        lines.append(
            {
                "id": message.id,
                "version": message.version,
                "edited_at": message.edited_at,
                "text": message.text,
                "entities": message.entities,
                "search": vector(
                    message.subject,
                    message.text,
                    message.author_name,
                    handles.get(message.author_identity_id, ""),
                ),
                "replaced": message.replaced,
                "rating": message.rating,
            }
        )
    rows.fetch(_REWRITE, [rows.document(lines), workspace_id], is_read=False)


def _handles(workspace_id: UUID, messages: Sequence[Message]) -> dict[UUID | None, str]:
    """Return identity -> handle, by which a message is found, too."""
    ids = [message.author_identity_id for message in messages if message.author_identity_id]
    found = Identity.objects.filter(workspace_id=workspace_id, id__in=ids)
    return dict(found.values_list("id", "handle"))


def _delete(
    channel: ChannelRef, changes: Sequence[EarlyChange], found: Mapping[str, Message]
) -> list[Message]:
    known = [
        (message, change)
        for message, change in _keep_early(changes, found)
        if message.deleted_at is None or (change.data["must_purge"] and not message.is_purged)
    ]
    if not known:
        return []
    workspace_id = channel.workspace_id
    _keep_last_words(workspace_id, known)
    rows.fetch(_TOMBSTONE, [rows.document(_tombstones(known)), workspace_id], is_read=False)
    messages = list({message.id: message for message, _ in known}.values())
    purged = [message.id for message in messages if message.is_purged]
    if purged:
        gone = MessageVersion.objects.filter(workspace_id=workspace_id, message_id__in=purged)
        gone.delete()
    stop_waiting(workspace_id, [message.id for message in messages])
    settle(workspace_id, {message.case_id for message in messages})
    reword_bereft(workspace_id, messages)
    return messages


def _keep_last_words(workspace_id: UUID, known: Iterable[tuple[Message, EarlyChange]]) -> None:
    versions: dict[tuple[UUID, int], MessageVersion] = {}
    for message, change in known:
        if message.deleted_at is None and not change.data["must_purge"]:
            _put(versions, _as_it_is(message))
    for version in versions.values():
        version.workspace_id = workspace_id
    rows.insert(list(versions.values()), conflict="(workspace_id, message_id, version) DO NOTHING")


def _tombstones(known: Iterable[tuple[Message, EarlyChange]]) -> list[dict[str, Any]]:
    """Mark the messages as deleted; return what `_TOMBSTONE` takes, one line a message."""
    lines: dict[UUID, dict[str, Any]] = {}
    for message, change in known:
        message.deleted_at = message.deleted_at or change.at
        message.is_purged = message.is_purged or change.data["must_purge"]
        message.text = message.subject = message.full_text = ""
        if message.is_purged:
            message.entities, message.media = [], []
        lines[message.id] = {
            "id": message.id,
            "deleted_at": message.deleted_at,
            "must_purge": message.is_purged,
        }
    return list(lines.values())


def _receive(
    channel: ChannelRef, changes: Sequence[EarlyChange], found: Mapping[str, Message]
) -> None:
    furthest: dict[UUID, EarlyChange] = {}
    for message, change in _keep_early(changes, found):
        if change.version > furthest.get(message.id, _nothing).version:
            furthest[message.id] = change
    if furthest:
        lines = rows.document(
            {"id": key, "state": change.data["state"], "rank": change.version}
            for key, change in furthest.items()
        )
        rows.fetch(_RECEIVED, [lines, channel.workspace_id], is_read=False)


_nothing = EarlyChange(version=0)
