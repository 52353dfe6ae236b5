"""From the event log to what is to be sent."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import AuditRow
from hearwell.channels.events import ChannelConnected, DeliveriesParked
from hearwell.conversations.events import CaseAssigned, CaseClosed, CaseMerged, UrgencySet
from hearwell.events.models import Event
from hearwell.inbox.events import MessageActed, MessageCorrected, MessageReceived
from hearwell.integrations import services
from hearwell.integrations.kinds import KINDS
from hearwell.integrations.models import HookDelivery, OffReason, Reading, Subscription
from hearwell.integrations.services import collecting
from hearwell.integrations.shapes import told_by
from hearwell.outbound.events import DeliveryFailed
from hearwell.powers.events import GrantAsked, GrantDecided, ReplyReviewed
from hearwell.routing.events import CaseClaimed, CaseReleased, PresenceChanged, TeamChanged
from hearwell.sla.events import ClockNearlyDue
from tests.factories import make_case, make_message

URL = "https://example.com/hook"


def bodies() -> list[dict]:
    rows = HookDelivery.objects.order_by("seq", "id")
    return [json.loads(body) for body in rows.values_list("body", flat=True)]


def received(message, *, is_new_case=True) -> MessageReceived:
    return MessageReceived(
        message.workspace_id, message.case_id, message.id, message.channel_id, "answer", "question",
        0, "public", is_new_case,
    )  # fmt: skip


def test_a_body_says_what_happened_and_to_whom(hooks, case, alice):
    hooks.make(URL)
    hooks.close(case)
    services.collect()
    (body,) = bodies()
    row = Event.objects.get(name="CaseClosed")
    assert {k: v for k, v in body.items() if k not in {"id", "data"}} == {
        "type": "case.closed",
        "version": 1,
        "timestamp": row.recorded_at.isoformat(),
        "workspace": {"id": str(hooks.workspace.id), "name": "Northwind Air"},
    }
    assert body["data"]["reason"] == "solved"
    assert body["data"]["actor"] == {"id": str(alice.id), "name": "Alice Adams"}
    assert (body["data"]["case"]["id"], body["data"]["case"]["label"]) == (str(case.id), case.label)


def test_words_and_names_go_only_where_they_are_asked_for(hooks):
    message = make_message("My phone is 555-0100")
    hooks.make(URL, "message.received")
    hooks.make(URL + "2", "message.received", with_words=True)
    hooks.tell(received(message))
    services.collect()
    without, with_words = (json.dumps(one, ensure_ascii=False) for one in bodies())
    assert "555-0100" not in without
    assert "Lena" not in without
    assert "555-0100" in with_words
    assert "Lena Vik" in with_words
    assert json.loads(without)["data"]["message"]["id"] == str(message.id)


def test_a_new_case_and_its_message_are_two_kinds_with_two_ids(hooks):
    message = make_message()
    hooks.make(URL)
    hooks.tell(received(message), received(message, is_new_case=False))
    services.collect()
    assert [one["type"] for one in bodies()] == [
        "case.opened", "message.received", "message.received",
    ]  # fmt: skip
    assert len({one["id"] for one in bodies()}) == 3


def test_only_what_is_chosen_is_told_and_only_from_now_on(hooks, case):
    hooks.close(case)
    hooks.make(URL, "case.assigned")
    hooks.close(case)
    hooks.tell(CaseAssigned(hooks.workspace.id, case.id, None, hooks.alice.id))
    services.collect()
    assert [one["type"] for one in bodies()] == ["case.assigned"]
    assert bodies()[0]["data"]["assignee"]["name"] == "Alice Adams"


def test_reading_again_from_the_start_writes_nothing_twice(hooks, case):
    hooks.make(URL)
    hooks.close(case, 3)
    assert services.collect() == 3
    before = set(HookDelivery.objects.values_list("message_id", flat=True))
    assert services.collect() == 0
    Reading.objects.update(seq=0)  # as if the commit of how far it was read had been lost
    services.collect()
    assert set(HookDelivery.objects.values_list("message_id", flat=True)) == before
    assert HookDelivery.objects.count() == 3


def test_every_webhook_knows_an_event_by_the_same_id(hooks, case):
    for n in range(2):
        hooks.make(f"{URL}{n}")
    hooks.close(case)
    services.collect()
    assert len({one["id"] for one in bodies()}) == 1
    assert HookDelivery.objects.count() == 2


def test_what_is_off_is_not_told_and_does_not_catch_up(hooks, case):
    row, _secret = hooks.make(URL)
    services.switch_webhook(hooks.workspace.id, row.id, is_on=False, by=hooks.alice)
    hooks.close(case)
    services.collect()
    services.switch_webhook(hooks.workspace.id, row.id, is_on=True, by=hooks.alice)
    hooks.close(case)
    services.collect()
    assert HookDelivery.objects.count() == 1


def test_every_kind_can_be_written(hooks, case):
    """Each kind's facts are fields of its events, so that none is told empty."""
    for kind in KINDS.values():
        for event in kind.events:
            fields = event.__dataclass_fields__
            assert set(kind.facts) <= set(fields), (kind.name, event)


