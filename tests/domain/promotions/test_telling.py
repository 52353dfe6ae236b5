"""What other programs are told: at once, once, in order, signed, and after any trouble."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import pytest

from hearwell.accounts.models import Membership, User, Workspace
from hearwell.channels.models import Channel
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case
from hearwell.events.model import EVENT_TYPES
from hearwell.events.models import Event
from hearwell.inbox import acts, intake, people
from hearwell.integrations import services as webhooks
from hearwell.integrations.models import HookDelivery
from hearwell.integrations.services import WebhookFacts
from hearwell.promotions import queries, services
from hearwell.promotions.models import Change, Feed, HoldChoice, Told
from hearwell.promotions.services.telling import CHANGES_LIST
from tests.domain.promotions.histories import number_events
from tests.factories import DUARTE, make_channel, make_item


@pytest.fixture
def channel(workspace: Workspace) -> Channel:
    return make_channel()


@pytest.fixture
def by(alice: User) -> Membership:
    return Membership.objects.get(user=alice)


def look(workspace: Workspace) -> list[tuple[int, str, str]]:
    """Let the sweep look, and return all that was ever told."""
    number_events()
    services.tell_changes()
    return list(Change.objects.order_by("seq").values_list("seq", "verb", "network_id"))


def test_what_changes_the_list_is_known_by_its_right_name():
    for name in CHANGES_LIST:
        fields = {field.name for field in dataclasses.fields(EVENT_TYPES[name])}
        assert fields & {"case_id", "case_ids"}, name


def test_a_case_begins_and_ends_a_hold(workspace, channel, by, frozen):
    (message,) = intake.take_in(channel, [make_item()])
    assert look(workspace) == [(1, "started", "lena")]
    assert look(workspace) == [(1, "started", "lena")]  # once

    acts.close_case(message.case_id, "answered_elsewhere", by)
    assert len(look(workspace)) == 1
    frozen.shift(timedelta(hours=47, minutes=59))
    assert len(look(workspace)) == 1
    frozen.shift(timedelta(minutes=1))
    assert look(workspace)[1:] == [(2, "ended", "lena")]

    acts.reopen_case(message.case_id, by)
    assert look(workspace)[2:] == [(3, "started", "lena")]
    acts.close_case(message.case_id, "spam", by)
    assert look(workspace)[3:] == [(4, "ended", "lena")]


def test_a_word_of_a_person_ends_it_at_once(workspace, channel, by):
    (message,) = intake.take_in(channel, [make_item()])
    look(workspace)

    acts.correct_kind(message.case_id, message.id, "spam", by)

    assert look(workspace)[1:] == [(2, "ended", "lena")]


def test_everybody_who_asks_in_a_thread_is_held_back(workspace, channel, by):
    root = make_item(thread_key="t", external_id="t")
    other = make_item("And where is mine?", thread_key="t", author=DUARTE, parent_id="t")
    intake.take_in(channel, [root, other])

    assert {one[2] for one in look(workspace)} == {"lena", "duarte"}
    assert Case.objects.count() == 1


def test_who_is_one_with_somebody_is_found_when_all_is_looked_at(workspace, channel, by, frozen):
    mail = make_channel("mastodon")
    (first,) = intake.take_in(channel, [make_item()])
    (second,) = intake.take_in(mail, [make_item("Also here!", author=DUARTE)])
    conversations.close(second.case_id, "duplicate", by.user_id)
    assert [one[1:] for one in look(workspace)] == [("started", "lena")]

    people.same_person(first.case_id, second.case_id, by)
    assert {one.network_id for one in queries.held_now(workspace.id)} == {"lena", "duarte"}
    frozen.shift(timedelta(minutes=10))

    assert look(workspace)[1:] == [(2, "started", "duarte")]


def test_another_choice_is_told_at_the_next_look(workspace, channel, alice):
    intake.take_in(channel, [make_item("Your crew was lovely today, thank you so much!")])
    assert len(look(workspace)) == 1

    wish = services.Wish(48, counts_praise=False, email_basis="", email_statement="")
    assert services.choose(workspace.id, wish, by=alice, may_state_basis=True)
    assert not services.choose(workspace.id, wish, by=alice, may_state_basis=True)

    assert look(workspace)[1:] == [(2, "ended", "lena")]
    assert HoldChoice.objects.count() == 1


def test_a_log_that_reaches_no_further_back_costs_nothing_but_a_whole_look(workspace, channel):
    intake.take_in(channel, [make_item()])
    look(workspace)
    intake.take_in(channel, [make_item("And my other bag?", author=DUARTE)])
    number_events()
    newest = Event.objects.order_by("-seq").values_list("seq", flat=True)[0]
    Feed.objects.update(read_seq=-newest)  # as if the log had been cut off behind it

    services.tell_changes()

    assert set(Told.objects.values_list("network_id", flat=True)) == {"lena", "duarte"}
    assert Feed.objects.get().read_seq >= newest


def test_a_broken_workspace_stops_no_other(workspace, channel, other_workspace, monkeypatch):
    intake.take_in(channel, [make_item()])
    number_events()
    real = services.telling.catch_up

    def broken(place):
        if place == other_workspace.id:
            message = "broken"
            raise RuntimeError(message)
        return real(place)

    monkeypatch.setattr(services.telling, "catch_up", broken)
    assert services.telling._told(other_workspace.id) == 0
    assert services.telling._told(workspace.id) == 1


def test_webhooks_are_told_without_a_word_of_what_was_written(workspace, channel, alice, frozen):
    facts = WebhookFacts(
        "https://crm.example/hook", ["suppression.started", "suppression.ended"], with_words=True
    )
    webhooks.make_webhook(workspace.id, facts, by=alice)
    intake.take_in(channel, [make_item("Where is my secret bag?")])
    look(workspace)
    number_events()

    webhooks.collect()

    sent = json.loads(HookDelivery.objects.get().body)
    assert sent["type"] == "suppression.started"
    assert sent["data"] == {
        "seq": 1, "network": "sandbox", "network_id": "lena", "email_sha256": "",
        "reason": "unanswered", "since": sent["data"]["since"],
    }  # fmt: skip
    assert "secret" not in HookDelivery.objects.get().body
