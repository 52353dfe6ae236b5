"""What an agent does with a case: plain forms, each one act, refusals in words."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.contacts.models import ContactNote
from hearwell.conversations.models import Case, CaseTag
from hearwell.inbox import acts
from hearwell.inbox.snoozing import UnknownChoiceError, snooze_until
from hearwell.kit.ids import uuid7
from hearwell.triage.models import Verdict
from tests.factories import make_case, make_channel
from tests.web.conftest import HTMX


@pytest.fixture
def case(workspace):
    return make_case("Where is my bag?", make_channel())


def again(case: Case) -> Case:
    return Case.objects.get(id=case.id)


def test_a_form_without_scripts_comes_back_to_the_case(agent, case, bob):
    response = agent.post(f"/c/{case.id}/claim/", follow=True)
    assert response.redirect_chain == [(f"/c/{case.id}/", 302)]
    assert "It is yours." in response.content.decode()
    assert again(case).assignee_id == bob.id


def test_htmx_gets_the_panes(agent, case):
    part = agent.post(f"/c/{case.id}/claim/", headers=HTMX).content.decode()
    assert "assigned to you" in part
    assert "<html" not in part


def test_the_second_to_take_a_case_is_told_by_whom(owner, agent, case):
    agent.post(f"/c/{case.id}/claim/")
    page = owner.post(f"/c/{case.id}/claim/", follow=True).content.decode()
    assert "Bob Brown" in page
    assert "has taken this case" in page


def test_a_case_is_given_back(agent, case):
    agent.post(f"/c/{case.id}/claim/")
    agent.post(f"/c/{case.id}/release/")
    assert again(case).assignee_id is None


def test_a_case_is_assigned_and_unassigned(owner, case, bob):
    owner.post(f"/c/{case.id}/assign/", {"user": str(bob.id)})
    assert again(case).assignee_id == bob.id
    owner.post(f"/c/{case.id}/assign/", {"user": ""})
    assert again(case).assignee_id is None


def test_a_case_is_never_assigned_to_a_stranger(owner, case, charlie):
    page = owner.post(f"/c/{case.id}/assign/", {"user": str(charlie.id)}, follow=True)
    assert "not a member" in page.content.decode()
    assert again(case).assignee_id is None


def test_a_case_is_solved_with_a_reason_and_opened_again(agent, case):
    agent.post(f"/c/{case.id}/close/", {"reason": "answered_elsewhere", "version": case.version})
    assert again(case).status == "closed"
    agent.post(f"/c/{case.id}/reopen/")
    assert again(case).status == "open"


def test_a_case_opened_again_by_hand_has_a_clock_that_says_so(agent, case):
    agent.post(f"/c/{case.id}/close/", {"reason": "answered_elsewhere", "version": case.version})
    agent.post(f"/c/{case.id}/reopen/")
    counted = agent.get(f"/c/{case.id}/clocks/").content.decode()
    assert "Answer, anew from when the case was reopened by hand" in counted
    assert again(case).due_at is not None


def test_a_case_that_moved_meanwhile_is_not_solved(agent, case):
    old = {"reason": "answered_elsewhere", "version": case.version - 1}
    page = agent.post(f"/c/{case.id}/close/", old, follow=True)
    assert "changed while you looked" in page.content.decode()
    assert again(case).status == "open"


def test_without_a_reason_nothing_is_solved(agent, case):
    page = agent.post(f"/c/{case.id}/close/", {"reason": "because"}, follow=True)
    assert "Choose a reason" in page.content.decode()
    assert again(case).status == "open"


def test_a_case_is_snoozed_and_woken(agent, case):
    agent.post(f"/c/{case.id}/snooze/", {"until": "3h"})
    assert again(case).status == "snoozed"
    agent.post(f"/c/{case.id}/reopen/")
    assert again(case).status == "open"


@pytest.mark.parametrize(
    ("choice", "back"),
    [
        ("1h", "2026-03-06T13:00"),
        ("tomorrow", "2026-03-07T08:00"),
        ("monday", "2026-03-09T08:00"),
    ],
)
def test_when_a_snoozed_case_comes_back(choice, back):
    friday_noon = datetime(2026, 3, 6, 11, tzinfo=UTC)
    oslo = ZoneInfo("Europe/Oslo")
    until = snooze_until(choice, oslo, friday_noon).astimezone(oslo)
    assert until.strftime("%Y-%m-%dT%H:%M") == back


def test_on_a_monday_monday_is_the_next_one():
    monday = datetime(2026, 3, 2, 7, tzinfo=UTC)
    assert snooze_until("monday", ZoneInfo("UTC"), monday).day == 9


def test_a_choice_that_was_not_offered_is_refused(agent, case):
    with pytest.raises(UnknownChoiceError):
        snooze_until("never", ZoneInfo("UTC"), datetime.now(UTC))
    assert agent.post(f"/c/{case.id}/snooze/", {"until": "never"}).status_code == 404


def test_labels_go_on_and_off(agent, case):
    agent.post(f"/c/{case.id}/tag/", {"tag": " Lost bag\x00 "})
    assert CaseTag.objects.filter(case_id=case.id).count() == 1
    page = agent.get(f"/c/{case.id}/").content.decode()
    assert "Lost bag" in page
    name = CaseTag.objects.select_related("tag").get(case_id=case.id).tag.name
    agent.post(f"/c/{case.id}/untag/", {"tag": name})
    assert not CaseTag.objects.filter(case_id=case.id).exists()


def test_an_empty_label_is_none(agent, case):
    agent.post(f"/c/{case.id}/tag/", {"tag": "   "})
    assert not CaseTag.objects.filter(case_id=case.id).exists()


def test_a_note_on_the_customer_is_kept(agent, case, bob):
    agent.post(f"/c/{case.id}/person-note/", {"text": "Prefers messages to calls"})
    note = ContactNote.objects.get()
    assert (note.text, note.author_id) == ("Prefers messages to calls", bob.id)
    assert "Prefers messages to calls" in agent.get(f"/c/{case.id}/").content.decode()


def test_a_wrong_label_is_corrected_and_the_case_follows(agent, case):
    agent.post(f"/c/{case.id}/verdict/", {"act": "wrong", "value": "praise"})
    verdict = Verdict.objects.get(case_id=case.id)
    assert (verdict.kind, verdict.duty) == ("praise", "acknowledge")
    assert again(case).turn == "none"


def test_a_label_that_does_not_exist_is_not_found(agent, case):
    answer = agent.post(f"/c/{case.id}/verdict/", {"act": "wrong", "value": "nonsense"})
    assert answer.status_code == 404


@pytest.mark.parametrize("act", ["close", "reply", "pass-on", "split", "merge"])
def test_a_version_without_end_is_no_version(agent, case, act):
    endless = "9" * 5000  # more digits than Python reads as a number
    sent = {"version": endless, "into_version": endless, "into": str(case.id), "audience": "public"}
    answer = agent.post(f"/c/{case.id}/{act}/", {**sent, "key": str(uuid7()), "text": "Hello"})
    assert answer.status_code < 500


def test_several_cases_are_taken_and_solved_at_once(agent, case, bob):
    other = make_case("And mine?")
    ids = [str(case.id), str(other.id)]
    told = agent.post("/inbox/batch/", {"act": "claim", "cases": ",".join(ids)}).json()
    assert (told["done"], told["left"]) == (2, 0)
    assert again(other).assignee_id == bob.id
    agent.post(
        "/inbox/batch/", {"act": "close", "reason": "no_answer_needed", "cases": ",".join(ids)}
    )
    assert again(case).status == again(other).status == "closed"


def test_in_a_batch_what_cannot_be_done_is_left_and_counted(agent, alices, case):
    acts.claim_case(case.id, alices)
    answer = agent.post("/inbox/batch/", {"act": "claim", "cases": str(case.id)})
    assert answer.json() == {"said": "1 was so already.", "done": 0, "left": 1}
    assert again(case).assignee_id == alices.user_id


def test_all_of_a_list_is_chosen_acted_on_and_taken_back(agent, case, bob):
    other = make_case("And mine?")
    mail = make_case("By mail", make_channel("mail"))
    address = "queue=all&network=sandbox"

    listed = agent.get("/inbox/batch/size/", {"list": address}).json()["cases"]
    assert listed == {str(one.id): again(one).version for one in (case, other)}
    chosen = ",".join(f"{case_id}:{version}" for case_id, version in listed.items())
    make_case("This one came later")
    sent = {"act": "tag", "tag": "storm", "cases": chosen}
    told = agent.post("/inbox/batch/", sent).json()
    assert told["said"] == "2 cases labelled."
    assert told["undo"]["seconds"] >= 30
    assert CaseTag.objects.count() == 2
    sent = {"act": "snooze", "until": "3h", "cases": chosen}
    told = agent.post("/inbox/batch/", sent).json()
    assert again(case).status == again(other).status == "snoozed"
    assert again(mail).status == "open"

    back = agent.post(told["undo"]["url"]).json()
    assert back["said"] == "2 cases are as they were."
    assert again(case).status == "open"
    assert not agent.post(told["undo"]["url"]).json()["isBack"]


def test_what_nobody_answered_is_not_solved_in_silence(agent, case):
    page = agent.get(f"/c/{case.id}/").content.decode()
    menu = page.split('data-command-menu="solve"')[1].split("</details>")[0]
    assert 'value="no_answer_needed"' in menu
    assert 'value="solved"' not in menu
    refused = agent.post(f"/c/{case.id}/close/", {"reason": "solved"}, follow=True)
    assert "Nobody has answered this customer" in refused.content.decode()
    sent = {"act": "close", "reason": "solved", "cases": str(case.id)}
    told = agent.post("/inbox/batch/", sent).json()
    assert told["said"].startswith("1 was left: nobody has answered it.")
    assert again(case).status == "open"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"act": "explode"}, 404),
        ({"act": "close", "reason": "because"}, 422),
        ({"act": "tag", "tag": " "}, 422),
        ({"act": "snooze", "until": "never"}, 404),
        ({"act": "assign", "user": "nobody"}, 404),
        ({"act": "claim", "cases": "x"}, 404),
    ],
)
def test_a_batch_that_makes_no_sense_is_refused(agent, case, values, status):
    sent = {"cases": str(case.id), **values}
    assert agent.post("/inbox/batch/", sent).status_code == status


def test_a_list_that_does_not_exist_has_no_cases(agent):
    answer = agent.get("/inbox/batch/size/", {"list": "queue=nowhere"})
    assert answer.status_code == 404


def test_a_thousand_cases_are_one_request(agent, case):
    ids = [str(case.id), *(str(uuid7()) for _ in range(999))]
    told = agent.post("/inbox/batch/", {"act": "tag", "tag": "storm", "cases": ",".join(ids)})
    assert told.status_code == 200
    assert CaseTag.objects.get().case_id == case.id


def test_what_was_said_since_one_looked_is_left_and_told(agent, case):
    seen = f"{case.id}:{again(case).version - 1}"
    sent = {"act": "close", "reason": "no_answer_needed", "cases": seen}
    told = agent.post("/inbox/batch/", sent).json()
    assert told["said"] == "1 was left: somebody has worked on it since."
    assert again(case).status == "open"


def test_a_batch_asks_as_much_for_many_as_for_few(agent, case):
    def ask(ids):
        sent = {"act": "close", "reason": "no_answer_needed", "cases": ",".join(ids)}
        with CaptureQueriesContext(connection) as seen:
            told = agent.post("/inbox/batch/", sent).json()
        with CaptureQueriesContext(connection) as undone:
            assert agent.post(told["undo"]["url"]).json()["isBack"]
        return len(seen), len(undone)

    ask([str(case.id)])  # what a workspace is given once, with its first clocks
    few = ask([str(case.id), str(make_case("b").id)])
    many = ask([str(make_case(f"c {n}").id) for n in range(30)])
    assert few == many


@pytest.mark.parametrize(
    "act", ["claim", "release", "assign", "close", "reopen", "snooze", "tag", "verdict", "reply"]
)
def test_who_may_only_look_can_do_nothing(viewer, case, act):
    answer = viewer.post(f"/c/{case.id}/{act}/", {"audience": "public", "text": "x"})
    assert answer.status_code == 403
    assert "not open to you" in answer.content.decode()
    assert again(case).version == case.version


@pytest.mark.parametrize("act", ["claim", "close", "reply", "draft"])
def test_acts_are_posts(agent, case, act):
    assert agent.get(f"/c/{case.id}/{act}/").status_code == 405


def test_a_form_from_elsewhere_is_refused(bob, case):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(bob, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(f"/c/{case.id}/claim/").status_code == 403
    assert again(case).assignee_id is None
