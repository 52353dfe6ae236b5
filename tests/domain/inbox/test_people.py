"""Two profiles that are one person: by somebody's press, with the reason, and back."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.contacts import services as contacts
from hearwell.contacts.models import Contact, Identity, Link
from hearwell.contacts.queries import links_of, notes_of
from hearwell.conversations.models import Case, Conversation
from hearwell.conversations.related import related_cases
from hearwell.inbox.acts import BadActError, NotAllowedError
from hearwell.inbox.people import same_person, two_people
from tests.factories import DUARTE, make_case, make_channel, make_item, receive

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def pair() -> tuple[Case, Case]:
    return make_case("One"), make_case("Two", make_channel("email"), author=DUARTE)


def again(case: Case) -> Case:
    return Case.objects.get(id=case.id)


def test_what_one_had_is_the_others(anna, pair) -> None:
    one, two = pair
    contacts.add_note(anna.workspace_id, two.contact_id, anna.user_id, "Rings at noon")
    link = same_person(one.id, two.id, anna, why="Both name NW-4F7K2")

    assert again(two).contact_id == one.contact_id
    assert Identity.objects.filter(contact_id=one.contact_id).count() == 2
    assert Conversation.objects.get(case_id=two.id).contact_id == one.contact_id
    assert [n.text for n in notes_of(anna.workspace_id, one.contact_id)] == ["Rings at noon"]
    assert Contact.objects.get(id=one.contact_id).note_count == 1
    assert [(x.id, x.why) for x in links_of(anna.workspace_id, one.contact_id)] == [
        (link.id, "Both name NW-4F7K2")
    ]
    ((related),) = related_cases(anna.workspace_id, one.id)
    assert (related.case_id, related.why) == (two.id, "person")
    line = AuditRow.objects.get(action="contact.linked")
    # The reason may name them: it stands where an erasure reaches it, not in the trail.
    assert (line.summary, line.after["link_id"]) == ("", str(link.id))


def test_it_goes_back_with_what_was_said_since(anna, pair) -> None:
    one, two = pair
    other = two.contact_id
    link = same_person(one.id, two.id, anna)
    channel = make_channel("email")
    (message,) = receive(channel, [make_item("Three", author=DUARTE)])
    assert message.case.contact_id == one.contact_id

    two_people(link.id, anna)
    two_people(link.id, anna)

    assert again(one).contact_id == one.contact_id
    assert again(two).contact_id == other
    assert Case.objects.get(id=message.case_id).contact_id == other
    assert Identity.objects.filter(contact_id=other).count() == 1
    assert links_of(anna.workspace_id, one.contact_id) == []


def test_who_is_one_already_is_said(anna, pair) -> None:
    one, two = pair
    same_person(one.id, two.id, anna)
    with pytest.raises(BadActError, match="one person"):
        same_person(two.id, one.id, anna)


def test_only_who_may_and_only_what_is_there(anna, pair) -> None:
    one, two = pair
    with pytest.raises(Link.DoesNotExist):
        two_people(uuid4(), anna)
    with pytest.raises(Case.DoesNotExist):
        same_person(one.id, uuid4(), anna)
    anna.role = "viewer"
    with pytest.raises(NotAllowedError):
        same_person(one.id, two.id, anna)
