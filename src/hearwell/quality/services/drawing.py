"""Once a week the replies of the week before are drawn: some by chance, the others by risk.

Both draws are one statement over all writers of a week. By chance: the order of a hash of seed and
reply. By risk: the smallest -ln(u)/weight (Efraimidis and Spirakis, 2006), u from another hash of
the same. So the same seed over the same replies draws the same, and anybody can check it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction

from hearwell.accounts.models import User, Workspace
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.quality.models import Draw, Plan, Sample
from hearwell.quality.rules import RISKS, doubles_due, monday_of, shares_of, week_span

log = structlog.get_logger(__name__)
# A week that was missed is drawn late; what is older than these is no news to anybody.
WEEKS_BACK: Final = 4
_SEVERE: Final = 3
_CROWD: Final = 3
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('quality.draw' || %s, 0))"
# A holding reply solves nothing and an automatic one has no writer: neither is read again.
_DRAWN: Final = """
    WITH replies AS (
        SELECT m.id, m.case_id, m.conversation_id, m.author_user_id AS agent_id, m.sent_at,
            m.audience, c.network
        FROM conversations_message m
        JOIN conversations_case c ON c.workspace_id = m.workspace_id AND c.id = m.case_id
        WHERE m.workspace_id = %(place)s AND m.sent_at >= %(since)s AND m.sent_at < %(until)s
            AND m.direction = 'out' AND m.audience <> 'team' AND m.author_user_id IS NOT NULL
            AND NOT m.is_automatic AND NOT m.is_holding AND NOT m.is_historic
            AND NOT m.sent_outside AND m.deleted_at IS NULL AND NOT m.is_purged
    ), had AS (
        SELECT s.agent_id, count(*) FILTER (WHERE s.is_random) AS random,
            count(*) FILTER (WHERE NOT s.is_random) AS risky
        FROM quality_sample s
        WHERE s.workspace_id = %(place)s AND s.week = %(week)s AND s.calibration_id IS NULL
        GROUP BY s.agent_id
    ), free AS (
        SELECT r.* FROM replies r LEFT JOIN had h ON h.agent_id = r.agent_id
        WHERE (coalesce(h.random, 0) < %(random)s OR coalesce(h.risky, 0) < %(risky)s)
            AND r.id NOT IN (SELECT s.message_id FROM quality_sample s
                WHERE s.workspace_id = %(place)s AND s.week = %(week)s
                    AND s.calibration_id IS NULL)
    ), risky AS (
        SELECT f.*, array_remove(ARRAY[
            CASE WHEN asked.sentiment = 'negative' THEN 'negative' END,
            CASE WHEN asked.urgency >= %(severe)s THEN 'severe' END,
            CASE WHEN EXISTS (SELECT FROM sla_clock k WHERE k.workspace_id = %(place)s
                AND k.case_id = f.case_id AND k.met_by = f.id AND k.state = 'missed')
                THEN 'late' END,
            CASE WHEN EXISTS (SELECT FROM conversations_caselog l WHERE l.workspace_id = %(place)s
                AND l.case_id = f.case_id AND l.verb = 'reopened' AND l.at > f.sent_at)
                THEN 'reopened' END,
            CASE WHEN asked.kind = 'complaint' THEN 'complaint' END,
            CASE WHEN f.audience = 'public' AND (
                SELECT count(DISTINCT o.author_identity_id) FROM conversations_message o
                WHERE o.workspace_id = %(place)s AND o.case_id = f.case_id AND o.direction = 'in'
                ) >= %(crowd)s THEN 'public' END,
            CASE WHEN p.created_at > f.sent_at - %(new)s THEN 'new_agent' END
        ], NULL) AS reasons
        FROM free f
        LEFT JOIN accounts_membership p
            ON p.workspace_id = %(place)s AND p.user_id = f.agent_id
        LEFT JOIN LATERAL (
            SELECT v.sentiment, v.urgency, v.kind FROM conversations_message i
            JOIN triage_verdict v ON v.workspace_id = i.workspace_id AND v.message_id = i.id
            WHERE i.workspace_id = %(place)s AND i.case_id = f.case_id AND i.direction = 'in'
                AND i.sent_at <= f.sent_at
            ORDER BY i.sent_at DESC, i.id DESC LIMIT 1
        ) asked ON true
    ), weighed AS (
        SELECT r.*,
            (('x' || substr(md5(%(seed)s || 'chance' || r.id), 1, 8))::bit(32)::bigint + 0.5)
                / 4294967296 AS chance,
            -ln((('x' || substr(md5(%(seed)s || 'risk' || r.id), 1, 8))::bit(32)::bigint + 0.5)
                / 4294967296) / (1 + (
                SELECT coalesce(sum((%(risks)s::jsonb ->> x)::numeric), 0)
                FROM unnest(r.reasons) x)) AS burden
        FROM risky r
    ), by_chance AS (
        SELECT w.*, row_number() OVER (PARTITION BY w.agent_id ORDER BY w.chance, w.id)
            <= %(random)s - coalesce(h.random, 0) AS is_random
        FROM weighed w LEFT JOIN had h ON h.agent_id = w.agent_id
    ), drawn AS (
        SELECT b.*, row_number() OVER (
            PARTITION BY b.agent_id, b.is_random ORDER BY b.burden, b.id) AS place,
            coalesce(h.risky, 0) AS risky
        FROM by_chance b LEFT JOIN had h ON h.agent_id = b.agent_id
    )
    SELECT id, case_id, agent_id, network, sent_at, is_random, reasons,
        (SELECT count(*) FROM replies) AS candidates
    FROM drawn WHERE is_random OR place <= %(risky)s - risky
    ORDER BY md5(%(seed)s || 'order' || id), id
