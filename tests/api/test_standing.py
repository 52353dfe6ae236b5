"""Which account answers and why, clocks explained, customers who never got an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.channels.models import Channel
from hearwell.connect import registry
from hearwell.connect.manifest import Manifest
from hearwell.conversations.models import Case
from hearwell.kit.scope import scope
from hearwell.outbound.models import Delivery
from tests.exchange import Exchange
from tests.factories import make_case, make_channel
from tests.harbour_wire import MANIFEST, Wire

CEILING = 16


class Square(Wire):
    """A network where any account may speak in a public thread."""

    manifest: ClassVar[Manifest] = replace(MANIFEST, network="square", shares_threads=True)


@pytest.fixture
def square(workspace, frozen, monkeypatch):
    """A brand account that was written to, and a care account beside it."""
    monkeypatch.setitem(registry._connectors, "square", Square())
    exchange = Exchange(workspace.id, network="square")
    Channel.objects.filter(id=exchange.channel.id).update(purpose="brand")
    exchange.care = make_channel(
        "square", "northwindcare", brand=exchange.channel.brand, purpose="care"
    )
    return exchange


@pytest.fixture
def case(exchange):
    return Case.objects.get(id=exchange.ask(by="lena").case_id)


class TestHandles:
    def test_the_care_account_answers_for_the_brand(self, program, square):
        case = Case.objects.get(id=square.ask(by="lena").case_id)
        (told,) = program.get(f"/cases/{case.id}/handles").json()
        assert told["addressed_channel_id"] == str(square.channel.id)
        assert [(one["channel_id"], one["why"]) for one in told["handles"]] == [
            (str(square.care.id), "for_care"),
            (str(square.channel.id), "asked"),
        ]
        assert (told["audience"], told["refused"]) == ("public", "")
        assert program.reply(case).status_code == 202
        assert Delivery.objects.get().channel_id == square.care.id

    def test_another_of_them_is_chosen_and_no_stranger(self, program, square):
        case = Case.objects.get(id=square.ask(by="lena").case_id)
        wrong = program.reply(case, channel_id=str(uuid4()))
        assert (wrong.status_code, wrong.json()["problems"][0]["code"]) == (422, "handle")
        assert program.reply(case, channel_id=str(square.channel.id)).status_code == 202
        assert Delivery.objects.get().channel_id == square.channel.id

    def test_what_cannot_be_answered_says_why(self, program, exchange, case):
        Channel.objects.filter(id=exchange.channel.id).update(state="paused")
        (told,) = program.get(f"/cases/{case.id}/handles").json()
        assert "paused" in told["refused"]
        elsewhere = program.get(f"/cases/{case.id}/handles?conversation_id={uuid4()}")
        assert elsewhere.json() == []


def test_a_clock_tells_what_moved_it(program, exchange, case):
    stories = program.get(f"/cases/{case.id}/clocks").json()
    assert {one["clock"]["kind"] for one in stories} == {"first_reply", "answer"}
    for story in stories:
        assert story["clock"]["policy_version"] == 1
        assert story["events"][0]["what"] == "started"
        assert story["events"][0]["why"] == "oldest_unanswered"
    program.post(f"/cases/{case.id}/close", {"reason": "spam"})
    stories = program.get(f"/cases/{case.id}/clocks").json()
    assert {one["events"][-1]["why"] for one in stories} == {"closed: spam"}


class TestUnanswered:
    def closed(self, n, reason="no_answer_needed"):
        channel, ids = make_channel(), []
        for number in range(n):
            made = make_case(f"Where is bag {number}?", channel, thread_key=f"t{number}")
            ids.append(made.id)
        Case.objects.filter(id__in=ids).update(
            status="closed", closed_reason=reason, duty="answer", last_reply_at=None
        )
        return list(Case.objects.filter(id__in=ids))

    def test_who_never_got_an_answer_is_found_page_by_page(self, program, workspace, frozen):
        cases = self.closed(3)
        contact_id = cases[0].contact_id
        assert contact_id is not None
        assert {case.contact_id for case in cases} == {contact_id}
        path, seen = f"/contacts/{contact_id}/unanswered?limit=2", []
        while path:
            page = program.get(path).json()
            assert page["count"] == 3
            seen += [one["id"] for one in page["items"]]
            after = page["next_cursor"]
            path = f"/contacts/{contact_id}/unanswered?limit=2&cursor={after}" if after else None
        assert sorted(seen) == sorted(str(case.id) for case in cases)
        assert len(seen) == 3

    def test_what_was_said_elsewhere_is_none(self, program, workspace, frozen):
        (case,) = self.closed(1, reason="duplicate")
        told = program.get(f"/contacts/{case.contact_id}/unanswered").json()
        assert (told["count"], told["items"]) == (0, [])


def test_foreign_is_absent(program, exchange, other_workspace):
    with scope(other_workspace.id):
        theirs = Exchange(other_workspace.id).ask(by="lena")
        foreign = Case.objects.get(id=theirs.case_id)
    assert foreign.contact_id is not None
    for path, key in (
        ("/cases/{}/handles", foreign.id),
        ("/cases/{}/clocks", foreign.id),
        ("/contacts/{}/unanswered", foreign.contact_id),
    ):
        answers = [program.get(path.format(one)) for one in (key, uuid4())]
        assert {answer.status_code for answer in answers} == {404}, path
        assert len({answer.content for answer in answers}) == 1


def test_it_stays_under_its_ceiling(program, case):
    program.get("/me")
    for path in (
        f"/cases/{case.id}/handles",
        f"/cases/{case.id}/clocks",
        f"/contacts/{case.contact_id}/unanswered",
    ):
        with CaptureQueriesContext(connection) as queries:
            assert program.get(path).status_code == 200
        assert len(queries) <= CEILING, (path, len(queries))
