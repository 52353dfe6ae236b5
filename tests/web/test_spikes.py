"""The page of spikes, its settings and its notice: by role, in words, and what is clicked."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from hearwell.accounts.models import AuditRow, User, Workspace
from hearwell.accounts.scoping import scope
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.spikes import services
from hearwell.spikes.models import Spike, SpikeChoice, State, Tally
from tests.characters import _member
from tests.domain.spikes.stream import MONDAY, incident, ordinary, take_in
from tests.factories import make_channel, make_message

AT = MONDAY + timedelta(days=1, hours=12)


@pytest.fixture
def lead(signed_in, workspace: Workspace) -> Client:
    return signed_in(_member(workspace, "Lea Lund", "lead", "LL"))


@pytest.fixture
def spike(workspace: Workspace) -> Spike:
    """An incident as it is found."""
    channel = make_channel()
    take_in(channel, ordinary(MONDAY - timedelta(days=4), 5, 90))
    take_in(channel, incident(AT, 30, every_s=14))
    with time_machine.travel(AT + timedelta(minutes=8), tick=False):
        (found,) = services.look(workspace.id)
    return found


def made(workspace: Workspace, **values) -> Spike:
    message = make_message("It is down <script>alert(1)</script>")
    known = {
        "kind": "trouble", "severity": 50, "minutes": 15, "count": 30, "expected": 2.5,
        "people": 20, "words": ["down"], "message_ids": [message.id], "case_id": message.case_id,
        "began_at": now(),
        "reasons": [["volume", {"n": 30, "minutes": 15, "expected": 2.5}]],
    }  # fmt: skip
    return Spike.objects.create(workspace_id=workspace.id, **(known | values))


def test_a_spike_says_why_what_and_where_its_cases_are(viewer: Client, spike: Spike) -> None:
    page = viewer.get("/spikes/").content.decode()

    assert "messages in" in page
    assert "complain:" in page
    assert "people write" in page
    assert f"/inbox/q/all/?spike={spike.id}" in page
    assert '<svg class="chart ch-w"' in page
    assert "style=" not in page
    listed = viewer.get(f"/inbox/q/all/?spike={spike.id}").content.decode()
    assert "Spike: the messages it is made of" in listed
    assert listed.count('class="case') >= 10


def test_what_customers_wrote_is_only_text(viewer: Client, workspace: Workspace) -> None:
    made(workspace, words=["<b>down</b>"])

    page = viewer.get("/spikes/").content.decode()

    assert "<script>alert(1)" not in page
    assert "<b>down</b>" not in page


def test_a_lead_dismisses_and_takes_it_back(
    lead: Client, viewer: Client, workspace: Workspace
) -> None:
    spike = made(workspace)
    path = f"/spikes/{spike.id}/"
    assert viewer.post(path, {"state": "dismissed"}).status_code == 403

    lead.post(path, {"state": "dismissed"})
    spike.refresh_from_db()
    assert (spike.state, spike.decided_by_id is None) == (State.DISMISSED, False)
    assert str(spike.id) not in lead.get("/spikes/").content.decode()
    assert str(spike.id) in lead.get("/spikes/?show=dismissed").content.decode()
    lead.post(path, {"state": "proposed"})
    spike.refresh_from_db()
    assert (spike.state, spike.decided_by_id) == (State.PROPOSED, None)
    assert lead.post(path, {"state": "nonsense"}).status_code == 404


def test_another_workspace_has_its_own(
    lead: Client, workspace: Workspace, other_workspace: Workspace
) -> None:
    with scope(other_workspace.id):
        foreign = made(other_workspace)

    assert str(foreign.id) not in lead.get("/spikes/").content.decode()
    assert lead.post(f"/spikes/{foreign.id}/", {"state": "dismissed"}).status_code == 404
    with scope(other_workspace.id):
        foreign.refresh_from_db()
        assert foreign.state == State.PROPOSED
    listed = lead.get(f"/inbox/q/all/?spike={foreign.id}").content.decode()
    assert "It is down" not in listed


def test_new_spikes_are_named_on_every_page_until_somebody_looks(
    lead: Client, agent: Client, workspace: Workspace
) -> None:
    assert not lead.get("/spikes/new/").content.strip()
    spike = made(workspace)

    assert b"Trouble:" in lead.get("/spikes/new/").content
    assert agent.get("/spikes/new/").status_code == 403
    assert b"/spikes/new/" in lead.get("/inbox/").content
    assert b"/spikes/new/" not in agent.get("/inbox/").content
    assert b"/spikes/new/" not in lead.get("/spikes/").content
    lead.post(f"/spikes/{spike.id}/", {"state": "confirmed"})
    assert not lead.get("/spikes/new/").content.strip()
    made(workspace, found_at=now() - timedelta(days=2))
    made(workspace, kind="praise")
    assert not lead.get("/spikes/new/").content.strip()


def test_the_page_asks_as_much_for_many_as_for_one(
    lead: Client, workspace: Workspace, budget
) -> None:
    for n in range(25):
        spike = made(workspace, severity=n + 1)
        Tally.objects.create(
            workspace_id=workspace.id, at=now().replace(minute=0, second=0, microsecond=0),
            channel_id=uuid7(), topic="", messages=n, complaints=0, praise=0,
        )  # fmt: skip

    with budget(15):
        page = lead.get("/spikes/").content.decode()

    assert page.count('<section class="card" id="spike-') == 20
    assert "Show older" in page
    older = lead.get(f"/spikes/?before={spike.id}").content.decode()
    assert str(spike.id) not in older.replace(f"before={spike.id}", "")


def test_an_admin_chooses_and_it_is_noted(owner: Client, lead: Client, workspace) -> None:
    form = {"is_on": "1", "sensitivity": "high", "least_authors": "5", "cool_down_h": "12"}
    assert lead.get("/settings/spikes/").status_code == 403

    assert owner.post("/settings/spikes/", form).status_code == 302

    choice = SpikeChoice.objects.get()
    assert (choice.sensitivity, choice.least_authors, choice.cool_down_h) == ("high", 5, 12)
    row = AuditRow.objects.get(action="spikes.chosen")
    assert row.after == {"sensitivity": "high", "least_authors": 5, "cool_down_h": 12}
    owner.post("/settings/spikes/", form)
    assert AuditRow.objects.filter(action="spikes.chosen").count() == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"least_authors": "1"}, "Between 2 and 500"),
        ({"least_authors": "9" * 30}, "Between 2 and 500"),
        ({"cool_down_h": "none"}, "Between 1 and 72"),
        ({"sensitivity": "wild"}, "Choose how soon"),
    ],
)
def test_what_cannot_be_chosen_is_said(owner: Client, wrong, says: str) -> None:
    form = {"is_on": "1", "sensitivity": "low", "least_authors": "5", "cool_down_h": "12"}

    response = owner.post("/settings/spikes/", form | wrong)

    assert response.status_code == 422
    assert says in response.content.decode()
    assert not SpikeChoice.objects.exists()


def test_switched_off_the_page_says_so(owner: Client, alice: User, workspace) -> None:
    services.choose(
        workspace.id, is_on=False, sensitivity="normal", least_authors=8, cool_down_h=6, by=alice
    )

    assert "switched off" in owner.get("/spikes/").content.decode()
