"""Turn and waiting in the database are what the rules say, whatever the story and its batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearwell.connect.model import Audience, Author
from hearwell.contacts import services as contacts
from hearwell.conversations import services
from hearwell.conversations.models import Case, CaseLog, Waiting
from hearwell.conversations.rules import Said, standing
from hearwell.kit.overlap import overlapping
from hearwell.triage.models import Verdict
from tests.factories import (
    DUARTE,
    LENA,
    make_channel,
    make_dm,
    make_echo,
    make_item,
    make_reply,
    receive,
)

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
PEOPLE = {"lena": LENA, "duarte": DUARTE}


class _Undone(Exception):
    pass


@contextmanager
def held_back() -> Iterator[None]:
    """As the story of what arrives does it: sent without waiting, new cases written once."""
    with overlapping(), services.opening():
        yield


theirs = st.tuples(
    st.just("in"),
    st.sampled_from(["lena", "duarte"]),
    st.sampled_from(["answer", "acknowledge", "none"]),
)
ours = st.tuples(st.just("out"), st.sampled_from(["all", "lena", "duarte"]), st.just(""))
stories = st.lists(st.one_of(theirs, ours), min_size=1, max_size=7)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    story=stories,
    order=st.randoms(use_true_random=False),
    is_one_batch=st.booleans(),
    is_held=st.booleans(),
)
def test_the_record_says_what_the_rules_say(
    workspace: Any, story: list[tuple[str, str, str]], order: Any, is_one_batch: bool, is_held: bool
) -> None:
    items, said = _told(story)
    order.shuffle(items)
    try:
        with transaction.atomic():
            channel = make_channel()
            for batch in [items] if is_one_batch else [[item] for item in items]:
                with held_back() if is_held else nullcontext():
                    _receive(channel, batch)
            case = Case.objects.get()
            expected = standing(said)
            assert (case.turn, case.waiting_since) == (expected.turn, expected.waiting_since)
            raise _Undone
    except _Undone:
        pass


def _told(story: list[tuple[str, str, str]]) -> tuple[list[tuple[Any, str]], list[Said]]:
    """Return the story as items with their duties, and as the rules take it."""
    items: list[tuple[Any, str]] = []
    said: list[Said] = []
    latest: dict[str, str] = {}
    for number, (way, who, duty) in enumerate(story):
        at = START + timedelta(minutes=number)
        values = {"external_id": f"m{number}", "thread_key": "t", "occurred_at": at}
        if way == "in":
            latest[who] = f"m{number}"
            items.append((make_item(f"{number}", author=PEOPLE[who], **values), duty))
            said.append(Said(at, "t", person=who, duty=duty))
        else:
            parent = latest.get(who)
            items.append((make_echo(f"{number}", parent_id=parent, **values), ""))
            said.append(Said(at, "t", is_ours=True, to=who if parent else None))
    return items, said


def _receive(channel: Any, batch: list[tuple[Any, str]]) -> None:
    items = [item for item, _ in batch]
    duties = {item.external_id: duty for item, duty in batch}
    people = contacts.identify(channel.workspace_id, "sandbox", [item.author for item in items])
    threads = services.thread(channel, items, people)
    fresh = services.record_inbound(channel, items, threads, people)
    verdicts = {
        m.id: Verdict(
            message=m, duty=duties[m.remote_id], kind="question", urgency=1, certainty=0.8
        )
        for m in fresh
        if m.direction == "in"
    }
    services.apply_verdicts(verdicts, new={m.id for m in fresh if m.is_first})


pytestmark = pytest.mark.usefixtures("workspace")


def test_a_closing_thank_you_reopens_nothing() -> None:
    channel = make_channel()
    (message,) = receive(channel, [make_dm(thread_key="t")])
    make_reply(message.case)
    services.close(message.case_id, "solved", None)

    receive(channel, [make_dm("Thank you so much!", thread_key="t")])

    case = Case.objects.get()
    assert (case.status, case.turn, case.waiting_since) == ("closed", "none", None)
    assert case.unread


def test_a_new_question_reopens_a_closed_case() -> None:
    channel = make_channel()
    (message,) = receive(channel, [make_dm(thread_key="t")])
    closed = services.close(message.case_id, "solved", None)

    receive(channel, [make_dm("It is broken again", thread_key="t")])

    case = Case.objects.get()
    assert (case.status, case.turn, case.closed_at, case.closed_reason) == (
        "open",
        "ours",
        None,
        "",
    )
    assert case.version > closed.version
    assert list(CaseLog.objects.order_by("id").values_list("verb", flat=True)) == [
        "closed",
        "reopened",
    ]


@pytest.mark.parametrize(("audience", "days"), [(Audience.PRIVATE, 31), (Audience.PUBLIC, 8)])
def test_a_question_long_after_is_a_new_case(audience: Audience, days: int) -> None:
    channel = make_channel()
    item = make_item("Where is my bag?", thread_key="t", audience=audience)
    (message,) = receive(channel, [item])
    services.close(message.case_id, "solved", None)
    later = make_item(
        "And now my other bag is lost",
        thread_key="t",
        audience=audience,
        occurred_at=item.occurred_at + timedelta(days=days),
    )

    (again,) = receive(channel, [later])
    assert receive(channel, [item, later]) == []

    first, second = Case.objects.order_by("number")
    assert (first.status, second.status) == ("closed", "open")
    assert (message.case_id, again.case_id) == (first.id, second.id)
    assert again.conversation_id == message.conversation_id
    assert second.number == first.number + 1


def test_a_snoozed_case_wakes_for_a_question_and_sleeps_through_thanks() -> None:
    channel = make_channel()
    (message,) = receive(channel, [make_dm(thread_key="t")])
    make_reply(message.case)
    services.snooze(message.case_id, START + timedelta(days=400))

    receive(channel, [make_dm("Thanks!", thread_key="t")])
    assert Case.objects.get().status == "snoozed"
    receive(channel, [make_dm("It does not work", thread_key="t")])
    assert Case.objects.get().status == "open"


def test_a_holding_reply_leaves_the_customer_waiting() -> None:
    (message,) = receive(make_channel(), [make_dm()])

    make_reply(message.case, is_holding=True)

    assert Case.objects.get().turn == "ours"
    make_reply(message.case)
    assert Case.objects.get().turn == "theirs"


def test_a_holding_reply_whose_echo_came_first_leaves_the_customer_waiting() -> None:
    channel = make_channel()
    (message,) = receive(channel, [make_dm(thread_key="t")])
    echo = make_echo(thread_key="t", external_id="r1", audience=Audience.PRIVATE)
    receive(channel, [echo])
    assert Case.objects.get().turn == "theirs"

    reply = make_reply(message.case, remote_id="r1", at=echo.occurred_at, is_holding=True)

    assert (reply.sent_outside, reply.is_holding) == (False, True)
    assert Case.objects.get().turn == "ours"


def test_the_same_reply_twice_is_one() -> None:
    (message,) = receive(make_channel(), [make_dm()])
    first = make_reply(message.case, remote_id="r1")

    again = make_reply(message.case, remote_id="r1", delivery_id=first.delivery_id)

    assert again.id == first.id
    assert Case.objects.get().version == 2


def test_an_echo_after_our_own_record_is_a_repeat() -> None:
    channel = make_channel()
    (message,) = receive(channel, [make_dm(thread_key="t")])
    make_reply(message.case, remote_id="r1")

    assert receive(channel, [make_echo(thread_key="t", external_id="r1")]) == []


def test_the_case_shows_the_most_urgent_of_what_waits() -> None:
    channel = make_channel()
    receive(channel, [make_dm("I am stranded at the airport", thread_key="t")])
    receive(channel, [make_dm("Hello?", thread_key="t")])

    case = Case.objects.get()
    most = Verdict.objects.get(message__text__startswith="I am stranded")
    assert (case.urgency, case.certainty) == (3, round(100 * most.certainty))


def test_somebody_new_in_a_thread() -> None:
    channel = make_channel()
    stranger = Author("x")
    receive(channel, [make_item("", author=stranger)])
    assert Waiting.objects.count() == 1


def test_the_case_shows_the_weightiest_of_what_waits() -> None:
    channel = make_channel()
    receive(channel, [make_item("Two hours on hold, then cut off", thread_key="t")])
    receive(channel, [make_item("Same here yesterday, an hour and ten.", thread_key="t")])

    case = Case.objects.get()
    most = Verdict.objects.get(message__text__startswith="Two hours")
    assert (case.kind, case.certainty) == ("complaint", round(100 * most.certainty))
