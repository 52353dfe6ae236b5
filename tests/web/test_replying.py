"""Answering: what speaks against it is said before anything is queued, and it can be undone."""

from __future__ import annotations

import html
import json
import re

import pytest

from hearwell.conversations.models import Case, Draft, Message
from hearwell.kit.ids import uuid7
from hearwell.outbound.models import Delivery
from hearwell.outbound.services import switches
from hearwell.web.agent.inbox import casepage
from tests.factories import make_case, make_channel, make_dm, make_item, make_reply, receive
from tests.web.conftest import HTMX

JSON = {"Accept": "application/json"}


@pytest.fixture
def channel(workspace):
    return make_channel()


@pytest.fixture
def case(channel):
    return make_case("Where is my bag?", channel)


def form(client, case, **changes) -> dict[str, str]:
    """The composer's fields as a browser would send them."""
    page = client.get(f"/c/{case.id}/").content.decode()
    composer = page[page.index('<form class="composer"') :]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', composer))
    return {**hidden, "audience": "public", "text": "It is on its way", **changes}


def send(client, case, headers=HTMX, **changes):
    return client.post(f"/c/{case.id}/reply/", form(client, case, **changes), headers=headers)


def test_a_reply_is_queued_signed_and_can_be_taken_back(agent, case):
    part = send(agent, case)
    delivery = Delivery.objects.get()
    assert part.status_code == 200
    assert (delivery.state, delivery.draft["text"]) == ("queued", "It is on its way ^BB")
    assert "data-undo" in part.content.decode()
    assert "Going out" in part.content.decode()


def rules_of(client, case_id) -> tuple[dict[str, dict[str, object]], str]:
    page = client.get(f"/c/{case_id}/").content.decode()
    return json.loads(html.unescape(re.search('data-rules="([^"]*)"', page).group(1))), page


def test_only_what_is_signed_is_counted_and_said_to_be(agent, channel, case):
    rules, page = rules_of(agent, case.id)
    assert rules["public"]["signs"]
    assert "^BB is added" in page
    receive(channel, [make_dm("A private word")])
    rules, page = rules_of(agent, Message.objects.get(text="A private word").case_id)
    assert not rules["private"]["signs"]
    assert "is added" not in page


def test_initials_typed_by_hand_are_not_doubled(agent, case):
    send(agent, case, text="It is on its way ^bb")
    assert Delivery.objects.get().draft["text"] == "It is on its way ^bb"


def test_line_ends_of_a_form_are_one_character_each(agent, case):
    send(agent, case, text="one\r\ntwo")
    assert Delivery.objects.get().draft["text"] == "one\ntwo ^BB"


def test_without_scripts_a_reply_comes_back_to_the_case(agent, case):
    answer = send(agent, case, headers={})
    assert answer.status_code == 302
    assert answer["Location"] == f"/c/{case.id}/?as=public"
    assert Delivery.objects.count() == 1


def test_the_same_form_twice_is_one_reply(agent, case):
    fields = form(agent, case)
    for _ in range(3):
        agent.post(f"/c/{case.id}/reply/", fields, headers=HTMX)
    assert Delivery.objects.count() == 1


def test_a_holding_reply_is_marked(agent, case):
    send(agent, case, holding="1")
    assert Delivery.objects.get().context["is_holding"] is True


def test_the_customer_writing_again_stops_the_reply_once(agent, case, channel):
    fields = form(agent, case)
    key = Message.objects.get(case_id=case.id).remote_id
    receive(channel, [make_item("And the green one too!", thread_key=key)])
    stopped = agent.post(f"/c/{case.id}/reply/", fields, headers=HTMX)
    page = stopped.content.decode()
    assert stopped.status_code == 409
    assert "wrote again" in page
    assert "And the green one too!" in page
    assert "It is on its way" in page, "what was typed stays"
    assert not Delivery.objects.exists()
    agent.post(f"/c/{case.id}/reply/", {**fields, "anyway": "1"}, headers=HTMX)
    assert Delivery.objects.count() == 1


def test_what_one_sent_oneself_while_the_page_was_drawn_stops_nothing(
    agent, case, bob, monkeypatch
):
    """The page reads the case first and its messages afterwards."""
    read = casepage.messages_of

    def read_late(*given):
        if not Message.objects.filter(case_id=case.id, direction="out").exists():
            make_reply(case, author_user_id=bob.id)
        return read(*given)

    monkeypatch.setattr(casepage, "messages_of", read_late)
    shown = form(agent, case)
    assert Message.objects.filter(case_id=case.id, direction="out").count() == 1
    agent.post(f"/c/{case.id}/reply/", shown, headers=HTMX)
    assert Delivery.objects.count() == 1


def test_of_two_agents_one_wins_and_the_other_is_told(owner, agent, case):
    mine, theirs = form(owner, case), form(agent, case, text="I am faster")
    assert agent.post(f"/c/{case.id}/reply/", theirs, headers=HTMX).status_code == 200
    lost = owner.post(f"/c/{case.id}/reply/", mine, headers=HTMX)
    assert lost.status_code in {409, 422}
    assert "Bob Brown" in lost.content.decode() or "colleague" in lost.content.decode()
    assert Delivery.objects.count() == 1


