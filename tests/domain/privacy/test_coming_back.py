"""Once erased, nobody comes back: not by a poll, a replay, an archive or an old backup."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
import time_machine
from django.db import transaction

from hearwell.accounts.models import Workspace
from hearwell.channels.models import Channel, Leftover, ParkedDelivery, RawDelivery
from hearwell.channels.services import keep, replay
from hearwell.channels.services.leftovers import (
    empty_leftovers,
    forget_names_of_settled,
    note_leftovers,
)
from hearwell.channels.services.replaying import replay_endpoint
from hearwell.connect import registry
from hearwell.connect.model import Author, Reacted, Source
from hearwell.contacts.models import Contact, Identity
from hearwell.conversations.models import Case, EarlyChange, Message, Reaction, Status
from hearwell.inbox import intake
from hearwell.kit.clock import now
from hearwell.privacy.services import erase, erase_again
from tests.domain.channels.conftest import connected, deliver, drain, row_of
from tests.domain.privacy.marked import MARK, tables_with
from tests.factories import make_edit, make_item
from tests.pigeon import Pigeon, body_of, message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
THEIRS = {
    "author": f"{MARK}-id",
    "handle": f"{MARK}.handle",
    "name": f"{MARK} name",
    "thread": f"{MARK}/1",
}
OLD = message(f"{MARK}/post/1", text=f"I am {MARK}", **THEIRS)
OTHERS = message("other/1", author="duarte", thread="t2", text="Me too")


@pytest.fixture
def channel(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, settings, tmp_path
) -> Iterator[Channel]:
    """An account on a network whose deliveries go the whole way."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setitem(registry._connectors, "pigeon", Pigeon())
    return connected(workspace)


@pytest.fixture
def erased(channel: Channel, frozen: time_machine.Coordinates) -> UUID:
    """Somebody who wrote, was answered by nobody, and was erased an hour later."""
    contact_id = written(channel)
    frozen.shift(3600)
    erase(channel.workspace_id, contact_id)
    return contact_id


def written(channel: Channel) -> UUID:
    deliver(channel, OLD, OTHERS)
    drain(channel)
    Case.objects.update(status=Status.CLOSED)
    return Identity.objects.get(external_id=f"{MARK}-id").contact_id


def settled(channel: Channel) -> list[str]:
    drain(channel)
    empty_leftovers()
    return tables_with(MARK)


def polled(channel: Channel, *items: object) -> None:
    row = row_of(channel, body_of(*items))
    keep([replace(row, source=Source.POLL.value)])


def test_the_mark_is_there_before(channel):
    written(channel)
    assert {"contacts_identity", "conversations_message", "channels_rawdelivery"} <= set(
        tables_with(MARK)
    )


def test_nothing_is_left(channel, erased):
    assert tables_with(MARK) == []


def test_others_in_the_same_delivery_stay(channel, erased):
    assert list(Message.objects.exclude(text="").values_list("text", flat=True)) == ["Me too"]
    assert Contact.objects.get(id=erased).erased_at == now()


@pytest.mark.parametrize("by", [deliver, polled])
def test_a_replay_and_a_poll_bring_nothing_back(channel, erased, by):
    by(channel, OLD, message("new/1", author="mira", thread="t3", text="And me"))
    assert settled(channel) == []
    assert Message.objects.filter(text="And me").exists()


def test_what_they_said_before_and_we_never_had_is_not_taken_in(channel, erased):
    polled(channel, message(f"{MARK}/post/0", **{**THEIRS, "text": f"Before {MARK}"}))
    assert settled(channel) == []
    assert Message.objects.count() == 2


def test_an_edit_of_theirs_waits_for_nothing(channel, erased):
    deliver(channel, {**OLD, "type": "edit", "version": 2, "text": f"Edited {MARK}"})
    assert settled(channel) == []
    assert not EarlyChange.objects.exists()


def test_reactions_of_theirs_and_to_theirs_are_not_kept(channel, erased):
    thanks = [Author(f"{MARK}-id", name=MARK), Author("duarte", name="Duarte")]
    targets = ["other/1", f"{MARK}/post/1"]
    items = [
        Reacted(external_id=f"r{n}", dedup_key=f"r{n}", occurred_at=channel.connected_at,
                account="loft", reaction="like", actor=actor, target_id=target)
        for n, (actor, target) in enumerate(zip(thanks, targets, strict=True))
    ]  # fmt: skip
    intake.take_reactions(channel, items)
    assert not Reaction.objects.exists()


def test_an_archive_brings_nothing_back(channel, erased):
    at = datetime.fromisoformat("2026-03-02T11:00:00+00:00")
    item = make_item(MARK, author=Author(f"{MARK}-id"), external_id=f"{MARK}/9", occurred_at=at)
    assert intake.take_history(channel, [item]) == []
    assert tables_with(MARK) == []


