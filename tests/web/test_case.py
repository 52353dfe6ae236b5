"""A case: who will read what is unmistakable, and what happened is told."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.conversations import services as conversations
from hearwell.inbox import acts
from hearwell.triage.engine.model import Bands
from tests.factories import (
    make_case,
    make_channel,
    make_deletion,
    make_dm,
    make_edit,
    make_item,
    make_reply,
    receive,
)
from tests.unit.triage.engine.tiny import tiny_model
from tests.web.conftest import HTMX


@pytest.fixture
def channel(workspace):
    return make_channel()


def text_of(client, case, **kwargs) -> str:
    response = client.get(f"/c/{case.id}/", **kwargs)
    assert response.status_code == 200
    return response.content.decode()


def articles(page: str) -> list[str]:
    return re.findall(r"<article class=\"msg ([^\"]*)\"", page)


def test_public_private_and_note_differ_by_word_icon_and_class(owner, channel, alices):
    case = make_case("public words", channel)
    acts.add_note(case.id, "between us", alices)
    page = text_of(owner, case)
    assert articles(page) == ["in pub", "note"]
    assert "only your team sees this" in page
    (message,) = receive(channel, [make_dm("private words")])
    private = text_of(owner, type(case).objects.get(id=message.case_id))
    assert articles(private) == ["in priv"]


def test_our_signature_is_drawn_apart(owner, channel, alice):
    case = make_case("hello?", channel)
    make_reply(case, "It is on its way. ^AA", author_user_id=alice.id)
    page = text_of(owner, case)
    assert '<span class="sig">^AA</span>' in page
    assert "out pub" in articles(page)


def test_an_edit_shows_the_new_words_and_keeps_the_old(owner, channel):
    item = make_item("Where is my bga?")
    (message,) = receive(channel, [item])
    conversations.record_edit(channel, [make_edit(item, "Where is my bag?")])
    page = text_of(owner, type(message).objects.get(id=message.id).case)
    assert "Where is my bag?" in page
    assert "Where is my bga?" in page
    assert "1 earlier version" in page
    assert "Edited" in page


def test_a_deleted_message_is_marked_and_struck(owner, channel):
    item = make_item("please ignore")
    (message,) = receive(channel, [item])
    conversations.record_deletion(channel, [make_deletion(item)])
    page = text_of(owner, message.case)
    assert "in pub deleted" in articles(page)
    assert "Deleted by the customer" in page


def test_markup_in_messages_is_text(owner, channel):
    page = text_of(owner, make_case('<img src=x onerror="alert(1)">', channel))
    assert "<img" not in page
    assert "&lt;img" in page


def test_a_long_text_arrives_whole_in_a_box_of_its_own(owner, channel):
    long = "Straße 👩‍👩‍👧 مرحبا " * 5000
    page = text_of(owner, make_case(long, channel))
    assert page.count("👩‍👩‍👧") >= 5000
    assert 'aria-label="Long message"' in page


def test_a_link_of_another_kind_is_not_offered(owner, channel):
    page = text_of(owner, make_case("x", channel, permalink="javascript:alert(1)"))
    assert "javascript:" not in page


def test_both_clocks_the_turn_and_the_holder_are_said(owner, channel, alices, bobs):
    case = make_case("hello?", channel)
    acts.claim_case(case.id, bobs)
    page = text_of(owner, case)
    assert "assigned to Bob Brown" in page
    assert "our turn" in page
    assert "Bob Brown took the case" in page


def test_what_was_done_stands_between_the_messages(owner, channel, alices):
    case = make_case("hello?", channel)
    acts.tag_case([case.id], ["lost bag"], alices)
    acts.close_case(case.id, "duplicate", alices)
    page = text_of(owner, case)
    assert "You added the label “lost bag”" in page
    assert "You solved the case: Duplicate of another case" in page


def test_opening_a_case_marks_it_read(owner, channel):
    case = make_case("hello?", channel)
    assert case.unread
    text_of(owner, case)
    case.refresh_from_db()
    assert not case.unread


def test_a_part_brings_both_panes_and_no_page(owner, channel):
    page = text_of(owner, make_case("a", channel), headers=HTMX)
    assert "<html" not in page
    assert 'id="convo"' in page
    assert 'id="person"' in page


def test_an_absent_and_a_foreign_case_are_the_same_404(signed_in, owner, other_workspace, channel):
    from tests.characters import _member

    case = make_case("ours", channel)
    eve = signed_in(_member(other_workspace, "Eve Ek", "owner", "EE"))
    foreign, absent = eve.get(f"/c/{case.id}/"), owner.get(f"/c/{uuid4()}/")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.content == absent.content


def test_earlier_messages_come_page_by_page(owner, channel, monkeypatch):
    monkeypatch.setattr("hearwell.web.agent.inbox.casepage.THREAD", 2)
    items = [make_item(f"line {n}", thread_key="one") for n in range(5)]
    case = receive(channel, items)[0].case
    page = text_of(owner, case)
    assert "line 4" in page
    assert "line 2" not in page
    older = re.search(r'href="(/c/[^"]*before=[^"]*)"', page)[1].replace("&amp;", "&")
    part = owner.get(older, headers=HTMX).content.decode()
    assert "line 2" in part
    assert "line 4" not in part
    assert "line 4" not in owner.get(older).content.decode().split('<form class="composer"')[0]


def test_the_customer_panel_tells_of_earlier_cases(owner, channel, alices):
    old = make_case("a lost scarf", channel)
    acts.close_case(old.id, "no_answer_needed", alices)
    page = text_of(owner, make_case("a lost hat", channel))
    assert "a lost scarf" in page
    assert "1 case, 1 left unanswered" in page


def test_an_earlier_case_that_is_open_was_not_left(owner, channel):
    make_case("a lost scarf", channel)
    page = text_of(owner, make_case("a lost hat", channel))
    assert "a lost scarf" in page
    assert "left unanswered" not in page
    assert "Never answered" not in page


def test_a_viewer_reads_and_is_told_why_not_more(viewer, channel):
    page = text_of(viewer, make_case("hello?", channel))
    assert "Your role lets you read" in page
    assert 'id="composer"' not in page
    assert "Take it" not in page


def test_an_archive_can_be_read_and_says_why_not_answered(owner, workspace):
    archive = make_channel("archive", "NorthwindAir", state="read_only")
    (message,) = receive(archive, [make_item("years ago")], historic=True)
    page = text_of(owner, message.case)
    assert re.search(r'value="public"\s+disabled', page)
    assert "archive" in page.lower()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_case_keeps_its_budget(owner, channel, alices, budget, headers):
    item = make_item("Where is my bga?", thread_key="one")
    (message,) = receive(channel, [item])
    conversations.record_edit(channel, [make_edit(item, "Where is my bag?")])
    receive(channel, [make_item(f"and {n}", thread_key="one") for n in range(10)])
    acts.add_note(message.case_id, "note", alices)
    acts.tag_case([message.case_id], ["a", "b"], alices)
    with budget(12):
        assert owner.get(f"/c/{message.case_id}/", headers=headers).status_code == 200


def test_what_happens_while_a_case_is_read_is_told_again(owner, channel):
    """Its line goes on from the newest event before the case was read, not from its opening."""
    case = make_case("a", channel)
    with CaptureQueriesContext(connection) as asked:
        assert 'data-live-seq="0"' in owner.get(f"/c/{case.id}/").content.decode()
    first = next(one["sql"] for one in asked if "conversations_case" in one["sql"])
    assert "events_eventcounter" in first, "else something may happen between the two"


def test_the_thread_alone_brings_head_and_chips_along(owner, channel):
    case = make_case("a", channel)
    part = owner.get(f"/c/{case.id}/thread/", headers=HTMX).content.decode()
    assert part.count("<hx-partial") == 5
    assert 'id="composer"' not in part


def test_why_a_label_was_given_is_said_in_words(owner, channel):
    case = make_case("Where is my bag?", channel)
    assert "question mark" in owner.get(f"/c/{case.id}/why/").content.decode()


def test_a_learned_label_says_its_words_its_chances_and_by_what(
    owner, viewer, channel, monkeypatch
):
    model = tiny_model(Bands(sure={"duty": 0.99}))
    monkeypatch.setattr("hearwell.triage.learning.mind.shipped_model", lambda: model)
    case = make_case("so my refund then", channel)

    why = owner.get(f"/c/{case.id}/why/").content.decode()

    assert "Learned from earlier messages: “refund”, “then”" in why
    assert "Request 8" in why
    assert re.search(r'value="sentiment:neutral"[^>]*aria-pressed="true"', why)
    assert "Sentiment: Neutral" in viewer.get(f"/c/{case.id}/why/").content.decode()
    assert "a person should look" in why
    assert "Judged by tiny-1" in why


def test_how_the_clocks_are_counted_is_said(owner, channel, workspace):
    from hearwell.sla import services as sla
    from hearwell.triage.models import Verdict

    (message,) = receive(channel, [make_item("Where is my bag?")])
    verdicts = {message.id: Verdict.objects.get(message_id=message.id)}
    sla.start_clocks(workspace.id, [message], verdicts)
    page = owner.get(f"/c/{message.case_id}/clocks/").content.decode()
    assert "First reply" in page
    assert "Standard promise, version 1" in page
    assert owner.get(f"/c/{uuid4()}/clocks/").status_code == 404


def test_colleagues_read_what_is_being_written_and_strangers_do_not(
    owner, agent, viewer, channel, alice, bob
):
    case = make_case("hello?", channel)
    conversations.save_draft(case.id, bob.id, "public", "Half a <b>thought")
    conversations.save_draft(case.id, alice.id, "public", "Alice's own")
    page = owner.get(f"/c/{case.id}/drafts/").content.decode()
    assert "Bob Brown" in page
    assert "Half a &lt;b&gt;thought" in page
    assert "Alice&#x27;s own" not in page
    assert viewer.get(f"/c/{case.id}/drafts/").status_code == 403
    assert agent.get(f"/c/{uuid4()}/drafts/").status_code == 404


def test_nobody_writes_is_said(owner, channel):
    case = make_case("hello?", channel)
    assert "Nothing is written yet" in owner.get(f"/c/{case.id}/drafts/").content.decode()


def test_a_case_is_taken_over_from_somebody_who_has_it(owner, agent, channel, alice):
    case = make_case("hello?", channel)
    agent.post(f"/c/{case.id}/claim/")
    assert f'name="user" value="{alice.id}"' in text_of(owner, case)
    owner.post(f"/c/{case.id}/assign/", {"user": str(alice.id)}, headers=HTMX)
    case.refresh_from_db()
    assert case.assignee_id == alice.id
