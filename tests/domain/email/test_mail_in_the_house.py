"""Mail through the whole house: polled, drained, threaded, answered, bounced, on real tables."""

from __future__ import annotations

import pytest

from hearwell.connectors.email.reading import read
from hearwell.conversations.models import Case, Message, Status
from hearwell.conversations.queries import search
from hearwell.events.models import Event
from hearwell.inbox.composing import target_in
from hearwell.kit.scope import scope
from hearwell.sla.models import Clock
from tests.domain.email.conftest import CUSTOMER, Desk, letter

FIRST = "mail-number-1@example.test"


def test_a_mail_becomes_a_case_named_by_its_subject(desk: Desk) -> None:
    desk.comes(letter(1, "Hello,\n\nwhere is it?\n\nOn 22 Nov 2026, x@y.test wrote:\n> Dear Lena"))
    desk.polls()
    (case,) = desk.cases()
    assert (case.title, case.status, case.turn) == ("My bag", Status.OPEN, "ours")
    assert case.preview == "My bag · Hello, where is it?"
    (message,) = desk.messages()
    assert (message.kind, message.audience, message.subject) == ("mail", "private", "My bag")
    assert message.text == "Hello,\n\nwhere is it?"
    assert "Dear Lena" in message.full_text
    with scope(desk.ws):
        assert Clock.objects.filter(case_id=case.id).exists()
        assert list(search(desk.ws, "bag")) == [case.id]
        assert not search(desk.ws, "Dear")


def test_polling_again_and_counting_anew_double_nothing(desk: Desk) -> None:
    for number in (1, 2, 3):
        desk.comes(letter(number))
    desk.polls()
    desk.posts[desk.support.external_id].folders["INBOX"].recount()
    desk.comes(letter(4))
    desk.polls()
    desk.polls()
    assert [message.remote_id for message in desk.messages()] == [
        f"mail-number-{number}@example.test" for number in (1, 2, 3, 4)
    ]
    assert len(desk.cases()) == 4


def test_two_copies_in_one_mailbox_are_one_mail(desk: Desk) -> None:
    """Sent to two addresses that end in one mailbox."""
    desk.comes(letter(1))
    desk.comes(b"Delivered-To: info@northwind.test\r\n" + letter(1))
    desk.polls()
    assert len(desk.messages()) == len(desk.cases()) == 1


def test_what_lay_there_before_is_history_and_an_answer_to_it_is_new(desk: Desk) -> None:
    desk.comes(letter(1), minutes_ago=3 * 24 * 60)
    desk.polls()
    (old,) = desk.cases()
    assert (old.status, old.closed_reason, old.is_historic, old.unread) == (
        Status.CLOSED, "archived", True, False,
    )  # fmt: skip
    with scope(desk.ws):
        assert not Clock.objects.exclude(is_historic=True).exists()
        assert not Event.objects.filter(name="MessageReceived").exists()
    desk.comes(letter(2, "Still nothing.", answers=(FIRST,)))
    desk.polls()
    old, new = desk.cases()
    assert old.status == Status.CLOSED
    assert (new.status, new.turn, new.is_historic) == (Status.OPEN, "ours", False)
    assert [message.case_id for message in desk.messages()] == [old.id, new.id]


def test_history_that_comes_late_is_added_to_a_case_and_starts_nothing(desk: Desk) -> None:
    desk.comes(letter(2, "Still nothing.", answers=(FIRST,)))
    desk.polls()
    (case,) = desk.cases()
    with scope(desk.ws):
        clocks = sorted(Clock.objects.values_list("id", "kind", "state"))
    desk.comes(letter(1), minutes_ago=3 * 24 * 60)
    desk.polls()
    assert {message.case_id for message in desk.messages()} == {case.id}
    with scope(desk.ws):
        assert sorted(Clock.objects.values_list("id", "kind", "state")) == clocks
    (after,) = desk.cases()
    assert (after.waiting_since, after.status) == (case.waiting_since, Status.OPEN)


def test_an_answer_goes_out_as_one_and_what_comes_back_joins_its_case(desk: Desk) -> None:
    desk.comes(letter(1))
    desk.polls()
    (case,) = desk.cases()
    delivery = desk.answers(case)
    assert delivery.state == "sent"
    (body,) = desk.sent()
    ours = read(body)
    assert (ours.subject, ours.to[0].address) == ("Re: My bag", CUSTOMER)
    assert ours.references == (FIRST,)
    desk.polls()  # the copy in Sent is our own: it confirms and doubles nothing
    with scope(desk.ws):
        delivery.refresh_from_db()
    assert delivery.state == "confirmed"
    assert [message.direction for message in desk.messages()] == ["in", "out"]
    (case,) = desk.cases()
    assert case.turn == "theirs"
    later = letter(2, "And when will it come?", answers=(ours.message_id,))
    desk.comes(later, minutes_ago=-0.1)  # servers count in whole seconds
    desk.polls()
    (case,) = desk.cases()
    assert case.turn == "ours"
    assert len(desk.messages(case_id=case.id)) == 3


