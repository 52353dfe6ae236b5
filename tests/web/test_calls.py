"""Calls on screen: noted by form, brought in by file, called back or not, and who said STOP."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hearwell.accounts.scoping import scope
from hearwell.connect.model import Audience, Author, InboundMessage, MessageKind
from hearwell.conversations.models import Case, Message
from hearwell.inbox.intake import take_in
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.reports.parity import parity_report
from hearwell.reports.queries import response_report
from hearwell.reports.relation import Filters, Period
from hearwell.sla.models import Clock
from tests.factories import make_case, make_channel
from tests.web.conftest import HTMX

LENA = "+351912345678"
HEADING = b"direction,number,started_at,outcome,notes\n"
GOOD = HEADING + b"in,+351912345678,2026-03-02 09:30,missed,Bag\n"


def form_of(client, **values):
    page = client.get("/inbox/new/call/").content.decode()
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    first = {"key": found[1], "direction": "in", "outcome": "not_reached", "number": LENA}
    return first | values


def noted(client, **values):
    client.post("/inbox/new/call/", form_of(client, **values))
    return Case.objects.get()


def test_a_call_becomes_a_case_with_its_recording_and_a_number_to_press(agent, workspace):
    link = "https://pbx.example/1.wav"
    case = noted(agent, name="Lena Vik", notes="About her bag", recording_url=link)
    page = agent.get(f"/c/{case.id}/").content.decode()
    assert "Called us; nobody answered." in page
    assert f'href="{link}"' in page
    assert "Listen to the recording" in page
    assert f'href="tel:{LENA}"' in page
    assert set(Clock.objects.values_list("state", flat=True)) == {"running"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"number": "12"}, "no telephone number with its country"),
        ({"duration_s": "long"}, "minutes and seconds"),
        ({"recording_url": "ftp://x"}, "begins with https"),
        ({"started_at": "2999-01-01T00:00"}, "still to come"),
        ({"direction": "out", "outcome": "callback"}, "the direction is"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(agent, workspace, given, said):
    response = agent.post("/inbox/new/call/", form_of(agent, notes="About her bag", **given))
    assert (response.status_code, Message.objects.count()) == (422, 0)
    page = response.content.decode()
    assert said in page
    assert "About her bag" in page


def test_the_same_form_twice_is_one_call(agent, workspace):
    form = form_of(agent)
    agent.post("/inbox/new/call/", form)
    agent.post("/inbox/new/call/", form)
    assert Message.objects.count() == 1


def test_a_wish_to_be_called_is_taken_from_any_case(agent, workspace):
    case = make_case("Bag lost")
    page = agent.get(f"/inbox/new/call/?outcome=callback&case={case.id}").content.decode()
    assert f"From case #{case.number}: Bag lost" in page
    assert '<option value="callback" selected>' in page
    assert agent.get("/inbox/new/call/?case=nonsense").status_code == 200


@pytest.mark.parametrize(
    ("way", "states", "kinds"),
    [("reached", {"met"}, {"call"}), ("not_reached", {"running"}, {"call", "note"})],
)
def test_calling_back_answers_only_where_they_were_reached(agent, workspace, way, states, kinds):
    case = noted(agent)
    form = {"noted-key": str(uuid7()), "noted-way": way, "noted-text": "Third floor"}
    for _ in range(2):
        response = agent.post(f"/c/{case.id}/noted/", form, headers=HTMX)
        assert response.status_code == 200
    assert set(Clock.objects.filter(case_id=case.id).values_list("state", flat=True)) == states
    messages = Message.objects.filter(case_id=case.id)
    assert (messages.count(), set(messages.values_list("kind", flat=True))) == (2, kinds)


def taken(client, body, **more):
    file = SimpleUploadedFile("calls.csv", body, content_type="text/csv")
    return client.post("/inbox/new/calls/", {"file": file, **more})


def test_a_file_is_looked_at_first(agent, workspace):
    looked = taken(agent, GOOD).content.decode()
    assert "Calls read: 1. Nothing is taken in yet." in looked
    assert not Message.objects.exists()
    body = {"act": "take", "body": GOOD.decode()}
    page = agent.post("/inbox/new/calls/", body, follow=True).content.decode()
    assert "New messages: 1." in page
    assert "New messages: 0." in agent.post("/inbox/new/calls/", body, follow=True).content.decode()
    assert Message.objects.get().text.endswith("Bag")


def test_one_wrong_line_and_nothing_is_saved(agent, workspace):
    body = GOOD + b"in,12,2026-03-02 09:30,missed,\n"
    response = agent.post("/inbox/new/calls/", {"act": "take", "body": body.decode()})
    page = response.content.decode()
    assert (response.status_code, Message.objects.count()) == (422, 0)
    assert "Line 3" in page
    assert "no telephone number" in page


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"a,b\n"])
def test_what_is_no_file_of_calls_is_refused(agent, workspace, body):
    assert taken(agent, body).status_code == 422


def test_another_workspace_s_case_fills_nothing_in(agent, workspace, other_workspace):
    with scope(other_workspace.id):
        theirs = make_case("Our own business", make_channel(handle="ContosoRail"))
        number = theirs.number
    for given in (str(theirs.id), "x", "\x00", f"HW-{number}"):
        page = agent.get("/inbox/new/call/", {"case": given}).content.decode()
        assert "Our own business" not in page


def test_who_may_not_answer_notes_nothing(viewer, workspace):
    assert viewer.get("/inbox/new/call/").status_code == 403
    assert viewer.get("/inbox/new/calls/").status_code == 403


def test_whoever_said_stop_is_told_before_anybody_types(agent, workspace):
    line = make_channel("sms", "+15005550006", external_id="+15005550006")
    for number, text in enumerate(("Where is my bag?", "STOP")):
        item = InboundMessage(
            external_id=f"SM{number}", dedup_key=f"SM{number}", occurred_at=now(),
            account=line.external_id, thread_key=f"sms:{LENA}", kind=MessageKind.DM,
            audience=Audience.PRIVATE, author=Author(LENA, LENA), text=text,
        )  # fmt: skip
        take_in(line, [item])
        page = agent.get(f"/c/{Case.objects.get().id}/").content.decode()
        assert ("asked for no more messages" in page) == (text == "STOP")
        assert "sms" in page


def test_phone_and_mail_stand_in_the_reports_beside_the_rest(agent, workspace):
    noted(agent, outcome="reached", duration_s="3:12")
    mail = make_channel("email", "care@northwind.example")
    item = InboundMessage(
        external_id="m1", dedup_key="m1", occurred_at=now(), account=mail.external_id,
        thread_key="m1", kind=MessageKind.MAIL, audience=Audience.PRIVATE,
        author=Author("lena@vik.example"), text="Where is my bag?",
    )  # fmt: skip
    take_in(mail, [item])
    period = Period(now() - timedelta(days=1), now() + timedelta(days=1))
    found = {one.channel.network: one for one in parity_report(workspace.id, period).channels}
    assert {"phone", "email"} <= found.keys()
    figures = found["phone"].figures
    assert (figures.inbound, figures.needs_reply, figures.answered) == (1, 1, 1)
    assert found["email"].figures.inbound == 1
    total = response_report(workspace.id, period, filters=Filters(network="phone")).total
    assert (total.inbound, total.answered) == (1, 1)


@pytest.mark.parametrize("is_connected", [True, False])
def test_who_called_is_answered_by_calling_back(agent, workspace, is_connected):
    if is_connected:
        make_channel(network="phone", external_id="+493012345678", handle="+493012345678")
    case = noted(agent)
    page = agent.get(f"/c/{case.id}/").content.decode()
    box = page.partition('class="composer reading-only"')[2].partition("</form>")[0]
    assert "Call them, then note here whether you reached them." in box
    assert f'class="btn sm" href="tel:{LENA}"' in box
    assert '<details class="elsewhere">' in box
    assert "Note the call" in box
    assert '<option value="reached" selected>' in box
    assert "There is no public thread" not in box


def test_who_hid_their_number_cannot_be_called_by_a_link(agent, workspace):
    case = noted(agent, number="anonymous")
    page = agent.get(f"/c/{case.id}/").content.decode()
    assert "Call them" in page
    assert 'href="tel:' not in page