def test_a_text_over_the_limit_is_not_sent_and_stays(agent, case):
    stopped = send(agent, case, text="x" * 5000)
    assert stopped.status_code == 422
    assert "Not sent." in stopped.content.decode()
    assert "x" * 5000 in stopped.content.decode()
    assert not Delivery.objects.exists()


def test_an_empty_reply_is_not_sent(agent, case):
    assert send(agent, case, text="  ").status_code == 422


def test_a_stop_of_sending_is_said_before_anything_is_queued(agent, case, workspace):
    switches.stop(workspace.id, "workspace", reason="A false alarm is going round")
    stopped = send(agent, case)
    assert stopped.status_code == 422
    assert "A false alarm is going round" in stopped.content.decode()
    assert not Delivery.objects.exists()


def test_a_note_is_added_and_never_leaves(agent, case, bob):
    part = send(agent, case, audience="team", text="Bag tag BGO123")
    note = Message.objects.get(kind="note")
    assert (note.text, note.audience, note.author_user_id) == ("Bag tag BGO123", "team", bob.id)
    assert "Bag tag BGO123" in part.content.decode()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_after_a_note_the_audience_is_still_the_team(agent, case, headers):
    fields = form(agent, case, audience="team", text="Bag tag BGO123")
    page = agent.post(f"/c/{case.id}/reply/", fields, headers=headers, follow=True)
    assert re.search(r'value="team"\s+checked', page.content.decode())


def test_an_empty_note_is_not_added(agent, case):
    assert send(agent, case, audience="team", text="").status_code == 422


def test_a_private_answer_to_a_public_post_has_no_way(agent, case):
    stopped = send(agent, case, audience="private")
    assert stopped.status_code == 422
    assert "private" in stopped.content.decode()
    assert not Delivery.objects.exists()


def test_a_private_message_is_answered_in_private(agent, channel):
    (message,) = receive(channel, [make_dm("psst")])
    page = agent.get(f"/c/{message.case_id}/").content.decode()
    assert re.search(r'value="private"\s+checked', page)
    assert "Send to Lena Vik" in page
    send(agent, message.case, audience="private")
    assert Delivery.objects.get().draft["audience"] == "private"


def test_an_audience_of_our_own_making_is_refused(agent, case):
    assert send(agent, case, audience="everyone").status_code == 404


def test_send_and_solve_does_both(agent, case):
    send(agent, case, solve="1")
    assert Delivery.objects.count() == 1
    assert Case.objects.get(id=case.id).status == "closed"


def test_a_draft_is_kept_and_found_again(agent, case):
    url = f"/c/{case.id}/draft/"
    assert agent.post(url, {"audience": "public", "text": "Half a thou"}).status_code == 204
    assert "Half a thou</textarea>" in agent.get(f"/c/{case.id}/").content.decode()
    agent.post(url, {"audience": "public", "text": ""})
    assert not Draft.objects.exists()


def test_drafts_belong_to_who_writes_them(owner, agent, case):
    agent.post(f"/c/{case.id}/draft/", {"audience": "public", "text": "Bob thinks"})
    assert "Bob thinks" not in owner.get(f"/c/{case.id}/").content.decode()


def test_undo_takes_it_back_and_the_text_is_a_draft_again(agent, case):
    send(agent, case)
    delivery = Delivery.objects.get()
    answer = agent.post(f"/sent/{delivery.id}/undo/", headers=JSON)
    assert answer.json() == {
        "isBack": True,
        "said": "Not sent. Your text is a draft again.",
        "case": str(case.id),
        "url": f"/c/{case.id}/?as=public",
        "name": "Lena Vik",
    }
    delivery.refresh_from_db()
    assert delivery.state == "cancelled"
    assert "It is on its way</textarea>" in agent.get(f"/c/{case.id}/").content.decode()


def test_undo_that_comes_too_late_says_so(agent, case):
    send(agent, case)
    delivery = Delivery.objects.get()
    Delivery.objects.update(state="sending")
    answer = agent.post(f"/sent/{delivery.id}/undo/", headers=JSON).json()
    assert (answer["isBack"], answer["said"]) == (False, "It had left already.")
    assert not Draft.objects.exists()


def test_a_lead_who_takes_back_is_told_whose_draft_it_is(owner, agent, case):
    send(agent, case)
    answer = owner.post(f"/sent/{Delivery.objects.get().id}/undo/", headers=JSON).json()
    assert answer["said"] == "Not sent. Bob Brown has the text back as a draft."


def test_the_answer_to_sending_names_the_delivery(agent, case):
    told = json.loads(send(agent, case)["HX-Trigger"])
    assert told == {"hw:sent": {"delivery": str(Delivery.objects.get().id)}}
    note = send(agent, case, audience="team", text="Bag tag")
    assert json.loads(note["HX-Trigger"]) == {"hw:sent": {"delivery": None}}


