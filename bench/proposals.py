"""How soon an incident is proposed when people begin to complain, and how often for nothing.

Days of an invented airline come in as they are said, in a database of their own, and the product's
own look at the last hour is taken every minute (on quiet days every ten minutes, to save time; a
spike lasts longer). On some days, at a random time, sixty people complain of one fault, one every
two to forty seconds. Counted is how long after the thirtieth of them an incident is proposed (less
than nothing: before), what a fixed alarm on the volume says on the same days (three times the mean
of the last day, the rule of most tools), and how many are proposed on days on which nothing
happens. Prints one JSON object.

    python -m bench.proposals [--incidents 12] [--quiet-days 14] [--a-day 240]
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hearwell.config.scratch import ground, set_up_django

_BEGINS: Final = datetime(2026, 3, 2, tzinfo=UTC)
_A_DAY: Final = timedelta(days=1)
_BEFORE_DAYS: Final = 7
_THIRTIETH: Final = 29
_FAULT: Final = (
    "your app won't let me check in, error 503 again and again",
    "Check-in is broken!! error 503 on the app since ten minutes",
    "Anyone else cannot check in? The app just says error 503",
    "error 503 when I try to check in online, flight leaves in two hours",
    "is check in down? app shows error 503, website too",
    "I cannot check in, your app crashes with 503. This is ridiculous",
    "Online check-in not working at all, 503 error, terrible service",
    "The app is broken, check in gives me an error. Unacceptable",
)


def items_of(begins: datetime, days: int, a_day: int, seed: int) -> list[Any]:
    """Return what is said on ordinary days."""
    from hearwell.simulation.crowd import day

    return [
        _item(f"{seed}-{n}-{one.key}", one.customer, one.text, at)
        for n in range(days)
        for one in day(a_day, seed + n)
        for at in (begins + n * _A_DAY + timedelta(seconds=one.at_s),)
    ]


def fault_of(begins: datetime, every_s: float, dice: random.Random) -> list[Any]:
    """Return sixty people who complain of one fault."""
    return [
        _item(
            f"fault-{begins:%d}-{n}",
            f"Hit {begins:%d} {n}",
            dice.choice(_FAULT) + dice.choice(("", "!", " Help.", " Still nothing.")),
            begins + timedelta(seconds=n * every_s),
        )
        for n in range(60)
    ]


def _item(key: str, who: str, text: str, at: datetime) -> Any:
    from hearwell.connect.model import Audience, Author, InboundMessage, MessageKind

    return InboundMessage(
        external_id=key, dedup_key=key, occurred_at=at, account="northwind", thread_key=key,
        kind=MessageKind.MENTION, audience=Audience.PUBLIC,
        author=Author(who, who.replace(" ", ""), who), text=text,
    )  # fmt: skip


class Desk:
    """A workspace in which time is ours."""

    def __init__(self) -> None:
        from hearwell.accounts.services import create_workspace
        from hearwell.channels.models import Brand, Channel
        from hearwell.kit.scope import scope

        self.at = _BEGINS
        self.to_come: deque[Any] = deque()
        self.workspace = create_workspace("Northwind Air")
        with scope(self.workspace.id):
            brand = Brand.objects.create(workspace_id=self.workspace.id, name="Northwind Air")
            self.channel = Channel.objects.create(
                workspace_id=self.workspace.id, brand=brand, network="sandbox",
                handle="NorthwindAir", external_id="northwind",
            )  # fmt: skip

    def hear(self, items: Sequence[Any]) -> None:
        """Take in what is said, at the times at which it is said."""
        from hearwell.contacts import services as contacts
        from hearwell.conversations import services as conversations
        from hearwell.kit.scope import scope
        from hearwell.triage import services as triage

        for start in range(0, len(items), 500):
            some = items[start : start + 500]
            with scope(self.workspace.id):
                people = contacts.identify(self.workspace.id, "sandbox", [i.author for i in some])
                threads = conversations.thread(self.channel, some, people)
                fresh = conversations.record_inbound(self.channel, some, threads, people)
                conversations.apply_verdicts(triage.assess(fresh))

    def expect(self, items: Sequence[Any]) -> None:
        """Let these come when their time has come."""
        self.to_come = deque(sorted((*self.to_come, *items), key=lambda one: one.occurred_at))

    def go_on(self, to: datetime) -> None:
        """Let time pass, and what is said by then come in."""
        self.at, heard = to, []
        while self.to_come and self.to_come[0].occurred_at <= to:
            heard.append(self.to_come.popleft())
        self.hear(heard)

    def look(self) -> int:
        """Look at the last hour; return how many incidents there are by now."""
        from hearwell.escalation.models import Incident
        from hearwell.kit.scope import scope
        from hearwell.spikes.services import look

        with scope(self.workspace.id):
            look(self.workspace.id)
            return Incident.objects.filter(workspace_id=self.workspace.id).count()

    def settle(self) -> None:
        """End what is proposed, as a person would before the next day."""
        from hearwell.accounts.models import Membership, Role, User
        from hearwell.accounts.services import add_member
        from hearwell.escalation.models import Incident
        from hearwell.escalation.services import dismiss
        from hearwell.kit.scope import scope

        with scope(self.workspace.id):
            member = Membership.objects.filter(workspace=self.workspace).first()
            if member is None:
                user = User.objects.create_user("lead@bench.example", name="Lead")
                member = add_member(self.workspace, user, Role.LEAD, initials="LE")
            for one in Incident.objects.filter(workspace_id=self.workspace.id, state="proposed"):
                dismiss(one.id, member)


def fixed_alarm(times: Sequence[datetime], moment: datetime) -> bool:
    """Say whether the last hour has three times what an hour of the day before had on average."""
    hour = sum(moment - timedelta(hours=1) < at <= moment for at in times)
    day = sum(moment - 25 * timedelta(hours=1) < at <= moment - timedelta(hours=1) for at in times)
    return hour >= 10 and hour > 3 * day / 24


def measure(incidents: int, quiet_days: int, a_day: int) -> dict[str, Any]:
    """Play days on which something happens, then days on which nothing does."""
    from hearwell.kit import clock

    dice, desk = random.Random(7), Desk()  # noqa: S311  the same run each time
    with clock.simulated(lambda: desk.at):
        desk.expect(items_of(_BEGINS, _BEFORE_DAYS, a_day, 1))
        desk.go_on(_BEGINS + _BEFORE_DAYS * _A_DAY)
        begins = _BEGINS + _BEFORE_DAYS * _A_DAY
        delays, simple, missed = [], [], 0
        for n in range(incidents):
            delay, fixed = _day(desk, begins + 2 * n * _A_DAY, a_day, dice)
            missed += delay is None
            delays += [] if delay is None else [delay]
            simple += [] if fixed is None else [fixed]
        quiet_from = begins + 2 * incidents * _A_DAY
        false, false_fixed = _quiet(desk, quiet_from, quiet_days, a_day)
    return {
        "incidents": incidents,
        "proposed": len(delays),
        "missed": missed,
        "minutes_after_the_30th_most": max(delays, default=None),
        "minutes_after_the_30th_median": statistics.median(delays) if delays else None,
        "bar_minutes": 10,
        "fixed_alarm_minutes_most": max(simple, default=None),
        "fixed_alarm_missed": incidents - len(simple),
        "quiet_days": quiet_days,
        "false_proposals": false,
        "false_a_month": round(false / quiet_days * 30, 2),
        "fixed_alarm_false_a_month": round(false_fixed / quiet_days * 30, 2),
        "bar_false_a_month": 1,
    }


def _day(
    desk: Desk, begins: datetime, a_day: int, dice: random.Random
) -> tuple[float | None, float | None]:
    """Play an ordinary day and one with a fault in it; return the minutes, ours and the simple."""
    usual = items_of(begins, 2, a_day, begins.day * 100)
    at = begins + _A_DAY + timedelta(hours=dice.uniform(6, 20))
    fault = fault_of(at, dice.uniform(2, 40), dice)
    desk.expect([*usual, *fault])
    thirtieth = fault[_THIRTIETH].occurred_at
    times = sorted(one.occurred_at for one in (*usual, *fault))
    desk.go_on(at)
    known, found, fixed = desk.look(), None, None
    while desk.at < thirtieth + timedelta(minutes=30) and (found is None or fixed is None):
        desk.go_on(desk.at + timedelta(minutes=1))
        after = round((desk.at - thirtieth).total_seconds() / 60, 1)
        if found is None and desk.look() > known:
            found = after
        heard = [one for one in times if one <= desk.at]
        if fixed is None and fixed_alarm(heard, desk.at):
            fixed = after
    desk.settle()
    desk.go_on(begins + 2 * _A_DAY)
    return found, fixed


def _quiet(desk: Desk, begins: datetime, days: int, a_day: int) -> tuple[int, int]:
    """Play days on which nothing happens; return how many were proposed, and by the simple rule."""
    items = items_of(begins, days, a_day, 5000)
    desk.expect(items)
    times = sorted(one.occurred_at for one in items)
    first, fixed, muted = desk.look(), 0, begins
    while desk.at < begins + days * _A_DAY:
        desk.go_on(desk.at + timedelta(minutes=10))
        known = desk.look()
        if desk.at > muted and desk.at > begins + 26 * timedelta(hours=1):
            near = [one for one in times if desk.at - timedelta(hours=26) < one <= desk.at]
            if fixed_alarm(near, desk.at):
                fixed, muted = fixed + 1, desk.at + timedelta(hours=6)
    return known - first, fixed


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--incidents", type=int, default=12)
    parser.add_argument("--quiet-days", type=int, default=14)
    parser.add_argument("--a-day", type=int, default=240)
    wanted = parser.parse_args()
    with ground() as made:
        set_up_django(made, "worker")
        figures = measure(wanted.incidents, wanted.quiet_days, wanted.a_day)
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
