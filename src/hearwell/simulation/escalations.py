"""Escalations with people absent at random: who is asked, who accepts, who has it in the end.

A house of one owner, two admins, three leads and six agents. Of each person it is drawn anew every
half hour whether they are there, are away and say so, or do not answer though they seem to be
there. Whoever is there and asked accepts after some minutes. Nothing is sent: letters are noted.
"""

from __future__ import annotations

import heapq
import random
import statistics
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from hearwell.accounts.models import Membership, Role, User, Workspace
from hearwell.accounts.services import add_member
from hearwell.conversations.models import Case
from hearwell.escalation import services
from hearwell.escalation.models import Escalation, EscalationMove, EscalationState
from hearwell.escalation.rules import Choice
from hearwell.kit import clock
from hearwell.kit.scope import scope
from hearwell.kit.sweep import SWEEPS, run_once
from hearwell.notifications.models import Letter
from hearwell.routing.services import set_presence
from hearwell.simulation.crowd import Place
from hearwell.simulation.crowd import day as crowd_of
from hearwell.simulation.house import House, build
from hearwell.simulation.shares import Share

PEOPLE: Final = (
    *(("Owner", Role.OWNER, 1), ("Admin", Role.ADMIN, 2), ("Lead", Role.LEAD, 3)),
    ("Helper", Role.AGENT, 6),
)
DRAWN_EVERY_S: Final = 1800
# A median of four minutes until somebody who is told presses the button.
_ACCEPTS_MEDIAN_S, _ACCEPTS_SPREAD = 240.0, 0.8
_BEGINS: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)


@dataclass
class Run:
    """A run of escalations, in the order of its own time."""

    house: House
    people: list[Membership]
    absent: float
    dice: random.Random
    at_s: float = 0.0
    there: dict[UUID, bool] = field(default_factory=dict)
    told_ms: list[float] = field(default_factory=list)
    seen: set[tuple[UUID, UUID]] = field(default_factory=set)
    _agenda: list[tuple[float, int, Any]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)
    _heard: UUID | None = None

    def now(self) -> datetime:
        """Return what its clock says."""
        return self.house.begins + timedelta(seconds=self.at_s)

    def at(self, at_s: float, do: Any) -> None:
        """Do something at a time."""
        heapq.heappush(self._agenda, (at_s, next(self._numbers), do))

    def play(self) -> None:
        """Do everything that is to be done, in order."""
        while self._agenda:
            self.at_s, _, do = heapq.heappop(self._agenda)
            do()

    def draw(self) -> None:
        """Draw who is there, who says that they are away, and who just does not answer."""
        with scope(self.house.id):
            for member in self.people:
                is_absent = self.dice.random() < self.absent
                says_so = is_absent and self.dice.random() < 1 / 2
                self.there[member.user_id] = not is_absent
                set_presence(self.house.id, member.user_id, "away" if says_so else "available")

    def escalate(self, case_id: UUID) -> None:
        """Escalate a case; how long it takes until the first person's letter is noted is kept."""
        by = self.dice.choice(self.people)
        begun = time.perf_counter()
        with scope(self.house.id):
            services.escalate(case_id, self.dice.choice((0, 1, 1, 2, 2, 3, 3, 4)), by)
        self.listen()
        self.told_ms.append(1000 * (time.perf_counter() - begun))
        self.answer()

    def listen(self) -> None:
        """Let notifications hear."""
        self._heard = self.house.listen(self._heard)

    def answer(self) -> None:
        """Let those who are asked and there press the button in their time; then look again."""
        with scope(self.house.id):
            waiting = list(
                Escalation.objects.filter(
                    workspace_id=self.house.id,
                    state__in=(EscalationState.WAITING, EscalationState.GIVEN),
                ).order_by("due_at")
            )
        for one in waiting:
            for member in self.people:
                is_asked = str(member.user_id) in one.asked_ids
                if is_asked and self.there[member.user_id] and (one.id, member.id) not in self.seen:
                    self.seen.add((one.id, member.id))
                    wait_s = self.dice.lognormvariate(0, _ACCEPTS_SPREAD) * _ACCEPTS_MEDIAN_S
                    self.at(self.at_s + wait_s, _Accept(self, one.id, member))
            if one.due_at is not None and one.state == EscalationState.WAITING:
                due_s = (one.due_at - self.house.begins).total_seconds()
                self.at(max(self.at_s, due_s) + 1, self.sweep)

    def sweep(self) -> None:
        """Look at what is due, as the worker does each second, and let the next be told."""
        if run_once(SWEEPS["escalation.due"]):
            self.listen()
            self.answer()


