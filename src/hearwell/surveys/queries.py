"""What was chosen, what is open, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from hearwell.kit import rows
from hearwell.outbound.rules import DONE, IN_FLIGHT, State
from hearwell.surveys.models import AskChoice, Question, Survey, SurveyState
from hearwell.surveys.rules import Status

# The network may have it by now, whether we know it yet or not.
_MAY_BE_READ: Final = sorted(state.value for state in DONE | IN_FLIGHT | {State.NEEDS_HUMAN})
_ON_ITS_WAY: Final = sorted({*_MAY_BE_READ, State.QUEUED.value})
# Two contacts that somebody has found to be one person are one.
_SAME_PERSON: Final = """({one} = {other} OR EXISTS (SELECT FROM contacts_link k
    WHERE k.workspace_id = q.workspace_id AND k.undone_at IS NULL
        AND k.kept_id = {one} AND k.other_id = {other}))"""
_ASKED_SINCE: Final = f"""
    SELECT EXISTS (SELECT FROM surveys_question q
    JOIN outbound_delivery d ON d.workspace_id = q.workspace_id AND d.key = q.id
        AND d.state = ANY(%(on_its_way)s)
    WHERE q.workspace_id = %(place)s AND q.asked_at > %(since)s
        AND {_SAME_PERSON.format(one="%(contact)s", other="q.contact_id")})
"""  # noqa: S608  our own words
_THEIRS: Final = """(SELECT k.other_id FROM contacts_link k WHERE k.workspace_id = %(place)s
    AND k.undone_at IS NULL AND k.kept_id = %(contact)s
    UNION ALL SELECT k.kept_id FROM contacts_link k WHERE k.workspace_id = %(place)s
    AND k.undone_at IS NULL AND k.other_id = %(contact)s
    UNION ALL SELECT %(contact)s)"""
_PEACE: Final = f"""
    SELECT EXISTS (SELECT FROM conversations_case c WHERE c.workspace_id = %(place)s
            AND c.contact_id IN {_THEIRS} AND c.id <> %(case)s AND c.status <> 'closed'
            AND NOT c.is_historic AND c.stage = ''),
        EXISTS (SELECT FROM contacts_identity i WHERE i.workspace_id = %(place)s
            AND i.contact_id IN {_THEIRS} AND i.no_messages_since IS NOT NULL)
        OR EXISTS (SELECT FROM contacts_contact p WHERE p.workspace_id = %(place)s
            AND p.id = %(contact)s AND (p.erasing_since IS NOT NULL OR p.erased_at IS NOT NULL))
"""  # noqa: S608  our own words
# A question is about a case; its answer may come where that case went into, or, where the thread
# goes on in a newer case, there. In public others speak, too; and what was not sent was not asked.
_HEARD: Final = f"""
    WITH RECURSIVE said AS (
        SELECT m.id, m.case_id, m.conversation_id, m.audience, m.sent_at, m.parent_remote_id,
            i.contact_id
        FROM conversations_message m
        LEFT JOIN contacts_identity i
            ON i.workspace_id = m.workspace_id AND i.id = m.author_identity_id
        WHERE m.workspace_id = %(place)s AND m.id = ANY(%(messages)s) AND m.direction = 'in'
            AND m.deleted_at IS NULL
    ), homes AS (
        SELECT DISTINCT case_id AS home, case_id AS part FROM said
        UNION
        SELECT h.home, c.id FROM homes h
        JOIN conversations_case c ON c.workspace_id = %(place)s AND c.merged_into_id = h.part
    ), asked AS (
        SELECT q.id, s.id AS message_id FROM said s JOIN homes h ON h.home = s.case_id
        JOIN surveys_question q ON q.workspace_id = %(place)s AND q.case_id = h.part
        UNION
        SELECT d.key, s.id FROM said s JOIN outbound_delivery d
            ON d.workspace_id = %(place)s AND d.lane_id = s.conversation_id
    )
    SELECT DISTINCT ON (q.id) q.id, s.id
    FROM asked a
    JOIN said s ON s.id = a.message_id
    JOIN surveys_question q
        ON q.workspace_id = %(place)s AND q.id = a.id AND q.status = 'asked'
    JOIN outbound_delivery d ON d.workspace_id = q.workspace_id AND d.key = q.id
        AND d.state = ANY(%(may_be_read)s)
    WHERE (s.sent_at > coalesce(d.sent_at, q.asked_at)
            OR (d.remote_id <> '' AND s.parent_remote_id = d.remote_id))
        AND (s.audience <> 'public' OR q.contact_id IS NULL
            OR {_SAME_PERSON.format(one="s.contact_id", other="q.contact_id")})
    ORDER BY q.id, s.sent_at, s.id
