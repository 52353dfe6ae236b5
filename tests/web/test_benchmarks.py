"""Panels of brands: made, changed, removed and taken back; their league as page, file and table."""

from __future__ import annotations

import re

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.benchmarks.models import Panel
from hearwell.channels.models import Channel
from hearwell.inbox import importing
from tests.domain.benchmarks.test_league import rows
from tests.factories import make_channel
from tests.unit.reports.study import harbour_town as town

pytestmark = pytest.mark.django_db
MARCH = "from=2026-03-01&to=2026-03-31"


@pytest.fixture
def accounts(workspace, tmp_path) -> list[Channel]:
    path = town.write(tmp_path / "old.csv", town.twcs(rows()))
    importing.run_import(importing.open_import(workspace.id, path))
    return list(Channel.objects.order_by("handle"))


@pytest.fixture
def panel(owner, accounts) -> Panel:
    chosen = [str(one.id) for one in accounts]
    given = {"name": "Air", "industry": "airline", "channel": chosen}
    assert owner.post("/benchmarks/make/", given).status_code == 302
    return Panel.objects.get()


def typed(panel: Panel, **changes) -> dict:
    """The form as a browser sends it."""
    given = {"seen": panel.version, "name": panel.name, "industry": panel.industry, "own": "1"}
    for at, one in enumerate(panel.members):
        given |= {f"name{at}": one.name, f"channels{at}": [*one.channel_ids]}
    return {**given, **changes}


def test_a_panel_is_made_changed_removed_and_each_is_taken_back(owner, panel):
    at = f"/benchmarks/{panel.id}/"
    assert [one.name for one in panel.members] == ["Baltwing", "NorthwindAir", "SkerryJet"]
    changed = typed(panel, name="Air 2", industry="", other="Ferries", name0="Balt")
    assert owner.post(f"{at}edit/", changed).status_code == 302
    panel.refresh_from_db()
    assert (panel.name, panel.industry, panel.members[0].name) == ("Air 2", "Ferries", "Balt")
    assert panel.members[1].is_own
    assert b"Undo the last change" in owner.get(at).content
    stale = owner.post(f"{at}edit/", changed)
    assert stale.status_code == 422
    assert b"Somebody has changed it since" in stale.content
    owner.post(f"{at}undo/", {"seen": panel.version})
    panel.refresh_from_db()
    assert (panel.name, panel.industry, panel.members[0].name) == ("Air", "airline", "Baltwing")
    assert owner.post(f"{at}undo/", {"seen": panel.version}).status_code == 302
    owner.post(f"{at}remove/", {"seen": panel.version})
    assert owner.get(at).status_code == 404
    assert "Removed: Air" in owner.get("/benchmarks/").content.decode()
    panel.refresh_from_db()
    owner.post(f"{at}undo/", {"seen": panel.version})
    assert owner.get(at).status_code == 200
    acts = AuditRow.objects.filter(action__startswith="benchmark.").order_by("id")
    assert [one.action.partition(".")[2] for one in acts] == [
        "made", "changed", "undone", "removed", "undone",
    ]  # fmt: skip


def test_what_cannot_be_is_refused_in_words_and_nothing_is_lost(owner, panel, accounts):
    live = make_channel("sandbox", handle="northwind")
    ids = [*panel.members[0].channel_ids, str(live.id)]
    refused = {
        "Every brand needs a name": typed(panel, name0=""),
        "Two brands have the same name": typed(panel, name0="skerryjet"),
        "at least one account for Baltwing": typed(panel, channels0=["no id"]),
        "The panel needs a name": typed(panel, name=" "),
        "Say which industry it is": typed(panel, industry="", other=""),
        "Make two brands of it": typed(panel, channels0=ids),
    }
    for words, given in refused.items():
        answer = owner.post(f"/benchmarks/{panel.id}/edit/", given)
        assert (answer.status_code, words in answer.content.decode()) == (422, True), words
    panel.refresh_from_db()
    assert panel.version == 1
    assert owner.post("/benchmarks/make/", {"name": "", "industry": "car"}).status_code == 422


def test_agents_read_and_change_nothing(agent, panel):
    at = f"/benchmarks/{panel.id}/"
    assert agent.get(f"{at}?{MARCH}").status_code == 200
    assert b"Make a panel" not in agent.get("/benchmarks/").content
    for act in ("edit", "remove", "undo"):
        assert agent.post(f"{at}{act}/", {"seen": 1}).status_code == 403, act
    assert agent.post("/benchmarks/make/", {}).status_code == 403


def test_the_league_says_place_n_method_and_why_not(owner, panel, budget):
    owner.post(f"/benchmarks/{panel.id}/edit/", typed(panel))
    address = f"/benchmarks/{panel.id}/?{MARCH}&method=any-reply"
    with budget(22):
        page = owner.get(address).content.decode()
    assert "n &lt; 30" in page
    assert "Our place by every method" in page
    assert "Private answers of others cannot be seen" in page
    assert "2 of 2" in page or "1 of 2" in page
    assert "Method version 1" in page


def test_archives_alone_are_shown_at_their_own_end(owner, panel):
    assert "28 Mar 2026" in owner.get(f"/benchmarks/{panel.id}/").content.decode()


def test_an_empty_period_says_so(owner, panel):
    page = owner.get(f"/benchmarks/{panel.id}/?from=2025-01-01&to=2025-01-31").content.decode()
    assert page.count("nobody wrote to it in this period") == 3


def test_what_is_published_needs_nothing_else(owner, panel):
    answer = owner.get(f"/benchmarks/{panel.id}/?{MARCH}&format=html")
    paper = answer.content.decode()
    assert answer["Content-Disposition"].startswith("attachment")
    assert "@media print" in paper
    assert not re.findall(r"<script|src=|href=|url\(|@import|<form|<link", paper)
    assert "All methods in full" in paper
    assert "Service and marketing" in paper
    assert "posts a day" in paper
    assert paper.count("any later reply to that person") == 1


def test_the_table_is_given_as_it_is(owner, panel):
    lines = owner.get(f"/benchmarks/{panel.id}/?{MARCH}&format=csv").content.decode().splitlines()
    assert lines[0].startswith("panel,method,method_version")
    assert len(lines) == 4
    assert any("n < 30" in line for line in lines)
    both = owner.get(f"/benchmarks/{panel.id}/?{MARCH}&format=marketing").content.decode()
    assert both.startswith("brand,own,needs_reply,response_rate,median_s,posts,days,posts_a_day")
    assert len(both.splitlines()) == 4