def test_a_reply_that_a_second_person_looked_at(hooks, case, alice, bob):
    hooks.make(URL, "approval.decided")
    hooks.tell(ReplyReviewed(hooks.workspace.id, case.id, case.id, bob.id, "approved", alice.id))
    services.collect()
    (body,) = bodies()
    data = body["data"]
    assert (data["state"], data["author"]["name"], data["by"]["name"]) == (
        "approved", "Bob Brown", "Alice Adams",
    )  # fmt: skip
    assert set(data) == set(told_by(KINDS["approval.decided"]))


def test_claims_teams_priorities_and_presence_are_told(hooks, case, alice, bob):
    hooks.make(URL)
    ws, at = hooks.workspace.id, case.opened_at
    hooks.tell(
        CaseClaimed(ws, case.id, bob.id, at),
        CaseReleased(ws, case.id, bob.id, "expired"),
        TeamChanged(ws, [case.id], alice.id, "overflow"),
        UrgencySet(ws, case.id, None, 4, 2),
        PresenceChanged(ws, bob.id, "away", is_automatic=True),
        ChannelConnected(ws, case.channel_id, "wire", "northwind"),
        DeliveriesParked(ws, case.channel_id, [case.id], "unreadable"),
    )
    services.collect()
    told = {body["type"]: body["data"] for body in bodies()}
    for name, data in told.items():
        assert set(data) == set(told_by(KINDS[name])), name
    assert told["case.claimed"]["user"] == {"id": str(bob.id), "name": "Bob Brown"}
    assert told["case.released"]["case"]["id"] == str(case.id)
    assert told["case.team"]["case_ids"] == [str(case.id)]
    assert (told["case.urgency"]["urgency"], told["case.urgency"]["urgency_before"]) == (4, 2)
    assert told["presence.changed"]["is_automatic"] is True
    assert told["channel.parked"]["parked_ids"] == [str(case.id)]
    assert len(told) == 7


def test_grants_acts_on_messages_and_what_people_say_of_them_are_told(hooks, case, alice, bob):
    hooks.make(URL)
    ws, message = hooks.workspace.id, make_message("My phone is 555-0100")
    hooks.tell(
        GrantAsked(ws, case.id, case.id, bob.id),
        GrantDecided(ws, case.id, case.id, bob.id, "granted", alice.id),
        MessageActed(ws, message.case_id, message.id, case.id, bob.id, "hide", "done"),
        MessageCorrected(ws, message.case_id, message.id, bob.id, "kind", "praise"),
    )
    services.collect()
    told = {body["type"]: body["data"] for body in bodies()}
    for name, data in told.items():
        assert set(data) == set(told_by(KINDS[name])), name
    assert told["grant.asked"]["giver"] == {"id": str(bob.id), "name": "Bob Brown"}
    assert (told["grant.decided"]["state"], told["grant.decided"]["by"]["name"]) == (
        "granted", "Alice Adams",
    )  # fmt: skip
    assert (told["message.acted"]["act"], told["message.acted"]["state"]) == ("hide", "done")
    said = told["message.corrected"]
    assert (said["field"], said["value"], said["actor"]["name"]) == ("kind", "praise", "Bob Brown")
    assert "555-0100" not in json.dumps(told)
    assert len(told) == 4


