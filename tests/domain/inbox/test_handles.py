"""A thousand questions to a mix of accounts: each answer leaves from the right one, or not at all.

And what follows an answer that another account gave: the clocks, the customer's next word, the
echo, and what the sender still refuses.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import ClassVar
from uuid import UUID

import pytest

from hearwell.accounts.models import Membership, User
from hearwell.accounts.services import add_member, create_workspace
from hearwell.channels.models import Brand, Channel
from hearwell.connect import registry
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import Account, Audience, Author, InboundMessage, MessageKind
from hearwell.conversations.models import Case, Conversation, Message
from hearwell.inbox import reply
from hearwell.inbox.composing import target_in
from hearwell.inbox.intake import take_in
from hearwell.inbox.reply import CannotSend, Reply
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound import sender
from hearwell.outbound import services as outbound
from hearwell.outbound.models import Delivery, Lane
from hearwell.outbound.rules import State
from hearwell.sla import services as sla
from hearwell.sla.models import Clock
from tests.domain.inbox.conftest import Care
from tests.factories import make_item
from tests.harbour_wire import MANIFEST, Wire

WRONG = frozenset({State.SENT.value, State.CONFIRMED.value, State.SENDING.value})


class Square(Wire):
    """A network where any account may speak in a public thread."""

    manifest: ClassVar[Manifest] = replace(MANIFEST, network="square", shares_threads=True)

    def identity(self, account: Account) -> str:
        """Whose token it is."""
        return account.external_id


class Market(Square):
    """Another one like it."""

    manifest: ClassVar[Manifest] = replace(MANIFEST, network="market", shares_threads=True)


class Booth(Square):
    """One where each account answers for itself."""

    manifest: ClassVar[Manifest] = replace(MANIFEST, network="booth")


NETWORKS = ("square", "market", "booth")


@pytest.fixture
def desk(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Membership:
    """An agent in a workspace whose networks are ours."""
    for wire in (Square(), Market(), Booth()):
        monkeypatch.setitem(registry._connectors, wire.manifest.network, wire)
    sender._identities.clear()
    monkeypatch.setattr(
        sender, "opened_account", lambda ch: Account(ch.external_id, secrets={"t": ch.external_id})
    )
    workspace = create_workspace("Northwind Air")
    with scope(workspace.id):
        sla.ensure_defaults(workspace)
    return add_member(workspace, User.objects.create_user("anna@x.org", name="Anna Berg"), "agent")


def connected(at: UUID, **facts: str) -> Channel:
    name = facts.pop("brand", "Northwind Air")
    brand, _ = Brand.objects.get_or_create(workspace_id=at, name=name)
    handle = facts.setdefault("handle", f"account{Channel.objects.count() + 1}")
    return Channel.objects.create(
        workspace_id=at, brand=brand, external_id=f"id-{handle}", **{"network": "square", **facts}
    )


def asked(channel: Channel, key: str, *, private: bool = False, **more: object) -> InboundMessage:
    facts: dict[str, object] = {
        "external_id": key,
        "dedup_key": key,
        "occurred_at": now(),
        "account": channel.external_id,
        "thread_key": key,
        "kind": MessageKind.DM if private else MessageKind.MENTION,
        "audience": Audience.PRIVATE if private else Audience.PUBLIC,
        "author": Author("lena", "lena", "Lena Vik"),
        "text": "Where is my bag? It did not come with me.",
    }
    return InboundMessage(**(facts | more))  # type: ignore[arg-type]


def answer(case_id: UUID, by: Membership, audience: str = "public", **more: object) -> Delivery:
    version = Case.objects.get(id=case_id).version
    facts: dict[str, object] = {
        "case_id": case_id,
        "text": "We are looking for it.",
        "audience": audience,
        "key": uuid7(),
        "seen_version": version,
        "undo_s": 0,
    }
    return reply.send_reply(Reply(**(facts | more)), by)  # type: ignore[arg-type]


def expected(asked_of: Channel, mix: list[Channel], *, private: bool) -> Channel | None:
    """Who has to speak, told apart from the code; None where nobody can."""
    able = [one for one in mix if one.state == "active"]
    own = asked_of if asked_of in able else None
    if private or asked_of.network == "booth":
        return own
    beside = [
        one
        for one in able
        if one != asked_of
        and (one.brand_id, one.network) == (asked_of.brand_id, asked_of.network)
        and one.purpose in {"care", "both"}
    ]
    beside.sort(key=lambda one: ("care", "both").index(one.purpose))
    if asked_of.purpose in {"care", "both"} and own:
        return own
    return beside[0] if beside else own


def test_a_thousand_mixed_cases_and_none_from_the_wrong_account(desk: Membership) -> None:
    dice = random.Random(39)
    ws = desk.workspace_id
    with scope(ws):
        mix = [
            connected(
                ws,
                brand=brand,
                network=network,
                purpose=dice.choice(["care", "brand", "brand", "both"]),
                state=dice.choice(["active", "active", "active", "paused", "disconnected"]),
            )
            for brand in ("Northwind Air", "Southwind Sea")
            for network in NETWORKS
            for _ in range(4)
        ]
        table = [(dice.choice(mix), dice.random() < 0.3) for _ in range(1000)]
        told: dict[UUID, tuple[Channel, bool]] = {}
        for channel in mix:
            batch = [
                (asked(channel, f"{channel.handle}-{n}", private=private), private)
                for n, (one, private) in enumerate(table)
                if one == channel
            ]
            for message in take_in(channel, [item for item, _ in batch]):
                told[message.case_id] = (channel, message.audience == "private")
    assert len(told) == len(table)
    seen: Counter[str] = Counter()
    due: list[Delivery] = []
    with scope(ws):
        for number, (case_id, (channel, private)) in enumerate(told.items()):
            wanted = expected(channel, mix, private=private)
            audience = "private" if private else "public"
            try:
                speaker = target_in(ws, case_id, audience).channel
            except CannotSend:
                assert wanted is None
                seen["nobody"] += 1
                continue
            assert speaker == wanted
            seen["beside" if wanted != channel else "own"] += 1
            if number % 40 == 0:  # all the way for some: a thousand would take minutes
                due.append(answer(case_id, desk, audience))
                assert (due[-1].channel_id, due[-1].account) == (speaker.id, speaker.external_id)
    for row in due:
        sender.deliver(ws, row.id)
    with scope(ws):
        rows = list(Delivery.objects.all())
        assert {row.state for row in rows} == {State.SENT.value}
    posts = [p for name in NETWORKS for p in registry._connectors[name].posts]  # type: ignore[attr-defined]
    by_key = {str(row.key): row.account for row in rows}
    assert {post.key: post.account for post in posts} == by_key
    assert min(seen["own"], seen["beside"], seen["nobody"]) > 100


def two_accounts(at: UUID) -> tuple[Channel, Channel]:
    return connected(at, handle="northwind", purpose="brand"), connected(at, handle="nwcare")


def answered_by_care(desk: Membership) -> tuple[Channel, Channel, Message, Delivery]:
    """Let the care account answer what was written to the brand account, and hear of it."""
    ws = desk.workspace_id
    with scope(ws):
        brand, care = two_accounts(ws)
        (message,) = take_in(brand, [asked(brand, "post-1")])
        row = answer(message.case_id, desk)
    sender.deliver(ws, row.id)
    hear(ws)
    return brand, care, message, row


def test_an_answer_by_the_care_account_meets_the_clocks_of_the_question(desk: Membership) -> None:
    ws = desk.workspace_id
    _brand, care, message, row = answered_by_care(desk)
    with scope(ws):
        said = Message.objects.get(delivery_id=row.id)
        case = Case.objects.get(id=message.case_id)
        assert (said.channel_id, said.conversation_id) == (care.id, message.conversation_id)
        assert (case.turn, case.waiting_since) == ("theirs", None)
        assert set(Clock.objects.values_list("state", flat=True)) == {"met"}


def hear(ws: UUID) -> None:
    from hearwell.events.models import Event
    from hearwell.events.tasks import handle
    from hearwell.inbox import handlers

    with scope(ws):
        ids = [str(key) for key in Event.objects.values_list("id", flat=True)]
    handle(workspace_id=str(ws), handler=f"{handlers.__name__}.on_delivered", event_ids=ids)


def test_the_customer_goes_on_in_the_same_case_whoever_is_told(desk: Membership) -> None:
    ws = desk.workspace_id
    brand, care, message, row = answered_by_care(desk)
    with scope(ws):
        ours = Message.objects.get(delivery_id=row.id)
        # Lena answers the care account: it is told, the brand perhaps as well; the thread may go
        # by another name in its eyes.
        back = asked(care, "post-3", thread_key="elsewhere", parent_id=ours.remote_id)
        (again,) = take_in(care, [back])
        assert take_in(brand, [replace(back, account=brand.external_id)]) == []
        assert again.case_id == message.case_id
        assert Conversation.objects.count() == 1
        assert answer(message.case_id, desk).account == care.external_id


def test_what_another_account_of_ours_says_is_no_customers_word(desk: Membership) -> None:
    ws = desk.workspace_id
    with scope(ws):
        brand, care = two_accounts(ws)
        (message,) = take_in(brand, [asked(brand, "post-1")])
        row = answer(message.case_id, desk)
    sender.deliver(ws, row.id)
    with scope(ws):  # the brand is told before our own record of it is made
        Delivery.objects.filter(id=row.id).get()
        remote_id = Delivery.objects.get(id=row.id).remote_id
        comment = asked(
            brand, remote_id, thread_key="post-1", parent_id="post-1", text="Seen from outside",
            author=Author(care.external_id, care.handle, "Care"),
        )  # fmt: skip
        assert take_in(brand, [comment]) == []
        assert not Message.objects.filter(direction="in", remote_id=remote_id).exists()
    hear(ws)
    with scope(ws):
        assert Message.objects.filter(direction="out").count() == 1
        # Said in the network's own app, in the brand's thread: an answer, and once.
        (other,) = take_in(brand, [asked(brand, "post-9")])
        native = asked(
            care, "native", thread_key="post-9", parent_id="post-9", is_echo=True,
            author=Author(care.external_id, care.handle, "Care"),
        )  # fmt: skip
        take_in(care, [native])
        take_in(brand, [replace(native, account=brand.external_id, is_echo=False)])
        said = Message.objects.get(remote_id="native")
        assert (said.case_id, said.direction, said.sent_outside) == (other.case_id, "out", True)
        assert Case.objects.get(id=other.case_id).turn == "theirs"


def test_what_the_customer_writes_meanwhile_holds_the_answer_of_the_other_account(
    desk: Membership,
) -> None:
    ws = desk.workspace_id
    with scope(ws):
        brand, _care = two_accounts(ws)
        (message,) = take_in(brand, [asked(brand, "post-1")])
        row = answer(message.case_id, desk)
        take_in(brand, [asked(brand, "post-2", thread_key="post-1", text="It is here! Thanks.")])
    sender.deliver(ws, row.id)
    with scope(ws):
        assert Delivery.objects.get(id=row.id).state == State.STALE.value
        version = outbound.versions(ws, [row.lane_id])[row.lane_id]
        assert outbound.send_anyway(ws, row.id, by_id=desk.user_id, lane_version=version)
    sender.deliver(ws, row.id)
    with scope(ws):
        assert Delivery.objects.get(id=row.id).state == State.SENT.value


def test_the_agent_may_let_the_account_speak_that_was_written_to(desk: Membership) -> None:
    ws = desk.workspace_id
    with scope(ws):
        brand, care = two_accounts(ws)
        stranger = connected(ws, brand="Southwind Sea")
        (message,) = take_in(brand, [asked(brand, "post-1")])
        row = answer(message.case_id, desk, channel_id=brand.id)
        assert (row.account, row.lane_id) == (brand.external_id, message.conversation_id)
        for wrong in (stranger.id, uuid7()):
            with pytest.raises(CannotSend) as refusal:
                answer(message.case_id, desk, channel_id=wrong, confirm=True)
            assert refusal.value.problems[0].code == "handle"
        # What the agent saw no longer holds: nothing leaves from another account unseen.
        Channel.objects.filter(id=care.id).update(state="paused")
        with pytest.raises(CannotSend):
            answer(message.case_id, desk, channel_id=care.id, confirm=True)


def test_the_sender_still_refuses_what_does_not_agree(desk: Membership) -> None:
    ws = desk.workspace_id
    with scope(ws):
        brand, care = two_accounts(ws)
        cases = [take_in(brand, [asked(brand, f"post-{n}")])[0].case_id for n in range(3)]
        rows = [answer(case_id, desk) for case_id in cases]
        other = Brand.objects.create(workspace_id=ws, name="Southwind Sea")
    with scope(ws):  # the account goes to another brand while its answer waits
        Channel.objects.filter(id=care.id).update(brand=other)
    sender.deliver(ws, rows[0].id)
    with scope(ws):
        Channel.objects.filter(id=care.id).update(brand=brand.brand)
        # The token speaks for somebody else than the account that the agent saw.
        registry._connectors["square"].identity = lambda _account: "somebody"  # type: ignore[attr-defined]
        sender._identities.clear()
    sender.deliver(ws, rows[1].id)
    with scope(ws):
        states = list(Delivery.objects.filter(id__in=[r.id for r in rows[:2]]))
        assert {row.failure_code for row in states} == {"wrong_account"}
        assert not {row.state for row in states} & WRONG
        with pytest.raises(outbound.WrongLaneError):
            outbound.queue(
                outbound.Submission(
                    workspace_id=ws,
                    lane_id=uuid7(),
                    channel=connected(ws, brand="Southwind Sea", handle="sea"),
                    draft=sender.loaded(rows[2].draft),
                    key=uuid7(),
                    thread=outbound.LaneMove(
                        Lane.objects.get(id=rows[2].lane_id).follows_id,
                        brand.id,
                        brand.external_id,
                    ),
                )
            )


def test_one_account_alone_is_as_it_was(care: Care) -> None:
    row = care.deliver(care.send(care.reply()))
    with care.inside():
        assert Lane.objects.get(id=row.lane_id).follows_id is None
        assert make_item().audience is Audience.PUBLIC
