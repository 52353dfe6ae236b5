"""The story of an answer, from the composer to the case."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from hearwell.accounts.models import AuditRow, Membership, User
from hearwell.accounts.services import add_member, create_workspace
from hearwell.channels.models import Brand, Channel
from hearwell.connect import failures, registry
from hearwell.connect.model import Account, Audience, Author, InboundMessage, MessageKind
from hearwell.contacts import services as contacts
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, CaseLog, Draft, Message
from hearwell.events.models import Event
from hearwell.events.tasks import handle
from hearwell.inbox import handlers, reply
from hearwell.inbox.events import ReplySent
from hearwell.inbox.reply import Reply
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound import queries, sender, services
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import State
from hearwell.routing import services as routing
from hearwell.sla import services as sla
from hearwell.sla.models import Clock
from tests.harbour_wire import ACCOUNT, Wire


@dataclass
class Care:
    """A care desk where Lena has written in public and in private."""

    anna: Membership
    ben: Membership
    vera: Membership
    channel: Channel
    wire: Wire
    case_id: UUID
    private_case_id: UUID

    @property
    def ws(self) -> UUID:
        return self.channel.workspace_id

    def inside(self) -> Any:
        return scope(self.ws)

    def reply(self, **more: Any) -> Reply:
        """What Anna would submit having seen the case as it is now."""
        with self.inside():
            case = Case.objects.get(id=more.get("case_id", self.case_id))
        fields = {
            "case_id": case.id,
            "text": "On our way.",
            "audience": "public",
            "key": uuid7(),
            "seen_version": case.version,
            "undo_s": 0,
        }
        return Reply(**(fields | more))

    def send(self, what: Reply, by: Membership | None = None) -> Delivery:
        with self.inside():
            return reply.send_reply(what, by or self.anna)

    def deliver(self, row: Delivery) -> Delivery:
        """Let the worker post it and the handlers hear of it."""
        sender.deliver(self.ws, row.id)
        self.hear()
        with self.inside():
            return Delivery.objects.get(id=row.id)

    def hear(self) -> None:
        with self.inside():
            names = ["DeliverySent", "DeliveryFailed", "DeliveryHeld", "DeliveryStale"]
            ids = Event.objects.filter(name__in=[*names, "DeliveryCancelled"]).values_list("id")
            events = [str(row[0]) for row in ids]
        for name in ("on_delivered", "on_failed", "on_held", "on_stale", "on_cancelled"):
            handler = f"{handlers.__name__}.{name}"
            handle(workspace_id=str(self.ws), handler=handler, event_ids=events)

    def hears_from_lena(self, text: str = "Hello?", *, private: bool = False) -> Sequence[Message]:
        return arrive(self.channel, text, private=private)

    def case(self) -> Case:
        with self.inside():
            return Case.objects.get(id=self.case_id)


def arrive(channel: Channel, text: str, *, private: bool = False) -> Sequence[Message]:
    """What intake does, with a verdict of our own."""
    lena = Author("lena-1", "lena", "Lena Hoff")
    remote_id = f"m-{uuid7()}"
    item = InboundMessage(
        external_id=remote_id,
        dedup_key=remote_id,
        occurred_at=now() - timedelta(seconds=5),
        account=ACCOUNT,
        thread_key="dm-lena" if private else "post-1",
        kind=MessageKind.DM if private else MessageKind.MENTION,
        audience=Audience.PRIVATE if private else Audience.PUBLIC,
        author=lena,
        text=text,
    )
    with scope(channel.workspace_id):
        people = contacts.identify(channel.workspace_id, channel.network, [lena])
        threads = conversations.thread(channel, [item], people)
        fresh = conversations.record_inbound(channel, [item], threads, people)
        verdict = SimpleNamespace(duty="answer", kind="question", urgency=1, is_thanks=False)
        verdicts = {message.id: verdict for message in fresh}
        conversations.apply_verdicts(verdicts)
        sla.start_clocks(channel.workspace_id, fresh, verdicts)
        moves = [
            services.LaneMove(m.conversation_id, channel.id, channel.external_id)
            for m in fresh
            if m.conversation_id
        ]
        services.lanes_moved(channel.workspace_id, moves)
    return fresh


@pytest.fixture
def care(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Care:
    wire = Wire()
    sender._identities.clear()
    monkeypatch.setitem(registry._connectors, "wire", wire)
    monkeypatch.setattr(
        sender, "opened_account", lambda channel: Account(channel.external_id, secrets={"t": "0"})
    )
    workspace = create_workspace("Northwind Air")
    people = {
        name: add_member(workspace, User.objects.create_user(f"{name}@x.org", name=name), role)
        for name, role in (("Anna Berg", "agent"), ("Ben Cole", "agent"), ("Vera Dunn", "viewer"))
    }
    with scope(workspace.id):
        sla.ensure_defaults(workspace)
        brand = Brand.objects.create(workspace_id=workspace.id, name="Northwind Air")
        channel = Channel.objects.create(
            workspace_id=workspace.id,
            brand=brand,
            network="wire",
            handle="northwind",
            external_id=ACCOUNT,
        )
    cases = [arrive(channel, "Where is my bag?", private=p)[0].case_id for p in (False, True)]
    return Care(*people.values(), channel, wire, *cases)


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
        ({"conversation_id": uuid7()}, "audience"),
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