@pytest.mark.parametrize("kind", ["merged", "trouble", "clock"])
def test_the_facts_of_an_event(hooks, case, kind):
    hooks.make(URL)
    other, ws = make_case("Another"), hooks.workspace.id
    told = {
        "merged": CaseMerged(ws, [case.id, other.id], hooks.alice.id, other.id),
        "trouble": DeliveryFailed(
            ws, case.id, case.id, case.channel_id, hooks.alice.id,
            {"case_id": str(case.id), "typed": "my words"}, "too_long", "Too long.", [],
        ),
        "clock": ClockNearlyDue(ws, case.id, other.id, "answer", case.opened_at, 1, ["lead"]),
    }[kind]  # fmt: skip
    hooks.tell(told)
    services.collect()
    (body,) = bodies()
    data = body["data"]
    assert set(data) == set(told_by(KINDS[body["type"]]))
    if kind == "merged":
        assert (data["case"]["id"], data["from_case_id"]) == (str(other.id), str(case.id))
    elif kind == "trouble":
        assert (body["type"], data["code"], data["detail"]) == (
            "reply.failed", "too_long", "Too long.",
        )  # fmt: skip
        assert data["case"]["id"] == str(case.id)
        assert "my words" not in json.dumps(body)
    else:
        assert (data["clock_kind"], data["clock_id"]) == ("answer", str(other.id))
        assert "roles" not in data


def test_a_batch_costs_the_same_statements_as_one(hooks, case):
    hooks.make(URL)
    hooks.make(URL + "2")

    def cost(n: int) -> int:
        hooks.tell(*(CaseClosed(hooks.workspace.id, case.id, None, "solved", v) for v in range(n)))
        with CaptureQueriesContext(connection) as asked:
            assert services.collect() == 2 * n
        return len(asked)

    assert cost(100) == cost(1)


def test_too_much_that_waits_switches_it_off_with_its_reason(hooks, case, monkeypatch):
    monkeypatch.setattr(collecting, "MOST_WAITING", 3)
    row, _secret = hooks.make(URL)
    hooks.close(case, 3)
    services.collect()
    row.refresh_from_db()
    assert (row.is_on, row.off_reason) == (False, OffReason.CROWDED)
    assert Event.objects.filter(name="WebhookSwitchedOff").count() == 1
    assert AuditRow.objects.filter(action="webhook.switched_itself_off").count() == 1


def test_what_was_kept_when_it_was_crowded_does_not_switch_it_off_again(hooks, case, monkeypatch):
    monkeypatch.setattr(collecting, "MOST_WAITING", 3)
    row, _secret = hooks.make(URL)
    hooks.close(case, 5)
    services.collect()
    services.switch_webhook(hooks.workspace.id, row.id, is_on=True, by=hooks.alice)
    hooks.close(case, 2)
    services.collect()
    row.refresh_from_db()
    assert row.is_on
    assert HookDelivery.objects.filter(state="waiting").count() == 7
    hooks.close(case)
    services.collect()
    row.refresh_from_db()
    assert row.off_reason == OffReason.CROWDED


def test_a_workspace_that_cannot_be_read_stops_no_other(
    hooks, case, other_workspace, charlie, monkeypatch
):
    from hearwell.kit.scope import scope

    with scope(other_workspace.id):
        facts = services.WebhookFacts(URL, ["case.closed"])
        services.make_webhook(other_workspace.id, facts, by=charlie)
        hooks.tell(CaseClosed(other_workspace.id, case.id, charlie.id, "solved", 1))
    hooks.make(URL)
    hooks.close(case)
    known_of = collecting.known_of

    def broken(workspace_id, events):
        if workspace_id == other_workspace.id:
            raise KeyError
        return known_of(workspace_id, events)

    monkeypatch.setattr(collecting, "known_of", broken)
    assert services.collect() == 1
    assert HookDelivery.objects.count() == 1


def test_another_workspace_is_told_nothing(hooks, case, other_workspace, charlie):
    from hearwell.kit.scope import scope

    with scope(other_workspace.id):
        facts = services.WebhookFacts(URL, list(KINDS))
        services.make_webhook(other_workspace.id, facts, by=charlie)
    hooks.close(case)
    services.collect()
    with scope(other_workspace.id):
        assert HookDelivery.objects.count() == 0
        assert Subscription.objects.count() == 1
    assert Subscription.objects.count() == 0
