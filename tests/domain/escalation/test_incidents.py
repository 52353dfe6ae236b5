"""Incidents: proposed, opened, raised, stopped, said, ended, learned from."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction

from hearwell.accounts.models import Membership
from hearwell.accounts.services import create_workspace
from hearwell.conversations.models import Case
from hearwell.escalation import queries, services
from hearwell.escalation.models import (
    Incident,
    IncidentEntry,
    IncidentTask,
    SignOff,
    Statement,
)
from hearwell.escalation.rules import Choice, Level
from hearwell.escalation.services.sweeping import sweep_due
from hearwell.events.models import Event
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound.models import KillSwitch
from hearwell.routing.models import Agent
from tests.domain.escalation.conftest import member
from tests.factories import make_case, make_message


def told(name: str) -> list[dict]:
    return [row.payload for row in Event.objects.filter(name=name).order_by("id")]


def sighting(**values) -> services.Sighting:
    message = make_message("Pier seven is closed again")
    known = {
        "spike_id": uuid7(), "kind": "trouble", "title": "pier, seven", "words": ["pier", "seven"],
        "topic": "", "channel_id": None, "reasons": [("volume", {"n": 30})],
        "case_id": message.case_id, "message_ids": [message.id],
        "began_at": now() - timedelta(minutes=6), "found_at": now(),
    }  # fmt: skip
    return services.Sighting(**(known | values))


def said(incident: Incident) -> list[str]:
    return [one.what for one in reversed(queries.log_of(incident.workspace_id, incident.id))]


def switches(workspace) -> int:
    return KillSwitch.objects.filter(workspace_id=workspace.id, off_at=None).count()


@pytest.fixture
def live(workspace, owner, admin, lead) -> Incident:
    """A live issue, led by Lea; Ada has the words, Lea the facts."""
    return services.open_incident("Pier 7: four hours on board", 2, lead)


def test_a_spike_proposes_with_the_reason_and_its_cases(workspace) -> None:
    (incident,) = services.propose(workspace.id, [sighting()])

    assert (incident.state, incident.severity, str(incident)) == ("proposed", 2, "INC-1")
    assert incident.reasons == [["volume", {"n": 30}]]
    assert queries.case_counts(workspace.id, [incident.id]) == {incident.id: 1}
    assert told("IncidentProposed")[0]["number"] == 1


def test_one_story_has_one_incident_that_takes_in_what_comes_later(workspace) -> None:
    (incident,) = services.propose(workspace.id, [sighting()])

    assert services.propose(workspace.id, [sighting(words=["seven", "gate"])]) == []
    assert services.propose(workspace.id, [sighting(words=["refund"])])[0].number == 2
    assert said(incident) == ["proposed", "spiked"]
    assert queries.case_counts(workspace.id, [incident.id]) == {incident.id: 2}


def test_praise_proposes_nothing_and_the_workspace_may_want_less(workspace, owner) -> None:
    assert services.propose(workspace.id, [sighting(kind="praise")]) == []
    services.choose(workspace.id, Choice(of_trouble=3, of_volume=0), owner.user)

    assert services.propose(workspace.id, [sighting(kind="volume", words=["x"])]) == []
    assert services.propose(workspace.id, [sighting()])[0].severity == 3


def test_a_proposal_is_opened_or_dismissed_by_a_person_and_that_taken_back(workspace, lead) -> None:
    first, second = services.propose(
        workspace.id, [sighting(), sighting(words=["refund"], title="refund")]
    )

    services.open_proposal(first.id, lead, "Pier 7", 2)
    services.dismiss(second.id, lead)

    first.refresh_from_db()
    assert (first.state, first.title, first.lead_id) == ("live", "Pier 7", lead.user_id)
    with pytest.raises(services.WrongStateError):
        services.dismiss(first.id, lead)
    services.bring_back(second.id, lead)
    second.refresh_from_db()
    assert second.state == "proposed"


def test_opening_names_the_parts_and_lays_out_the_checklist(workspace, live, admin, lead) -> None:
    parts = queries.parts_of(workspace.id, live.id)

    assert parts["lead"].user_id == lead.user_id
    assert parts["words"].user_id == admin.user_id
    tasks = queries.tasks_of(workspace.id, live.id)
    assert [task.text for task in tasks][:2] == [
        "Name the incident lead", "Confirm the facts with those who know",
    ]  # fmt: skip
    assert tasks[0].due_at == live.level_at + timedelta(minutes=5)
    assert switches(workspace) == 0


def test_at_a_crisis_planned_posts_stop_by_themselves(workspace, live, lead) -> None:
    services.set_level(live.id, 3, lead, "A newspaper asks")

    assert switches(workspace) == 1
    assert {"level", "stopped"} <= set(said(live))
    assert told("IncidentLevelChanged")[0]["before"] == 2


def test_an_issue_that_lasts_two_hours_is_a_crisis(frozen, workspace, live) -> None:
    frozen.shift(2 * 3600 - 5)
    sweep_due()
    live.refresh_from_db()
    assert live.severity == 2

    frozen.shift(10)
    sweep_due()

    live.refresh_from_db()
    assert (live.severity, live.rises_at) == (3, None)
    assert told("IncidentLevelChanged")[0]["actor_id"] is None


def test_the_stop_is_pressed_once_and_released_by_the_end(workspace, live, lead, admin) -> None:
    assert services.press_stop(live.id, lead, is_on=True)
    assert not services.press_stop(live.id, admin, is_on=True)
    assert services.press_stop(live.id, admin, is_on=False)
    assert services.press_stop(live.id, lead, is_on=True)

    services.end_incident(live.id, lead)

    assert switches(workspace) == 0
    assert said(live)[-2:] == ["resumed", "ended"]
    with pytest.raises(services.WrongStateError):
        services.press_stop(live.id, lead, is_on=True)


@pytest.mark.django_db(transaction=True)
def test_two_leads_who_press_stop_and_resume_at_once_end_in_one_clear_state() -> None:
    workspace = create_workspace("Northwind Air")
    with scope(workspace.id):
        one, other = (member(workspace, f"L{n} Lead", "lead", f"L{n}") for n in range(2))
        incident = services.open_incident("Pier 7", 2, one)
    start = threading.Barrier(2)

    def press(who: Membership, is_on: bool) -> None:
        for _ in range(10):
            start.wait()
            with scope(workspace.id):
                services.press_stop(incident.id, who, is_on=is_on)
        connection.close()

    threads = [
        threading.Thread(target=press, args=(one, True)),
        threading.Thread(target=press, args=(other, False)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with scope(workspace.id):
        pressed = [what for what in said(incident) if what in {"stopped", "resumed"}]
        # What the log says last is how it stands, and it never says one thing twice running.
        assert switches(workspace) == (pressed[-1] == "stopped" if pressed else 0)
        assert all(a != b for a, b in pairwise(pressed))


def test_nobody_changes_the_log_not_even_by_sql(workspace, live, lead) -> None:
    entry = services.log_entry(live.id, lead, "fact", "The doors were shut at 9:40")

    for act in (
        lambda: IncidentEntry.objects.filter(id=entry.id).update(text="No"),
        lambda: IncidentEntry.objects.filter(id=entry.id).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    entry.refresh_from_db()
    assert (entry.text, entry.by_name) == ("The doors were shut at 9:40", "Lea Lund")


def test_decisions_are_logged_and_nothing_is_no_entry(workspace, live, lead) -> None:
    services.log_entry(live.id, lead, "no_go", "We do not name the captain")

    for kind, text in (("fact", "  "), ("event", "I pretend to be the machine")):
        with pytest.raises(services.EmptyEntryError):
            services.log_entry(live.id, lead, kind, text)


class TestStatement:
    """What may be said: signed by others, bound to the text, by deputies in time."""

    @pytest.fixture
    def text(self, live, lead) -> Statement:
        return services.write_statement(live.id, lead, "We are sorry.", now() + timedelta(hours=1))

    def test_it_is_approved_when_every_part_has_signed(
        self, workspace, live, text, owner, admin, lead
    ) -> None:
        (asked,) = told("StatementAsked")
        # Lea wrote it, so that the deputy of the facts, Ada, is asked at once.
        assert asked["user_ids"] == [str(admin.user_id)]
        services.sign(text.id, "facts", text.digest, admin)
        text.refresh_from_db()
        assert text.state == "signing"
        services.sign(text.id, "words", text.digest, admin)

        text.refresh_from_db()
        assert text.state == "approved"
        assert SignOff.objects.get(part="facts").is_deputy

    def test_nobody_signs_their_own(self, text, lead) -> None:
        with pytest.raises(services.MayNotSignError) as caught:
            services.sign(text.id, "facts", text.digest, lead)
        assert caught.value.why == "own"

    def test_nobody_signs_what_is_not_theirs(self, text, agent, owner) -> None:
        for who in (agent, owner):
            with pytest.raises(services.MayNotSignError) as caught:
                services.sign(text.id, "words", text.digest, who)
            assert caught.value.why == "other"

    def test_a_signature_holds_for_the_text_that_was_read(self, live, text, lead, admin) -> None:
        newer = services.write_statement(live.id, lead, "We are very sorry.", None)

        for digest in (text.digest, newer.digest):
            with pytest.raises(services.MayNotSignError):
                services.sign(text.id, "words", digest, admin)
        with pytest.raises(services.MayNotSignError):
            services.sign(newer.id, "words", text.digest, admin)
        assert services.sign(newer.id, "words", newer.digest, admin).version == 2

    def test_the_deputy_signs_once_the_time_is_over(
        self, frozen, workspace, live, text, owner, admin
    ) -> None:
        with pytest.raises(services.MayNotSignError):
            services.sign(text.id, "words", text.digest, owner)
        frozen.shift(15 * 60 + 1)
        sweep_due()

        services.sign(text.id, "words", text.digest, owner)

        assert told("StatementAsked")[-1]["is_deputies"]
        assert "deputies" in said(live)

    def test_the_deputy_of_who_is_away_signs_at_once(self, workspace, text, owner, admin) -> None:
        Agent.objects.create(workspace_id=workspace.id, user_id=admin.user_id, presence="away")

        services.sign(text.id, "words", text.digest, owner)

    def test_sent_back_it_is_not_approved(self, workspace, live, text, admin) -> None:
        services.sign(text.id, "words", text.digest, admin, is_good=False, remark="No blame")
        services.sign(text.id, "facts", text.digest, admin)

        text.refresh_from_db()
        assert text.state == "signing"
        assert said(live).count("sent_back") == 1

    def test_the_database_keeps_the_text(self, text) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            Statement.objects.filter(id=text.id).update(text="We did nothing wrong.")

    def test_published_its_promise_runs_and_is_reminded_of_once(
        self, frozen, workspace, live, text, admin, lead
    ) -> None:
        with pytest.raises(services.MayNotSignError):
            services.note_published(text.id, "everywhere", lead)
        for part in ("facts", "words"):
            services.sign(text.id, part, text.digest, admin)
        services.note_published(text.id, "https://status.example", lead)

        live.refresh_from_db()
        assert live.update_at == text.update_at
        frozen.shift(3600 + 5)
        sweep_due()
        sweep_due()
        (due,) = told("UpdateDue")
        assert set(due["user_ids"]) == {str(lead.user_id), str(admin.user_id)}

    def test_it_is_offered_in_the_cases_of_the_incident(
        self, workspace, live, text, admin, lead
    ) -> None:
        case = make_case("Pier seven?")
        services.link_case(live.id, case.id, lead)
        assert queries.approved_for_case(workspace.id, case.id) is None
        for part in ("facts", "words"):
            services.sign(text.id, part, text.digest, admin)

        found = queries.approved_for_case(workspace.id, case.id)

        assert found is not None
        assert found.text == "We are sorry."
        assert queries.approved_for_case(workspace.id, make_case().id) is None

    def test_a_level_that_asks_nobody_needs_nobody(self, workspace, owner, live, lead) -> None:
        levels = {**Choice().levels, 2: Level()}
        services.choose(workspace.id, Choice(levels=levels), owner.user)

        assert services.write_statement(live.id, lead, "Hello.", None).state == "approved"

    def test_it_says_something_and_promises_what_is_to_come(self, live, lead) -> None:
        with pytest.raises(services.BadStatementError) as caught:
            services.write_statement(live.id, lead, " ", None)
        assert caught.value.field == "text"
        with pytest.raises(services.BadStatementError) as caught:
            services.write_statement(live.id, lead, "Sorry", now() - timedelta(minutes=1))
        assert caught.value.field == "update_at"


def test_cases_join_and_leave_and_the_list_filters_by_it(workspace, live, lead) -> None:
    case, other = make_case("Pier seven?"), make_case("My bag?")

    assert services.link_case(live.id, case.id, lead)
    assert not services.link_case(live.id, case.id, lead)
    services.link_case(live.id, other.id, lead)
    assert services.unlink_case(live.id, other.id, lead)

    assert [one.id for one in queries.cases_of(workspace.id, live.id)] == [case.id]
    assert [one.id for one in queries.incidents_with(workspace.id, case.id)] == [live.id]
    with pytest.raises(Case.DoesNotExist):
        services.link_case(live.id, uuid7(), lead)


def test_a_case_taken_out_by_hand_stays_out_until_a_hand_links_it(workspace, lead) -> None:
    one = sighting()
    (incident,) = services.propose(workspace.id, [one])
    services.unlink_case(incident.id, one.case_id, lead)

    services.spike_went_on(workspace.id, one.spike_id, one.message_ids)
    assert queries.case_counts(workspace.id, [incident.id]) == {}
    services.link_case(incident.id, one.case_id, lead)
    assert queries.case_counts(workspace.id, [incident.id]) == {incident.id: 1}


def test_parts_are_handed_over_to_members_only(workspace, live, lead, admin) -> None:
    services.hand_over(live.id, "lead", admin.user_id, lead.user_id, lead)

    live.refresh_from_db()
    assert live.lead_id == admin.user_id
    for part, user_id in (("lead", None), ("cook", admin.user_id), ("legal", uuid7())):
        with pytest.raises(services.BadIncidentError):
            services.hand_over(live.id, part, user_id, None, lead)


def test_tasks_are_ticked_and_unticked_and_both_are_logged(workspace, live, lead) -> None:
    task = IncidentTask.objects.first()

    services.tick(task.id, lead, is_done=True)
    services.tick(task.id, lead, is_done=True)
    services.tick(task.id, lead, is_done=False)

    assert said(live)[-2:] == ["ticked", "unticked"]


def test_after_the_end_comes_a_review_within_two_days(frozen, workspace, live, lead) -> None:
    frozen.shift(3600)
    services.end_incident(live.id, lead)
    services.end_incident(live.id, lead)

    review = queries.review_of(workspace.id, live.id)
    assert review.due_at == now() + timedelta(hours=48)
    services.write_review(
        live.id, lead, went_well="Fast", went_badly="", to_change="A second phone", is_held=True
    )
    review.refresh_from_db()
    assert (review.to_change, review.held_by_id) == ("A second phone", lead.user_id)
    live.refresh_from_db()
    steps = queries.milestones(live, queries.log_of(workspace.id, live.id))
    assert list(steps) == ["began", "found", "opened", "ended"]


@pytest.mark.parametrize(("title", "severity"), [("", 2), ("Pier", 0), ("Pier", 5)])
def test_an_incident_has_a_title_and_a_level(workspace, lead, title, severity) -> None:
    with pytest.raises(services.BadIncidentError):
        services.open_incident(title, severity, lead)


def test_another_workspace_does_not_see_it(workspace, other_workspace, live, lead) -> None:
    with scope(other_workspace.id):
        assert queries.incident_by_number(other_workspace.id, 1) is None
        stranger = Membership(workspace=other_workspace, user=lead.user, role="owner")
        with pytest.raises(services.UnknownIncidentError):
            services.end_incident(live.id, stranger)
