"""Edits, deletions, receipts, reactions: any order of arrival ends in the same state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
import time_machine
from django.db import transaction

from hearwell.accounts.models import Workspace
from hearwell.connect.model import Reacted, Receipt, ReceiptState
from hearwell.conversations import services
from hearwell.conversations.models import (
    Case,
    EarlyChange,
    Message,
    MessageVersion,
    Reaction,
    Waiting,
)
from hearwell.conversations.queries import messages_of
from tests.factories import (
    DUARTE,
    LENA,
    make_channel,
    make_deletion,
    make_dm,
    make_edit,
    make_item,
    make_reply,
    receive,
)

pytestmark = pytest.mark.usefixtures("workspace")
Step = Callable[[], Any]


class _Undone(Exception):
    pass


def state() -> dict[str, Any]:
    """Everything that a person could see of the one message, its history and its case."""
    message = Message.objects.get()
    case = Case.objects.get()
    return {
        "text": message.text,
        "version": message.version,
        "edited_at": message.edited_at,
        "deleted_at": message.deleted_at,
        "is_purged": message.is_purged,
        "entities": message.entities,
        "search": message.search,
        "receipt": message.receipt,
        "history": list(
            MessageVersion.objects.order_by("version").values_list("version", "text", "said_at")
        ),
        "turn": case.turn,
        "waiting_since": case.waiting_since,
        "preview": case.preview,
        "waiting": Waiting.objects.count(),
        "early": EarlyChange.objects.count(),
    }


def outcomes(steps: list[Step]) -> list[dict[str, Any]]:
    """Return the end states of all orders of the steps, each undone afterwards."""
    found = []
    for order in permutations(steps):
        try:
            with transaction.atomic():
                for step in order:
                    step()
                found.append(state())
                raise _Undone
        except _Undone:
            pass
    return found


@pytest.mark.parametrize(
    ("edits", "is_deleted", "must_purge"),
    [
        (1, False, False),
        (2, False, False),
        (0, True, False),
        (1, True, False),
        (2, True, False),
        (2, True, True),
    ],
)
def test_every_order_ends_alike(edits: int, is_deleted: bool, must_purge: bool) -> None:
    channel, item = make_channel(), make_item("Where is my bag?")
    steps: list[Step] = [lambda: receive(channel, [item])]
    for version in range(2, 2 + edits):
        edit = make_edit(item, f"Where is my bag, {version}?", version)
        steps.append(lambda edit=edit: services.record_edit(channel, [edit]))
    if is_deleted:
        deletion = make_deletion(item, must_purge=must_purge)
        steps.append(lambda: services.record_deletion(channel, [deletion]))

    first, *others = outcomes(steps)

    assert all(other == first for other in others)
    assert first["version"] == 1 + edits
    assert first["early"] == 0
    assert len(first["history"]) == (0 if must_purge else edits + bool(edits or is_deleted))
    assert (first["text"] == "") == is_deleted
    assert first["turn"] == ("none" if is_deleted else "ours")


def test_an_edit_keeps_what_was_said_before() -> None:
    channel, item = make_channel(), make_item("I hate you")
    receive(channel, [item])

    (edited,) = services.record_edit(channel, [make_edit(item, "I am not happy")])

    assert (edited.text, edited.version) == ("I am not happy", 2)
    history = MessageVersion.objects.order_by("version")
    assert [(v.version, v.text) for v in history] == [(1, "I hate you"), (2, "I am not happy")]
    assert Case.objects.get().preview == "I am not happy"
    assert Case.objects.get().version == 2


def test_every_version_of_a_review_keeps_its_stars() -> None:
    channel, item = make_channel(), replace(make_item("Slow"), rating=2)
    receive(channel, [item])
    edit = replace(make_edit(item, "Slow, but they called me back"), rating=4)

    (edited,) = services.record_edit(channel, [edit])

    assert edited.rating == 4
    assert Message.objects.get().rating == 4
    history = MessageVersion.objects.order_by("version")
    assert [(v.version, v.rating) for v in history] == [(1, 2), (2, 4)]


def test_a_network_that_only_shows_the_latest_changes_the_stars_of_a_review():
    channel, item = make_channel(), replace(make_item("Slow"), rating=2)
    receive(channel, [item])
    receive(channel, [replace(item, version=2, text="They called me back", rating=4)])
    told = Message.objects.get()
    assert (told.text, told.rating) == ("They called me back", 4)


def test_an_edit_that_tells_no_stars_takes_none_away() -> None:
    channel, item = make_channel(), replace(make_item("Slow"), rating=2)
    receive(channel, [item])

    (edited,) = services.record_edit(channel, [make_edit(item, "Slower")])

    assert (edited.rating, Message.objects.get().rating) == (2, 2)


def test_the_same_edit_twice_is_one() -> None:
    channel, item = make_channel(), make_item()
    receive(channel, [item])
    edit = make_edit(item, "Where are my bags?")

    results = [services.record_edit(channel, [edit]) for _ in range(3)]

    assert [len(result) for result in results] == [1, 0, 0]
    assert Case.objects.get().version == 2


def test_a_later_version_as_a_message_is_an_edit() -> None:
    channel = make_channel()
    receive(channel, [make_item("first", external_id="a")])

    receive(channel, [make_item("second", external_id="a", version=2)])
    receive(channel, [make_item("first", external_id="a")])

    assert Message.objects.get().text == "second"
    assert MessageVersion.objects.count() == 2


def test_two_versions_in_one_batch() -> None:
    receive(
        make_channel(),
        [make_item("2nd", external_id="a", version=2), make_item("1st", external_id="a")],
    )

    assert Message.objects.get().text == "2nd"
    assert MessageVersion.objects.count() == 2


def test_a_deleted_message_leaves_a_tombstone_and_its_history() -> None:
    channel, item = make_channel(), make_item("secret")
    receive(channel, [item])

    (gone,) = services.record_deletion(channel, [make_deletion(item)])

    assert (gone.text, gone.deleted_at) == ("", make_deletion(item).occurred_at)
    page = messages_of(gone.workspace_id, gone.case_id)
    assert [v.text for v in page.versions[gone.id]] == ["secret"]
    assert Case.objects.get().preview == ""


def test_nobody_waits_for_an_answer_to_a_deleted_message() -> None:
    channel, item = make_channel(), make_item("My bag is lost")
    (message,) = receive(channel, [item])

    services.record_deletion(channel, [make_deletion(item)])

    assert not Waiting.objects.exists()
    assert Case.objects.get().turn == "none"
    assert Message.objects.get(id=message.id).deleted_at


def test_a_purge_after_a_deletion_takes_the_history_too() -> None:
    channel, item = make_channel(), make_item("secret", entities=(), media=())
    receive(channel, [item])
    services.record_deletion(channel, [make_deletion(item)])

    services.record_deletion(channel, [make_deletion(item, must_purge=True)])

    assert not MessageVersion.objects.exists()
    assert Message.objects.get().is_purged


def test_an_early_purge_outdoes_an_early_deletion() -> None:
    channel, item = make_channel(), make_item("secret")
    services.record_deletion(channel, [make_deletion(item)])
    services.record_deletion(channel, [make_deletion(item, must_purge=True)])

    receive(channel, [item])

    assert Message.objects.get().is_purged
    assert not MessageVersion.objects.exists()


def make_receipt(target: str, state: ReceiptState) -> Receipt:
    item = make_item()
    return Receipt(
        external_id=target,
        dedup_key=f"{target}/{state}",
        occurred_at=item.occurred_at,
        account="northwind",
        target_id=target,
        state=state,
    )


def test_receipts_never_go_back() -> None:
    channel = make_channel()
    (message,) = receive(channel, [make_dm(thread_key="t")])
    delivered = make_receipt("r1", ReceiptState.DELIVERED)
    read = make_receipt("r1", ReceiptState.READ)

    make_reply(message.case, remote_id="r1")
    services.record_receipts(channel, [read, delivered])
    services.record_receipts(channel, [delivered])

    assert Message.objects.get(remote_id="r1").receipt == "read"


def test_a_receipt_before_its_message_waits() -> None:
    channel, item = make_channel(), make_item(external_id="r1")

    services.record_receipts(channel, [make_receipt("r1", ReceiptState.DELIVERED)])
    receive(channel, [item])

    assert Message.objects.get().receipt == "delivered"
    assert not EarlyChange.objects.exists()


def reacted(reaction: str, seconds: int, actor: Any = LENA) -> Reacted:
    item = make_item()
    return Reacted(
        external_id="m",
        dedup_key=f"{reaction}/{seconds}",
        occurred_at=item.occurred_at.replace(microsecond=0) + timedelta(seconds=seconds),
        account="northwind",
        reaction=reaction,
        actor=actor,
        target_id="m",
    )


@pytest.mark.usefixtures("frozen")
def test_the_latest_reaction_of_each_person_counts() -> None:
    channel = make_channel()
    (message,) = receive(channel, [make_item(external_id="m")])
    all_of_them = [
        reacted("like", 1),
        reacted("", 2),
        reacted("heart", 3),
        reacted("like", 1, DUARTE),
    ]

    for order in permutations(all_of_them):
        services.record_reactions(channel, list(order))
        page = messages_of(message.workspace_id, message.case_id)
        assert page.messages[0].reactions == {"heart": 1, "like": 1}  # type: ignore[attr-defined]
    assert Reaction.objects.count() == 2


def test_the_list_shows_what_is_left_of_a_case() -> None:
    channel = make_channel()
    first, second = make_item("My bag is lost", thread_key="t"), make_item("Hello?", thread_key="t")
    receive(channel, [first, second])

    services.record_deletion(channel, [make_deletion(second)])
    assert Case.objects.get().preview == "My bag is lost"
    services.record_deletion(channel, [make_deletion(first, must_purge=True)])
    assert (Case.objects.get().preview, Case.objects.get().title) == ("", "")


def test_a_change_whose_message_never_comes_is_let_go(
    frozen: time_machine.Coordinates, other_workspace: Workspace
) -> None:
    channel = make_channel()
    services.record_edit(channel, [make_edit(make_item(), "Never mind", version=2)])
    frozen.shift(timedelta(days=89))
    services.record_edit(channel, [make_edit(make_item(), "Late", version=2)])
    assert services.forget_early() == 0
    frozen.shift(timedelta(days=2))
    assert services.forget_early() == 1
    assert EarlyChange.objects.count() == 1
