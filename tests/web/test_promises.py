"""Settings: several promises, tried in order; what is typed is counted, refused, kept."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import Workspace
from hearwell.contacts.models import Contact
from hearwell.conversations.models import Case
from hearwell.kit.scope import scope
from hearwell.sla import services as sla
from hearwell.sla.models import Policy
from hearwell.sla.queries import promises
from hearwell.sla.services.promises import ensure_defaults
from hearwell.triage.models import Verdict
from tests.factories import make_case, make_channel
from tests.web.test_pages import policy_form

URL = "/settings/promises/"
SAVE, ORDER = f"{URL}policy/", f"{URL}order/"


@pytest.fixture
def case(workspace: Workspace) -> Case:
    """A case whose clocks run."""
    opened = make_case("Where is my bag?", make_channel())
    asked = list(opened.messages.all())
    verdicts = {verdict.message_id: verdict for verdict in Verdict.objects.all()}
    sla.start_clocks(workspace.id, asked, verdicts)
    return opened


def new_form(workspace: Workspace, **changes: str | list[str]) -> dict[str, str | list[str]]:
    form = dict(policy_form(ensure_defaults(workspace)))
    del form["policy"]
    return {
        **form,
        "name": "Gold",
        "when-tier": "Gold, press",
        "when-kind": ["complaint"],
        **changes,
    }


def names(workspace: Workspace) -> list[str]:
    with scope(workspace.id):
        return [policy.name for policy in promises(workspace.id).policies]


def test_a_promise_to_some_is_added_changed_moved_and_removed(owner: Client, workspace: Workspace):
    assert (
        owner.post(SAVE, new_form(workspace, warn_share="25", warn_roles=["lead"])).status_code
        == 302
    )
    made = Policy.objects.get(name="Gold")
    assert made.conditions == {"kind": ["complaint"], "tier": ["gold", "press"]}
    assert (made.warn_share, made.warn_roles) == (25, ["lead"])
    page = owner.get(URL).content.decode()
    assert "gold, press" in page
    assert "Complaint" in page
    owner.post(SAVE, new_form(workspace, name="Ideas", **{"when-kind": ["idea"], "when-tier": ""}))
    ideas = Policy.objects.get(name="Ideas")
    owner.post(ORDER, {"policy": str(ideas.id), "do": "up"})
    assert names(workspace) == ["Ideas", "Gold", "Standard promise"]
    changed = new_form(workspace, policy=str(made.id), name="Gold and press")
    owner.post(SAVE, changed)
    assert names(workspace) == ["Ideas", "Gold and press", "Standard promise"]
    owner.post(ORDER, {"policy": str(ideas.id), "do": "remove"})
    assert names(workspace) == ["Gold and press", "Standard promise"]


def test_one_that_a_change_of_order_leaves_nothing_says_so(owner: Client, workspace: Workspace):
    owner.post(SAVE, new_form(workspace))
    wider = new_form(workspace, name="All gold", **{"when-kind": ""})
    owner.post(SAVE, wider)
    assert "It never holds" not in owner.get(URL).content.decode()
    owner.post(ORDER, {"policy": str(Policy.objects.get(name="All gold").id), "do": "up"})
    page = owner.get(URL).content.decode()
    assert "It never holds: “All gold”, which is tried before it" in page


def test_how_many_cases_it_would_be_is_told_before_anything_is_saved(
    owner: Client, workspace: Workspace, case: Case
):
    answer = owner.post(
        SAVE, new_form(workspace, **{"try": "1", "when-kind": ["question"], "when-tier": ""})
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "1 of the last 1 cases would fall under it. Nothing is saved yet." in page
    assert 'value="Gold"' in page
    assert names(workspace) == ["Standard promise"]


def test_a_settled_promise_is_kept_in_minutes(owner: Client, workspace: Workspace):
    policy = ensure_defaults(workspace)
    settled = {f"resolution-{urgency}": "480" for urgency in range(5)}
    owner.post(SAVE, policy_form(policy, **settled))
    current = Policy.objects.get(workspace_id=workspace.id, is_current=True)
    assert current.targets["1"]["resolution_s"] == 28_800
    answer = owner.post(SAVE, policy_form(current, **{"resolution-3": "480"}))
    assert answer.status_code == 422
    assert "urgency" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"when-kind": "", "when-tier": " , "}, "choose at least one condition"),
        ({"name": "  "}, "give the promise a name"),
        ({"answer-2": "1"}, "an answer cannot be due before"),
    ],
)
def test_what_makes_no_sense_is_told_and_what_was_typed_stays(
    owner: Client, workspace: Workspace, changes: dict[str, str], said: str
):
    answer = owner.post(SAVE, new_form(workspace, **changes))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'value="240"' in page
    assert names(workspace) == ["Standard promise"]


def test_a_preset_fills_the_form_and_saves_nothing(owner: Client, workspace: Workspace):
    page = owner.get(f"{URL}?preset=at-once").content.decode()
    assert 'name="answer-1" type="number" min="1" max="129600" required' in page
    assert 'value="15"' in page
    assert names(workspace) == ["Standard promise"]


@pytest.mark.parametrize("policy", ["", "x", "01980000-0000-7000-8000-000000000000"])
def test_what_is_not_there_is_not_found(owner: Client, workspace: Workspace, policy: str):
    ensure_defaults(workspace)
    assert owner.post(ORDER, {"policy": policy, "do": "up"}).status_code == 404


def test_an_agent_may_not(agent: Client, workspace: Workspace):
    assert agent.post(SAVE, new_form(workspace)).status_code == 403
    assert agent.post(ORDER, {"policy": str(uuid4())}).status_code == 403


def test_ten_promises_take_no_more_queries_than_one(owner: Client, workspace: Workspace):
    owner.get(URL)
    for kind in ("complaint", "question", "idea", "praise", "request", "review"):
        owner.post(SAVE, new_form(workspace, name=kind, **{"when-kind": [kind], "when-tier": ""}))
    with CaptureQueriesContext(connection) as many:
        assert owner.get(URL).status_code == 200
    assert len(many) <= 15


def test_a_customer_is_called_by_a_tier(agent: Client, case: Case):
    answer = agent.post(f"/c/{case.id}/person-tier/", {"tier": " Gold "})
    assert answer.status_code in (200, 302)
    assert Contact.objects.get(id=case.contact_id).tier == "gold"
    assert "gold" in agent.get(f"/c/{case.id}/").content.decode()


def test_every_event_of_a_clock_is_explained(agent: Client, case: Case):
    page = agent.get(f"/c/{case.id}/clocks/").content.decode()
    assert "Began with the oldest unanswered message" in page
    assert "Standard promise" in page