def test_who_writes_anew_is_a_new_person_of_whom_nothing_is_known(channel, erased, frozen):
    frozen.shift(60)
    deliver(channel, message("fresh/1", author=f"{MARK}-id", text="Hello", at=now().isoformat()))
    drain(channel)
    fresh = Message.objects.get(text="Hello")
    contact = Contact.objects.get(id=Identity.objects.get(external_id=f"{MARK}-id").contact_id)
    assert contact.id != erased
    assert (contact.note_count, contact.tier) == (0, "")
    assert list(Message.objects.filter(case_id=fresh.case_id)) == [fresh]


def test_whoever_writes_anew_can_be_erased_anew(channel, erased, frozen):
    frozen.shift(60)
    anew = message(f"{MARK}/post/2", **{**THEIRS, "text": MARK}, at=now().isoformat())
    deliver(channel, anew)
    drain(channel)
    Case.objects.update(status=Status.CLOSED)
    frozen.shift(60)
    erase(channel.workspace_id, Identity.objects.get(external_id=f"{MARK}-id").contact_id)
    deliver(channel, OLD, anew)
    assert settled(channel) == []


@pytest.mark.parametrize("seed", range(8))
def test_in_whatever_order_old_things_come_nothing_is_left(channel, erased, seed):
    chance = random.Random(seed)
    things = [
        OLD,
        {**OLD, "type": "edit", "version": 2},
        {**OLD, "type": "delete"},
        message(f"{MARK}/post/7", **{**THEIRS, "text": MARK}),
        OTHERS,
        message("x/1", author="mira", thread="t9", text="hello"),
    ]
    for _ in range(12):
        chance.choice([deliver, polled])(channel, *chance.choices(things, k=chance.randint(1, 4)))
        if chance.random() < 0.5:
            drain(channel)
    assert settled(channel) == []
    assert not Leftover.objects.exists()
    assert not ParkedDelivery.objects.exists()
    assert not RawDelivery.objects.filter(body__contains=MARK.encode()).exists()


def test_an_old_backup_brings_nobody_back(channel, frozen):
    contact_id = written(channel)
    frozen.shift(3600)
    with transaction.atomic():
        erase(channel.workspace_id, contact_id)
        transaction.set_rollback(True)  # the database knows nothing of it any more
    assert "contacts_identity" in tables_with(MARK)
    Case.objects.update(status=Status.OPEN)

    assert erase_again() == 1
    assert erase_again() == 0

    deliver(channel, OLD)
    assert settled(channel) == []


def test_a_backup_from_before_they_ever_wrote_keeps_them_out(channel, frozen):
    with transaction.atomic():
        contact_id = written(channel)
        frozen.shift(3600)
        erase(channel.workspace_id, contact_id)
        transaction.set_rollback(True)

    assert erase_again() == 0

    deliver(channel, OLD)
    assert settled(channel) == []
    assert not Identity.objects.exists()


def test_one_query_more_and_only_one(channel, django_assert_num_queries):
    from hearwell.inbox import forgotten

    items = [make_item(external_id=str(n)) for n in range(50)]
    with django_assert_num_queries(1):
        assert forgotten.left_of(channel, items) == items
    with django_assert_num_queries(0):
        assert forgotten.left_of(channel, []) == []
    assert forgotten.left_of(channel, [make_edit(items[0], "x")]) != []


def test_what_was_parked_is_let_go_when_it_is_taken_in_at_last(channel, frozen, monkeypatch):
    """Its bytes are needed until then: somebody else's message may be in there, too."""
    contact_id = written(channel)
    endpoint_id = channel.endpoint_id
    with monkeypatch.context() as broken:
        broken.setattr(registry._connectors["pigeon"], "parse_bug", ValueError)
        deliver(channel, message(f"{MARK}/post/3", **{**THEIRS, "text": MARK}))
        drain(channel)
    frozen.shift(3600)
    erase(channel.workspace_id, contact_id)
    assert tables_with(MARK) == ["channels_rawdelivery"]

    replay(channel.workspace_id, list(ParkedDelivery.objects.values_list("id", flat=True)))
    replay_endpoint(channel.workspace_id, endpoint_id)
    assert settled(channel) == []


def test_names_go_from_what_is_settled(channel):
    deliver(channel, OLD)
    raw_id = RawDelivery.objects.get().id
    drain(channel)
    row = ParkedDelivery.objects.create(
        workspace_id=channel.workspace_id, channel=channel, endpoint_id=channel.endpoint_id,
        raw_id=raw_id, item_index=0, dedup_key=MARK, thread_key=MARK, code="x", reason="x",
        state="dismissed",
    )  # fmt: skip
    assert forget_names_of_settled(channel.workspace_id) == 0  # its bytes are still here
    note_leftovers({raw_id})
    empty_leftovers()
    assert forget_names_of_settled(channel.workspace_id) == 1
    row.refresh_from_db()
    assert (row.dedup_key, row.thread_key) == ("", "")
