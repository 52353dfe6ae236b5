"""One case and its thread, each in as few questions to the database as it takes.

Everything around the messages of a case comes as one JSON document: a page has a budget of twelve
statements, and eight small lists would eat it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import BooleanField, Field, Model
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import JSONField

from hearwell.contacts.models import Contact, ContactNote, Identity
from hearwell.conversations.models import (
    Case,
    CaseLog,
    Conversation,
    Draft,
    Message,
    MessageVersion,
)
from hearwell.kit import rows

M = TypeVar("M", bound=Model)
EARLIER_SHOWN, LOG_SHOWN, NOTES_SHOWN = 10, 100, 5
# The first mails of a case say whether it began as an answer to something in another one.
LOOKED_AT = 5
# Closed like this, a case needs no answer of its own: it was given elsewhere, or nobody asked.
SAID_ELSEWHERE = ("answered_elsewhere", "duplicate", "spam", "not_about_us", "merged", "own_post")
UNANSWERED_SHOWN = 5
_LEADS_AWAY = frozenset({"merged_into", "rejoined_into"})
# Of a case `e`: it asked for an answer, and was closed without one.
UNANSWERED = """
    e.status = 'closed' AND e.duty = 'answer' AND e.last_reply_at IS NULL
        AND e.closed_reason <> ALL (%(elsewhere)s)
"""
_PAGE = f"""
    SELECT to_json(c), to_json(p),
        (SELECT json_agg(i ORDER BY i.network, i.handle) FROM contacts_identity i
         WHERE i.workspace_id = c.workspace_id AND i.contact_id = c.contact_id),
        (SELECT json_agg(v ORDER BY v.created_at) FROM conversations_conversation v
         WHERE v.workspace_id = c.workspace_id AND v.case_id = c.id),
        (SELECT json_agg(t.name ORDER BY lower(t.name)) FROM conversations_casetag ct
         JOIN conversations_tag t ON t.workspace_id = ct.workspace_id AND t.id = ct.tag_id
         WHERE ct.workspace_id = c.workspace_id AND ct.case_id = c.id),
        (SELECT json_agg(d) FROM conversations_draft d
         WHERE d.workspace_id = c.workspace_id AND d.case_id = c.id AND d.user_id = %(user)s),
        (SELECT json_agg(l ORDER BY l.at, l.id) FROM (
            SELECT l.* FROM (
                WITH RECURSIVE gathered(id) AS (
                    SELECT c.id
                    UNION ALL
                    SELECT m.id FROM gathered g JOIN conversations_case m
                        ON m.workspace_id = c.workspace_id AND m.merged_into_id = g.id)
                SELECT id FROM gathered) g
            JOIN conversations_caselog l ON l.workspace_id = c.workspace_id AND l.case_id = g.id
            ORDER BY l.at DESC LIMIT %(logged)s) l),
        (SELECT json_agg(n ORDER BY n.created_at DESC) FROM (
            SELECT * FROM contacts_contactnote n
            WHERE n.workspace_id = c.workspace_id AND n.contact_id = c.contact_id
            ORDER BY n.created_at DESC LIMIT %(noted)s) n),
        (SELECT json_agg(e ORDER BY e.opened_at DESC) FROM (
            SELECT e.* FROM conversations_case e
            WHERE e.workspace_id = c.workspace_id AND e.contact_id = c.contact_id AND e.id <> c.id
                AND e.merged_into_id IS NULL
            ORDER BY e.opened_at DESC LIMIT %(earlier)s) e),
        (SELECT count(*) FROM conversations_case e
         WHERE e.workspace_id = c.workspace_id AND e.contact_id = c.contact_id AND e.id <> c.id
            AND e.merged_into_id IS NULL),
        (SELECT json_agg(r) FROM conversations_case r
         WHERE r.workspace_id = c.workspace_id AND r.id IN (
            SELECT o.case_id FROM (
                SELECT * FROM conversations_message m
                WHERE m.workspace_id = c.workspace_id AND m.case_id = c.id
                ORDER BY m.sent_at, m.id LIMIT %(looked)s) m
            JOIN conversations_message o ON o.workspace_id = m.workspace_id
                AND o.channel_id = m.channel_id
                AND o.remote_id = ANY (ARRAY[m.parent_remote_id, m.root_remote_id])
            WHERE m.kind = 'mail' AND m.direction = 'in' AND o.case_id <> c.id)),
        (SELECT json_build_object('n', count(*), 'cases',
            coalesce(json_agg(u) FILTER (WHERE u.place <= %(unanswered)s), '[]'))
         FROM (
            SELECT e.*, row_number() OVER (ORDER BY e.opened_at DESC) AS place
            FROM conversations_case e
            WHERE e.workspace_id = c.workspace_id AND e.contact_id = c.contact_id AND e.id <> c.id
                AND {UNANSWERED}
            ORDER BY e.opened_at DESC) u),
        (SELECT m.id FROM conversations_message m
         WHERE m.workspace_id = c.workspace_id AND m.case_id = c.id AND m.channel_id IS NOT NULL
         ORDER BY m.id DESC LIMIT 1),
        (SELECT e.last_seq FROM events_eventcounter e WHERE e.workspace_id = c.workspace_id)
    FROM conversations_case c
    LEFT JOIN contacts_contact p ON p.workspace_id = c.workspace_id AND p.id = c.contact_id
    WHERE c.workspace_id = %(workspace)s AND c.id = %(case)s
