"""The pages of incidents and escalated cases: by role, in words, and what is clicked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from hearwell.accounts.models import AuditRow, Membership, Workspace
from hearwell.accounts.scoping import scope
from hearwell.conversations.models import Case
from hearwell.escalation import queries, services
from hearwell.escalation.models import (
    Escalation,
    EscalationPath,
    Incident,
    IncidentTask,
    Statement,
)
from hearwell.escalation.rules import Path
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.outbound.models import KillSwitch
from tests.characters import _member
from tests.factories import make_case, make_message


def member(workspace: Workspace, name: str, role: str, initials: str) -> Membership:
    user = _member(workspace, name, role, initials)
    return Membership.objects.select_related("user").get(user=user)


@pytest.fixture
def lea(workspace: Workspace) -> Membership:
    return member(workspace, "Lea Lund", "lead", "LL")


@pytest.fixture
def ada(workspace: Workspace) -> Membership:
    return member(workspace, "Ada Ahl", "admin", "AH")


@pytest.fixture
def lead(signed_in, lea) -> Client:
    return signed_in(lea.user)


@pytest.fixture
def admin(signed_in, ada) -> Client:
    return signed_in(ada.user)


@pytest.fixture
def case(workspace: Workspace) -> Case:
    return make_case("I want your boss <script>alert(1)</script>")


@pytest.fixture
def live(workspace: Workspace, ada, lea) -> Incident:
    return services.open_incident("Pier <b>7</b>", 2, lea)


def proposed(workspace: Workspace) -> Incident:
    message = make_message("Pier seven is closed")
    sighting = services.Sighting(
        spike_id=uuid7(), kind="trouble", title="pier, seven", words=["pier", "seven"], topic="",
        channel_id=None, reasons=[("complaints", {"n": 30, "percent": 90})],
        case_id=message.case_id, message_ids=[message.id],
        began_at=now() - timedelta(minutes=6), found_at=now(),
    )  # fmt: skip
    (made,) = services.propose(workspace.id, [sighting])
    return made


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def do(client: Client, incident: Incident, **form: str):
    return client.post(f"/incidents/{incident.number}/do/", form, follow=True)


def test_a_case_is_escalated_with_two_presses_and_taken_back(
    agent: Client, lead: Client, case, lea
) -> None:
    asked = page(agent, f"/c/{case.id}/escalate/")
    assert "asks Lea Lund, who has 10 minutes" in asked

    agent.post(f"/c/{case.id}/escalate/", {"severity": "2", "remark": "He <i>insists</i>"})

    standing = page(agent, f"/c/{case.id}/standing/")
    assert "Asked: Lea Lund." in standing
    assert "<i>insists" not in standing
    one = Escalation.objects.get()
    agent.post(f"/escalations/{one.id}/do/", {"act": "withdraw", "back": "case"})
    one.refresh_from_db()
    assert one.state == "withdrawn"
    assert page(agent, f"/c/{case.id}/standing/").strip() == ""


def test_who_is_asked_accepts_with_one_press(lead: Client, agent: Client, case, lea) -> None:
    services.escalate(case.id, 2, Membership.objects.get(role="agent"))
    one = Escalation.objects.get()
    assert "Accept" in page(lead, "/escalations/")
    assert 'value="accept"' not in page(agent, "/escalations/")

    refused = agent.post(f"/escalations/{one.id}/do/", {"act": "accept"}, follow=True)
    assert "for those who are asked" in refused.content.decode()
    lead.post(f"/escalations/{one.id}/do/", {"act": "accept"})

    one.refresh_from_db()
    assert one.owner_id == lea.user_id
    assert "Lea Lund sees to it." in page(agent, f"/c/{case.id}/standing/")


def test_who_comes_second_is_told_who_has_it(lead: Client, admin: Client, case, lea, ada) -> None:
    one = services.escalate(case.id, 2, lea)
    lead.post(f"/escalations/{one.id}/do/", {"act": "accept"})

    said = admin.post(f"/escalations/{one.id}/do/", {"act": "accept"}, follow=True)

    assert "Lea Lund has accepted it already." in said.content.decode()


def test_what_is_done_is_signed_off(lead: Client, admin: Client, case, lea, ada) -> None:
    one = services.accept(services.escalate(case.id, 2, lea).id, lea)
    lead.post(f"/escalations/{one.id}/do/", {"act": "finish", "outcome": "Called him"})
    assert "Called him" in page(admin, "/escalations/")

    admin.post(f"/escalations/{one.id}/do/", {"act": "send_back", "outcome": "And?"})
    lead.post(f"/escalations/{one.id}/do/", {"act": "finish", "outcome": "Paid"})
    admin.post(f"/escalations/{one.id}/do/", {"act": "sign"})

    one.refresh_from_db()
    assert one.state == "done"


def test_a_path_that_ends_with_the_owners_says_so_loudly(
    owner: Client, workspace, case, alice
) -> None:
    by = Membership.objects.get(user=alice)
    gone = f"user:{uuid7()}"
    for severity in range(5):
        services.save_path(workspace.id, "", severity, Path(gone, "role:lead", 5), alice)
    one = services.escalate(case.id, 2, by)

    shown = page(owner, "/escalations/")

    assert one.steps[one.step]["place"] == "last"
    assert "the owners of the workspace are asked" in shown
    assert "Passed over: any lead, nobody is named" in shown


def test_a_proposal_says_why_and_a_lead_opens_it(
    lead: Client, agent: Client, workspace, lea
) -> None:
    incident = proposed(workspace)
    shown = page(agent, "/incidents/1/")
    assert "30 complain" in shown
    assert "A lead decides." in shown
    assert b"pier, seven" in lead.get("/incidents/now/").content
    assert do(agent, incident, act="open", title="Pier 7", severity="2").status_code == 403

    do(lead, incident, act="open", title="Pier 7", severity="2")

    incident.refresh_from_db()
    assert (incident.state, incident.title) == ("live", "Pier 7")
    assert "Live incident" in page(agent, "/incidents/1/")


def test_a_dismissal_is_taken_back(lead: Client, workspace) -> None:
    incident = proposed(workspace)
    do(lead, incident, act="dismiss")
    assert not lead.get("/incidents/now/").content.strip()

    do(lead, incident, act="bring_back")

    incident.refresh_from_db()
    assert incident.state == "proposed"


def test_one_press_stops_planned_posts_and_one_allows_them(
    lead: Client, agent: Client, live
) -> None:
    assert do(agent, live, act="stop", stop="on").status_code == 403
    assert "Planned posts go out" in page(lead, "/incidents/1/")

    stopped = do(lead, live, act="stop", stop="on").content.decode()
    again = do(lead, live, act="stop", stop="on").content.decode()

    assert "Planned posts are stopped" in stopped
    assert "a colleague was faster" in again
    assert KillSwitch.objects.get().scope == "unattended"
    settings = page(lead, "/settings/networks/")
    assert "planned and automatic posts, by an incident" in settings
    do(lead, live, act="stop", stop="off")
    assert KillSwitch.objects.get().off_at is not None


def test_a_statement_is_written_signed_by_another_and_offered_in_its_cases(
    lead: Client, admin: Client, agent: Client, live, case, lea
) -> None:
    services.link_case(live.id, case.id, lea)
    soon = f"{now() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    do(lead, live, act="write", text="We are sorry.\nMore soon.", update_at=soon)
    text = Statement.objects.get()
    assert "You cannot sign your own text." in page(lead, "/incidents/1/")
    signing = {"act": "sign", "statement": str(text.id), "digest": text.digest, "sign": "yes"}
    own = do(lead, live, part="facts", **signing).content.decode()
    assert "somebody else signs it" in own

    for part in ("facts", "words"):
        do(admin, live, part=part, **signing)

    assert "Approved" in page(lead, "/incidents/1/")
    standing = page(agent, f"/c/{case.id}/standing/")
    assert f"/c/{case.id}/?agreed={text.id}" in standing
    assert "We are sorry.\nMore soon.</textarea>" in page(agent, f"/c/{case.id}/?agreed={text.id}")
    do(lead, live, act="published", statement=str(text.id), where="https://status.example")
    assert "https://status.example" in page(lead, "/incidents/1/")
    live.refresh_from_db()
    assert live.update_at == text.update_at


def test_what_could_not_be_kept_stays_typed(lead: Client, live) -> None:
    for moment in ("2001-01-01T12:00", "9999-12-31T23:59"):
        answer = do(lead, live, act="write", text="Sorry!", update_at=moment)

    assert answer.status_code == 422
    assert "Promise the next update for a time to come." in answer.content.decode()
    assert "Sorry!</textarea>" in answer.content.decode()
    assert not Statement.objects.exists()


def test_the_log_takes_facts_and_decisions_of_every_agent(
    agent: Client, viewer: Client, live
) -> None:
    do(agent, live, act="log", kind="no_go", text="We do not name <b>him</b>")

    shown = page(viewer, "/incidents/1/")
    assert "No go" in shown
    assert "<b>him" not in shown
    assert do(viewer, live, act="log", kind="fact", text="x").status_code == 403
    assert "Nothing was written." in do(agent, live, act="log", text=" ").content.decode()


def test_tasks_parts_level_and_end(lead: Client, admin: Client, live, ada) -> None:
    task = IncidentTask.objects.order_by("position").first()
    do(lead, live, act="tick", task=str(task.id), done="1")
    do(lead, live, act="part", part="lead", user=str(ada.user_id), deputy="")
    do(lead, live, act="level", severity="3", why="A newspaper asks")

    shown = page(lead, "/incidents/1/")
    assert "1 of 7" in shown
    assert "A newspaper asks" in shown
    assert "Planned posts are stopped" in shown
    do(admin, live, act="end")

    live.refresh_from_db()
    assert live.state == "ended"
    learned = page(lead, "/incidents/1/review/")
    assert "A person noticed it." in learned
    lead.post("/incidents/1/review/", {"to_change": "A second phone", "held": "1"})
    assert "A second phone</textarea>" in page(lead, "/incidents/1/review/")
    assert AuditRow.objects.filter(action="incident.reviewed").exists()


def test_a_case_joins_with_one_press_and_leaves_again(agent: Client, live, case) -> None:
    standing = page(agent, f"/c/{case.id}/standing/")
    assert "Join INC-1" in standing
    form = {"incident": str(live.id)}

    agent.post(f"/c/{case.id}/incident/", {**form, "act": "join"})

    assert "In the incident" in page(agent, f"/c/{case.id}/standing/")
    listed = page(agent, f"/inbox/q/all/?incident={live.id}")
    assert "Incident: the cases that are in it" in listed
    assert listed.count('class="case') >= 1
    agent.post(f"/c/{case.id}/incident/", {**form, "act": "leave"})
    assert queries.case_counts(live.workspace_id, [live.id]) == {}


def test_an_incident_is_opened_with_the_case_it_is_about(lead: Client, agent: Client, case) -> None:
    form = {"title": "Pier 7", "severity": "2", "case": str(case.id)}
    assert agent.post("/incidents/new/", form).status_code == 403

    lead.post("/incidents/new/", form)

    made = Incident.objects.get()
    assert queries.case_counts(made.workspace_id, [made.id]) == {made.id: 1}
    assert (
        "Say in a few words"
        in lead.post(
            "/incidents/new/", {"title": " ", "severity": "2"}, follow=True
        ).content.decode()
    )


def test_an_admin_chooses_paths_levels_and_triggers(owner: Client, lead: Client, workspace) -> None:
    assert lead.get("/settings/escalation/").status_code == 403
    assert "default" in page(owner, "/settings/escalation/")
    path = {"kind": "", "severity": "3", "owner": "role:lead", "backup": "", "minutes": "7"}

    owner.post("/settings/escalation/path/", path)

    made = EscalationPath.objects.get()
    assert (made.version, made.minutes) == (1, 7)
    bad = owner.post("/settings/escalation/path/", {**path, "minutes": "0"})
    assert (bad.status_code, b"between one minute" in bad.content) == (422, True)
    owner.post("/settings/escalation/path/", {**path, "act": "drop"})
    assert not EscalationPath.objects.filter(is_current=True).exists()


def test_the_form_of_levels_keeps_what_it_shows(owner: Client, workspace) -> None:
    form = {
        "alarm": ["legal"], "alarm_level": "3", "of_trouble": "3", "of_volume": "0",
        "2-statement": "20", "2-signs": ["legal"], "2-stops": "1",
        "2-tasks": "5 Name the incident lead\n15 Call the pier\n",
        "lead-owner": "role:admin", "lead-deputy": "",
    }  # fmt: skip
    for part in ("facts", "words", "legal", "security", "sponsor"):
        form |= {f"{part}-owner": "role:owner", f"{part}-deputy": ""}

    assert owner.post("/settings/escalation/levels/", form).status_code == 302

    choice = queries.choice_of(workspace.id)
    assert (choice.alarms, choice.of_trouble, choice.of_volume) == (("legal",), 3, 0)
    level = choice.levels[2]
    assert (level.statement, level.signs, level.stops) == (20, ("legal",), True)
    assert level.tasks == (("Name the incident lead", 5), ("Call the pier", 15))
    assert choice.parts["lead"] == ("role:admin", "")
    form["2-statement"] = "ten"
    assert owner.post("/settings/escalation/levels/", form).status_code == 422


def test_who_left_is_named_in_the_settings(owner: Client, workspace, alice) -> None:
    services.save_path(workspace.id, "", 2, Path(f"user:{uuid7()}", "", 5), alice)

    shown = page(owner, "/settings/escalation/")

    assert "A path names somebody who has left" in shown
    assert "somebody who left" in shown


def test_another_workspace_has_its_own(
    lead: Client, workspace: Workspace, other_workspace: Workspace, lea
) -> None:
    with scope(other_workspace.id):
        stranger = member(other_workspace, "Sam Stone", "owner", "SS")
        foreign = services.open_incident("Secret trouble", 2, stranger)
        case = make_case("Our own business")
        one = services.escalate(case.id, 2, stranger)

    assert lead.get("/incidents/1/").status_code == 404
    assert "Secret trouble" not in page(lead, "/incidents/")
    assert lead.post(f"/escalations/{one.id}/do/", {"act": "accept"}).status_code == 404
    mine = make_case("Mine")
    joined = lead.post(f"/c/{mine.id}/incident/", {"incident": str(foreign.id), "act": "join"})
    assert joined.status_code == 404


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/incidents/", 15), ("/incidents/1/", 24), ("/escalations/", 15),
        ("/settings/escalation/", 15), ("/incidents/1/review/", 12),
    ],
)  # fmt: skip
def test_the_pages_ask_as_much_for_many_as_for_one(
    admin: Client, live, lea, ada, budget, path, most
) -> None:
    if "review" in path:
        services.end_incident(live.id, lea)
    for n in range(8):
        case = make_case(f"Number {n}")
        services.escalate(case.id, 1, lea)
        if live.state == "live" and "review" not in path:
            services.link_case(live.id, case.id, lea)
            services.log_entry(live.id, lea, "fact", f"Fact {n}")
        services.open_incident(f"Another {n}", 2, lea)

    with budget(most):
        assert admin.get(path).status_code == 200


def test_a_case_asks_no_more_than_before(agent: Client, case, live, budget) -> None:
    with budget(12):
        assert f"/c/{case.id}/standing/" in page(agent, f"/c/{case.id}/")