"""


def draw_all() -> int:
    """Draw in every workspace that has a plan; return how many replies were drawn."""
    found = rows.fetch("SELECT workspace_id FROM quality_places()", [])
    return sum(_drawn_in(row[0]) for row in found)


def _drawn_in(workspace_id: UUID) -> int:
    """Draw in one workspace; one where it fails is logged and stops no other."""
    try:
        with scope(workspace_id):
            return draw_past_weeks(workspace_id)
    except Exception:
        log.exception("replies_not_drawn", workspace_id=str(workspace_id))
        return 0


@transaction.atomic
def draw_past_weeks(workspace_id: UUID) -> int:
    """Draw each of the last weeks that is over and was not drawn yet; in scope."""
    place = Workspace.objects.get(id=workspace_id)
    plan = Plan.objects.filter(workspace_id=workspace_id, is_on=True).first()
    if plan is None:
        return 0
    this = monday_of(now(), place.time_zone)
    first = max(monday_of(plan.since, place.time_zone), this - timedelta(weeks=WEEKS_BACK))
    weeks = [first + timedelta(weeks=at) for at in range((this - first).days // 7)]
    done = Draw.objects.filter(workspace_id=workspace_id, week__in=weeks)
    if not (missing := sorted({*weeks} - {*done.values_list("week", flat=True)})):
        return 0
    rows.fetch(_LOCK, [str(workspace_id)], is_read=False)
    done = Draw.objects.filter(workspace_id=workspace_id, week__in=missing)
    gone = set(done.values_list("week", flat=True))
    return sum(_draw_week(plan, place, week) for week in missing if week not in gone)


def _draw_week(plan: Plan, place: Workspace, week: date) -> int:
    seed = uuid7()
    since, until = week_span(week, place.time_zone)
    candidates, drawn = _draw(plan, week, since, until, seed)
    Draw.objects.create(
        workspace_id=place.id, week=week, seed=seed, candidates=candidates, drawn=drawn
    )
    return drawn


@transaction.atomic
def draw_now(workspace_id: UUID, *, by: User) -> int:
    """Draw of the week so far, as far as the plan goes; what it draws counts to the week."""
    rows.fetch(_LOCK, [str(workspace_id)], is_read=False)
    place = Workspace.objects.get(id=workspace_id)
    plan = Plan.objects.filter(workspace_id=workspace_id, is_on=True).first()
    if plan is None:
        return 0
    week = monday_of(now(), place.time_zone)
    since, until = week_span(week, place.time_zone)
    _candidates, drawn = _draw(plan, week, since, until, uuid7())
    if drawn:
        entry = AuditEntry(
            "quality.drawn", by, "workspace", workspace_id, str(week), None, {"drawn": drawn}
        )
        record_audit(workspace_id, [entry])
    return drawn


def _draw(plan: Plan, week: date, since: datetime, until: datetime, seed: UUID) -> tuple[int, int]:
    """Draw replies of a span into samples; returns how many there were, and how many are drawn."""
    shares = shares_of(plan.a_week, plan.random_percent)
    values: dict[str, Any] = {
        "place": plan.workspace_id,
        "since": since,
        "until": until,
        "week": week,
        "seed": str(seed),
        "severe": _SEVERE,
        "crowd": _CROWD,
        "new": timedelta(days=plan.new_days),
        "risks": rows.document([dict(RISKS)])[1:-1],
        "random": shares.random,
        "risky": shares.risky,
    }
    found = rows.fetch(_DRAWN, values)
    doubles = _doubles(plan, len(found))
    make = rows.Maker(Sample)
    fresh = [
        make(
            workspace_id=plan.workspace_id,
            message_id=row[0],
            case_id=row[1],
            agent_id=row[2],
            network=row[3],
            sent_at=row[4],
            is_random=row[5],
            reasons=row[6],
            week=week,
            wanted=2 if at < doubles else 1,
        )
        for at, row in enumerate(found)
    ]
    rows.insert(fresh, conflict="DO NOTHING")
    return (found[0][7] if found else 0), len(fresh)


def _doubles(plan: Plan, fresh: int) -> int:
    """Return how many of the new samples, in the order of their hash, two graders get."""
    before = Sample.objects.filter(workspace_id=plan.workspace_id, calibration=None)
    drawn, doubled = before.count(), before.filter(wanted__gt=1).count()
    return doubles_due(drawn, doubled, fresh, plan.double_percent)