"""  # noqa: S608  our own words

# Asked is what the network has; a question that is held or was taken back asked nobody.
_CARD = """
    SELECT q.network, count(*), count(*) FILTER (WHERE q.status = 'yes'),
        count(*) FILTER (WHERE q.status = 'no')
    FROM surveys_question q
    JOIN outbound_delivery d ON d.workspace_id = q.workspace_id AND d.key = q.id
        AND d.state IN ('sent', 'confirmed')
    WHERE q.workspace_id = %s AND q.asked_at >= %s AND q.survey_id IS NULL
    GROUP BY q.network ORDER BY 2 DESC, 1
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """How many were asked on a network, and what they said. The share is of those who answered."""

    network: str
    asked: int
    yes: int
    no: int

    @property
    def n(self) -> int:
        """How many answered plainly."""
        return self.yes + self.no

    @property
    def share(self) -> int | None:
        """Per cent of the answers that say yes; None without an answer."""
        return round(100 * self.yes / self.n) if self.n else None


def choice_of(workspace_id: UUID) -> AskChoice | None:
    """Return what an owner chose; None: nothing is asked."""
    return AskChoice.objects.filter(workspace_id=workspace_id).first()


def asks_anywhere(workspace_id: UUID) -> bool:
    """Say whether anything is asked in any account."""
    chosen = AskChoice.objects.filter(workspace_id=workspace_id).exclude(channel_ids=[])
    return chosen.exists() or surveys_on(workspace_id).exists()


def surveys_of(workspace_id: UUID) -> list[Survey]:
    """Return every survey, the newest first."""
    return list(Survey.objects.filter(workspace_id=workspace_id).order_by("-made_at", "-id"))


def survey_by_id(workspace_id: UUID, survey_id: UUID) -> Survey | None:
    """Return a survey of the workspace; None for any other."""
    return Survey.objects.filter(workspace_id=workspace_id, id=survey_id).first()


def surveys_on(workspace_id: UUID) -> QuerySet[Survey]:
    """Return the surveys that ask, the oldest first."""
    found = Survey.objects.filter(workspace_id=workspace_id, state=SurveyState.ON)
    return found.order_by("made_at", "id")


def has_anybody(workspace_id: UUID, survey_id: UUID) -> bool:
    """Say whether anybody was ever asked: what is asked cannot be changed any more."""
    asked = Question.objects.filter(workspace_id=workspace_id, survey_id=survey_id)
    return asked.filter(asked_at__isnull=False).exists()


def asked_since(workspace_id: UUID, survey_id: UUID, since: datetime) -> int:
    """Return how many were asked since then."""
    asked = Question.objects.filter(workspace_id=workspace_id, survey_id=survey_id)
    return asked.filter(asked_at__gt=since).count()


def wants_peace(workspace_id: UUID, contact_id: UUID, case_id: UUID) -> str:
    """Say why a person is left alone: something of theirs is open, or they want no messages.

    Empty: they may be asked. Whoever somebody found to be the same person counts as they. One
    query.
    """
    values = {"place": workspace_id, "contact": contact_id, "case": case_id}
    ((has_open, is_out),) = rows.fetch(_PEACE, values)
    return "open" if has_open else "opted_out" if is_out else ""


def has_asked(workspace_id: UUID) -> bool:
    """Say whether any question waits for its answer."""
    asked = Question.objects.filter(workspace_id=workspace_id, status=Status.ASKED)
    return asked.exists()


def was_asked_since(workspace_id: UUID, contact_id: UUID, since: datetime) -> bool:
    """Say whether a question to this person went out since then, or is about to. One query.

    What is kept back, was taken back or was refused asked nobody.
    """
    values = {
        "place": workspace_id, "contact": contact_id, "since": since, "on_its_way": _ON_ITS_WAY,
    }  # fmt: skip
    ((found,),) = rows.fetch(_ASKED_SINCE, values)
    return bool(found)


def first_words_after(workspace_id: UUID, message_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return question -> the first of these messages said after it by who was asked. One query.

    Wherever it was said: in its case, in one that took that over, or in a newer one of its thread.
    """
    values = {
        "place": workspace_id, "messages": list(message_ids), "may_be_read": _MAY_BE_READ,
    }  # fmt: skip
    return dict(rows.fetch(_HEARD, values)) if message_ids else {}


def answers_since(workspace_id: UUID, since: datetime) -> Sequence[Answers]:
    """Return what was asked and answered since then, by network, the busiest first."""
    return [Answers(*row) for row in rows.fetch(_CARD, [workspace_id, since])]


def total_of(found: Sequence[Answers]) -> Answers:
    """Return the sum over all networks."""
    return Answers("", *(sum(getattr(a, name) for a in found) for name in ("asked", "yes", "no")))
