"""Reads of teams, people, claims, and of what waits and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from hearwell.accounts.models import User
from hearwell.conversations.rules import Gist
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.routing.accounts import PURPOSE
from hearwell.routing.board import Board
from hearwell.routing.facts import case_facts
from hearwell.routing.models import Agent, Claim, Rule, Team
from hearwell.routing.rules import (
    CaseFacts,
    Method,
    Mode,
    Needs,
    Wait,
    When,
    Why,
    decide,
    first_that_fits,
    fits,
    needs_from,
)


@dataclass(frozen=True, slots=True)
class ClaimView:
    """Who is on a case, and until when."""

    case_id: UUID
    user_id: UUID
    name: str
    expires_at: datetime


def claims_of(case_ids: Iterable[UUID]) -> dict[UUID, ClaimView]:
    """Return the live claims on cases in scope; two queries."""
    found = list(Claim.objects.filter(case_id__in=list(case_ids), expires_at__gt=now()))
    people = User.objects.in_bulk([row.user_id for row in found]) if found else {}
    return {
        row.case_id: ClaimView(
            row.case_id, row.user_id, str(people.get(row.user_id, "")), row.expires_at
        )
        for row in found
    }


def claim_of(case_id: UUID) -> ClaimView | None:
    """Return the live claim on a case, if any."""
    return claims_of([case_id]).get(case_id)


def teams_of(workspace_id: UUID) -> list[Team]:
    """Return the teams of a workspace by name."""
    return list(Team.objects.filter(workspace_id=workspace_id).order_by("name"))


def rules_of(workspace_id: UUID) -> list[Rule]:
    """Return the rules in their order, with their teams; one query."""
    found = Rule.objects.select_related("team").filter(workspace_id=workspace_id)
    return list(found.order_by("position"))


def agent_of(workspace_id: UUID, user_id: UUID) -> Agent | None:
    """Return whether somebody is here; None for who never was."""
    return Agent.objects.filter(workspace_id=workspace_id, user_id=user_id).first()


_LATEST: Final = f"""
    SELECT c.id, c.number, coalesce(nullif(c.title, ''), c.preview), c.network, c.channel_id::text,
        k.care, k.purpose, c.audience, c.kind, c.urgency, c.opened_at,
        ARRAY(SELECT lower(t.name) FROM conversations_casetag ct
            JOIN conversations_tag t ON t.workspace_id = ct.workspace_id AND t.id = ct.tag_id
            WHERE ct.workspace_id = c.workspace_id AND ct.case_id = c.id),
        coalesce((SELECT k.tier FROM contacts_contact k
            WHERE k.workspace_id = c.workspace_id AND k.id = c.contact_id), '')
    FROM conversations_case c
    {PURPOSE}
    WHERE c.workspace_id = %s AND NOT c.is_historic
    ORDER BY c.number DESC LIMIT %s
"""  # noqa: S608  only our own fragments
LOOKED_AT: Final = 500


@dataclass(frozen=True, slots=True)
class Match:
    """A case that would match; `taken_by` is the earlier rule that takes it first, if one does."""

    case_id: UUID
    label: str
    title: str
    network: str
    opened_at: datetime
    taken_by: str = ""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a rule would do with the latest cases, newest first."""

    looked_at: int
    matches: Sequence[Match]

    @property
    def own(self) -> int:
        """How many of them it would really get."""
        return sum(not one.taken_by for one in self.matches)


def dry_run(
    workspace_id: UUID,
    when: When,
    before: Sequence[Rule],
    gists: Callable[[Collection[UUID]], Mapping[UUID, Gist]],
) -> DryRun:
    """Try conditions on the last five hundred cases, after the rules `before`; changes nothing.

    Two queries. Cases of an archive are not among them.
    """
    found = rows.fetch(_LATEST, [workspace_id, LOOKED_AT])
    told = gists([row[0] for row in found])
    active = [rule for rule in before if rule.is_active]
    conditions = [rule.conditions for rule in active]
    matches = []
    for row in found:
        facts = _facts(row, told.get(row[0], Gist()))
        if fits(when, facts):
            place = first_that_fits(conditions, facts)
            taken_by = active[place].name if place is not None else ""
            case_id, number, title, network, *_, opened_at = row[:11]
            matches.append(Match(case_id, f"HW-{number}", title, network, opened_at, taken_by))
    return DryRun(len(found), matches)


def _facts(row: Sequence[Any], gist: Gist) -> CaseFacts:
    """Read a row of `_LATEST` as the rules take it."""
    known = (*row[3:10], *row[11:])  # without when it was opened
    return case_facts(gist, *known)


class Waits(StrEnum):
    """Why cases wait without anybody."""

    NEW = "new"
    PULL = "pull"
    CLOSED = "closed"
    NOBODY = "nobody"
    SKILL = "skill"
    FULL = "full"
    SOON = "soon"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Cases of one team that want the same, and why they wait."""

    team: Team | None
    needs: Needs
    why: Waits
    count: int
    oldest_at: datetime | None
    due_at: datetime | None


_WAITING: Final = """
    SELECT coalesce(p.team_id, c.team_id), coalesce(p.needs_key, ''), coalesce(p.state, 'queued'),
        count(*), min(c.waiting_since), min(c.due_at)
    FROM conversations_case c
    LEFT JOIN routing_placement p ON p.workspace_id = c.workspace_id AND p.case_id = c.id
    WHERE c.workspace_id = %s AND c.status = 'open' AND NOT c.is_historic AND c.turn = 'ours'
        AND c.assignee_id IS NULL
    GROUP BY 1, 2, 3 ORDER BY 6 NULLS LAST, 4 DESC
"""
MOST_GROUPS: Final = 50


def waiting_of(board: Board) -> list[Waiting]:
    """Return what waits without anybody, what is due first coming first; one query."""
    found = []
    for team_id, key, state, count, oldest_at, due_at in rows.fetch(_WAITING, [board.workspace_id]):
        team = board.teams.get(team_id) if team_id else None
        needs = needs_from(key)
        why = Waits.NEW if state == "new" else _why(board, team, needs)
        found.append(Waiting(team, needs, why, count, oldest_at, due_at))
    return _joined(found)[:MOST_GROUPS]


def _why(board: Board, team: Team | None, needs: Needs) -> Waits:
    if team is None or (team.mode == Mode.PULL.value and board.open_teams[team.id]):
        return Waits.PULL
    if not board.open_teams[team.id]:
        return Waits.CLOSED
    (one,) = decide([Wait(UUID(int=0), 1, needs)], board.available(team.id), Method.LEAST_LOADED)
    return {Why.NOBODY: Waits.NOBODY, Why.SKILL: Waits.SKILL, Why.FULL: Waits.FULL}.get(
        one.why, Waits.SOON
    )


def _joined(found: Iterable[Waiting]) -> list[Waiting]:
    """Put what waits for the same reason on one line: skills matter only where nobody has them."""
    joined: dict[tuple[UUID | None, Waits, Needs], Waiting] = {}
    for one in found:
        needs = one.needs if one.why is Waits.SKILL else ()
        key = (one.team.id if one.team else None, one.why, needs)
        known = joined.get(key)
        if known is None:
            joined[key] = replace(one, needs=needs)
            continue
        joined[key] = replace(
            known,
            count=known.count + one.count,
            oldest_at=_earlier(known.oldest_at, one.oldest_at),
            due_at=_earlier(known.due_at, one.due_at),
        )
    return list(joined.values())


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    return min((at for at in (first, second) if at is not None), default=None)
