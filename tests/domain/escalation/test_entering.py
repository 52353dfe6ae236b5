"""What enters by itself: alarms of what comes in, spikes of what is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from hearwell.conversations import services as conversations
from hearwell.escalation import queries
from hearwell.escalation.models import Escalation, Incident
from hearwell.escalation.rules import Choice
from hearwell.escalation.services import choose, escalate, open_incident
from hearwell.inbox.intake import take_edits, take_in
from hearwell.spikes import services as spikes
from tests.domain.spikes.stream import MONDAY, incident, ordinary
from tests.domain.spikes.stream import take_in as take_said
from tests.factories import make_case, make_channel, make_edit, make_item

AT = MONDAY + timedelta(days=1, hours=12)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Your charger caught fire in my kitchen and burned my hand", "safety"),
        ("My lawyer will sue you, see you in court", "legal"),
        ("I am a journalist writing about your delays, please comment", "press"),
    ],
)
def test_an_alarm_of_what_comes_in_enters_at_three(workspace, owner, text, why) -> None:
    take_in(make_channel(), [make_item(text), make_item("Where is my bag?")])

    one = Escalation.objects.get()
    assert (one.severity, one.why, one.state) == (3, why, "waiting")
    assert one.asked_ids == [str(owner.user_id)]


def test_an_edit_that_turns_grave_enters_too(workspace, owner) -> None:
    channel = make_channel()
    item = make_item("Where is my bag?")
    take_in(channel, [item])
    assert not Escalation.objects.exists()

    take_edits(channel, [make_edit(item, "Where is my bag? My lawyer will sue you")])

    assert Escalation.objects.get().why == "legal"


def test_a_workspace_may_want_no_alarms(workspace, owner) -> None:
    choose(workspace.id, Choice(alarms=()), owner.user)

    take_in(make_channel(), [make_item("My lawyer will sue you, see you in court")])

    assert not Escalation.objects.exists()


def test_a_spike_of_trouble_proposes_an_incident_with_its_cases(workspace) -> None:
    channel = make_channel()
    take_said(channel, ordinary(MONDAY - timedelta(days=4), 5, 90))
    take_said(channel, incident(AT, 30, every_s=14))
    with time_machine.travel(AT + timedelta(minutes=8), tick=False):
        (spike,) = spikes.look(workspace.id)
        spikes.look(workspace.id)

    (found,) = Incident.objects.all()
    assert (found.state, found.spike_id, found.severity) == ("proposed", spike.id, 2)
    assert found.found_at - found.began_at < timedelta(minutes=10)
    assert queries.case_counts(workspace.id, [found.id])[found.id] >= 10
    assert queries.said_in(found, timedelta(minutes=15))


def test_a_case_that_took_another_is_escalated_and_in_its_incident(workspace, owner, lead) -> None:
    source, target = make_case("Fire on board"), make_case("The same, by mail")
    one = escalate(source.id, 3, lead)
    incident = open_incident("Pier 7", 2, lead, [source.id])

    moved = conversations.merge(target.id, source.id, lead.user_id)

    assert queries.open_escalation_of(workspace.id, target.id) == one
    assert queries.incidents_with(workspace.id, target.id) == [incident]
    conversations.undo_move(moved.move.id, lead.user_id)
    assert queries.open_escalation_of(workspace.id, target.id) is None
    assert queries.open_escalation_of(workspace.id, source.id) == one
