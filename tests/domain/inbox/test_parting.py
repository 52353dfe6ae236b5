"""Letting go of an account: what waits is held with the reason, what was said stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.accounts.models import AuditRow, User
from hearwell.channels.models import Channel, ChannelState
from hearwell.channels.services.connecting import ReadOnlyChannelError
from hearwell.conversations.models import Message
from hearwell.inbox.parting import disconnect_account
from hearwell.kit.clock import now
from hearwell.outbound import services
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import State
from tests.domain.inbox.conftest import Care


def part(care: Care) -> int:
    with care.inside():
        channel = Channel.objects.get(id=care.channel.id)
        return disconnect_account(channel, by=User.objects.get(id=care.anna.user_id))


def state(care: Care, row: Delivery) -> Delivery:
    with care.inside():
        return Delivery.objects.get(id=row.id)


def test_what_waits_is_held_and_what_was_said_stays(care: Care) -> None:
    waiting = care.send(care.reply(undo_s=10))
    gone = care.deliver(care.send(care.reply(case_id=care.private_case_id, audience="private")))
    with care.inside():
        before = Message.objects.count()

    assert part(care) == 1
    assert part(care) == 0

    held = state(care, waiting)
    assert (held.state, held.failure_code) == (State.HELD, "channel_disconnected")
    assert "Connect it again" in held.failure_message
    assert state(care, gone).state == State.SENT
    assert len(care.wire.posts) == 1
    with care.inside():
        assert Message.objects.count() == before
        assert AuditRow.objects.filter(action="channel.disconnected").count() == 1


def test_releasing_it_sends_nothing_until_the_account_is_connected_again(care: Care) -> None:
    row = care.send(care.reply(undo_s=10))
    part(care)
    with care.inside():
        services.release(care.ws, [row.id], by_id=care.anna.user_id)
    assert care.deliver(row).failure_code == "channel_disconnected"
    assert care.wire.posts == []

    with care.inside():
        Channel.objects.update(state=ChannelState.ACTIVE)
        services.release(care.ws, [row.id], by_id=care.anna.user_id)
    assert care.deliver(row).state == State.SENT


def test_a_reply_that_was_due_in_that_very_moment_is_held_by_the_claim(care: Care) -> None:
    row = care.send(care.reply())
    with care.inside():
        Channel.objects.update(state=ChannelState.DISCONNECTED)
        Delivery.objects.update(not_before=now() - timedelta(seconds=1))

    assert care.deliver(row).failure_code == "channel_disconnected"


def test_an_archive_is_not_let_go(care: Care) -> None:
    with care.inside():
        Channel.objects.update(state=ChannelState.READ_ONLY)
    with pytest.raises(ReadOnlyChannelError):
        part(care)
