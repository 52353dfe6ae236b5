"""Liking, hiding and deleting, from the press to the network and back into the case.

On the connector's own fake network. Real commits: the worker claims in transactions of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from hearwell.accounts.models import AuditRow, Membership, User
from hearwell.accounts.services import add_member, create_workspace
from hearwell.channels.models import Brand, Channel, ChannelState
from hearwell.connect import registry
from hearwell.connect.model import Act, InboundMessage
from hearwell.connect.subject import breaking
from hearwell.connectors.sandbox.fake import LENA, PAGE, Fake, refusal
from hearwell.conversations.models import Case, CaseLog, Message
from hearwell.conversations.queries import messages_of
from hearwell.events.models import Event
from hearwell.events.tasks import handle
from hearwell.inbox import acts, handlers, moderating
from hearwell.inbox.intake import take_in
from hearwell.inbox.moderating import CannotActError, act_on, offered_acts, standings
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound import doer, sender
from hearwell.outbound import services as outbound
from hearwell.outbound.actlaw import ActState, Outcome, Topic
from hearwell.outbound.models import Moderation
from hearwell.outbound.services import acting
from hearwell.powers.giving import DEFAULTS, Power
from hearwell.powers.services import set_powers
from hearwell.sla import services as sla


@dataclass
class Desk:
    """Lena wrote a comment below a post of the brand's, which answered her."""

    fake: Fake
    channel: Channel
    anna: Membership
    vera: Membership
    comment: UUID
    answer: UUID
    case_id: UUID

    @property
    def ws(self) -> UUID:
        return self.channel.workspace_id

    def ask(self, act: Act, message_id: UUID | None = None, **more: Any) -> Moderation:
        by = more.pop("by", self.anna)
        with scope(self.ws):
            return act_on(self.case_id, message_id or self.comment, act, by, **more)

    def work(self, row: Moderation) -> Moderation:
        """Let the worker do it and the case hear of it."""
        doer.carry_out(self.ws, row.id)
        self.hear()
        return self.row(row)

    def do(self, act: Act, message_id: UUID | None = None, **more: Any) -> Moderation:
        return self.work(self.ask(act, message_id, **more))

    def hear(self) -> None:
        with scope(self.ws):
            ids = Event.objects.filter(name="ActSettled").values_list("id", flat=True)
            events = [str(one) for one in ids]
        handler = f"{handlers.__name__}.on_act_settled"
        handle(workspace_id=str(self.ws), handler=handler, event_ids=events)

    def row(self, row: Moderation) -> Moderation:
        with scope(self.ws):
            return Moderation.objects.get(id=row.id)

    def later(self, row: Moderation, **columns: Any) -> None:
        at = now() - timedelta(seconds=1)
        with scope(self.ws):
            fresh = {"not_before": at, "wake_at": at, "lease_until": None}
            Moderation.objects.filter(id=row.id).update(**(fresh | columns))

    def message(self, message_id: UUID | None = None) -> Message:
        """A message as the page reads it."""
        with scope(self.ws):
            shown = messages_of(self.ws, self.case_id).messages
        return next(one for one in shown if one.id == (message_id or self.comment))

    def offered(self, message_id: UUID | None = None) -> set[Act]:
        with scope(self.ws):
            channel = Channel.objects.get(id=self.channel.id)
        return set(offered_acts(self.message(message_id), channel))

    def verbs(self) -> list[str]:
        with scope(self.ws):
            lines = CaseLog.objects.filter(case_id=self.case_id).order_by("at", "id")
            return list(lines.values_list("verb", flat=True))

    def item(self, message_id: UUID) -> dict[str, Any]:
        return self.fake.harbour.items[self.message(message_id).remote_id]


