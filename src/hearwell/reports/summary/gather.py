"""Read what the five questions and the goals are answered from, in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from hearwell.accounts.models import Membership, Workspace
from hearwell.escalation.models import IncidentState
from hearwell.escalation.queries import current_incidents, escalations_of
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.reports.models import Goal
from hearwell.reports.overview.report import Overview, overview
from hearwell.reports.rolling.cube import Slice, Span, cube_of, days_of
from hearwell.reports.rolling.measures import ANSWER, MEASURES, NEED
from hearwell.reports.rolling.reading import midnight
from hearwell.reports.rolling.tally import Tally
from hearwell.reports.summary.answer import Answer
from hearwell.reports.summary.change import better
from hearwell.reports.summary.danger import Danger, Trouble, what_burns
from hearwell.reports.summary.goals import AIMS, WEEK, WEEKS, Aim, Days, Progress, progress
from hearwell.reports.summary.money import costs
from hearwell.reports.summary.people import People, who
from hearwell.reports.summary.service import Expected, in_time
from hearwell.reports.summary.spans import Quarter, quarter_to
from hearwell.sla.queries import waiting_now
from hearwell.spikes.models import State
from hearwell.spikes.queries import choice_of, spikes_of
from hearwell.surveys.gaps import gaps_of, studies_of, waves_of

# People are told apart by contact; a case whose contact is not known counts nobody.
_PEOPLE: Final = """
    WITH asked AS (
        SELECT DISTINCT f.case_id FROM reports_needfact f
        WHERE f.workspace_id = %(place)s AND f.needs
            AND f.asked_at >= %(starts_at)s AND f.asked_at < %(ends_at)s
            AND NOT EXISTS (SELECT FROM reports_needfact later
                WHERE later.workspace_id = f.workspace_id AND later.message_id = f.message_id
                    AND later.revision = f.revision + 1)
    ), person AS (
        SELECT DISTINCT c.contact_id, c.network
        FROM asked a JOIN conversations_case c
            ON c.workspace_id = %(place)s AND c.id = a.case_id
        WHERE c.contact_id IS NOT NULL
    )
    SELECT network, count(DISTINCT contact_id), count(DISTINCT contact_id) FILTER (
        WHERE EXISTS (SELECT FROM conversations_case e WHERE e.workspace_id = %(place)s
            AND e.contact_id = person.contact_id AND e.opened_at < %(starts_at)s))
    FROM person GROUP BY GROUPING SETS ((network), ())
"""


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal, whose it is, and how it stands."""

    goal: Goal
    aim: Aim
    owner: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Summary:
    """The page: answers in the order of the questions, who has what, and the goals."""

    quarter: Quarter
    report: Overview
    answers: tuple[Answer, ...]
    danger: Danger
    people: People
    goals: tuple[GoalLine, ...]


def summary(workspace: Workspace, asked: date | None = None) -> Summary:
    """Return the executive page of a workspace in scope, of a quarter up to a day."""
    zone = ZoneInfo(workspace.time_zone)
    quarter = quarter_to(asked, now().astimezone(zone).date())
    span, names = quarter.now, names_in(workspace.id)
    report, length = overview(workspace, span), len(span.days)
    danger, people = danger_now(workspace.id, names), people_in(workspace.id, span, zone)
    return Summary(
        quarter, report,
        (
            in_time(report, expected(workspace.id), length),
            what_burns(danger),
            better(_totals(workspace.id, span), _totals(workspace.id, quarter.before), length),
            costs(report, length),
            who(people, length),
        ),
        danger, people, goals_of(workspace.id, span.last, names),
    )  # fmt: skip


def names_in(workspace_id: UUID) -> dict[UUID, str]:
    """Return the members of a workspace by their user's id; one query."""
    members = Membership.objects.filter(workspace_id=workspace_id).select_related("user")
    return {one.user_id: str(one.user) for one in members}


def expected(workspace_id: UUID) -> Expected:
    """Return what the latest wave with an answer of a customer says."""
    waves = waves_of(workspace_id, studies_of(workspace_id))
    wave = next((one for one in waves if any(a.get("wait") for a in one.customers)), None)
    if wave is None:
        return Expected(None, 0)
    return Expected(gaps_of(wave).served, sum(bool(one.get("wait")) for one in wave.customers))


def danger_now(workspace_id: UUID, names: dict[UUID, str]) -> Danger:
    """Return what stands open at this moment, whatever the period."""
    spikes = spikes_of(workspace_id, states=(State.PROPOSED, State.CONFIRMED))
    escalations, waiting = escalations_of(workspace_id), waiting_now(workspace_id)
    return Danger(
        [
            Trouble(
                one.number, f"{one} {one.title}".strip(),
                names.get(one.lead_id, "") if one.lead_id else "",
                one.update_at, one.state == IncidentState.LIVE,
            )
            for one in current_incidents(workspace_id)
        ],
        sum(one.calm_at is None for one in spikes), waiting.late, waiting.n,
        sum(one.is_unclaimed for one in escalations), len(escalations),
        choice_of(workspace_id).is_on,
    )  # fmt: skip


def people_in(workspace_id: UUID, span: Span, zone: ZoneInfo) -> People:
    """Return who wrote something that needs an answer; one query."""
    starts_at, ends_at = _moments(span, zone)
    values = {"place": workspace_id, "starts_at": starts_at, "ends_at": ends_at}
    found = {network: (n, known) for network, n, known in rows.fetch(_PEOPLE, values)}
    n, known = found.pop(None, (0, 0))
    by_network = {network: one[0] for network, one in found.items()}
    return People(n, known, dict(sorted(by_network.items(), key=lambda one: -one[1])))


def goals_of(workspace_id: UUID, last: date, names: dict[UUID, str]) -> tuple[GoalLine, ...]:
    """Return the goals of a workspace and how each stands, the nearest date first; two queries."""
    kept = Goal.objects.filter(workspace_id=workspace_id, removed_at__isnull=True)
    goals = list(kept.order_by("due_on", "figure"))
    if not goals:
        return ()
    ends = [min(last, one.due_on) for one in goals]
    days = _days(workspace_id, Span(min(ends) - WEEKS * WEEK, max(ends)))
    return tuple(
        GoalLine(one, aim, names.get(one.owner_id, ""),
                 progress(aim, one.target, one.due_on, days, last))
        for one in goals
        if (aim := AIMS.get(one.figure))
    )  # fmt: skip


def last_changed(workspace_id: UUID) -> str:
    """Return the figure whose goal was changed last, empty without any; one query."""
    kept = Goal.objects.filter(workspace_id=workspace_id).order_by("-changed_at", "-id")
    return kept.values_list("figure", flat=True).first() or ""


def _days(workspace_id: UUID, span: Span) -> Days:
    """Return the totals of single days; one query."""
    return days_of(workspace_id, span, (NEED, ANSWER))


def _totals(workspace_id: UUID, span: Span) -> dict[str, Tally]:
    cube = cube_of(workspace_id, span, Slice())
    return {measure: cube.total(measure) for measure in MEASURES}


def _moments(span: Span, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return midnight(span.first, zone), midnight(span.last + timedelta(days=1), zone)
