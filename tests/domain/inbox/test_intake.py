"""The whole story of what arrives, on a real database: repeats, order, clocks, echoes, archives."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearwell.channels.models import Channel
from hearwell.channels.services import connect_channel
from hearwell.connect.model import (
    Audience,
    Author,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    MessageKind,
)
from hearwell.conversations.models import Case, Message, MessageVersion
from hearwell.events.models import Event
from hearwell.inbox.intake import take_deletions, take_edits, take_history, take_in
from hearwell.kit.clock import now
from hearwell.sla import services as sla
from hearwell.sla.models import Clock
from hearwell.sla.services import close_historic
from tests.many import IS_LONG

pytestmark = pytest.mark.django_db
COMPLAINT = "My flight NW 482 was cancelled and nobody answers. What happens now?"


@pytest.fixture
def channel(workspace) -> Channel:
    return connect_channel(
        workspace_id=workspace.id,
        network="sandbox",
        handle="NorthwindAir",
        external_id="page-1",
        brand="Northwind Air",
    )


def said(
    number: int, text: str = COMPLAINT, *, thread: str = "t1", minutes: float = 0, **more: Any
) -> InboundMessage:
    values: dict[str, Any] = {
        "external_id": f"m{number}",
        "dedup_key": f"m{number}",
        "occurred_at": now() + timedelta(minutes=minutes),
        "account": "page-1",
        "thread_key": thread,
        "kind": MessageKind.POST,
        "audience": Audience.PUBLIC,
        "author": Author("lena", "lenavik", "Lena Vik"),
        "text": text,
    }
    return InboundMessage(**{**values, **more})


def answered(number: int, text: str = "We are sorry. ^ML", **more: Any) -> InboundMessage:
    return said(
        number, text, **{"is_echo": True, "author": Author("page-1", "NorthwindAir"), **more}
    )


def clocks() -> dict[str, Clock]:
    return {clock.kind: clock for clock in Clock.objects.all()}


def picture() -> list[tuple]:
    """Everything an agent would see, in a form that can be compared."""
    return [
        (
            m.remote_id,
            m.direction,
            m.text,
            m.version,
            m.deleted_at is not None,
            m.case.turn,
            m.case.status,
        )
        for m in Message.objects.select_related("case").order_by("remote_id")
    ]


def test_a_complaint_becomes_a_case_with_two_clocks(channel, frozen):
    fresh = take_in(channel, [said(1)])
    case = Case.objects.get()
    assert [message.text for message in fresh] == [COMPLAINT]
    assert (case.turn, case.status, case.contact.name) == ("ours", "open", "Lena Vik")
    assert {kind: clock.state for kind, clock in clocks().items()} == {
        "first_reply": "running",
        "answer": "running",
    }
    assert case.due_at == min(clock.due_at for clock in clocks().values())
    assert case.team_id is not None
    assert Event.objects.filter(name="MessageReceived").count() == 1


def test_a_new_case_falls_under_the_promise_of_its_account(channel, workspace, alice, frozen):
    sla.ensure_defaults(workspace)
    at_once = {str(urgency): {"first_reply_s": 300, "answer_s": 900} for urgency in range(5)}
    policy = sla.make_policy(
        workspace.id, by=alice, name="Chat", conditions={"channel": [str(channel.id)]},
        targets=at_once,
    )  # fmt: skip
    (first,) = take_in(channel, [said(1)])
    (second,) = take_in(channel, [said(2, thread="t2", minutes=1)])
    assert {clock.policy_id for clock in Clock.objects.all()} == {policy.id}
    for message in (first, second):
        case = Case.objects.get(id=message.case_id)
        assert case.due_at == message.sent_at + timedelta(minutes=5)


def test_ten_times_the_same_message_is_one(channel):
    for _ in range(5):
        take_in(channel, [said(1), said(1)])
    assert (Message.objects.count(), Case.objects.count(), Clock.objects.count()) == (1, 1, 2)
    assert Event.objects.filter(name="MessageReceived").count() == 1


def test_a_burst_of_500_is_a_small_number_of_statements(channel):
    items = [said(n, thread=f"t{n}", author=Author(f"a{n}", f"a{n}")) for n in range(500)]
    with connection.execute_wrapper(counted := Counter()):
        fresh = take_in(channel, items)
    assert len(fresh) == 500
    assert counted.n <= 60
    with connection.execute_wrapper(again := Counter()):
        assert (
            take_in(
                channel,
                [said(n, thread=f"t{n}", author=Author(f"a{n}", f"a{n}")) for n in range(500)],
            )
            == []
        )
    assert again.n <= counted.n


class Counter:
    def __init__(self) -> None:
        self.n = 0

    def __call__(self, execute, *args: Any) -> Any:
        self.n += 1
        return execute(*args)


def test_thanks_start_no_clock_and_leave_the_turn_to_nobody(channel, frozen):
    take_in(channel, [said(1)])
    take_in(channel, [answered(2, minutes=5)])
    take_in(channel, [said(3, "Thank you so much! 🙏", minutes=6)])
    case = Case.objects.get()
    assert case.turn == "none"
    assert case.due_at is None
    assert {clock.state for clock in clocks().values()} == {"met"}


def test_an_answer_given_outside_meets_the_clocks_at_the_networks_time(channel, frozen):
    take_in(channel, [said(1)])
    take_in(channel, [answered(2, minutes=7)])
    assert {clock.state for clock in clocks().values()} == {"met"}
    assert clocks()["answer"].wall_s == 7 * 60
    reply = Message.objects.get(remote_id="m2")
    assert (reply.direction, reply.sent_outside) == ("out", True)


def test_question_answer_question_in_one_poll_leaves_the_second_question_open(channel, frozen):
    take_in(
        channel, [said(1), answered(2, minutes=5), said(3, "And who pays the hotel?", minutes=9)]
    )
    case = Case.objects.get()
    assert case.turn == "ours"
    running = Clock.objects.filter(state="running")
    assert {clock.started_at for clock in running} == {now() + timedelta(minutes=9)}


def test_an_edit_keeps_the_old_text(channel):
    take_in(channel, [said(1)])
    edit = MessageEdited(
        external_id="m1",
        dedup_key="m1:2",
        occurred_at=now(),
        account="page-1",
        version=2,
        text="Solved, sorry.",
        edited_at=now(),
    )
    take_edits(channel, [edit])
    take_edits(channel, [edit])
    message = Message.objects.get()
    assert (message.text, message.version) == ("Solved, sorry.", 2)
    assert MessageVersion.objects.earliest("version").text == COMPLAINT
    assert Event.objects.filter(name="MessageAmended").count() == 1


def test_an_edit_can_start_the_clock_that_the_first_words_did_not(channel, frozen):
    take_in(channel, [said(1, "Thank you so much! 🙏")])
    assert Case.objects.get().turn == "none"
    edit = MessageEdited(
        external_id="m1",
        dedup_key="m1:2",
        occurred_at=now(),
        account="page-1",
        version=2,
        text=COMPLAINT,
        edited_at=now(),
    )
    take_edits(channel, [edit])
    assert Case.objects.get().turn == "ours"
    assert {clock.state for clock in clocks().values()} == {"running"}


def changes() -> list[tuple[Any, Any]]:
    """One conversation as a list of (taker, item), in the order in which it happened."""
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    common = {"account": "page-1"}

    def at(minutes: int) -> datetime:
        return start + timedelta(minutes=minutes)

    def message(number: int, minutes: int, text: str, **more: Any) -> InboundMessage:
        return said(number, text, occurred_at=at(minutes), **more)

    return [
        (take_in, message(1, 0, COMPLAINT)),
        (take_in, message(2, 1, "Is anybody there?", parent_id="m1")),
        (
            take_edits,
            MessageEdited(
                external_id="m2",
                dedup_key="m2:2",
                occurred_at=at(2),
                version=2,
                text="Is anybody there??",
                edited_at=at(2),
                **common,
            ),
        ),
        (
            take_edits,
            MessageEdited(
                external_id="m2",
                dedup_key="m2:3",
                occurred_at=at(3),
                version=3,
                text="Hello??",
                edited_at=at(3),
                **common,
            ),
        ),
        (take_in, message(3, 4, "me too", parent_id="m1", author=Author("theo", "theo", "Theo"))),
        (
            take_deletions,
            MessageDeleted(external_id="m3", dedup_key="m3:del", occurred_at=at(5), **common),
        ),
    ]


@given(order=st.permutations(range(6)), repeats=st.lists(st.integers(0, 5), max_size=4))
@settings(
    max_examples=25 if IS_LONG else 10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_order_and_any_repeats_end_in_the_same_conversation(channel, order, repeats):
    from django.db import transaction

    def run(sequence) -> list[tuple]:
        script = changes()
        with transaction.atomic():
            for place in sequence:
                taker, item = script[place]
                taker(channel, [item])
            seen = picture()
            transaction.set_rollback(True)
        return seen

    assert run([*order, *repeats]) == run(range(6))


def test_hostile_text_survives(channel):
    text = "a\x00b " + "👩‍👩‍👧 مرحبا " * 5000 + "\ud83d"
    take_in(channel, [said(1, text)])
    message = Message.objects.get()
    assert message.text == text.replace("\x00", "␀").replace("\ud83d", "�")
    assert message.replaced


def test_history_is_counted_and_never_due(channel, frozen):
    start = datetime(2017, 10, 31, 22, 10, tzinfo=UTC)
    items = [
        said(1, occurred_at=start),
        answered(2, occurred_at=start + timedelta(minutes=12)),
        said(3, thread="t2", occurred_at=start, author=Author("b", "b")),
    ]
    take_history(channel, items)
    take_history(channel, items)
    close_historic(channel.workspace_id, channel_id=channel.id)
    assert Message.objects.count() == 3
    assert set(Case.objects.values_list("is_historic", "due_at")) == {(True, None)}
    states = (
        sorted(Clock.objects.values_list("case__conversations__thread_key", "kind", "state"))
        if hasattr(Clock, "case")
        else sorted(Clock.objects.values_list("kind", "state"))
    )
    assert {state for *_, state in states} == {"met", "unanswered"}
    assert not Event.objects.filter(name="MessageReceived").exists()


def test_two_people_in_a_public_thread_share_a_case(channel):
    take_in(channel, [said(1), said(2, "Same here, NW 482!", author=Author("theo", "theo"))])
    assert Case.objects.count() == 1
    assert set(
        itertools.chain(Message.objects.values_list("author_identity__handle", flat=True))
    ) == {"lenavik", "theo"}