"""  # noqa: S608  only our own fragments; values are parameters
_REACTIONS = """
    (SELECT jsonb_object_agg(x.reaction, x.n) FROM (
        SELECT r.reaction, count(*) AS n FROM conversations_reaction r
        WHERE r.workspace_id = conversations_message.workspace_id
            AND r.channel_id = conversations_message.channel_id
            AND r.target_remote_id = conversations_message.remote_id AND r.reaction <> ''
        GROUP BY r.reaction) x)
"""
# The last acts on a message, the oldest first.
_ACTS = """
    (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.id) FROM (
        SELECT a.id, a.act, a.state, a.attempts, a.asked_by_id AS by, a.why,
            coalesce(a.settled_at, a.asked_at) AS at, a.failure_message AS message
        FROM outbound_moderation a
        WHERE a.workspace_id = conversations_message.workspace_id
            AND a.message_id = conversations_message.id
        ORDER BY a.id DESC LIMIT 20) x)
"""


@dataclass(frozen=True)
class CasePage:
    """A case and what surrounds its messages. `drafts` are the reader's own, by audience.

    `newest` is the message that came last, as the case's version knows it: messages are read after
    it, and there may be more of them by then. `answered` are other cases that hold what its mails
    say they answer; `unanswered` the latest of those of the same person that were closed and never
    got an answer. `last_seq` is the newest event at that moment: whoever is told what comes after
    it misses nothing.
    """

    case: Case
    newest: UUID | None = None
    contact: Contact | None = None
    identities: Sequence[Identity] = ()
    conversations: Sequence[Conversation] = ()
    tags: Sequence[str] = ()
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    log: Sequence[CaseLog] = ()
    notes: Sequence[ContactNote] = ()
    earlier: Sequence[Case] = ()
    earlier_count: int = 0
    answered: Sequence[Case] = ()
    unanswered: Sequence[Case] = ()
    unanswered_count: int = 0
    last_seq: int = 0

    @property
    def contact_name(self) -> str:
        """What the person is called; empty if there is no person (yet)."""
        return self.contact.name if self.contact else ""


@dataclass(frozen=True)
class ThreadPage:
    """Messages of a case in the order of time, oldest first.

    `versions` holds what edited and deleted ones said before; each message has `reactions`
    (reaction -> count, or None) and `acts` (what we did to it, the oldest first, or None).
    `has_earlier` says that there are older ones than these.
    """

    messages: Sequence[Message]
    versions: Mapping[UUID, list[MessageVersion]]
    has_earlier: bool = False


def case_page(workspace_id: UUID, case_id: UUID, user_id: UUID | None = None) -> CasePage | None:
    """Return a case with all that surrounds its messages, in one statement; None if absent."""
    parameters = {
        "workspace": workspace_id,
        "case": case_id,
        "user": user_id,
        "logged": LOG_SHOWN,
        "noted": NOTES_SHOWN,
        "earlier": EARLIER_SHOWN,
        "looked": LOOKED_AT,
        "unanswered": UNANSWERED_SHOWN,
        "elsewhere": list(SAID_ELSEWHERE),
    }
    found = rows.fetch(_PAGE, parameters)
    if not found:
        return None
    case, contact, identities, threads, tags, drafts, log, notes, earlier, count, *more = found[0]
    answered, never, newest, last_seq = more
    person = _restored(Contact, contact) if contact else None
    the_case = _restored(Case, case)
    the_case.contact = person
    return CasePage(
        case=the_case,
        newest=newest,
        contact=person,
        identities=[_restored(Identity, row) for row in identities or ()],
        conversations=[_restored(Conversation, row) for row in threads or ()],
        tags=tags or [],
        drafts={row["audience"]: _restored(Draft, row) for row in drafts or ()},
        log=[line for row in log or () if _is_its(line := _restored(CaseLog, row), the_case)],
        notes=[_restored(ContactNote, row) for row in notes or ()],
        earlier=[_restored(Case, row) for row in earlier or ()],
        earlier_count=count,
        answered=[_restored(Case, row) for row in answered or ()],
        unanswered=[_restored(Case, row) for row in never["cases"]],
        unanswered_count=never["n"],
        last_seq=last_seq or 0,
    )


def _is_its(line: CaseLog, case: Case) -> bool:
    """Say whether a line is told in a case: its own, and of those merged into it all but that."""
    return line.case_id == case.id or line.verb not in _LEADS_AWAY


def _restored(model: type[M], row: Mapping[str, Any]) -> M:
    """Return a row of JSON as the instance that the ORM would have made of it."""
    columns = model._meta.concrete_fields
    values = [_value(column, row[str(column.column)]) for column in columns]
    return model.from_db("default", [column.attname for column in columns], values)


def _value(column: Field[Any, Any], value: object) -> object:
    """Return a JSON value as the column's own type."""
    return value if isinstance(column, JSONField) else column.to_python(value)


