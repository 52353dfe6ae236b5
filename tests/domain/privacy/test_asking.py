"""Who asks for an erasure, what stands against it, and what is written down."""

from __future__ import annotations

import pytest

from hearwell.accounts.models import AuditRow, Membership
from hearwell.contacts import services as contacts
from hearwell.contacts.models import Contact, ContactNote
from hearwell.conversations.models import Case, Message, Status
from hearwell.inbox.composing import target_in
from hearwell.inbox.unsendable import CannotSend
from hearwell.kit.ids import uuid7
from hearwell.outbound.models import Delivery, Lane
from hearwell.privacy import services
from hearwell.privacy.services import RefusedError, Why
from hearwell.privacy.tasks import erase_contact
from tests.domain.privacy.marked import MARK, tables_with
from tests.factories import DUARTE, make_case, make_channel, make_reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(alice, workspace) -> Membership:
    return Membership.objects.get(user=alice, workspace=workspace)


@pytest.fixture
def case(workspace, settings, tmp_path) -> Case:
    settings.MEDIA_ROOT = tmp_path
    case = make_case(f"I am {MARK}")
    make_reply(case, f"Dear {MARK}, it is on its way.")
    Case.objects.update(status=Status.CLOSED)
    return case


def run(case: Case, owner: Membership) -> None:
    erase_contact(
        workspace_id=str(case.workspace_id),
        contact_id=str(case.contact_id),
        user_id=str(owner.user_id),
    )


def actions() -> list[str]:
    rows = AuditRow.objects.filter(action__startswith="contact.").order_by("at", "id")
    return list(rows.values_list("action", flat=True))


def test_asked_for_and_done_by_the_worker(case, owner):
    contacts.add_note(case.workspace_id, case.contact_id, owner.user_id, f"{MARK} is kind")
    services.ask_to_erase(case.contact_id, owner)
    assert Contact.objects.get(id=case.contact_id).erasing_since is not None

    run(case, owner)

    contact = Contact.objects.get(id=case.contact_id)
    assert (contact.name, contact.note_count, contact.erasing_since) == ("", 0, None)
    assert contact.erased_at is not None
    assert not ContactNote.objects.exists()
    assert tables_with(MARK) == []
    assert actions() == ["contact.erase_asked", "contact.erased"]


def test_our_answers_go_and_the_case_still_counts(case, owner):
    run(case, owner)
    assert set(Message.objects.values_list("text", "is_purged")) == {("", True)}
    assert Case.objects.get().number == case.number


def test_nothing_can_be_sent_there_any_more(case, owner):
    """The network's names are gone: an answer would go to nobody, or to everybody."""
    run(case, owner)
    with pytest.raises(CannotSend) as refused:
        target_in(case.workspace_id, case.id, "public")
    assert [problem.code for problem in refused.value.problems] == ["erased"]


def test_twice_is_once(case, owner):
    run(case, owner)
    run(case, owner)
    assert actions() == ["contact.erased"]
    with pytest.raises(RefusedError) as refused:
        services.ask_to_erase(case.contact_id, owner)
    assert refused.value.why is Why.GONE


def test_legal_hold_refuses_until_it_ends(case, owner):
    services.hold(case.contact_id, owner, "Court case 12")
    for act in (
        lambda: services.ask_to_erase(case.contact_id, owner),
        lambda: services.erase(case.workspace_id, case.contact_id),
    ):
        with pytest.raises(RefusedError) as refused:
            act()
        assert refused.value.why is Why.HELD
    assert MARK in Message.objects.get(direction="in").text

    services.let_go(case.contact_id, owner)
    run(case, owner)
    assert tables_with(MARK) == []
    assert "Court" not in str(list(AuditRow.objects.values()))


def test_a_hold_that_came_in_between_is_told(case, owner):
    services.ask_to_erase(case.contact_id, owner)
    services.hold(case.contact_id, owner, "Court case 12")
    run(case, owner)
    assert Contact.objects.get(id=case.contact_id).erasing_since is None
    assert AuditRow.objects.get(action="contact.erase_refused").after == {"why": "held"}


def test_an_open_case_is_closed_first(case, owner):
    Case.objects.update(status=Status.SNOOZED)
    with pytest.raises(RefusedError) as refused:
        services.ask_to_erase(case.contact_id, owner)
    assert refused.value.why is Why.OPEN_CASE


def test_what_is_on_its_way_arrives_first(case, owner):
    home = Message.objects.filter(direction="in").get().conversation_id
    lane = Lane.objects.create(
        id=home, workspace_id=case.workspace_id, channel_id=case.channel_id, account="northwind"
    )
    made = Delivery.objects.create(
        workspace_id=case.workspace_id, lane=lane, channel_id=case.channel_id, account="northwind",
        network="sandbox", state="held", key=uuid7(), draft={"text": MARK}, digest="",
    )  # fmt: skip
    with pytest.raises(RefusedError) as refused:
        services.ask_to_erase(case.contact_id, owner)
    assert refused.value.why is Why.ON_ITS_WAY

    Delivery.objects.filter(id=made.id).update(state="cancelled")
    run(case, owner)
    assert tables_with(MARK) == []


def test_whoever_was_called_the_same_person_goes_along(case, owner):
    other = make_case(f"{MARK} again", make_channel(), author=DUARTE)
    Case.objects.update(status=Status.CLOSED)
    contacts.link(
        case.workspace_id, case.contact_id, other.contact_id, actor_id=owner.user_id, why=MARK
    )
    run(case, owner)
    assert tables_with(MARK) == []
    assert Contact.objects.filter(erased_at=None).count() == 0


def test_other_customers_are_left_alone(case, owner):
    other = make_case("Somebody else", make_channel(), author=DUARTE)
    run(case, owner)
    assert Message.objects.get(case_id=other.id).text == "Somebody else"
    assert Contact.objects.get(id=other.contact_id).name == DUARTE.name


def test_nobody_of_another_workspace(case, other_workspace, owner):
    with pytest.raises(RefusedError):
        services.erase(other_workspace.id, case.contact_id)
