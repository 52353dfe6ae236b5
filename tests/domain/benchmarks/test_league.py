"""The league of a panel: what the study of the same archive says, and what stands beside it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from hearwell.benchmarks.league import league_of
from hearwell.benchmarks.models import Panel
from hearwell.benchmarks.rules import GONE, NO_ACCOUNT, NOBODY, SHARED, Brand
from hearwell.channels.models import Channel
from hearwell.inbox import importing
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.reports.queries import response_report
from hearwell.reports.relation import Period
from hearwell.reports.study.figures import ranked
from hearwell.reports.study.methods import ALL, METHODS
from hearwell.reports.study.study import Study
from hearwell.triage.models import Verdict
from tests.exchange import Exchange
from tests.unit.reports.study import harbour_town as town

pytestmark = pytest.mark.django_db
MARCH = Period(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
# These two count what triage judged here, and an archive's own rule there.
JUDGED = {"hearwell", "sprout-72h"}


def rows() -> list[town.Row]:
    """Threads of three brands; one of them is small, and one name is in other brands' texts.

    Some go on without a name: the customer answers the brand, a bystander answers the customer.
    """
    rng, made = random.Random(7), []
    for number in range(1, 641, 4):
        brand = rng.choice(["NorthwindAir"] * 12 + ["SkerryJet"] * 12 + ["Baltwing"])
        named = rng.choice([f"@{brand}", f"@{brand}", f"@{brand} @SkerryJet", f"RT @{brand}:"])
        day = rng.randint(1, 28)
        text = rng.choice(["why?", "ok", "it is still not working at all here"])
        made.append((number, f"p{number % 40}", True, f"{day:02d} 09:00:00", f"{named} {text}", ""))
        if rng.random() < 0.7:
            said = rng.choice(["Sorry. Please DM us.", "In Oslo.", "See https://x.example"])
            later = f"{day:02d} {rng.randint(10, 20)}:{rng.randint(10, 59)}:00"
            made.append((number + 1, brand, False, later, f"@p {said}", number))
            after = f"{day:02d} 21:{rng.randint(10, 59)}:00"
            made.append((number + 2, f"p{number % 40}", True, after, "and now?", number + 1))
        made.append((number + 3, f"q{number}", True, f"{day:02d} 22:00:00", "me too, why?", number))
    return made


@pytest.fixture
def path(tmp_path):
    return town.write(tmp_path / "old.csv", town.twcs(rows()))


@pytest.fixture
def panel(workspace, path, alice) -> Panel:
    importing.run_import(importing.open_import(workspace.id, path))
    brands = [Brand(one.handle, (str(one.id),)) for one in Channel.objects.order_by("handle")]
    return panel_of(workspace, alice, brands)


def panel_of(workspace, by, brands) -> Panel:
    stored = [one.stored for one in brands]
    return Panel.objects.create(
        workspace_id=workspace.id, name="Air", industry="airline", brands=stored, by_id=by.id
    )


def test_every_method_says_what_the_study_of_the_same_archive_says(panel, path):
    study, differing = Study(path), []
    for method in ALL:
        here = [(one.place, one.figures) for one in league_of(panel, MARCH, method.name).lines]
        there = ranked(study.figures(method))
        if method.name not in JUDGED and here != there:
            differing.append((method.name, there, here))
    assert differing == []


def test_small_brands_are_not_ranked_and_the_others_are(panel):
    league = league_of(panel, MARCH, "any-reply")
    assert [line.place for line in league.lines] == [1, 2, None]
    assert league.lines[-1].why == "n < 30"
    assert [line.percentile for line in league.lines] == [100, 0, None]
    assert sum(line.voice for line in league.lines) == pytest.approx(1)
    small = league.lines[-1].brand.name
    assert small == "Baltwing"
    used = {key: n for key, _t, n, _share in league.lines[0].tactics.shares}
    assert used["dm"] == used["apology"] > 0 < used["link"]
    assert league.lines[0].tactics.n == sum(used[k] for k in ("thread", "dm", "link"))


def test_an_empty_period_and_what_is_missing_are_said(panel, alice, workspace):
    first = panel.members[0]
    brands = [
        first,
        Brand("Twice", first.channel_ids),
        Brand("Half", (*panel.members[1].channel_ids, str(uuid7()))),
        Brand("Gone", (str(uuid7()),)),
    ]
    odd = panel_of(workspace, alice, brands)
    said = {one.brand.name: one for one in league_of(odd, MARCH, "any-reply").lines}
    assert said["Gone"].why == NO_ACCOUNT
    assert said["Half"].notes == (GONE,)
    assert said["Twice"].notes == said[first.name].notes == (SHARED,)
    assert said["Twice"].figures.needs_reply == said[first.name].figures.needs_reply
    empty = league_of(panel, Period(MARCH.ends_at, MARCH.ends_at + timedelta(days=7)))
    assert {(one.why, one.place, one.voice) for one in empty.lines} == {(NOBODY, None, None)}
    assert {one.seen.mood.net for one in empty.lines} == {None}


def test_our_own_brand_is_ranked_by_every_method(workspace, panel, alice):
    own = [Brand(one.name, one.channel_ids, one.name == "SkerryJet") for one in panel.members]
    league = league_of(panel_of(workspace, alice, own), MARCH)
    assert [one.method.name for one in league.ranks] == [*METHODS]
    shown = {one.method.name: one.place for one in league.ranks}
    ours = next(one for one in league.lines if one.brand.is_own)
    assert shown["hearwell"] == ours.place
    assert league_of(panel, MARCH).ranks == []


def test_a_connected_brand_beside_an_archive_has_its_own_end_and_no_share_of_voice(
    workspace, panel, alice, frozen
):
    talk = Exchange(workspace.id, handle="northwind")
    asked = talk.ask("@northwind where is my bag?")
    Verdict.objects.filter(message=asked).delete()
    Verdict.objects.create(
        workspace_id=workspace.id, message=asked, case_id=asked.case_id, duty="answer",
        kind="complaint", urgency=1, certainty=1, engine="test", sentiment="negative",
    )  # fmt: skip
    live = Brand("Ours", (str(talk.channel.id),), is_own=True)
    mixed = panel_of(workspace, alice, [*panel.members, live])
    league = league_of(mixed, Period(now() - timedelta(days=2), now() + timedelta(hours=1)))
    ours = next(one for one in league.lines if one.brand.is_own)
    assert league.is_mixed
    assert ours.voice is None
    assert (ours.seen.mood.judged, ours.seen.mood.net) == (1, -1)
    assert (ours.figures.needs_reply, ours.why) == (1, "n < 30")


def test_many_brands_cost_no_more_than_one(workspace, panel, alice, django_assert_max_num_queries):
    alone = panel_of(workspace, alice, panel.members[:1])
    with django_assert_max_num_queries(9) as few:
        league_of(alone, MARCH)
    with django_assert_max_num_queries(9) as many:
        league_of(panel, MARCH)
    assert len(many) == len(few)


def test_the_response_report_counts_as_the_league_does(workspace, panel):
    """Bystanders in a thread of an archive spoke to nobody, whoever counts.

    The page's badge is of the last 30 days: of the archive's there, of the report's here.
    """
    for method in (one for one in ALL if one.name != "facebook-page"):
        lines = league_of(panel, MARCH, method.name).lines
        league = {line.brand.name: line.figures for line in lines}
        alone = {one.handle: one.figures for one in response_report(
            workspace.id, MARCH, method.name).by_channel}  # fmt: skip
        for name, figures in alone.items():
            said = league[name]
            assert (figures.needs_reply, figures.answered) == (
                said.needs_reply, said.answered,
            ), (method.name, name)  # fmt: skip
