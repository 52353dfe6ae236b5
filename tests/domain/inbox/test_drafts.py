"""What is being written is kept; what has been sent is not kept again, whoever comes first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, connections, transaction

from hearwell.conversations.models import Case, Draft, Message
from hearwell.inbox import acts, reply
from hearwell.inbox.drafts import keep_draft
from hearwell.kit.ids import uuid7
from hearwell.outbound.models import Delivery
from tests.domain.inbox.conftest import Care
from tests.house import wait_until

WAITING = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'"""


def drafts(care: Care) -> dict[str, str]:
    with care.inside():
        return dict(Draft.objects.values_list("audience", "text"))


def keep(care: Care, text: str, **more: Any) -> bool:
    fields = {"case_id": care.case_id, "audience": "public", "key": uuid7(), "by": care.anna}
    with care.inside():
        return keep_draft(text=text, **(fields | more))


def one_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.fetchone()[0] > 0


def in_turn(care: Care, first: Callable[[], object], second: Callable[[], object]) -> None:
    """Begin the second while the first is done but not committed; let both end."""
    begun, go_on, errors = threading.Event(), threading.Event(), []

    def hold() -> None:
        try:
            with care.inside():
                first()
                begun.set()
                assert go_on.wait(20)
        except Exception as error:  # noqa: BLE001  told of in the main thread
            errors.append(error)
            begun.set()
        finally:
            connections.close_all()

    def follow() -> None:
        try:
            with care.inside():
                second()
        except Exception as error:  # noqa: BLE001  told of in the main thread
            errors.append(error)
        finally:
            connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert begun.wait(20)
    follower = threading.Thread(target=follow)
    follower.start()
    try:
        wait_until(lambda: one_waits() or errors, what="the second waiting for the first")
    finally:
        go_on.set()
        holder.join(20)
        follower.join(20)
    assert errors == []


# --- sent is sent ------------------------------------------------------------------------------


def test_a_draft_that_comes_after_its_reply_is_not_kept(care: Care) -> None:
    what = care.reply()
    care.send(what)
    assert not keep(care, what.text, key=what.key)
    assert drafts(care) == {}


def test_a_draft_on_its_way_while_the_reply_is_queued_is_not_kept(care: Care) -> None:
    what, kept = care.reply(), []
    in_turn(
        care,
        lambda: reply.send_reply(what, care.anna),
        lambda: kept.append(
            keep_draft(care.case_id, "public", what.text, key=what.key, by=care.anna)
        ),
    )
    assert kept == [False]
    assert drafts(care) == {}


def test_a_reply_on_its_way_while_the_draft_is_kept_takes_the_draft_away(care: Care) -> None:
    what = care.reply()
    in_turn(
        care,
        lambda: keep_draft(care.case_id, "public", what.text, key=what.key, by=care.anna),
        lambda: reply.send_reply(what, care.anna),
    )
    assert drafts(care) == {}
    with care.inside():
        assert Delivery.objects.count() == 1


@pytest.mark.parametrize("is_note_first", [True, False])
def test_the_same_holds_for_notes(care: Care, *, is_note_first: bool) -> None:
    key = uuid7()

    def add() -> object:
        return acts.add_note(care.case_id, "Bag tag BGO123", care.anna, key=key)

    def late() -> object:
        return keep_draft(care.case_id, "team", "Bag tag BGO123", key=key, by=care.anna)

    in_turn(care, *((add, late) if is_note_first else (late, add)))
    assert drafts(care) == {}
    with care.inside():
        assert Message.objects.filter(kind="note").count() == 1


def test_the_same_note_twice_at_once_is_one(care: Care) -> None:
    key = uuid7()

    def add() -> object:
        return acts.add_note(care.case_id, "Bag tag BGO123", care.anna, key=key)

    in_turn(care, add, add)
    with care.inside():
        assert Message.objects.filter(kind="note").count() == 1
        assert acts.add_note(care.case_id, "Bag tag BGO123", care.anna, key=uuid7())
        assert Message.objects.filter(kind="note").count() == 2


def test_the_same_form_with_other_words_is_told_that_the_first_were_taken(care: Care) -> None:
    what = care.reply()
    row = care.send(what)
    with pytest.raises(reply.AlreadySent) as told:
        care.send(replace(what, text="On our way, Lena!"))
    assert told.value.text == "On our way."
    assert told.value.delivery_id == row.id
    with care.inside():
        assert Delivery.objects.count() == 1


# --- one composer, one draft -------------------------------------------------------------------


def test_a_draft_moves_with_its_composer_to_another_audience(care: Care) -> None:
    key = uuid7()
    keep(care, "Your code is NWA7Q2", key=key, audience="private")
    keep(care, "Your code is NWA7Q2", key=key, audience="team")
    assert drafts(care) == {"team": "Your code is NWA7Q2"}
    keep(care, "Half a reply", audience="public")
    assert drafts(care) == {"team": "Your code is NWA7Q2", "public": "Half a reply"}


def test_what_was_typed_for_others_first_goes_with_the_reply(care: Care) -> None:
    what = care.reply(case_id=care.private_case_id, audience="private")
    keep(care, what.text, key=what.key, case_id=care.private_case_id, audience="public")
    care.send(what)
    assert drafts(care) == {}


def test_an_empty_draft_is_forgotten_and_a_stranger_case_is_none(care: Care) -> None:
    key = uuid7()
    keep(care, "Half a thou", key=key)
    assert keep(care, " ", key=key)
    assert drafts(care) == {}
    with pytest.raises(Case.DoesNotExist), transaction.atomic():
        keep(care, "x", case_id=uuid7())


def test_words_written_without_a_connection_overwrite_nothing(care: Care) -> None:
    key, newer = uuid7(), uuid7()
    assert keep(care, "Written in the tunnel", key=key, is_late=True)
    assert keep(care, "Written in the tunnel, longer", key=key, is_late=True)
    assert drafts(care) == {"public": "Written in the tunnel, longer"}
    keep(care, "Written at the desk", key=newer)
    assert keep(care, "Written in the tunnel, longer", key=key, is_late=True)
    assert drafts(care) == {"public": "Written in the tunnel, longer\n\nWritten at the desk"}


# --- taken back --------------------------------------------------------------------------------


def test_words_taken_back_stand_before_what_was_begun_since(care: Care) -> None:
    row = care.send(care.reply(undo_s=10))
    newer = uuid7()
    keep(care, "And your bag", key=newer)
    with care.inside():
        assert reply.undo(row.id, care.anna)
        assert Draft.objects.get().key == newer
    assert drafts(care) == {"public": "On our way.\n\nAnd your bag"}


def test_words_taken_back_can_be_kept_and_sent_anew(care: Care) -> None:
    what = care.reply(undo_s=10)
    row = care.send(what)
    with care.inside():
        assert reply.undo(row.id, care.anna)
        key = Draft.objects.get().key
    assert key != what.key
    assert keep(care, "On our way, Lena.", key=key)
    care.send(care.reply(key=key, text="On our way, Lena."))
    assert drafts(care) == {}


def test_an_undo_and_a_draft_at_once_lose_nothing(care: Care) -> None:
    row = care.send(care.reply(undo_s=10))
    in_turn(
        care,
        lambda: keep_draft(care.case_id, "public", "And your bag", key=uuid7(), by=care.anna),
        lambda: reply.undo(row.id, care.anna),
    )
    assert drafts(care) == {"public": "On our way.\n\nAnd your bag"}
