"""Watching a brand from a panel's page, as somebody who keeps panels does it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.benchmarks.models import Panel
from hearwell.channels.models import NetworkTerms
from hearwell.kit.clock import now
from hearwell.watching import services
from hearwell.watching.models import Pace, Watch, WatchState
from tests.factories import make_channel
from tests.watched_brand import Harbour, harbour, well_known

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel(workspace, alice) -> Panel:
    return Panel.objects.create(
        workspace_id=workspace.id, name="Air", industry="airline", brands=[], by_id=alice.id
    )


@pytest.fixture
def town(workspace, alice, panel, monkeypatch) -> Harbour:
    return harbour(workspace.id, alice, monkeypatch, panel_id=panel.id)


def test_from_a_handle_to_a_place_in_the_league(owner, town, panel, workspace, budget):
    well_known(town)
    at = f"/benchmarks/{panel.id}/"
    assert b"Watch a brand" in owner.get("/benchmarks/").content
    assert b"No brand of this panel is watched" in owner.get(at).content
    given = {"via": str(town.channel.id), "handle": "@skerrryjet", "name": "Skerry"}
    assert owner.post(f"{at}watch/", given).status_code == 302
    assert "Being looked up" in owner.get(at).content.decode()
    services.look_up(workspace.id, Watch.objects.get().id)
    wrong = owner.get(f"{at}watch/").content.decode()
    assert "There is no such account on this network" in wrong
    assert 'value="@skerrryjet"' in wrong
    watch = town.read(town.asked(name="Skerry"))
    assert watch.state == WatchState.ACTIVE
    with budget(24):
        page = owner.get(at).content.decode()
    assert "71 messages" in page
    assert "next reading" in page
    assert "75.0 %" in owner.get(f"{at}?method=simply-measured").content.decode()
    Watch.objects.filter(id=watch.id).update(failure_code="cap", failing_since=now())
    assert "monthly spending cap" in owner.get(at).content.decode()
    for act, state in (("pause", "paused"), ("resume", "active"), ("remove", "stopped")):
        owner.post(f"{at}watch/{watch.id}/", {"act": act})
        assert town.again(watch).state == state
    panel.refresh_from_db()
    assert panel.members == []
    assert "what was read goes on" in owner.get(at).content.decode()
    owner.post(f"{at}watch/{watch.id}/", {"act": "undo"})
    panel.refresh_from_db()
    assert [one.name for one in panel.members] == ["Skerry"]
    assert owner.post(f"{at}watch/{watch.id}/", {"act": "nonsense"}).status_code == 404


def test_costs_and_reasons_are_said_before_anybody_presses(owner, town, panel, workspace, budget):
    for network in ("x", "youtube", "reddit", "email"):
        make_channel(network, handle=f"our-{network}", external_id=f"our-{network}")
    NetworkTerms.objects.create(workspace_id=workspace.id, network="x", prices={"post_read": 4000})
    with budget(16):
        page = owner.get(f"/benchmarks/{panel.id}/watch/").content.decode()
    assert "about $0.004 a message, so up to $8.00 for the first reading" in page
    assert "1 unit of the day" in page
    assert "after 48 hours" in page
    assert "after 30 days" in page
    assert "Only what the brand answered can be read there" in page
    assert "its network does not let us read" in page
    bad = owner.post(f"/benchmarks/{panel.id}/watch/", {"via": "no id", "handle": "@a"})
    assert (bad.status_code, b"Choose one of our accounts" in bad.content) == (422, True)


def test_the_pace_is_kept_and_agents_only_look(owner, agent, town, panel):
    at = f"/benchmarks/{panel.id}/watch/"
    assert owner.post(f"{at}pace/", {"hours": "12"}).status_code == 302
    assert Pace.objects.get().hours == 12
    refused = owner.post(f"{at}pace/", {"hours": "0"})
    assert refused.status_code == 422
    assert b"Choose between 1 and 168 hours" in refused.content
    well_known(town)
    watch = town.asked()
    Watch.objects.filter(id=watch.id).update(next_at=now() - timedelta(hours=1))
    page = agent.get(f"/benchmarks/{panel.id}/").content.decode()
    assert "SkerryJet" in page
    assert "Stop watching" not in page
    assert agent.get(at).status_code == 403
    assert agent.post(f"{at}{watch.id}/", {"act": "pause"}).status_code == 403
