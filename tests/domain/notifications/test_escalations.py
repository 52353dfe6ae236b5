"""Who is waited for by name is told on every device and by e-mail, whatever they chose."""

from __future__ import annotations

import pytest

from hearwell.accounts.models import Membership
from hearwell.conversations.models import Case
from hearwell.escalation import services as escalation
from hearwell.escalation.rules import Path
from hearwell.escalation.services.sweeping import sweep_due
from hearwell.events.model import EVENT_TYPES
from hearwell.events.models import Event
from hearwell.events.registry import HANDLERS
from hearwell.kit.clock import now
from hearwell.notifications import mailing, pushing, services, sweeps
from hearwell.notifications.models import Letter, Notice
from hearwell.notifications.services.letters import MOST_LETTERS
from hearwell.routing.models import Agent
from tests.characters import _member
from tests.factories import make_case
from tests.push_service import push_service
from tests.smtp_server import smtp_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(settings):
    with smtp_server() as made:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.port
        settings.HEARWELL_HAS_MAIL = True
        settings.HEARWELL_URL = "https://care.example.com"
        yield made


@pytest.fixture
def bobs(workspace, bob) -> Membership:
    return Membership.objects.select_related("user").get(user=bob)


@pytest.fixture
def leas(workspace) -> Membership:
    lea = _member(workspace, "Lea Lund", "lead", "LL")
    return Membership.objects.select_related("user").get(user=lea)


@pytest.fixture
def phone(settings, leas):
    """Lea's phone, which wants to hear of nothing and only while she is there; she is gone."""
    with push_service() as service:
        settings.HEARWELL_EGRESS_ALLOW = (service.origin,)
        browser = service.browser()
        device = services.switch_on(leas, browser.subscription, "Lea's phone")
        services.change_device(leas, device.id, [], only_here=True, shows_words=False)
        Agent.objects.create(workspace_id=leas.workspace_id, user_id=leas.user_id, is_gone=True)
        yield browser


@pytest.fixture
def case(workspace) -> Case:
    return make_case("My secret lawyer will write")


def tell(workspace, seen: list[Event]) -> None:
    """Let those hear who listen, as the fan-out does, of what is new."""
    for row in Event.objects.filter(workspace_id=workspace.id).order_by("id"):
        if row.id in seen:
            continue
        seen.append(row.id)
        event = EVENT_TYPES[row.name].restored(workspace.id, row.payload)
        event.known_as(row.id, row.payload)
        for name, handler in HANDLERS[row.name].items():
            if name.startswith("hearwell.notifications"):
                handler([event])


def test_the_first_person_is_told_on_the_phone_and_by_e_mail(
    workspace, bobs, leas, phone, post, case
):
    escalation.escalate(case.id, 2, bobs)
    seen: list[Event] = []
    tell(workspace, seen)
    tell(workspace, [])

    assert pushing.push_waiting(workspace.id) == 1
    assert mailing.send_letters(workspace.id) == 1
    (shown,) = phone.shown
    label = f"HW-{case.number}"
    assert shown["title"] == f"{label} is escalated. Please accept it."
    assert shown["url"] == f"/escalations/#case-{case.id}"
    assert phone.headers[0]["Urgency"] == "high"
    (letter,) = post.taken
    assert letter["To"] == leas.user.email
    assert label in letter["Subject"]
    assert f"https://care.example.com/escalations/#case-{case.id}" in letter.get_payload()
    assert "secret" not in letter.get_payload()


def test_the_next_one_is_told_when_the_first_does_not_answer(
    frozen, workspace, alice, bobs, leas, post, case
):
    one = escalation.escalate(case.id, 2, bobs)
    seen: list[Event] = []
    tell(workspace, seen)
    mailing.send_letters(workspace.id)
    frozen.move_to(one.due_at)
    sweep_due()
    tell(workspace, seen)

    mailing.send_letters(workspace.id)

    assert [letter["To"] for letter in post.taken] == [leas.user.email, alice.email]


def test_while_the_mail_server_is_away_letters_wait_and_none_is_lost(
    frozen, workspace, bobs, leas, post, case, settings
):
    escalation.escalate(case.id, 2, bobs)
    tell(workspace, [])
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert mailing.send_letters(workspace.id) == 0
    settings.EMAIL_PORT = port

    assert sweeps.wake_letters() == 1
    assert mailing.send_letters(workspace.id) == 1
    assert mailing.send_letters(workspace.id) == 0
    assert Letter.objects.get().state == "told"


def test_a_house_without_mail_notes_no_letters(workspace, bobs, leas, case, settings):
    settings.HEARWELL_HAS_MAIL = False
    escalation.escalate(case.id, 2, bobs)
    tell(workspace, [])

    assert Letter.objects.count() == 0


def test_signatures_and_promised_updates_are_asked_for_by_name(
    frozen, workspace, alice, bobs, leas, post
):
    owner = Membership.objects.select_related("user").get(user=alice)
    incident = escalation.open_incident("Pier 7", 2, leas)
    promised = now().replace(hour=13)
    text = escalation.write_statement(incident.id, leas, "We are sorry.", promised)
    seen: list[Event] = []
    tell(workspace, seen)
    mailing.send_letters(workspace.id)
    for part in text.signs:
        escalation.sign(text.id, part, text.digest, owner)
    escalation.note_published(text.id, "", leas)
    frozen.move_to(promised)
    sweep_due()
    tell(workspace, seen)
    mailing.send_letters(workspace.id)

    subjects = [(one["To"], one["Subject"].partition(": ")[2]) for one in post.taken]
    assert (alice.email, "INC-1: your signature is asked for.") in subjects
    assert (leas.user.email, "INC-1: the next update was promised for now.") in subjects
    assert "https://care.example.com/incidents/1/" in post.taken[0].get_payload()


def test_a_crisis_reaches_every_lead_away_or_not(workspace, alice, bobs, leas, phone):
    owner = Membership.objects.select_related("user").get(user=alice)
    seen: list[Event] = []
    escalation.open_incident("Pier 7", 2, owner)
    tell(workspace, seen)
    assert pushing.push_waiting(workspace.id) == 0

    escalation.set_level(_incident().id, 3, owner)
    tell(workspace, seen)

    assert pushing.push_waiting(workspace.id) == 1
    assert phone.shown[0]["url"] == "/incidents/1/"


def _incident():
    from hearwell.escalation.models import Incident

    return Incident.objects.get()


def test_what_is_done_is_signed_off_by_who_is_told(workspace, alice, bobs, leas, post, case):
    owner = Membership.objects.select_related("user").get(user=alice)
    escalation.save_path(workspace.id, "", 2, Path("role:lead", "", 9, "role:owner"), owner.user)
    one = escalation.accept(escalation.escalate(case.id, 2, bobs).id, leas)
    escalation.finish(one.id, leas, "Done")
    tell(workspace, [])

    mailing.send_letters(workspace.id)

    assert post.taken[-1]["To"] == alice.email
    assert "your signature is asked for" in post.taken[-1]["Subject"]
    assert not Notice.objects.exists()


def test_a_storm_of_alarms_does_not_bury_anybody_in_mail(workspace, leas, post):
    happened = [
        services.Happened("escalation", f"storm {n}", None, [leas.user_id], about="INC-1")
        for n in range(60)
    ]

    assert services.note_letters(workspace.id, happened) == MOST_LETTERS
    assert services.note_letters(workspace.id, happened) == 0
    later = services.Happened("escalation", "one more", None, [leas.user_id], about="INC-1")
    assert services.note_letters(workspace.id, [later]) == 0
    assert Letter.objects.filter(state="dropped").count() == 21
