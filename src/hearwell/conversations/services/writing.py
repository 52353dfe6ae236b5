"""What people write beside the thread: notes for the team, drafts, tags."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from hearwell.conversations.events import CaseTagged, NoteAdded
from hearwell.conversations.models import Case, CaseLog, CaseTag, Direction, Draft, Message, Tag
from hearwell.conversations.services.place import credit, here
from hearwell.conversations.words import vector
from hearwell.events.services import emit
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.text import clean

NOTE, TEAM = "note", "team"


@transaction.atomic
def add_note(
    case_id: UUID,
    text: str,
    *,
    author_user_id: UUID | None,
    author_name: str,
    key: UUID | None = None,
) -> Message:
    """Leave a note in a case that only the team sees. It is no reply: turn and clocks stay.

    Without ``author_user_id`` no person wrote it. ``key`` is that of the composer; whether it was
    used before is for the caller to ask. Raises Case.DoesNotExist.
    """
    workspace_id = here()
    Case.objects.only("id").get(workspace_id=workspace_id, id=case_id)
    body, is_replaced = clean(text)
    at = now()
    note = Message(
        workspace_id=workspace_id,
        case_id=case_id,
        direction=Direction.OUT.value,
        kind=NOTE,
        audience=TEAM,
        author_user_id=author_user_id,
        author_name=clean(author_name)[0],
        note_key=key,
        text=body,
        replaced=is_replaced,
        sent_at=at,
        received_at=at,
        search=vector(body, author_name),
    )
    rows.insert([note])
    emit([NoteAdded(workspace_id, case_id, author_user_id, note.id)])
    return note


def save_draft(
    case_id: UUID,
    user_id: UUID,
    audience: str,
    text: str,
    key: UUID | None = None,
    *,
    has_files: bool = False,
) -> None:
    """Keep what somebody is writing; an empty text discards it, unless files go with it.

    ``key`` is that of the composer, new if none is given. A composer has one text: what it had
    for other readers goes.
    """
    if key is not None:
        _drafts(case_id, user_id).filter(key=key).exclude(audience=audience).delete()
    if not text.strip() and not has_files:
        ours = Q(key=None) | Q(key=key) if key is not None else Q()
        _drafts(case_id, user_id).filter(ours, audience=audience).delete()
        return
    draft = Draft(
        workspace_id=here(),
        case_id=case_id,
        user_id=user_id,
        audience=audience,
        text=clean(text)[0],
        key=key or uuid7(),
        has_files=has_files,
    )
    rows.insert(
        [draft],
        conflict="(workspace_id, case_id, user_id, audience) DO UPDATE SET"
        " text = excluded.text, key = excluded.key, has_files = excluded.has_files,"
        " updated_at = excluded.updated_at",
    )


def settle_draft(
    case_id: UUID, user_id: UUID, audience: str, text: str, key: UUID | None = None
) -> None:
    """Forget the draft that has become a message: this composer's, or one with the same words."""
    words = clean(text)[0]
    # Without words two drafts are alike only in that.
    same = Q(audience=audience) & (Q(key=None) | Q(text=words) if words.strip() else Q(key=None))
    mine = same if key is None else same | Q(key=key)
    _drafts(case_id, user_id).filter(mine).delete()


def _drafts(case_id: UUID, user_id: UUID) -> QuerySet[Draft]:
    return Draft.objects.filter(workspace_id=here(), case_id=case_id, user_id=user_id)


@transaction.atomic
def tag(
    case_ids: Collection[UUID], names: Iterable[str], actor_id: UUID | None = None
) -> dict[UUID, list[str]]:
    """Put tags on cases; unknown ones are made. Upper and lower case are the same tag.

    Returns case -> the tags that it did not have before.
    """
    workspace_id = here()
    tags = _tags(workspace_id, names)
    name_of = {tag_id: name for name, tag_id in tags.items()}
    links = [
        CaseTag(workspace_id=workspace_id, case_id=case_id, tag_id=tag_id, tagged_by_id=actor_id)
        for case_id in case_ids
        for tag_id in tags.values()
    ]
    new = rows.insert(
        links,
        conflict="(workspace_id, case_id, tag_id) DO NOTHING",
        returning=("case_id", "tag_id"),
    )
    _tell(workspace_id, {row[0] for row in new}, actor_id, list(tags), is_on=True)
    return _by_case((case_id, name_of[tag_id]) for case_id, tag_id in new)


def _tags(workspace_id: UUID, names: Iterable[str]) -> dict[str, UUID]:
    """Return name as first written -> id, making what is missing."""
    wanted = {" ".join(clean(name)[0].split())[:60] for name in names} - {""}
    made = [Tag(workspace_id=workspace_id, name=name) for name in sorted(wanted)]
    rows.insert(made, conflict="(workspace_id, lower(name)) DO NOTHING")
    found = rows.fetch(
        "SELECT name, id FROM conversations_tag WHERE workspace_id = %s"
        " AND lower(name) IN (SELECT lower(w) FROM unnest(%s::text[]) w)",
        [workspace_id, sorted(wanted)],
    )
    return dict(found)


@transaction.atomic
def untag(
    case_ids: Collection[UUID], names: Iterable[str], actor_id: UUID | None = None
) -> dict[UUID, list[str]]:
    """Take tags off cases; tags stay known. Returns case -> the tags that it had."""
    workspace_id = here()
    wanted = list(names)
    gone = rows.fetch(
        "DELETE FROM conversations_casetag ct USING conversations_tag t"
        " WHERE ct.workspace_id = %s AND t.workspace_id = ct.workspace_id AND t.id = ct.tag_id"
        " AND ct.case_id = ANY(%s) AND lower(t.name) IN"
        " (SELECT lower(w) FROM unnest(%s::text[]) w) RETURNING ct.case_id, t.name",
        [workspace_id, list(case_ids), wanted],
    )
    _tell(workspace_id, {row[0] for row in gone}, actor_id, wanted, is_on=False)
    return _by_case(gone)


def _by_case(pairs: Iterable[tuple[UUID, str]]) -> dict[UUID, list[str]]:
    by_case: dict[UUID, list[str]] = {}
    for case_id, name in pairs:
        by_case.setdefault(case_id, []).append(name)
    return by_case


def _tell(
    workspace_id: UUID, case_ids: set[UUID], actor_id: UUID | None, names: list[str], *, is_on: bool
) -> None:
    verb = "tagged" if is_on else "untagged"
    rows.insert(
        [
            CaseLog(
                workspace_id=workspace_id,
                case_id=case_id,
                actor_id=actor_id,
                verb=verb,
                data={"tags": names, **credit()},
            )
            for case_id in case_ids
        ]
    )
    emit(CaseTagged(workspace_id, case_id, actor_id, names, is_on) for case_id in case_ids)