def test_an_answer_from_somebodys_own_mail_program_is_an_answer(desk: Desk) -> None:
    desk.comes(letter(1), minutes_ago=2)
    desk.polls()
    desk.comes(
        letter(2, "Found it.", sender=desk.support.external_id, to=CUSTOMER, answers=(FIRST,)),
        folder="Sent",
    )
    desk.polls()
    (case,) = desk.cases()
    assert case.turn == "theirs"
    assert desk.messages(direction="out")[0].sent_outside


def test_a_note_that_somebody_is_away_joins_and_asks_for_nothing(desk: Desk) -> None:
    desk.comes(letter(1))
    desk.polls()
    (case,) = desk.cases()
    ours = read((desk.answers(case), desk.sent())[1][0])
    away = letter(
        2, "I am out of the office.", answers=(ours.message_id,),
        more="Auto-Submitted: auto-replied\r\n",
    )  # fmt: skip
    desk.comes(away)
    desk.polls()
    (case,) = desk.cases()
    assert case.turn != "ours"
    assert len(desk.messages(case_id=case.id)) == 3


def test_a_bounce_tells_on_the_answer_why_it_came_back(desk: Desk) -> None:
    desk.comes(letter(1))
    desk.polls()
    (case,) = desk.cases()
    desk.answers(case)
    ours = read(desk.sent()[0]).message_id
    desk.comes(_bounce(ours))
    desk.polls()
    assert len(desk.messages()) == 2
    (said,) = desk.messages(direction="out")
    assert said.receipt == "failed"
    with scope(desk.ws):
        (event,) = Event.objects.filter(name="DeliveryFailed")
        assert "550 5.1.1 user unknown" in event.payload["message"]


def test_a_bounce_of_what_we_never_sent_says_nothing_of_ours(desk: Desk) -> None:
    desk.comes(letter(1))
    desk.polls()
    desk.answers(desk.cases()[0])
    forged = read(desk.sent()[0]).message_id.replace(".hw", ".hwa", 1)[:-1]
    desk.comes(_bounce(forged))
    desk.polls()
    assert desk.messages(direction="out")[0].receipt == ""


def _bounce(message_id: str) -> bytes:
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.test\r\nTo: support@northwind.test\r\n"
        "Subject: failed\r\nMessage-ID: <bounce-number-1@mx.test>\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.test\r\n\r\nFinal-Recipient: rfc822; lena@example.test\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\r\n"
        f"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{message_id}>\r\n"
        "\r\n--b--\r\n"
    ).encode()


def test_a_forged_customer_gets_neither_the_case_nor_the_customers_name(desk: Desk) -> None:
    desk.comes(letter(1))
    desk.polls()
    desk.answers(desk.cases()[0])
    ours = read(desk.sent()[0]).message_id
    forged = letter(
        2, "Please pay to another account.", answers=(FIRST, ours),
        more="Authentication-Results: mx.northwind.test; dmarc=fail\r\n",
    )  # fmt: skip
    desk.comes(forged)
    desk.polls()
    real, suspect = desk.cases()
    assert real.contact_id != suspect.contact_id
    (message,) = desk.messages(case_id=suspect.id)
    assert message.about["authenticity"] == "forged"
    with scope(desk.ws):
        target = target_in(desk.ws, suspect.id, "private")
        assert target.parent is not None
        identity = target.parent.author_identity
        assert identity is not None
        assert identity.external_id == "unverified:lena@example.test"


def test_a_mail_to_two_of_our_addresses_is_one_case(desk: Desk) -> None:
    both = letter(1, to="support@northwind.test, info@northwind.test")
    desk.comes(both)
    desk.comes(both, to=desk.info)
    desk.polls()
    (case,) = desk.cases()
    assert case.channel_id == desk.support.id
    (message,) = desk.messages()
    assert message.about["to"] == ["support@northwind.test", "info@northwind.test"]


def test_what_follows_goes_where_the_thread_is_whichever_mailbox_it_comes_to(desk: Desk) -> None:
    desk.comes(letter(1))
    desk.polls()
    desk.comes(letter(2, "And to you.", answers=(FIRST,)), to=desk.info)
    desk.polls()
    (case,) = desk.cases()
    assert [message.channel_id for message in desk.messages()] == [desk.support.id] * 2
    desk.answers(case)
    assert len(desk.sent()) == 1
    assert desk.sent(desk.info) == []


def test_where_the_first_mailbox_is_paused_the_second_takes_over(desk: Desk) -> None:
    desk.comes(letter(1))
    desk.polls()
    with scope(desk.ws):
        type(desk.support).objects.filter(id=desk.support.id).update(state="paused")
    desk.comes(letter(2, "And to you.", answers=(FIRST,)), to=desk.info)
    desk.polls(desk.info)
    assert [case.channel_id for case in desk.cases()] == [desk.support.id, desk.info.id]


@pytest.mark.parametrize("order", [("support", "info"), ("info", "support")])
def test_two_mailboxes_that_are_counted_anew_double_nothing(
    desk: Desk, order: tuple[str, str]
) -> None:
    first, second = (getattr(desk, name) for name in order)
    both = letter(1, to="support@northwind.test, info@northwind.test")
    for channel in (first, second):
        desk.comes(both, to=channel)
    desk.polls(first, second)
    for post in desk.posts.values():
        post.folders["INBOX"].recount()
    desk.polls(second, first)
    assert len(desk.messages()) == 1
    with scope(desk.ws):
        assert Message.objects.count() == Case.objects.count() == 1
