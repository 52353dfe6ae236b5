"""Merge, split and undo on the screen: both cases in sight, plain forms, refusals in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.connect import registry
from hearwell.contacts.models import Link
from hearwell.conversations.models import Case, Conversation, Draft, Message, Move
from hearwell.inbox.regrouping import merge_cases
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.outbound.models import Delivery
from tests.factories import DUARTE, make_case, make_channel, make_item, receive
from tests.harbour_wire import Wire
from tests.web.conftest import HTMX


@pytest.fixture
def case(workspace):
    return make_case("Where is my bag? Booking NW-4F7K2", make_channel())


@pytest.fixture
def other(workspace):
    at = now() - timedelta(hours=1)
    return make_case("NW-4F7K2, again", make_channel(), author=DUARTE, occurred_at=at)


def again(case: Case) -> Case:
    return Case.objects.get(id=case.id)


def page(response) -> str:
    return " ".join(response.content.decode().split())


def forms(case: Case, other: Case, **more: str) -> dict[str, str]:
    seen = {"version": again(case).version, "into_version": again(other).version}
    return {"into": str(other.id), **{k: str(v) for k, v in seen.items()}, **more}


def test_the_case_asks_for_what_may_belong_to_it(agent, case):
    shown = page(agent.get(f"/c/{case.id}/"))
    assert f'hx-get="/c/{case.id}/related/"' in shown
    assert f'href="/c/{case.id}/merge/"' in shown


def test_a_suggestion_comes_with_its_reason(agent, case, other):
    part = page(agent.get(f"/c/{case.id}/related/", headers=HTMX))
    assert other.label in part
    assert "Both name NW-4F7K2" in part
    assert f"/c/{case.id}/merge/?into={other.id}" in part


def test_without_a_reason_nothing_is_shown(agent, workspace):
    case = make_case("Where is my bag?", make_channel())
    make_case("Where is my bag?", make_channel(), author=DUARTE)
    assert page(agent.get(f"/c/{case.id}/related/", headers=HTMX)) == ""


def test_whoever_only_looks_sees_why_but_merges_nothing(viewer, case, other):
    part = page(viewer.get(f"/c/{case.id}/related/", headers=HTMX))
    assert other.label in part
    assert "merge/" not in part
    assert viewer.get(f"/c/{case.id}/merge/").status_code == 403
    assert viewer.post(f"/c/{case.id}/merge/", forms(case, other)).status_code == 403


@pytest.mark.parametrize("q", ["{number}", "HW-{number}", "again", "duarte"])
def test_the_other_case_is_found_by_number_name_or_words(agent, case, other, q):
    shown = page(agent.get(f"/c/{case.id}/merge/", {"q": q.format(number=other.number)}))
    assert f"?into={other.id}" in shown


def test_what_is_not_found_is_said(agent, case):
    assert "No open or closed case fits" in page(agent.get(f"/c/{case.id}/merge/?q=zeppelin"))


def test_both_are_shown_with_what_will_happen(agent, case, other):
    shown = page(agent.get(f"/c/{case.id}/merge/", {"into": str(other.id)}))
    sentence = f"Everything in {case.label}, Lena Vik, goes into {other.label}, Duarte Reis."
    assert sentence in shown
    assert "its number leads there" in shown
    assert 'value="Both name NW-4F7K2"' in shown
    assert f'href="/c/{other.id}/merge/?into={case.id}"' in shown


def test_one_press_merges_and_says_how_to_take_it_back(agent, case, other):
    made = forms(case, other, why="Same booking")
    response = agent.post(f"/c/{case.id}/merge/", made, follow=True)
    assert response.redirect_chain == [(f"/c/{other.id}/", 302)]
    shown = page(response)
    assert "Merged. You can take it back" in shown
    assert f"You merged {case.label} into this case: Same booking" in shown
    assert again(case).merged_into_id == other.id
    assert f"/moves/{Move.objects.get().id}/undo/" in shown


def test_it_is_taken_back_where_it_is_told(agent, case, other):
    agent.post(f"/c/{case.id}/merge/", forms(case, other))
    undo = f"/moves/{Move.objects.get().id}/undo/"
    part = page(agent.post(undo, {"case": str(other.id)}, headers=HTMX))
    assert "is by itself again" in part
    assert undo not in part  # not a second time
    assert again(case).status == "open"
    response = agent.post(undo, {"case": str(other.id)}, follow=True)
    assert response.redirect_chain == [(f"/c/{other.id}/", 302)]


def test_the_emptied_case_leads_on_and_says_so(agent, case, other, bobs):
    merge_cases(other.id, case.id, bobs)
    response = agent.get(f"/c/{case.id}/", follow=True)
    assert response.redirect_chain == [(f"/c/{other.id}/?from={case.number}", 302)]
    assert f"{case.label} was merged into this case, {other.label}" in page(response)
    made_up = page(agent.get(f"/c/{other.id}/?from=4711"))
    assert "was merged into this case, HW" not in made_up


def test_a_screen_that_still_shows_it_is_led_on(agent, case, other, bobs):
    merge_cases(other.id, case.id, bobs)
    response = agent.get(f"/c/{case.id}/thread/", headers=HTMX)
    assert response["HX-Redirect"] == f"/c/{case.id}/"


def test_words_for_an_emptied_case_are_kept_where_it_went(agent, case, other, bobs):
    seen = again(case).version
    merge_cases(other.id, case.id, bobs)
    made = {"audience": "public", "text": "It is found.", "key": str(uuid7()), "version": seen}
    response = agent.post(f"/c/{case.id}/reply/", made, headers=HTMX)
    assert response.status_code == 422
    assert "has been merged into another one" in page(response)
    assert f'data-case="{other.id}"' in page(response)
    assert Draft.objects.get().case_id == other.id
    agent.post(f"/c/{case.id}/reply/", {"audience": "team", "text": "She called."})
    assert Message.objects.get(kind="note").case_id == other.id


def test_whoever_was_second_is_told_and_nothing_happens(agent, case, other):
    made = forms(case, other)
    receive(make_channel(), [])
    channel = Conversation.objects.get(case_id=other.id)
    Case.objects.filter(id=other.id).update(version=9)
    response = agent.post(f"/c/{case.id}/merge/", made, follow=True)
    assert "changed while you looked at it" in page(response)
    assert again(case).merged_into_id is None
    assert channel.case_id == other.id


def test_what_makes_no_sense_is_said_in_words(agent, case):
    response = agent.post(f"/c/{case.id}/merge/", {"into": str(case.id)}, follow=True)
    assert "That is this very case" in page(response)
    assert agent.post(f"/c/{case.id}/merge/", {"into": "?"}).status_code == 404
    assert agent.post(f"/c/{case.id}/merge/", {"into": str(uuid7())}).status_code == 404
    assert agent.get(f"/c/{uuid7()}/merge/").status_code == 404
    assert agent.post(f"/moves/{uuid7()}/undo/").status_code == 404


def test_a_conversation_is_split_off(agent, case, other, bobs):
    thread = Conversation.objects.get(case_id=case.id)
    merge_cases(other.id, case.id, bobs)
    shown = page(agent.get(f"/c/{other.id}/split/"))
    assert f'value="{thread.id}"' in shown
    assert "1 message" in shown
    made = {"conversation": [str(thread.id)], "version": again(other).version}
    response = agent.post(f"/c/{other.id}/split/", made, follow=True)
    assert "Split off." in page(response)
    assert f"You split this case off {other.label}" in page(response)
    new = Case.objects.get(conversations=thread.id)
    assert new.id not in {case.id, other.id}


def test_one_conversation_is_never_cut_in_two(agent, case):
    assert "A conversation stays whole" in page(agent.get(f"/c/{case.id}/split/"))


def test_pages_keep_their_budgets(agent, case, other, budget, bobs):
    for _n in range(4):
        at = now() - timedelta(minutes=2)
        receive(make_channel(), [make_item("NW-4F7K2!", author=DUARTE, occurred_at=at)])
    with budget(12):
        agent.get(f"/c/{case.id}/related/", headers=HTMX)
    with budget(15):
        agent.get(f"/c/{case.id}/merge/", {"q": "NW-4F7K2"})
    with budget(15):
        agent.get(f"/c/{case.id}/merge/", {"into": str(other.id)})
    with budget(15):
        agent.get(f"/c/{case.id}/split/")
    merge_cases(other.id, case.id, bobs)
    with budget(12):
        agent.get(f"/c/{other.id}/")


def test_an_answer_goes_to_the_conversation_that_was_chosen(agent, case, other, bobs):
    first = Conversation.objects.get(case_id=other.id)
    second = Conversation.objects.get(case_id=case.id)
    alone = page(agent.get(f"/c/{other.id}/"))
    assert f'<input type="hidden" name="to_public" value="{first.id}">' in alone
    merge_cases(other.id, case.id, bobs)
    shown = page(agent.get(f"/c/{other.id}/"))
    assert f'<option value="{second.id}" selected>Lena Vik, ' in shown
    assert f'<option value="{first.id}" >Duarte Reis, ' in shown
    assert "Everyone can see this, in" in shown


def test_a_reply_keeps_to_its_conversation_whatever_was_merged_since(
    agent, case, other, bobs, monkeypatch
):
    monkeypatch.setitem(registry._connectors, "sandbox", Wire())
    thread = Conversation.objects.get(case_id=other.id)
    seen = again(other).version
    merge_cases(other.id, case.id, bobs)  # Lena's thread is the newer one
    made = {
        "audience": "public",
        "text": "Dear Duarte",
        "key": str(uuid7()),
        "version": seen,
        "to_public": str(thread.id),
    }
    told = agent.post(f"/c/{other.id}/reply/", made, headers=HTMX)
    assert told.status_code == 409
    agent.post(f"/c/{other.id}/reply/", made | {"anyway": "1"}, headers=HTMX)
    assert Delivery.objects.get().lane_id == thread.id


def test_a_person_says_that_two_profiles_are_one_and_takes_it_back(agent, case, other):
    part = page(agent.get(f"/c/{case.id}/related/", headers=HTMX))
    assert "This is the same person" in part
    made = {"other": str(other.id), "why": "Both name NW-4F7K2"}
    response = agent.post(f"/c/{case.id}/same-person/", made, follow=True)
    assert "They are one person here from now on." in page(response)
    part = page(agent.get(f"/c/{case.id}/related/", headers=HTMX))
    assert "Bob Brown said so: <bdi>Both name NW-4F7K2</bdi>" in part
    assert "This is the same person" not in part
    undo = f"/people/links/{Link.objects.get().id}/undo/"
    assert undo in part
    again_two = page(agent.post(undo, {"case": str(case.id)}, follow=True))
    assert "They are two people again." in again_two
    assert agent.post(f"/c/{case.id}/same-person/", {"other": "?"}).status_code == 404
