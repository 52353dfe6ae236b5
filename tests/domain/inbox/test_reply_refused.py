"""What speaks against an answer is said before anything is queued."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from hearwell.accounts.models import Membership, User
from hearwell.accounts.services import add_member, create_workspace
from hearwell.channels.models import Channel
from hearwell.connect import failures
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, CaseLog, Message
from hearwell.inbox import reply
from hearwell.inbox.reply import Reply
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.outbound import queries, sender, services
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import State
from hearwell.routing import services as routing
from tests.domain.inbox.conftest import Care

# --- who and what speaks against it ----------------------------------------------------------


def test_a_viewer_may_not(care: Care) -> None:
    with pytest.raises(reply.NotPermitted):
        care.send(care.reply(), care.vera)


def test_a_newer_message_stops_once(care: Care) -> None:
    with care.inside():
        seen = Message.objects.filter(case_id=care.case_id).latest("id").id
    what = care.reply(seen_message_id=seen)
    care.hears_from_lena("Oh, it is here!")
    with pytest.raises(reply.Conflict) as told:
        care.send(what)
    assert [message.text for message in told.value.newer] == ["Oh, it is here!"]
    assert told.value.can_confirm
    confirmed = care.reply(key=what.key, seen_version=what.seen_version, confirm=True)
    assert care.deliver(care.send(confirmed)).state == State.SENT


def test_without_the_last_message_seen_the_newest_is_shown(care: Care) -> None:
    what = care.reply()
    care.hears_from_lena("Anybody?")
    with pytest.raises(reply.Conflict) as told:
        care.send(what)
    assert [message.text for message in told.value.newer] == ["Anybody?"]


def test_a_reply_of_a_colleague_on_its_way_stops_once(care: Care) -> None:
    first, second = care.reply(), care.reply()
    care.send(first, care.anna)
    with care.inside():
        conversations.assign([care.case_id], None)
    with pytest.raises(reply.Conflict) as told:
        care.send(second, care.ben)
    assert [other.author_id for other in told.value.pending] == [care.anna.user_id]
    assert "colleague" in told.value.message


def test_ones_own_second_part_does_not_stop(care: Care) -> None:
    with care.inside():
        seen = Message.objects.filter(case_id=care.case_id).latest("id").id
    parts = [care.reply(text=f"Part {n}.", seen_message_id=seen) for n in range(3)]
    care.send(parts[0])
    first = care.send(parts[1])
    care.deliver(first)
    sender.deliver_next(care.ws, first.id)
    care.hear()
    assert care.send(parts[2]).state == State.QUEUED


def test_a_claim_or_an_assignment_of_somebody_else_stops_once(care: Care) -> None:
    with care.inside():
        routing.claim(care.case_id, care.ben.user)
    with pytest.raises(reply.TakenByOther) as told:
        care.send(care.reply())
    assert told.value.user_id == care.ben.user_id
    assert "Ben Cole" in told.value.message
    with care.inside():
        routing.release(care.case_id, care.ben.user)
        conversations.assign([care.case_id], care.ben.user_id)
    with pytest.raises(reply.TakenByOther):
        care.send(care.reply())
    assert care.send(care.reply(confirm=True)).state == State.QUEUED


def test_two_agents_at_once_one_wins_and_the_other_is_told(care: Care) -> None:
    start, outcomes = threading.Barrier(2), []

    def submit(what: Reply, by: Membership) -> None:
        start.wait()
        try:
            outcomes.append(care.send(what, by).state)
        except reply.Unsendable as told:
            outcomes.append(told.code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=submit, args=(care.reply(), by)) for by in (care.anna, care.ben)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) in (["conflict", "queued"], ["queued", "taken"])
    with care.inside():
        assert Delivery.objects.count() == 1


def test_a_customer_writing_within_the_undo_time_makes_it_stale(care: Care) -> None:
    row = care.send(care.reply())
    care.hears_from_lena("Found it!")
    assert care.deliver(row).state == State.STALE
    with care.inside():
        assert CaseLog.objects.get(verb="reply_stale").data["delivery_id"] == str(row.id)
        assert reply.send_anyway(row.id, care.anna)
    assert care.deliver(row).state == State.SENT


def test_a_stop_is_said_and_a_confirmed_reply_is_kept_for_review(care: Care) -> None:
    with care.inside():
        services.stop(care.ws, "network", "wire", reason="Storm", by=care.anna.user)
    with pytest.raises(reply.Stopped) as told:
        care.send(care.reply())
    assert "Storm" in told.value.message
    row = care.deliver(care.send(care.reply(confirm=True)))
    assert (row.state, care.wire.posts) == (State.HELD, [])
    with care.inside():
        services.resume(care.ws, "network", "wire", by=care.anna.user)
        with pytest.raises(reply.NotPermitted):
            reply.release([row.id], care.anna)
        care.anna.role = "lead"
        reply.release([row.id], care.anna)
    assert care.deliver(row).state == State.SENT


# --- what must be put right ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"text": " \n"}, "empty"),
        ({"text": "x" * 57}, "too_long"),  # fits alone, and not with " ^AB"
        ({"audience": "private"}, "audience"),
        ({"conversation_id": UUID(int=7)}, "audience"),
    ],
)
def test_what_cannot_be_sent_says_why(care: Care, more: dict[str, Any], code: str) -> None:
    with pytest.raises(reply.CannotSend) as told:
        care.send(care.reply(**more))
    assert told.value.problems[0].code == code
    assert told.value.message
    assert not told.value.can_confirm


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": "read_only"}, "read_only"),
        ({"state": "paused"}, "channel_paused"),
        ({"state": "disconnected"}, "channel_disconnected"),
        ({"network": "carrier pigeon"}, "no_connector"),
    ],
)
def test_a_channel_that_cannot_answer_says_why(
    care: Care, change: dict[str, str], code: str
) -> None:
    with care.inside():
        Channel.objects.update(**change)
    with pytest.raises(reply.CannotSend) as told:
        care.send(care.reply())
    assert told.value.problems[0].code == code


def test_the_composer_counts_as_the_sender_does(care: Care) -> None:
    with care.inside():
        shown = reply.preview(care.reply(text="x" * 56), care.anna)
        assert (shown.count, shown.limit, shown.is_blocked) == (60, 60, False)
        shown = reply.preview(care.reply(text="x" * 57), care.anna)
        assert (shown.count, shown.is_blocked) == (61, True)
    assert care.deliver(care.send(care.reply(text="x" * 56))).state == State.SENT


def test_nul_and_lone_surrogates_do_not_break_it(care: Care) -> None:
    row = care.deliver(care.send(care.reply(text="a\x00b\ud800")))
    assert row.draft["text"] == "a\u2400b\ufffd ^AB"


def test_a_refusal_is_told_in_the_case(care: Care) -> None:
    care.wire.then(failures.WindowClosed(alternatives=("template",)))
    row = care.deliver(care.send(care.reply()))
    with care.inside():
        data = CaseLog.objects.get(verb="reply_failed").data
        (shown,) = queries.pending_replies(care.ws, [row.lane_id])
    assert (data["code"], data["alternatives"]) == ("window_closed", ["template"])
    assert (shown.state, shown.alternatives) == (State.FAILED, ("template",))
    again = care.send(care.reply())
    with care.inside():
        shown_now = queries.pending_replies(care.ws, [row.lane_id])
    assert [one.delivery_id for one in shown_now] == [again.id]


def test_a_person_settles_a_doubt(care: Care) -> None:
    row = care.send(care.reply())
    with care.inside():
        Delivery.objects.filter(id=row.id).update(state="needs_human", claimed_at=now())
        with pytest.raises(reply.CannotSend):
            reply.resolve_as_posted(row.id, "javascript:alert(1)", care.anna)
        assert reply.resolve_as_posted(row.id, "https://wire.test/9", care.anna)
    care.hear()
    with care.inside():
        said = Message.objects.get(delivery_id=row.id)
    assert said.permalink == "https://wire.test/9"
    assert care.case().turn == "theirs"


def test_a_strangers_case_is_not_there(care: Care) -> None:
    other = create_workspace("Contoso Rail")
    eve = add_member(other, User.objects.create_user("eve@x.org", name="Eve Fox"), "owner")
    with scope(other.id), pytest.raises(Case.DoesNotExist):
        reply.send_reply(care.reply(), eve)
