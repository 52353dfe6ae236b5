"""Asking a customer to go on elsewhere: with a reason, with what they told us, and counted."""

from __future__ import annotations

import re

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.connect.model import Audience, MessageKind
from hearwell.conversations.models import Case, Draft, Passing
from hearwell.inbox.passing import REASONS
from hearwell.kit.scope import scope
from hearwell.sla import services as sla
from hearwell.sla.models import Clock
from tests.factories import DUARTE, make_case, make_channel, make_dm, make_item, receive

WISH = {
    "goes_to": "private",
    "reason": "personal",
    "known": "Bag tag NW 4711, flight of Tuesday",
    "message": "Please write to us in private.",
}


@pytest.fixture
def channel(workspace):
    sla.ensure_defaults(workspace)
    make_channel("email", "care@northwind.example")
    return make_channel()


@pytest.fixture
def case(channel):
    return make_case("Where is my bag?", channel)


def ask(client, case, **changes):
    return client.post(f"/c/{case.id}/pass-on/", {**WISH, **changes})


def test_it_needs_a_reason_and_a_place_and_keeps_what_was_typed(agent, case):
    for changes, said in (
        ({"reason": ""}, "Say why they cannot be helped here."),
        ({"reason": "nonsense"}, "Say why they cannot be helped here."),
        ({"reason": "other"}, "Write the reason in a few words."),
        ({"goes_to": ""}, "Choose where they shall go on."),
        ({"goes_to": "mastodon"}, "Choose where they shall go on."),
    ):
        page = ask(agent, case, **changes)
        assert page.status_code == 422
        assert said in page.content.decode()
        assert "Bag tag NW 4711" in page.content.decode()
    assert not Passing.objects.exists()
    assert not Draft.objects.exists()


def test_the_case_stays_one_and_carries_what_was_said(agent, case, bobs):
    before = Clock.objects.filter(case_id=case.id, state="running").count()
    assert ask(agent, case).status_code == 302
    noted = Passing.objects.get()
    assert (noted.case_id, noted.network, noted.goes_to) == (case.id, "sandbox", "private")
    kept = Case.objects.get(id=case.id)
    assert (kept.status, kept.turn) == ("open", case.turn)
    assert Clock.objects.filter(case_id=case.id, state="running").count() == before
    page = agent.get(f"/c/{case.id}/").content.decode()
    assert "They were asked to go on in private, here: Personal data is needed." in page
    assert "do not ask again" in page
    assert "Bag tag NW 4711, flight of Tuesday" in page
    assert Draft.objects.get().text == WISH["message"]
    assert AuditRow.objects.get(action="case.passed_on").after["reason"] == "personal"


def test_what_is_pressed_twice_is_noted_once(agent, case):
    ask(agent, case)
    assert ask(agent, case).status_code == 302
    assert Passing.objects.count() == 1
    assert Draft.objects.get().text == WISH["message"]
    ask(agent, case, reason="asked")
    assert Passing.objects.count() == 2


def test_what_they_then_write_elsewhere_is_offered_for_the_same_case(agent, case, channel):
    ask(agent, case)
    (there,) = receive(channel, [make_dm("Here I am, as you asked.")])
    said = agent.get(f"/c/{there.case_id}/related/").content.decode()
    assert "whom we asked there to go on elsewhere" in said
    mail = make_channel("email", "help@northwind.example")
    stranger = make_item(f"You told me to mention {case.label}.", author=DUARTE)
    (by_mail,) = receive(mail, [stranger])
    said = agent.get(f"/c/{by_mail.case_id}/related/").content.decode()
    assert f"They name {case.label}" in said


def test_only_who_may_answer_may_ask_and_no_other_workspace_sees_it(
    agent, viewer, case, other_workspace
):
    assert ask(viewer, case).status_code == 403
    ask(agent, case)
    with scope(other_workspace.id):
        assert not Passing.objects.exists()


def test_who_looked_at_an_older_state_is_told(agent, case):
    page = ask(agent, case, version=str(case.version - 1 or 99))
    assert page.status_code == 409
    assert not Passing.objects.exists()


def test_the_parity_report_counts_it_with_n_and_method(agent, case, budget):
    ask(agent, case)
    with budget(15):
        page = agent.get("/reports/parity/").content.decode()
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Method version" in words
    assert "1 of 1" in words
    assert f"{REASONS['personal']} (1)" in words
    assert "in private, here (1)" in words
    # One case is no base for a percentage.
    assert not re.search(r"\d %", words)
    assert agent.get("/reports/parity/?method=nonsense&from=never").status_code == 200


def tools(client, case) -> set[str]:
    """What an agent can do on a case, its own id and its network's name aside."""
    page = client.get(f"/c/{case.id}/").content.decode()
    return set(re.findall(rf'(?:action|href|formaction)="/c/{case.id}/([\w-]+)/', page))


def test_the_same_tools_lie_beside_every_channel(agent, channel):
    ways = {
        "call": make_item("Where is my bag?", kind=MessageKind.CALL, audience=Audience.PRIVATE),
        "mail": make_item("Where is my bag?", kind=MessageKind.MAIL, audience=Audience.PRIVATE),
        "dm": make_dm("Where is my bag?"),
        "post": make_item("Where is my bag?"),
    }
    networks = {"call": "phone", "mail": "email", "dm": "sandbox", "post": "bluesky"}
    found = {}
    for way, item in ways.items():
        (message,) = receive(make_channel(networks[way], f"for-{way}"), [item])
        found[way] = tools(agent, Case.objects.get(id=message.case_id))
    needed = {"merge", "split", "pass-on", "reply"}
    for way, those in found.items():
        assert needed <= those, way
    # What differs is only how an answer given elsewhere is noted, where none can leave from here:
    # there nothing is written, and so no voice guide lies beside it.
    writing = {"noted", "answered", "saved", "voice"}
    assert len({frozenset(those - writing) for those in found.values()}) == 1
