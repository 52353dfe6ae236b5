"""Messages become cases: once, whatever the order, in one piece."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.conversations.models import Case, Conversation, Message, Waiting
from tests.factories import (
    DUARTE,
    make_channel,
    make_dm,
    make_echo,
    make_item,
    receive,
)

pytestmark = pytest.mark.usefixtures("workspace")


def test_a_mention_becomes_a_case_that_is_ours_to_answer() -> None:
    channel = make_channel()
    item = make_item("Where is my bag?")

    (message,) = receive(channel, [item])

    case = Case.objects.select_related("contact").get()
    assert (case.number, case.status, case.turn, case.unread) == (1001, "open", "ours", True)
    assert (case.kind, case.audience, case.network) == ("question", "public", "sandbox")
    assert case.preview == case.title == "Where is my bag?"
    assert case.waiting_since == case.last_inbound_at == case.opened_at == item.occurred_at
    assert case.contact is not None
    assert case.contact.name == "Lena Vik"
    assert (message.case_id, message.direction, message.text) == (case.id, "in", item.text)


def test_the_same_message_ten_times_is_one() -> None:
    channel, item = make_channel(), make_item()

    fresh = [receive(channel, [item]) for _ in range(9)] + [receive(channel, [item, item])]

    assert [len(batch) for batch in fresh] == [1] + [0] * 9
    assert (Message.objects.count(), Case.objects.count()) == (1, 1)
    assert Case.objects.get().version == 1


def test_a_repeat_under_another_thread_key_opens_nothing() -> None:
    channel, item = make_channel(), make_item(external_id="a", thread_key="old")
    receive(channel, [item])

    receive(channel, [make_item(external_id="a", thread_key="new")])

    assert (Message.objects.count(), Case.objects.count()) == (1, 1)


def test_messages_of_a_thread_share_its_case_and_the_list_shows_the_latest() -> None:
    channel = make_channel()
    first = make_dm("Hello there, my flight is late", thread_key="t")
    later = make_dm(
        "Any news?", thread_key="t", occurred_at=first.occurred_at + timedelta(seconds=9)
    )

    receive(channel, [first])
    receive(channel, [later])

    case = Case.objects.get()
    assert (case.preview, case.title) == ("Any news?", "Hello there, my flight is late")
    assert case.waiting_since == first.occurred_at
    assert case.version == 2
    assert Waiting.objects.count() == 2


def test_an_older_message_that_comes_late_leaves_the_preview() -> None:
    channel = make_channel()
    later = make_dm("Any news?", thread_key="t")
    first = make_dm(
        "My bag is lost", thread_key="t", occurred_at=later.occurred_at - timedelta(hours=1)
    )

    receive(channel, [later])
    receive(channel, [first])

    case = Case.objects.get()
    assert (case.preview, case.waiting_since) == ("Any news?", first.occurred_at)


def test_several_people_in_a_public_thread_share_a_case() -> None:
    channel = make_channel()
    receive(
        channel,
        [
            make_item("My bag is gone", thread_key="post"),
            make_item("Mine, too!", thread_key="post", author=DUARTE),
        ],
    )

    assert Case.objects.count() == Conversation.objects.count() == 1
    assert {
        m.author_identity.external_id
        for m in Message.objects.select_related("author_identity")
        if m.author_identity
    } == {"lena", "duarte"}


def test_an_echo_is_ours_and_answers() -> None:
    channel, item = make_channel(), make_dm(thread_key="t")
    receive(channel, [item])
    echo = make_echo(
        thread_key="t", audience=item.audience, occurred_at=item.occurred_at + timedelta(seconds=5)
    )

    (ours,) = receive(channel, [echo])

    case = Case.objects.get()
    assert (ours.direction, ours.sent_outside) == ("out", True)
    assert (case.turn, case.waiting_since, case.duty) == ("theirs", None, "")
    assert not Waiting.objects.exists()


def test_an_answer_that_comes_before_its_question_still_answers() -> None:
    channel, item = make_channel(), make_dm(thread_key="t")
    echo = make_echo(
        thread_key="t", audience=item.audience, occurred_at=item.occurred_at + timedelta(seconds=5)
    )

    receive(channel, [echo])
    receive(channel, [item])

    case = Case.objects.get()
    assert (case.turn, case.waiting_since) == ("theirs", None)
    assert (case.title, case.preview) == (item.text, item.text)
    assert case.contact_id is not None


def test_history_is_closed_and_no_queue_of_work_shows_it() -> None:
    channel = make_channel(network="archive")

    receive(channel, [make_item("Where is my bag?")], historic=True)

    case = Case.objects.get()
    assert (case.status, case.is_historic, case.unread, case.turn) == (
        "closed",
        True,
        False,
        "ours",
    )


@pytest.mark.parametrize(
    "text",
    [
        "ő" * 100_000,
        "مرحبا، أين حقيبتي؟ \u200f",
        "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽",
        "日本語のテキスト",
        "a\x00b",
        "x\ud83dy",
        "",
    ],
    ids=["100 kB", "right to left", "emoji", "cjk", "nul", "surrogate", "empty"],
)
def test_any_text_survives(text: str) -> None:
    receive(make_channel(), [make_item(text)])

    kept = Message.objects.get()
    assert kept.text == text.replace("\x00", "␀").replace("\ud83d", "\ufffd")
    assert kept.replaced == (kept.text != text)


def test_what_cannot_be_stored_is_replaced_everywhere() -> None:
    item = make_item("x", external_id="a\x00", thread_key="t\x00", parent_id="p\ud800")

    receive(make_channel(), [item])
    receive(make_channel(), [item])

    assert {m.remote_id for m in Message.objects.all()} == {"a␀"}


def test_a_batch_costs_as_many_statements_as_one_message() -> None:
    channel = make_channel()

    calls = count()

    def statements(size: int) -> int:
        call = next(calls)
        items = [make_dm(f"Where is bag {n}?", thread_key=f"{call}/{n % 400}") for n in range(size)]
        with CaptureQueriesContext(connection) as captured:
            receive(channel, items)
        return len(captured)

    statements(1)  # makes the customer
    assert statements(500) == statements(1) <= 20


def test_what_we_said_first_is_no_work_until_a_customer_writes() -> None:
    channel = make_channel()
    post = make_echo("From 1 March we fly to Bergen", thread_key="t")
    receive(channel, [post])
    case = Case.objects.get()
    assert (case.status, case.closed_reason) == ("closed", "own_post")

    later = post.occurred_at + timedelta(days=30)
    receive(channel, [make_item("Lovely", thread_key="t", occurred_at=later)])

    case = Case.objects.get()
    assert (case.status, case.closed_at, case.closed_reason) == ("open", None, "")
    assert (case.title, case.turn, case.duty) == ("Lovely", "none", "acknowledge")