@pytest.fixture
def desk(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    fake = Fake()
    sender._identities.clear()
    monkeypatch.setitem(registry._connectors, "sandbox", fake.connector)
    monkeypatch.setattr(doer, "opened_account", lambda _channel: fake.account)
    workspace = create_workspace("Northwind Air")
    anna, vera = (
        add_member(workspace, User.objects.create_user(f"{name}@x.org", name=name), role)
        for name, role in (("Anna", "agent"), ("Vera", "viewer"))
    )
    with scope(workspace.id):
        sla.ensure_defaults(workspace)
        brand = Brand.objects.create(workspace_id=workspace.id, name="Northwind Air")
        channel = Channel.objects.create(
            workspace_id=workspace.id,
            brand=brand,
            network="sandbox",
            handle="northwindair",
            external_id=fake.account.external_id,
        )
        comment, answer = _talk(fake, channel)
        Message.objects.filter(id=answer.id).update(author_user_id=anna.user_id)
    return Desk(fake, channel, anna, vera, comment.id, answer.id, comment.case_id)


def _talk(fake: Fake, channel: Channel) -> list[Message]:
    harbour = fake.harbour
    root = harbour.post(PAGE, "Our winter timetable is out")
    below = {"parent_id": root["id"], "root_id": root["id"], "root_by_page": True}
    hers = harbour.post(LENA, "You are the best airline!", **below, branch_id="b1")
    ours = harbour.post(PAGE, "Thank you. ^AN", **below, branch_id="b1")
    items = [item for raw in fake.delivered() for item in fake.connector.parse(raw)]
    for item in items:
        if isinstance(item, InboundMessage):
            take_in(channel, [item])
    return [Message.objects.get(remote_id=one["id"]) for one in (hers, ours)]


def test_a_like_is_asked_for_done_and_told(desk: Desk) -> None:
    asked = desk.ask(Act.LIKE)
    assert (asked.state, asked.asked_by_id) == ("waiting", desk.anna.user_id)
    assert standings(desk.message().acts)[Topic.LIKE].is_waiting
    assert desk.work(asked).state == "done"
    assert desk.item(desk.comment)["like"] is True
    standing = standings(desk.message().acts)[Topic.LIKE]
    assert (standing.is_on, standing.done["by"]) == (True, str(desk.anna.user_id))
    assert desk.verbs().count("liked") == 1
    with scope(desk.ws):
        told = AuditRow.objects.filter(action__startswith="message.act")
        assert set(told.values_list("action", flat=True)) == {
            "message.act_asked", "message.act_settled",
        }  # fmt: skip
        shown = Event.objects.filter(name="MessageActed").order_by("id")
        assert [one.payload["state"] for one in shown] == ["waiting", "done"]


def test_two_presses_are_one_act_before_and_after(desk: Desk) -> None:
    first = desk.ask(Act.LIKE)
    assert desk.ask(Act.LIKE).id == first.id
    desk.work(first)
    assert desk.ask(Act.LIKE).id == first.id
    desk.hear()
    assert desk.verbs().count("liked") == 1
    with scope(desk.ws):
        assert Moderation.objects.count() == 1


def test_a_like_is_taken_back(desk: Desk) -> None:
    desk.do(Act.LIKE)
    assert desk.offered() == {Act.UNLIKE, Act.HIDE}
    assert desk.do(Act.UNLIKE).state == "done"
    assert desk.item(desk.comment)["like"] is False
    assert desk.offered() == {Act.LIKE, Act.HIDE}


def test_the_opposite_of_what_nobody_began_is_never_sent(desk: Desk) -> None:
    asked = desk.ask(Act.LIKE)
    assert desk.ask(Act.UNLIKE).id == asked.id
    assert desk.work(asked).state == "withdrawn"
    assert "like" not in desk.item(desk.comment)
    assert desk.offered() == {Act.LIKE, Act.HIDE}


def test_the_opposite_waits_while_the_network_is_asked(desk: Desk) -> None:
    asked = desk.ask(Act.LIKE)
    assert acting.claim_act(desk.ws, asked.id) is not None
    with pytest.raises(CannotActError) as refused:
        desk.ask(Act.UNLIKE)
    assert refused.value.code == "under_way"
    assert acting.claim_act(desk.ws, asked.id) is None, "one doer at a time"


def test_a_comment_is_hidden_for_a_reason_and_shown_again(desk: Desk) -> None:
    with pytest.raises(CannotActError) as refused:
        desk.ask(Act.HIDE, why="  ")
    assert refused.value.code == "no_reason"
    assert desk.do(Act.HIDE, why="Threatens a colleague").state == "done"
    assert desk.item(desk.comment)["hide"] is True
    assert standings(desk.message().acts)[Topic.HIDE].done["why"] == "Threatens a colleague"
    assert Act.UNHIDE in desk.offered()
    assert desk.do(Act.UNHIDE).state == "done"
    assert desk.item(desk.comment)["hide"] is False
    assert {"hidden", "unhidden"} <= set(desk.verbs())


def test_our_own_answer_is_deleted_as_when_the_network_tells_of_it(desk: Desk) -> None:
    assert desk.offered(desk.answer) == {Act.DELETE}
    ref = desk.message(desk.answer).remote_id
    assert desk.do(Act.DELETE, desk.answer).state == "done"
    assert ref not in desk.fake.harbour.items
    gone = desk.message(desk.answer)
    assert gone.deleted_at is not None
    assert gone.text == ""
    assert standings(gone.acts)[Topic.DELETE].done["by"] == str(desk.anna.user_id)
    assert desk.offered(desk.answer) == set()
    assert desk.verbs().count("deleted_ours") == 1
    with scope(desk.ws):
        assert Event.objects.filter(name="MessageWithdrawn").count() == 1
    with pytest.raises(CannotActError):
        desk.ask(Act.DELETE, desk.answer)


def test_a_colleagues_answer_is_deleted_by_leads_only(desk: Desk) -> None:
    otto, lea = (
        add_member(desk.anna.workspace, User.objects.create_user(f"{role}@x.org"), role)
        for role in ("agent", "lead")
    )
    with pytest.raises(CannotActError) as refused:
        desk.ask(Act.DELETE, desk.answer, by=otto)
    assert refused.value.code == "powers"
    assert desk.do(Act.DELETE, desk.answer, by=lea).state == "done"


def test_what_is_gone_already_needs_no_deleting(desk: Desk) -> None:
    asked = desk.ask(Act.DELETE, desk.answer)
    desk.fake.harbour.delete(desk.item(desk.answer))
    assert desk.work(asked).state == "done"
    assert desk.message(desk.answer).deleted_at is not None


def test_what_customers_say_is_never_deleted(desk: Desk) -> None:
    with pytest.raises(CannotActError) as refused:
        desk.ask(Act.DELETE)
    assert "What customers say stays." in str(refused.value)
    with pytest.raises(CannotActError):
        desk.ask(Act.LIKE, desk.answer)


def test_who_may_not_answer_may_not_act(desk: Desk) -> None:
    with pytest.raises(acts.NotAllowedError):
        desk.ask(Act.LIKE, by=desk.vera)
    with scope(desk.ws):
        assert not Moderation.objects.exists()


def test_who_may_not_speak_in_public_may_not_hide_in_public(desk: Desk) -> None:
    power = Power(DEFAULTS["agent"].limits, audiences=["private"])
    with scope(desk.ws):
        set_powers(desk.ws, {"agent": power}, by=desk.anna.user)
    for act in (Act.LIKE, Act.HIDE):
        with pytest.raises(CannotActError) as refused:
            desk.ask(act, why="Insult")
        assert refused.value.code == "powers"


def test_the_stop_button_stops_acts_and_none_goes_out_later(desk: Desk) -> None:
    asked = desk.ask(Act.LIKE)
    with scope(desk.ws):
        outbound.stop(desk.ws, "network", "sandbox", reason="Storm", by=desk.anna.user)
        outbound.resume(desk.ws, "network", "sandbox", by=desk.anna.user)
    assert desk.work(asked).state == "refused"
    assert "like" not in desk.item(desk.comment)
    assert desk.verbs().count("act_not_done") == 1
    with scope(desk.ws):
        outbound.stop(desk.ws, "network", "sandbox", reason="Storm", by=desk.anna.user)
    with pytest.raises(CannotActError) as refused:
        desk.ask(Act.LIKE)
    assert "Storm" in str(refused.value)


def test_an_act_in_hand_when_sending_stops_is_not_begun_anew(desk: Desk) -> None:
    asked = desk.ask(Act.LIKE)
    claimed = acting.claim_act(desk.ws, asked.id)
    with scope(desk.ws):
        outbound.stop(desk.ws, "workspace", reason="Storm", by=desk.anna.user)
    assert desk.row(asked).state == "waiting"
    assert claimed is not None
    later = Outcome(ActState.WAITING, not_before=now())
    acting.record_act(claimed, later)
    assert desk.work(asked).failure_code == "kill_switch"


def test_a_paused_account_does_nothing(desk: Desk) -> None:
    asked = desk.ask(Act.LIKE)
    with scope(desk.ws):
        Channel.objects.filter(id=desk.channel.id).update(state=ChannelState.PAUSED)
    assert desk.work(asked).failure_code == "channel_paused"
    assert desk.offered() == set()


def test_what_the_network_refuses_says_why_in_plain_words(desk: Desk) -> None:
    desk.fake.harbour.next_answer = lambda _: refusal(403, "not_allowed")
    sender._identities[desk.channel.id, sender._fingerprint(desk.fake.account)] = "page-1"
    row = desk.do(Act.LIKE)
    assert (row.state, row.failure_code) == ("refused", "not_allowed")
    standing = standings(desk.message().acts)[Topic.LIKE]
    assert standing.is_failed
    assert "does not let this account do that" in standing.last["message"]
    assert Act.LIKE in desk.offered(), "it can be tried again"
    assert desk.do(Act.LIKE).state == "done"


def test_what_is_gone_cannot_be_liked(desk: Desk) -> None:
    asked = desk.ask(Act.LIKE)
    desk.fake.harbour.delete(desk.item(desk.comment))
    assert desk.work(asked).failure_message == "The message is no longer on the network."


@pytest.mark.parametrize("status", [429, 500])
def test_what_may_pass_is_tried_again(desk: Desk, status: int) -> None:
    desk.do(Act.LIKE)
    desk.fake.harbour.next_answer = lambda _: refusal(status, "slow_down")
    row = desk.do(Act.UNLIKE)
    assert (row.state, row.attempts, row.lease_until) == ("waiting", 1, None)
    assert row.not_before > now()
    desk.later(row)
    assert desk.work(row).state == "done"


def test_what_never_gets_through_ends_and_says_so(desk: Desk) -> None:
    desk.do(Act.LIKE)
    asked = desk.ask(Act.UNLIKE)
    desk.later(asked, asked_at=now() - timedelta(hours=1))

    desk.fake.harbour.next_answer = breaking(httpx.ConnectError)
    row = desk.work(asked)
    assert (row.state, row.failure_code) == ("failed", "unreachable")


def test_an_expired_token_is_renewed_and_the_act_done(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.do(Act.LIKE)
    desk.fake.harbour.access = "new"
    fresh = Fake().account.__class__(
        "page-1", settings=desk.fake.account.settings, secrets={"access": "new"}
    )
    monkeypatch.setattr(doer, "renew_secrets", lambda _channel, _stale: fresh)
    assert desk.do(Act.UNLIKE).state == "done"


def test_a_doer_that_died_is_followed_by_another(desk: Desk) -> None:
    asked = desk.ask(Act.LIKE)
    assert acting.claim_act(desk.ws, asked.id) is not None
    desk.later(asked, lease_until=now() - timedelta(seconds=1))
    assert acting.sweep() == 1
    assert acting.sweep() == 0, "it is given some time"
    assert desk.work(asked).state == "done"
    assert acting.sweep() == 0


def test_what_a_late_doer_says_of_a_withdrawn_act_is_not_heard(desk: Desk) -> None:
    asked = desk.ask(Act.LIKE)
    claimed = acting.claim_act(desk.ws, asked.id)
    assert claimed is not None
    desk.later(asked)
    again = desk.ask(Act.UNLIKE)
    acting.record_act(claimed, acting._PAUSED)
    assert desk.row(asked).state == "withdrawn"
    assert desk.work(again).state == "done", "the network may have been asked: it is asked again"


def test_only_what_the_connector_can_do_is_offered(desk: Desk) -> None:
    with scope(desk.ws):
        Message.objects.filter(id=desk.comment).update(root_remote_id="")
    assert desk.offered() == {Act.LIKE}, "only comments can be hidden there"
    with scope(desk.ws):
        Message.objects.filter(id=desk.comment).update(audience="private")
    assert desk.offered() == set()


def test_a_message_of_another_case_is_not_there(desk: Desk) -> None:
    with scope(desk.ws), pytest.raises((Case.DoesNotExist, Message.DoesNotExist)):
        act_on(uuid7(), desk.comment, Act.LIKE, desk.anna)
    assert moderating.MAX_WHY
