"""What devices are told, by a push service on loopback that reads it as a browser would."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from hearwell.accounts.models import Membership
from hearwell.accounts.scoping import scope
from hearwell.accounts.services import set_language
from hearwell.commerce.events import ToolRunDoubted
from hearwell.conversations.events import CaseAssigned
from hearwell.conversations.models import Case
from hearwell.events.models import Event
from hearwell.inbox.events import MessageReceived
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.notifications import handlers, pushing, services, sweeps
from hearwell.notifications.models import Device, Notice
from hearwell.notifications.rules import MOST_NOTICES, BadDeviceError, Topic
from hearwell.powers.events import GrantAsked, ReplyHandedIn, ReplyReviewed
from hearwell.powers.services import Gift, give
from hearwell.routing.models import Agent
from hearwell.sla.events import ClockBreached, ClockNearlyDue
from hearwell.spikes.events import SpikeFound
from tests.factories import make_case
from tests.push_service import push_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(settings):
    with push_service() as made:
        settings.HEARWELL_EGRESS_ALLOW = (made.origin,)
        yield made


@pytest.fixture
def bobs(workspace, bob):
    Agent.objects.create(workspace_id=workspace.id, user_id=bob.id)
    return Membership.objects.get(user=bob)


@pytest.fixture
def phone(service, bobs):
    browser = service.browser()
    device = services.switch_on(bobs, browser.subscription, "Bob's phone")
    services.change_device(
        bobs, device.id, [topic.value for topic in Topic], only_here=True, shows_words=False
    )
    return browser


@pytest.fixture
def case(workspace, bob):
    made = make_case("Where is my secret bag?")
    Case.objects.filter(id=made.id).update(assignee_id=bob.id)
    return made


def given(case, to, by=None) -> CaseAssigned:
    return CaseAssigned(case.workspace_id, case.id, by, to)


def written(case) -> MessageReceived:
    return MessageReceived(
        case.workspace_id, case.id, uuid7(), uuid7(), "answer", "question", 1, "public", False
    )


def titles(browser) -> list[str]:
    return [one["title"] for one in browser.shown]


def push(workspace) -> int:
    return pushing.push_waiting(workspace.id)


def test_a_person_is_told_what_they_chose_without_the_customers_words(workspace, phone, case, bob):
    due = now() + timedelta(minutes=5)
    handlers.tell_of_cases_given([given(case, bob.id)])
    handlers.tell_of_answers([written(case)])
    handlers.tell_of_clocks_nearly_due(
        [ClockNearlyDue(workspace.id, case.id, uuid7(), "answer", due)]
    )
    handlers.tell_of_late_clocks([ClockBreached(workspace.id, case.id, uuid7(), "answer", due)])
    assert push(workspace) == 4
    label = f"HW-{case.number}"
    assert titles(phone) == [
        f"{label} was given to you.",
        f"{label}: the customer has written.",
        f"{label}: a promise is nearly due.",
        f"{label}: a promise is over its time.",
    ]
    assert "secret" not in str(phone.shown)
    assert {one["url"] for one in phone.shown} == {f"/c/{case.id}/"}
    assert len(set(phone.sizes)) == 1, "the length tells nobody anything"
    assert [one["Urgency"] for one in phone.headers] == ["normal", "normal", "high", "high"]


def test_the_words_are_there_where_the_person_chose_so(workspace, phone, case, bobs):
    device = Device.objects.get()
    services.change_device(bobs, device.id, ["answered"], only_here=True, shows_words=True)
    handlers.tell_of_answers([written(case)])
    push(workspace)
    assert phone.shown[0]["body"] == "Where is my secret bag?"


def test_words_of_any_alphabet_have_room_and_stop_nobody(workspace, phone, case, bob, bobs):
    Case.objects.filter(id=case.id).update(preview="\U0001f9f3\U0001f622" * 200)
    bob.preferences = {"language": "ar"}
    bob.save()
    device = Device.objects.get()
    services.change_device(bobs, device.id, ["answered"], only_here=True, shows_words=True)
    handlers.tell_of_answers([written(case)])
    assert push(workspace) == 1
    assert phone.shown[0]["body"] == "\U0001f9f3\U0001f622" * 80


def test_it_is_told_in_the_language_the_person_chose(workspace, phone, case, bob):
    bob.preferences = {"language": "ar"}
    bob.save()
    handlers.tell_of_answers([written(case)])
    push(workspace)
    assert titles(phone) == [f"HW-{case.number}: كتب العميل."]


def test_without_a_choice_it_is_told_in_the_language_of_the_workspace(
    workspace, phone, case, alice, bob
):
    set_language(workspace, "ar", by=alice)
    handlers.tell_of_answers([written(case)])
    bob.preferences = {"language": "tlh"}
    bob.save()
    push(workspace)
    assert titles(phone) == [f"HW-{case.number}: كتب العميل."]


def test_nobody_is_told_twice_of_the_same(workspace, phone, case, bob):
    event, message = given(case, bob.id), written(case)
    for _ in range(3):
        handlers.tell_of_cases_given([event])
        handlers.tell_of_answers([message, message])
        push(workspace)
    assert len(phone.shown) == 2
    handlers.tell_of_cases_given([given(case, bob.id)])
    push(workspace)
    assert len(phone.shown) == 3, "given once more is another thing"


def test_nobody_is_told_of_what_they_did_themselves_or_did_not_choose(workspace, phone, case, bobs):
    handlers.tell_of_cases_given([given(case, bobs.user_id, by=bobs.user_id)])
    services.change_device(bobs, Device.objects.get().id, [], only_here=True, shows_words=False)
    handlers.tell_of_answers([written(case)])
    assert push(workspace) == 0
    assert not Notice.objects.exists()


def test_roles_of_a_promise_are_told_and_others_are_not(workspace, service, case, alice, phone):
    alices = Membership.objects.get(user=alice)
    Agent.objects.create(workspace_id=workspace.id, user_id=alice.id)
    hers = service.browser()
    services.switch_on(alices, hers.subscription, "Alice")
    Case.objects.update(assignee_id=None)
    event = ClockNearlyDue(workspace.id, case.id, uuid7(), "answer", now(), roles=["owner"])
    handlers.tell_of_clocks_nearly_due([event])
    push(workspace)
    assert len(hers.shown) == 1
    assert phone.shown == []


@pytest.mark.parametrize("away", [{"presence": "away"}, {"is_gone": True}])
def test_who_is_away_has_quiet_unless_they_want_otherwise(workspace, phone, case, bobs, away):
    Agent.objects.update(**away)
    handlers.tell_of_answers([written(case)])
    assert push(workspace) == 0
    services.change_device(
        bobs, Device.objects.get().id, ["answered"], only_here=False, shows_words=False
    )
    Agent.objects.update(presence="available", is_gone=False)
    assert push(workspace) == 0, "what was quiet is not told later"
    Agent.objects.update(**away)
    handlers.tell_of_answers([written(case)])
    assert push(workspace) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(workspace, phone, case, status):
    phone.answer = status
    handlers.tell_of_answers([written(case), written(case)])
    assert push(workspace) == 0
    assert not Device.objects.exists()
    assert not Notice.objects.exists()


def test_a_device_that_does_not_answer_is_waited_for_once_a_batch(workspace, phone, case, service):
    other = service.browser()
    services.switch_on(
        Membership.objects.get(user_id=Case.objects.get(id=case.id).assignee_id),
        other.subscription,
        "Tablet",
    )
    phone.answer = 0
    handlers.tell_of_answers([written(case), written(case), written(case)])
    assert push(workspace) == 3
    assert (phone.asked, len(other.shown)) == (1, 3)
    assert sorted(Notice.objects.exclude(state="told").values_list("state", flat=True)) == [
        "dropped", "waiting", "waiting",
    ]  # fmt: skip


def test_who_may_not_sign_in_any_more_is_told_nothing(workspace, phone, case, bob):
    handlers.tell_of_answers([written(case)])
    bob.is_active = False
    bob.save()
    handlers.tell_of_answers([written(case)])
    assert push(workspace) == 0
    assert phone.shown == []


def test_who_has_left_meanwhile_is_told_nothing(workspace, phone, case, bobs):
    handlers.tell_of_answers([written(case)])
    bobs.delete()
    assert push(workspace) == 0
    assert phone.shown == []


def test_a_busy_service_is_asked_again_and_then_let_be(workspace, phone, case):
    phone.answer = 503
    start = now()
    handlers.tell_of_answers([written(case)])
    push(workspace)
    assert push(workspace) == 0, "not at once"
    phone.answer = 201
    with time_machine.travel(start + timedelta(seconds=20), tick=False):
        assert sweeps.wake_waiting() == 1
        assert push(workspace) == 1
    assert len(phone.shown) == 1


def test_what_is_no_news_any_more_is_not_told(workspace, phone, case):
    handlers.tell_of_answers([written(case)])
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        assert push(workspace) == 0
    assert Notice.objects.get().state == "dropped"


def test_a_storm_does_not_make_a_phone_useless(workspace, phone, case):
    handlers.tell_of_answers([written(case) for _ in range(MOST_NOTICES + 15)])
    assert push(workspace) == MOST_NOTICES
    handlers.tell_of_answers([written(case)])
    assert push(workspace) == 0


def test_noting_and_taking_cost_the_same_however_many_there_are(
    workspace, phone, case, django_assert_max_num_queries
):
    with django_assert_max_num_queries(3):
        handlers.tell_of_answers([written(case) for _ in range(50)])
    with django_assert_max_num_queries(3):
        assert services.take_waiting(workspace.id)


def test_an_inside_address_is_refused_and_one_that_leads_inside_is_not_called(
    workspace, service, bobs, case, settings
):
    browser = service.browser()
    settings.HEARWELL_EGRESS_ALLOW = ()
    with pytest.raises(BadDeviceError):
        services.switch_on(bobs, browser.subscription, "Bob")
    inside = {**browser.subscription, "endpoint": "https://localhost.localdomain/push"}
    services.switch_on(bobs, inside, "Bob")
    handlers.tell_of_answers([written(case)])
    assert push(workspace) == 0
    assert Notice.objects.get().state == "dropped"


def test_a_browser_belongs_to_who_sits_in_front_of_it(workspace, phone, bobs, alice):
    alices = Membership.objects.get(user=alice)
    device = services.switch_on(alices, phone.subscription, "Shared computer")
    assert [one.id for one in services.own_devices(alices)] == [device.id]
    assert services.own_devices(bobs) == []


def test_there_are_not_too_many_devices(service, bobs):
    for _ in range(10):
        services.switch_on(bobs, service.browser().subscription, "Phone")
    with pytest.raises(services.TooManyDevicesError):
        services.switch_on(bobs, service.browser().subscription, "Phone")


def test_another_workspace_is_told_nothing(workspace, other_workspace, phone, case):
    with scope(other_workspace.id):
        assert (
            services.note_happened(
                other_workspace.id,
                [
                    services.Happened(
                        Topic.ANSWERED, "message x", case.id, [Device().user_id or uuid7()]
                    )
                ],
            )
            == 0
        )
        assert not Device.objects.exists()


def test_old_notices_are_forgotten(workspace, phone, case):
    handlers.tell_of_answers([written(case)])
    push(workspace)
    with time_machine.travel(now() + timedelta(days=8), tick=False):
        assert sweeps.forget_old() == 1


@pytest.fixture
def leads(workspace, service, alice):
    """Alice may approve; her device wants to know of everything."""
    hers = Membership.objects.get(user=alice)
    Agent.objects.create(workspace_id=workspace.id, user_id=alice.id)
    browser = service.browser()
    device = services.switch_on(hers, browser.subscription, "Alice's phone")
    services.change_device(hers, device.id, list(Topic), only_here=True, shows_words=False)
    return browser


def test_a_reply_to_be_read_is_told_to_who_may_and_its_end_to_who_wrote_it(
    workspace, leads, phone, case, alice, bob, bobs
):
    ids = (case.id, uuid7(), bob.id)
    handed = ReplyHandedIn(workspace.id, *ids)
    handlers.tell_of_replies_to_read([handed, handed])
    push(workspace)
    assert (titles(leads), phone.shown) == (
        [f"HW-{case.number}: a reply waits for your approval."],
        [],
    )
    assert leads.shown[0]["url"] == "/inbox/approval/"
    handlers.tell_of_replies_read(
        [
            ReplyReviewed(workspace.id, *ids, "returned", alice.id),
            ReplyReviewed(workspace.id, case.id, uuid7(), bob.id, "approved", alice.id),
            ReplyReviewed(workspace.id, case.id, uuid7(), bob.id, "recalled", bob.id),
        ]
    )
    push(workspace)
    assert titles(phone) == [
        f"HW-{case.number}: changes are asked for in your reply.",
        f"HW-{case.number}: your reply was approved.",
    ]
    assert {one["url"] for one in phone.shown} == {f"/c/{case.id}/"}
    assert len(leads.shown) == 1
    assert "secret" not in str([*phone.shown, *leads.shown])


def test_nobody_is_asked_to_approve_what_is_their_own_or_while_they_are_away(
    workspace, leads, phone, case, alice, bob
):
    handlers.tell_of_replies_to_read([ReplyHandedIn(workspace.id, case.id, uuid7(), alice.id)])
    handlers.tell_of_grants_asked_for([GrantAsked(workspace.id, case.id, uuid7(), alice.id)])
    Agent.objects.filter(user_id=alice.id).update(presence="away")
    handlers.tell_of_replies_to_read([ReplyHandedIn(workspace.id, case.id, uuid7(), bob.id)])
    assert push(workspace) == 0


def test_what_is_above_somebodys_powers_is_told_to_who_may_approve(
    workspace, leads, phone, case, bobs
):
    gift = Gift(case_id=case.id, key=uuid7(), amount_minor=900_00, reason="damage")
    grant = give(gift, by=bobs)
    event = Event.objects.get(name="GrantAsked")
    assert event.payload["grant_id"] == str(grant.id)
    handlers.tell_of_grants_asked_for([GrantAsked(workspace.id, case.id, grant.id, bobs.user_id)])
    push(workspace)
    assert titles(leads) == [f"HW-{case.number}: a grant waits for a second person."]
    assert (leads.shown[0]["url"], phone.shown) == ("/grants/", [])


def test_a_doubtful_action_is_told_once_to_its_doer_and_leads(workspace, leads, phone, case, bob):
    event = ToolRunDoubted(workspace.id, case.id, uuid7(), uuid7(), "Refund", bob.id, "timeout")
    for _ in range(2):
        handlers.tell_of_doubts([event])
    push(workspace)
    said = [f"HW-{case.number}: nobody knows whether an action was done. Please look."]
    assert titles(leads) == titles(phone) == said
    assert phone.shown[0]["url"] == f"/c/{case.id}/"


def test_a_spike_is_told_once_to_who_may_approve(workspace, leads, phone, case):
    event = SpikeFound(
        workspace.id, uuid7(), "trouble", 70, "", None, 40, 2.0, 15, 33, case.id, uuid7()
    )
    handlers.tell_of_spikes([event])
    handlers.tell_of_spikes([event])
    push(workspace)
    assert titles(leads) == [f"Far more is said than usual. It began with HW-{case.number}."]
    assert (leads.shown[0]["url"], phone.shown) == ("/spikes/", [])