@dataclass(frozen=True)
class _Accept:
    run: Run
    escalation_id: UUID
    member: Membership

    def __call__(self) -> None:
        if not self.run.there[self.member.user_id]:
            return
        with scope(self.run.house.id):
            try:
                services.accept(self.escalation_id, self.member)
            except (services.HasOwnerError, services.SettledError):
                return


def play_escalations(number: int, absent: float, seed: int) -> dict[str, Any]:
    """Play so many escalations and return the figures; `absent` is a share, 0 to 1."""
    settings.HEARWELL_HAS_MAIL = True  # letters are noted; nothing sends them here
    dice = random.Random(seed)
    run: Run | None = None

    def source() -> datetime:
        return run.now() if run is not None else _BEGINS

    with clock.simulated(source):
        house = build(0, _BEGINS)
        run = Run(house, _people(house.workspace), absent, dice)
        with scope(house.id):  # what is escalated here, the run escalates
            services.choose(house.id, Choice(alarms=()), run.people[0].user)
        cases = _cases(house, number)
        lasts_s = 40.0 * number
        for begins in range(0, int(lasts_s) + 8 * 3600, DRAWN_EVERY_S):
            run.at(begins, run.draw)
        for case_id in cases:
            at_s = 1 + dice.random() * lasts_s
            run.at(at_s, _Escalate(run, case_id))
        run.play()
        return _figures(run)


@dataclass(frozen=True)
class _Escalate:
    run: Run
    case_id: UUID

    def __call__(self) -> None:
        self.run.escalate(self.case_id)


def _people(workspace: Workspace) -> list[Membership]:
    made = []
    with scope(workspace.id):
        for name, role, many in PEOPLE:
            for n in range(many):
                user = User.objects.create_user(
                    f"{name.lower()}{n}@simulated.example", name=f"{name} {n + 1}"
                )
                member = add_member(workspace, user, role, initials=f"{name[0]}{n:02d}")
                made.append(member)
    return made


def _cases(house: House, number: int) -> list[UUID]:
    """Let so many customers write; return their cases."""
    said = [one for one in crowd_of(2 * number, 1) if one.place is not Place.CHAT]
    first = {one.customer: one for one in said}
    for start in range(0, len(first), 500):
        house.hear(list(first.values())[start : start + 500])
    with scope(house.id):
        return list(
            Case.objects.filter(workspace_id=house.id)
            .order_by("number")
            .values_list("id", flat=True)[:number]
        )


def _figures(run: Run) -> dict[str, Any]:
    with scope(run.house.id):
        found = list(Escalation.objects.filter(workspace_id=run.house.id))
        moves = EscalationMove.objects.filter(workspace_id=run.house.id)
        given = set(moves.filter(what="given").values_list("escalation_id", flat=True))
        first = dict(
            moves.filter(what="accepted").order_by("-id").values_list("escalation_id", "at")
        )
        given_at = dict(moves.filter(what="given").values_list("escalation_id", "at"))
        letters = Letter.objects.filter(workspace_id=run.house.id).count()
        passed = moves.filter(what="passed").count()
    late = [
        one
        for one in found
        if not any(at <= one.owned_by for at in _times(one.id, first, given_at))
    ]
    waits = [(first[one.id] - one.raised_at).total_seconds() for one in found if one.id in first]
    told = sorted(run.told_ms)
    return {
        "escalations": len(found),
        "absent": run.absent,
        "without_owner_at_deadline": len(late),
        "accepted_in_time": Share(
            sum(one.id in first and first[one.id] <= one.owned_by for one in found), len(found)
        ).shown(),
        "given_to_an_owner_first": len(given),
        "never_accepted": sum(one.id not in first for one in found),
        "passed_over": passed,
        "letters_noted": letters,
        "minutes_to_accept_median": round(statistics.median(waits) / 60, 1) if waits else None,
        "minutes_to_accept_most": round(max(waits) / 60, 1) if waits else None,
        "first_told_ms_median": round(statistics.median(told), 1),
        "first_told_ms_most": round(told[-1], 1),
    }


def _times(key: UUID, *known: dict[UUID, datetime]) -> list[datetime]:
    return [one[key] for one in known if key in one]
