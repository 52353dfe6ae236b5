"""A series beside the brand's health, and what the executive page says of it and of peers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from hearwell.accounts.models import User, Workspace
from hearwell.benchmarks.models import Panel
from hearwell.benchmarks.rules import Brand
from hearwell.kit.clock import now
from hearwell.outcomes.executive import executive
from hearwell.outcomes.health import MENTIONS, RATE, SENTIMENT, beside, latest_name, names_of
from hearwell.outcomes.models import Point
from hearwell.outcomes.series import OTHER_GRAIN, OTHER_VALUE, read_series
from hearwell.outcomes.services import Taken, check_series, take_series, undo_import
from hearwell.reports.services import recompute
from hearwell.triage.models import Verdict
from tests.exchange import ANSWER, Exchange

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 6, 30)


def taken(workspace: Workspace, by: User, grain: str, text: str, name: str = "Sales") -> Any:
    lines = read_series(f"date,value,currency,unit\n{text}".encode(), grain, name, TODAY)
    checked, known = check_series(workspace.id, lines, grain)
    wrong = [one.wrong for one in checked if one.wrong]
    made = take_series(workspace.id, checked, grain, what=Taken("s.csv", len(wrong), by))
    assert made.known == known
    return made, wrong


def weekly(values: list[float], unit: str = "EUR") -> str:
    monday = date(2026, 3, 2)
    return "".join(f"{monday + n * 7 * DAY},{value},{unit},\n" for n, value in enumerate(values))


@pytest.fixture
def house(workspace: Workspace, frozen: Any) -> Exchange:
    """Twelve weeks from 2 March: in the n-th, n % 5 + 1 people write, one of them is glad."""
    made, start = Exchange(workspace.id), now()
    for week in range(12):
        for n in range(week % 5 + 1):
            at = start + 7 * week * DAY
            asked = made.ask(f"{week} {n}", at=at, by=f"p{n}")
            ANSWER.of(asked).save(force_insert=True)
            Verdict.objects.filter(message=asked).update(
                sentiment="positive" if n == 0 else "negative"
            )
            if n == 0:
                made.reply(asked, at=at + timedelta(hours=1))
    frozen.move_to(start + (12 * 7 + 2) * DAY)
    recompute(workspace.id)
    return made


def test_each_measure_beside_a_weekly_series(
    house: Exchange, workspace: Workspace, alice: User
) -> None:
    taken(workspace, alice, "w", weekly([10.0 * (n % 5 + 1) for n in range(12)]))
    found = beside(workspace, "Sales")
    assert (found.held.unit, found.held.step, found.held.holes) == ("EUR", "week", 0)
    by = {one.key: one for one in found.measures}
    first = date(2026, 3, 2)
    assert [by[key].values[first + 7 * DAY] for key in (SENTIMENT, RATE, MENTIONS)] == [0.0, 0.5, 2]
    # Of a week in which nobody wrote before the first or after the last nothing is known.
    assert (
        set(by[MENTIONS].values) == set(by[RATE].values) == {first + 7 * n * DAY for n in range(12)}
    )
    assert by[MENTIONS].beside.levels.r == pytest.approx(1.0)
    assert by[RATE].beside.levels.r < -0.8
    assert (by[RATE].beside.levels.n, len(by[RATE].beside.lags)) == (12, 17)
    assert beside(workspace, "none") is None


def test_the_week_that_is_not_over_is_left_out(
    house: Exchange, workspace: Workspace, alice: User, frozen: Any
) -> None:
    taken(workspace, alice, "w", weekly([1.0] * 12))
    house.ask("now", by="x")
    found = beside(workspace, "Sales")
    assert max(found.measures[2].values) == date(2026, 5, 18)


def test_days_become_weeks_only_where_all_are_there_and_units_stay_apart(
    house: Exchange, workspace: Workspace, alice: User
) -> None:
    days = [date(2026, 3, 2) + n * DAY for n in range(28) if n != 9]
    text = "".join(f"{day},2,EUR,\n" for day in days) + "2026-03-11,5,CHF,\n"
    taken(workspace, alice, "d", text)
    held = beside(workspace, "Sales").held
    assert held.values == {date(2026, 3, day): 14.0 for day in (2, 16, 23)}
    assert (held.holes, held.torn, held.other_units) == (1, 1, {"CHF": 1})
    taken(workspace, alice, "d", text.replace("EUR,", ",points"), "Trust")
    assert set(beside(workspace, "Trust").held.values.values()) == {2.0}
    assert names_of(workspace.id) == ["Sales", "Trust"]
    assert latest_name(workspace.id) == "Sales"
    taken(workspace, alice, "m", "2026-03,1,EUR,\n2026-05,2,EUR,\n", "Monthly")
    by_month = beside(workspace, "Monthly")
    assert (by_month.held.holes, len(by_month.measures[0].beside.lags)) == (1, 5)
    assert by_month.measures[2].values[date(2026, 3, 1)] == sum(n % 5 + 1 for n in range(5))


def test_importing_twice_counts_once_contradictions_are_refused_and_undo_takes_it_away(
    workspace: Workspace, alice: User, frozen: Any
) -> None:
    first, _wrong = taken(workspace, alice, "w", weekly([1.0, 2.0]))
    again, wrong = taken(workspace, alice, "w", weekly([1.0, 2.5, 3.0]), "SALES")
    assert (again.taken, again.known, wrong) == (1, 1, [OTHER_VALUE])
    assert taken(workspace, alice, "d", "2026-03-02,1,EUR,\n")[1] == [OTHER_GRAIN]
    assert set(Point.objects.values_list("name", flat=True)) == {"Sales"}
    undo_import(workspace.id, first.id, by=alice)
    assert Point.objects.count() == 1


def answers(workspace: Workspace) -> dict[str, Any]:
    return {one.key: one for one in executive(workspace, date(2026, 5, 22)).answers}


def test_the_executive_page_says_how_a_series_went_and_how_we_stand(
    house: Exchange, workspace: Workspace, alice: User
) -> None:
    told = answers(workspace)
    assert any("make a panel" in one.text for one in told["better"].notes)
    assert any("no sales are imported" in one.text for one in told["money"].more)
    taken(workspace, alice, "w", weekly([50.0 - 10 * (n % 5) for n in range(12)]))
    made = Panel.objects.create(
        workspace_id=workspace.id, name="Air", industry="airline", by_id=alice.id,
        brands=[Brand("Northwind Air", (str(house.channel.id),)).stored],
    )  # fmt: skip
    told = answers(workspace)
    assert any("says which brand" in one.text for one in told["better"].notes)
    (said,) = [one for one in told["money"].more if "series" in one.values]
    assert "rose and fell together" in said.text
    assert (said.values["measure"].value, said.values["n"].value) == ("Net sentiment", 12)
    assert told["money"].links[0].page == "report_series"
    made.brands[0]["is_own"] = True
    made.save()
    told = answers(workspace)
    (said,) = [one for one in told["better"].more if "panel" in one.values]
    assert said.values["why"].value == "n < 30"
    assert told["better"].links[0].about == str(made.id)
    how = told["better"].notes[-1].values
    assert (how["first"].value, how["last"].value) == ("2026-04-01", "2026-05-22")
