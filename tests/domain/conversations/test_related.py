"""Which cases may be one matter: for a reason that can be shown, never for a name."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.channels.models import Channel
from hearwell.connect.model import Author
from hearwell.conversations.models import Case
from hearwell.conversations.related import related_cases
from hearwell.kit.clock import now
from tests.factories import DUARTE, LENA, make_channel, make_dm, make_item, receive

pytestmark = pytest.mark.usefixtures("workspace")
OTHER_LENA = Author("lena-2", "lena.vik", "Lena Vik")


@pytest.fixture
def x() -> Channel:
    return make_channel("sandbox", "NorthwindAir")


@pytest.fixture
def mail() -> Channel:
    return make_channel("email", "care@northwind.example")


@pytest.fixture
def chat() -> Channel:
    return make_channel("webchat", "northwind.example")


def case(channel: Channel, text: str = "Where is my bag?", **more: object) -> UUID:
    (message,) = receive(channel, [make_item(text, **more)])
    return message.case_id


def found(case_id: UUID) -> list[tuple[UUID, str, str]]:
    workspace_id = Case.objects.get(id=case_id).workspace_id
    return [(one.case_id, one.why, one.what) for one in related_cases(workspace_id, case_id)]


def test_two_lena_viks_are_not_suggested(x, mail) -> None:
    one = case(x, author=LENA)
    other = case(mail, author=OTHER_LENA)
    assert found(one) == found(other) == []


def test_the_same_profile_with_another_open_case_is(x) -> None:
    one, other = case(x), case(x, thread_key="other")
    assert found(one) == [(other, "person", "")]


def test_a_post_and_then_a_private_message_of_the_same_profile_say_so(x) -> None:
    one = case(x)
    (message,) = receive(x, [make_dm(thread_key="dm")])
    assert found(message.case_id) == [(one, "public_then_private", "")]


def test_the_same_booking_is_named_with_it(x, mail) -> None:
    one = case(x, "Booking NW-4F7K2 is gone, help", author=LENA)
    other = case(mail, "It is about NW-4F7K2 again.", author=DUARTE)
    assert found(one) == [(other, "number", "NW-4F7K2")]
    assert found(other) == [(one, "number", "NW-4F7K2")]


@pytest.mark.parametrize("text", ["+47 912 34 567", "lena.vik@example.com"])
def test_a_phone_or_an_address_named_in_both_is(x, mail, text) -> None:
    one = case(x, f"Reach me at {text}", author=LENA)
    other = case(mail, f"My number or mail: {text}", author=DUARTE)
    ((case_id, why, what),) = found(one)
    assert (case_id, what) == (other, text)
    assert why in {"phone", "email"}


def test_not_what_was_named_long_before(x, mail) -> None:
    case(mail, "NW-4F7K2", author=DUARTE, occurred_at=now() - timedelta(days=20))
    assert found(case(x, "Booking NW-4F7K2", author=LENA)) == []


def test_not_what_everybody_names(x, mail) -> None:
    for number in range(7):
        author = Author(f"a{number}", f"a{number}", f"A {number}")
        case(mail, "I call 0800 123 45 67 all day", author=author)
    assert found(case(x, "I call 0800 123 45 67, too", author=LENA)) == []


def test_not_the_flight_that_all_of_them_sat_in(x, mail) -> None:
    case(mail, "NW 482 was cancelled", author=DUARTE)
    assert found(case(x, "NW 482? NW482!", author=LENA)) == []


def test_an_address_in_the_chat_that_a_mail_came_from_is(chat, mail) -> None:
    in_chat = case(chat, author=Author("v1", "Lena.Vik@example.com", "Lena"))
    by_mail = case(mail, author=Author("lena.vik@example.com", "lena.vik@example.com", ""))
    assert found(in_chat) == [(by_mail, "address", "lena.vik@example.com")]
    assert found(by_mail) == [(in_chat, "address", "Lena.Vik@example.com")]


def test_not_the_address_in_a_network_where_everybody_picks_their_own(x, mail) -> None:
    one = case(x, author=Author("v1", "lena.vik@example.com", "Lena"))
    case(mail, author=Author("lena.vik@example.com", "lena.vik@example.com", ""))
    assert found(one) == []


def test_closed_emptied_and_archived_cases_are_not(x) -> None:
    one = case(x)
    for changes in ({"status": "closed"}, {"is_historic": True}):
        other = case(x, thread_key=str(changes))
        Case.objects.filter(id=other).update(**changes)
    assert found(one) == []


def test_at_most_three_in_four_statements(x, mail) -> None:
    one = case(x, "NW-4F7K2")
    for number in range(5):
        case(x, thread_key=f"t{number}")
    case(mail, "NW-4F7K2", author=DUARTE)
    with CaptureQueriesContext(connection) as asked:
        assert len(related_cases(x.workspace_id, one)) == 3
    assert len(asked) <= 4