def test_the_answer_to_a_stop_says_why_and_the_text_is_kept(agent, case):
    stopped = send(agent, case, text="x" * 5000)
    assert json.loads(stopped["HX-Trigger"])["hw:stopped"]["said"].startswith("Not sent. ")
    draft = Draft.objects.get()
    assert draft.text == "x" * 5000
    page = stopped.content.decode()
    assert f'name="key" value="{draft.key}"' in page


def test_a_draft_of_what_was_sent_is_not_kept(agent, case):
    fields = form(agent, case)
    agent.post(f"/c/{case.id}/reply/", fields, headers=HTMX)
    late = {name: fields[name] for name in ("audience", "text", "key")}
    assert agent.post(f"/c/{case.id}/draft/", late).status_code == 409
    assert not Draft.objects.exists()
    assert "It is on its way</textarea>" not in agent.get(f"/c/{case.id}/").content.decode()


def test_a_composer_goes_on_with_the_key_of_its_draft(agent, case):
    fields = form(agent, case)
    late = {name: fields[name] for name in ("audience", "text", "key")}
    assert agent.post(f"/c/{case.id}/draft/", late).status_code == 204
    assert form(agent, case)["key"] == fields["key"]


def test_the_same_form_with_other_words_sends_nothing_and_gets_a_new_key(agent, case):
    fields = form(agent, case)
    agent.post(f"/c/{case.id}/reply/", fields, headers=HTMX)
    changed = {**fields, "text": "It is on its way, Lena"}
    stopped = agent.post(f"/c/{case.id}/reply/", changed, headers=HTMX)
    page = stopped.content.decode()
    assert stopped.status_code == 409
    assert "had arrived already" in page
    assert "It is on its way, Lena</textarea>" in page
    assert Delivery.objects.count() == 1
    again = form(agent, case, text="It is on its way, Lena")
    assert again["key"] != fields["key"]
    assert agent.post(f"/c/{case.id}/reply/", again, headers=HTMX).status_code == 200
    assert Delivery.objects.count() == 2


def test_the_same_note_twice_is_one(agent, case):
    fields = form(agent, case, audience="team", text="Bag tag BGO123")
    for _ in range(2):
        assert agent.post(f"/c/{case.id}/reply/", fields, headers=HTMX).status_code == 200
    assert Message.objects.filter(kind="note").count() == 1


def test_undo_works_without_scripts(agent, case):
    send(agent, case)
    page = agent.post(f"/sent/{Delivery.objects.get().id}/undo/", follow=True)
    assert "Not sent. Your text is a draft again." in page.content.decode()


def test_a_reply_that_waits_shows_on_every_page_of_its_author(agent, owner, case):
    send(agent, case)
    mark = f'data-undo="{Delivery.objects.get().id}"'
    assert mark in agent.get("/inbox/").content.decode()
    assert mark not in owner.get("/inbox/").content.decode()


def test_nobody_takes_back_what_is_not_there(agent, case):
    assert agent.post(f"/sent/{uuid7()}/undo/").status_code == 404


def test_a_failed_reply_says_why_and_gives_the_text_back(agent, case):
    send(agent, case)
    Delivery.objects.update(
        state="failed", failure_code="too_long", failure_message="The network found it too long."
    )
    page = agent.get(f"/c/{case.id}/").content.decode()
    assert "The network found it too long." in page
    delivery = Delivery.objects.get()
    agent.post(f"/sent/{delivery.id}/settle/", {"act": "redraft"})
    assert Draft.objects.get().text == "It is on its way"


def test_a_held_reply_is_released_by_who_may(owner, agent, case, workspace):
    send(agent, case)
    Delivery.objects.update(state="held", failure_code="kill_switch")
    assert "Release" not in agent.get(f"/c/{case.id}/").content.decode()
    assert "Release" in owner.get(f"/c/{case.id}/").content.decode()
    owner.post(f"/sent/{Delivery.objects.get().id}/settle/", {"act": "release"})
    assert Delivery.objects.get().state == "queued"


def test_a_decision_we_do_not_know_is_refused(agent, case):
    send(agent, case)
    answer = agent.post(f"/sent/{Delivery.objects.get().id}/settle/", {"act": "burn"})
    assert answer.status_code == 404


def test_a_reply_on_its_way_elsewhere_solves_nothing_here(agent, channel, case):
    """What can be taken back is shown everywhere; only what goes to this customer answers them."""
    send(agent, make_case("Where is the gate?", channel))
    page = agent.get(f"/c/{case.id}/").content.decode()
    menu = page.split('data-command-menu="solve"')[1].split("</details>")[0]
    assert 'value="solved"' not in menu
    send(agent, case)
    page = agent.get(f"/c/{case.id}/").content.decode()
    menu = page.split('data-command-menu="solve"')[1].split("</details>")[0]
    assert 'value="solved"' in menu


def test_what_was_done_is_said_to_those_who_do_not_see_it(agent, case):
    done = agent.post(f"/c/{case.id}/claim/", {}, headers=HTMX)
    assert json.loads(done["HX-Trigger"]) == {"hw:said": {"said": "It is yours."}}
    done = agent.post("/team/presence/", {"presence": "busy"}, headers=HTMX)
    assert json.loads(done["HX-Trigger"]) == {"hw:said": {"said": "You are: Busy."}}
