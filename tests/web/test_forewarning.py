"""What would be said at Send is said while it is written; nothing is kept, nothing is decided."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.conversations.models import Draft
from hearwell.guard.services import Wanted, set_policy
from hearwell.kit.clock import now
from hearwell.outbound.models import Delivery
from tests.factories import make_case, make_channel, make_dm, receive
from tests.web.conftest import HTMX
from tests.web.test_guard import CARD, LONG, MAIL, button
from tests.web.test_replying import form


@pytest.fixture
def channel(workspace):
    return make_channel()


@pytest.fixture
def case(channel):
    return make_case("Where is my bag?", channel)


def check(client, case, **changes):
    return client.post(f"/c/{case.id}/check/", form(client, case, **changes), headers=HTMX)


def said(client, case, **changes) -> str:
    answer = check(client, case, **changes)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_what_is_said_at_send_and_keeps_nothing(agent, case, caplog):
    caplog.set_level(logging.DEBUG)
    answer = check(agent, case, text=MAIL)
    page = answer.content.decode()
    assert "Everybody would read this e-mail address: lena.vik@mail.example." in page
    assert "Blocked." not in page
    assert "Send it all the same" not in page, "whether it goes is decided at Send"
    assert "no-store" in answer["Cache-Control"]
    assert "lena.vik" not in caplog.text
    assert not Draft.objects.exists()
    assert not Delivery.objects.exists()
    assert not AuditRow.objects.filter(summary__icontains="lena").exists()
    assert said(agent, case, text="It is on its way").strip() == ""


def test_what_blocks_comes_first_and_says_so(agent, case):
    page = said(agent, case, text=f"{MAIL}. {CARD}")
    assert page.index("card number") < page.index("e-mail address")
    assert page.count("Blocked.") == 1


def test_the_policy_of_the_workspace_is_asked(agent, case, workspace, alice):
    set_policy(workspace.id, Wanted({"email": "off"}), by=alice)
    assert said(agent, case, text=MAIL).strip() == ""
    assert said(agent, case, text="", audience="public").strip() == ""
    assert said(agent, case, text=CARD, audience="team").strip() == ""


def test_too_long_and_too_late_belong_to_it(agent, channel, case):
    assert "too long" in said(agent, case, text="x" * 5000)
    (late,) = receive(channel, [make_dm("And my bag?", occurred_at=now() - timedelta(days=8))])
    page = said(agent, late.case, audience="private", text="It is here.")
    assert "seven days only" in page
    assert "Blocked." in page


def test_what_was_agreed_to_is_not_said_again_but_another_address_is(agent, case):
    fields = form(agent, case, text=MAIL)
    stopped = agent.post(f"/c/{case.id}/reply/", fields, headers=HTMX).content.decode()
    told = button(stopped)
    assert said(agent, case, text=MAIL, **told).strip() == ""
    assert "uma@mail.example" in said(agent, case, text=f"{MAIL} and uma@mail.example", **told)
    assert agent.post(f"/c/{case.id}/reply/", fields, headers=HTMX).status_code == 422


def test_it_asks_little_however_often_somebody_pauses(agent, case, budget):
    fields = form(agent, case, text=f"{LONG} We refund 900 EUR. {MAIL}")
    with budget(16):
        agent.post(f"/c/{case.id}/check/", fields, headers=HTMX)
    empty = {**fields, "audience": "team"}
    with budget(5):
        agent.post(f"/c/{case.id}/check/", empty, headers=HTMX)


def test_only_who_may_answer_is_asked_about_and_only_their_own_cases(agent, viewer, case, client):
    fields = form(agent, case, text=MAIL)
    assert viewer.post(f"/c/{case.id}/check/", fields).status_code == 403
    assert client.post(f"/c/{case.id}/check/", fields).status_code in {302, 403}
    assert agent.post(f"/c/{case.id}/check/", {**fields, "audience": "x"}).status_code == 404
