"""People who are known by another id from now on, with the conversations that they are in."""

from __future__ import annotations

import pytest

from hearwell.connect.model import Author, ThreadsMoved
from hearwell.contacts.models import Identity
from hearwell.conversations.models import Case
from hearwell.inbox.intake import take_in, take_moves
from hearwell.kit.clock import now
from tests.factories import make_channel, make_item

pytestmark = pytest.mark.django_db
OLD, NEW = Author("PT.1", "+351912", "Lena"), Author("PT.2", "+351999", "Lena")


@pytest.fixture
def channel(workspace):
    return make_channel()


def said(number: int, who: Author):
    key = f"person:{who.external_id}:"
    return make_item("Where is my bag?", external_id=f"m{number}", thread_key=key, author=who)


def changed(account: str) -> ThreadsMoved:
    return ThreadsMoved(
        external_id="s1", dedup_key="moved:PT.1:PT.2", occurred_at=now(), account=account,
        before="person:PT.1:", after="person:PT.2:", person=("PT.1", "PT.2"),
    )  # fmt: skip


def test_who_has_another_number_is_the_same_person_in_the_same_case(channel):
    (first,) = take_in(channel, [said(1, OLD)])
    for _twice in range(2):
        take_moves(channel, [changed(channel.external_id)])
    known = Identity.objects.get()
    assert (known.external_id, known.handle) == ("PT.2", "")
    (again,) = take_in(channel, [said(2, NEW)])
    assert again.case_id == first.case_id
    assert again.author_identity_id == first.author_identity_id
    assert Case.objects.count() == 1
    assert Identity.objects.get().handle == "+351999"


def test_who_was_heard_under_both_stays_two_whom_a_person_may_join(channel):
    take_in(channel, [said(1, OLD), said(2, NEW)])
    take_moves(channel, [changed(channel.external_id)])
    assert set(Identity.objects.values_list("external_id", flat=True)) == {"PT.1", "PT.2"}


def test_the_same_id_of_another_network_is_somebody_else(channel):
    other = make_channel("telegram")
    take_in(other, [said(3, OLD)])
    take_moves(channel, [changed(channel.external_id)])
    assert Identity.objects.get().external_id == "PT.1"
