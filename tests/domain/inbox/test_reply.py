"""The story of an answer, from the composer to the case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.conversations import services as conversations
from hearwell.conversations.models import CaseLog, Draft, Message
from hearwell.events.models import Event
from hearwell.inbox import reply
from hearwell.inbox.events import ReplySent
from hearwell.kit.clock import now
from hearwell.outbound import queries
from hearwell.outbound.rules import State
from hearwell.sla.models import Clock
from tests.domain.inbox.conftest import Care

# --- the good way ----------------------------------------------------------------------------


def test_an_answer_goes_out_signed_and_comes_back_into_the_case(care: Care) -> None:
    row = care.deliver(care.send(care.reply()))
    assert [post.text for post in care.wire.posts] == ["On our way. ^AB"]
    case = care.case()
    assert (case.turn, case.waiting_since, case.assignee_id) == (
        "theirs",
        None,
        care.anna.user_id,
    )
    with care.inside():
        said = Message.objects.get(delivery_id=row.id)
        clocks = dict(Clock.objects.filter(case_id=case.id).values_list("kind", "state"))
        sent = Event.objects.get(name=ReplySent.name).payload
        audits = list(AuditRow.objects.order_by("at").values_list("action", flat=True))
    assert (said.direction, said.text, said.sent_at) == ("out", "On our way. ^AB", row.sent_at)
    assert (said.author_user_id, said.permalink) == (care.anna.user_id, row.permalink)
    assert set(clocks.values()) == {"met"}
    assert len(clocks) == 2
    assert sent["message_id"] == str(said.id)
    assert {"reply.queued", "reply.sent"} <= set(audits)


def test_a_holding_reply_meets_the_first_reply_only(care: Care) -> None:
    care.deliver(care.send(care.reply(is_holding=True)))
    with care.inside():
        clocks = dict(Clock.objects.filter(case_id=care.case_id).values_list("kind", "state"))
    assert clocks == {"first_reply": "met", "answer": "running"}
    assert care.case().turn == "ours"


def test_hearing_twice_changes_and_tells_nothing(care: Care) -> None:
    care.deliver(care.send(care.reply()))
    care.hear()
    with care.inside():
        assert Message.objects.filter(direction="out").count() == 1
        assert Event.objects.filter(name=ReplySent.name).count() == 1


def test_a_private_answer_is_addressed_and_unsigned(care: Care) -> None:
    row = care.send(care.reply(case_id=care.private_case_id, audience="private"))
    care.deliver(row)
    assert [(post.text, post.thread) for post in care.wire.posts] == [("On our way.", "dm-lena")]
    assert row.draft["to"]["external_id"] == "lena-1"


def test_the_same_form_twice_is_one_reply(care: Care) -> None:
    what = care.reply()
    first = care.send(what)
    assert care.send(what).id == first.id
    care.deliver(first)
    assert care.send(what).id == first.id
    assert len(care.wire.posts) == 1


def test_the_draft_goes_and_comes_back_with_the_undo(care: Care) -> None:
    with care.inside():
        conversations.save_draft(care.case_id, care.anna.user_id, "public", "On our way.")
    row = care.send(care.reply(undo_s=10))
    with care.inside():
        assert not Draft.objects.exists()
        assert not reply.can_recall(queries.reply_by_id(care.ws, row.id), care.ben)  # type: ignore[arg-type]
        with pytest.raises(reply.NotPermitted):
            reply.undo(row.id, care.ben)
        assert reply.undo(row.id, care.anna)
        assert not reply.undo(row.id, care.anna)
        assert Draft.objects.get().text == "On our way."
    assert care.deliver(row).state == State.CANCELLED
    with care.inside():
        assert CaseLog.objects.filter(verb="reply_cancelled").exists()
    assert care.wire.posts == []


def test_undo_seconds_are_the_persons_own(care: Care) -> None:
    care.anna.user.preferences["undo_s"] = 25
    row = care.send(care.reply(undo_s=None))
    assert timedelta(seconds=24) < row.not_before - now() <= timedelta(seconds=25)
