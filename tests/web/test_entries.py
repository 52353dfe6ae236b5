"""A message pasted by hand becomes a case; an answer given elsewhere is noted at it."""

from __future__ import annotations

import re

import pytest

from hearwell.conversations.models import Case, Message
from hearwell.kit.ids import uuid7
from tests.factories import make_case, make_channel
from tests.web.conftest import HTMX

LINK = "https://x.com/lenavik_nw/status/1790"
KEY = re.compile(r'name="(?:noted-)?key" value="([^"]+)"')


def form_of(client, **values):
    """Fill the form in as a browser would."""
    page = client.get("/inbox/new/").content.decode()
    found = KEY.search(page)
    assert found
    return {"key": found[1], "kind": "mention", "text": "Where is my bag?", "link": LINK, **values}


def test_a_pasted_link_becomes_a_case(agent, workspace):
    response = agent.post("/inbox/new/", form_of(agent), follow=True)
    case = Case.objects.get()
    assert response.redirect_chain == [(f"/c/{case.id}/", 302)]
    page = response.content.decode()
    assert "lenavik_nw" in page
    assert "Answer it on the network, then note it here." in page
    assert LINK in page


def test_the_link_may_come_with_the_address(agent, workspace):
    page = agent.get("/inbox/new/", {"link": LINK}).content.decode()
    assert f'value="{LINK}"' in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": ""}, "Paste what they wrote"),
        ({"link": "nonsense"}, "address bar"),
        ({"link": ""}, "Say who wrote it"),
        ({"at": "2999-01-01T00:00"}, "still to come"),
        ({"at": "soon"}, "Enter a valid date/time"),
        ({"kind": "telegram"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(agent, workspace, given, said):
    response = agent.post("/inbox/new/", form_of(agent, **given))
    page = response.content.decode()
    assert (response.status_code, Case.objects.count()) == (422, 0)
    assert said in page
    assert given.get("text", "Where is my bag?") in page, "and what was typed is kept"


def test_the_time_is_that_of_the_clock_on_the_wall(agent, workspace):
    workspace.time_zone = "Europe/Oslo"
    workspace.save()
    agent.post("/inbox/new/", form_of(agent, at="2026-03-02T14:00"))
    assert Message.objects.get().sent_at.isoformat() == "2026-03-02T13:00:00+00:00"


def test_a_viewer_enters_nothing(viewer, workspace):
    assert viewer.get("/inbox/new/").status_code == 403
    assert 'href="/inbox/new/"' not in viewer.get("/inbox/").content.decode()


def pasted(agent):
    agent.post("/inbox/new/", form_of(agent))
    return Case.objects.get()


def test_an_answer_given_there_is_noted_and_ends_the_wait(agent, workspace):
    case = pasted(agent)
    part = agent.post(
        f"/c/{case.id}/noted/",
        {"noted-key": str(uuid7()), "noted-text": "It is on its way."},
        headers=HTMX,
    ).content.decode()
    assert "It is on its way." in part
    case.refresh_from_db()
    assert case.turn == "theirs"


def test_without_scripts_it_comes_back_to_the_case(agent, workspace):
    case = pasted(agent)
    response = agent.post(
        f"/c/{case.id}/noted/",
        {"noted-key": str(uuid7()), "noted-text": "It is on its way."},
        follow=True,
    )
    assert response.redirect_chain == [(f"/c/{case.id}/", 302)]
    assert "Noted. The clocks count it." in response.content.decode()


def test_what_cannot_be_noted_stays_in_the_form(agent, workspace):
    case = pasted(agent)
    response = agent.post(
        f"/c/{case.id}/noted/",
        {"noted-key": str(uuid7()), "noted-text": "On its way", "noted-at": "1999-01-01T00:00"},
        headers=HTMX,
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "That is before the customer wrote." in page
    assert "On its way" in page
    assert "<details open" in page or " open>" in page


def test_a_case_that_can_be_answered_here_asks_for_no_note(agent, workspace):
    case = make_case("Where is my bag?", make_channel())
    page = agent.get(f"/c/{case.id}/").content.decode()
    assert "Note it here" not in page


def test_an_absent_case_is_not_found(agent, workspace):
    form = {"noted-key": str(uuid7()), "noted-text": "x"}
    assert agent.post(f"/c/{uuid7()}/noted/", form).status_code == 404