def messages_of(
    workspace_id: UUID,
    case_id: UUID,
    limit: int = 100,
    before: tuple[datetime, UUID] | None = None,
) -> ThreadPage:
    """Return the latest messages of a case, or those before (sent_at, id); two statements."""
    found = Message.objects.filter(workspace_id=workspace_id, case_id=case_id)
    if before is not None:
        found = found.filter(_is_before(before))
    latest = list(
        found.select_related("author_identity")
        .defer("search")
        .annotate(reactions=_json(_REACTIONS), acts=_json(_ACTS))
        .order_by("-sent_at", "-id")[: limit + 1]
    )
    shown = latest[:limit][::-1]
    changed = [message.id for message in shown if message.edited_at or message.deleted_at]
    versions = versions_of(workspace_id, changed) if changed else {}
    return ThreadPage(shown, versions, has_earlier=len(latest) > limit)


def _json(constant: str) -> RawSQL:
    return RawSQL(constant, [], output_field=JSONField(null=True))  # noqa: S611  only constants


def _is_before(place: tuple[datetime, UUID]) -> RawSQL:
    """Compare as a row, which the index of a case's messages understands."""
    row = "(conversations_message.sent_at, conversations_message.id) < (%s, %s)"
    return RawSQL(row, place, output_field=BooleanField())  # noqa: S611  a constant


def versions_of(
    workspace_id: UUID, message_ids: Sequence[UUID]
) -> dict[UUID, list[MessageVersion]]:
    """Return what messages said, version by version, oldest first."""
    found: dict[UUID, list[MessageVersion]] = defaultdict(list)
    versions = MessageVersion.objects.filter(workspace_id=workspace_id, message_id__in=message_ids)
    for version in versions.order_by("message_id", "version"):
        found[version.message_id].append(version)
    return dict(found)
