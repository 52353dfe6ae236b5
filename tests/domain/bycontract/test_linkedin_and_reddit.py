"""LinkedIn and Reddit through the house's own verbs: heard, answered, renewed. Real commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from hearwell.accounts.models import Membership, User
from hearwell.accounts.services import add_member, create_workspace
from hearwell.channels.models import Channel
from hearwell.channels.queries import account_of
from hearwell.channels.services import connect_channel, opened_account
from hearwell.channels.services.draining import drain_endpoint
from hearwell.channels.services.polling import poll_once, reconcile
from hearwell.connect import registry
from hearwell.connect.contract import Polls
from hearwell.connectors.linkedin.fake import Fake as LinkedinFake
from hearwell.connectors.reddit.fake import Fake as RedditFake
from hearwell.conversations.models import Case, Message
from hearwell.inbox.reply import Reply, send_reply
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.kit.seal import make_keys
from hearwell.outbound import reader, sender
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import State

Fake = LinkedinFake | RedditFake


@dataclass
class Desk:
    """A workspace with one account and somebody who answers."""

    fake: Fake
    channel: Channel
    anna: Membership

    @property
    def workspace_id(self) -> UUID:
        return self.channel.workspace_id

    @property
    def streams(self) -> list[str]:
        connector = self.fake.connector
        assert isinstance(connector, Polls)
        return list(connector.streams(account_of(self.channel)))

    def listen(self) -> None:
        for stream in self.streams:
            for _ in range(4):
                poll_once(self.workspace_id, self.channel.id, stream)
        self.take_in()

    def take_in(self) -> None:
        assert self.channel.endpoint_id
        drain_endpoint(self.channel.endpoint_id)

    def messages(self) -> list[Message]:
        with scope(self.workspace_id):
            return list(Message.objects.defer("search").order_by("sent_at", "id"))

    def cases(self) -> list[Case]:
        with scope(self.workspace_id):
            return list(Case.objects.order_by("number"))

    def answer(self) -> Delivery:
        (case, *_) = self.cases()
        wanted = Reply(
            case_id=case.id, text="We have found it.", audience="public", key=uuid7(),
            seen_version=case.version, confirm=True, undo_s=0,
        )  # fmt: skip
        with scope(self.workspace_id):
            queued = send_reply(wanted, self.anna)
        sender.deliver(self.workspace_id, queued.id)
        with scope(self.workspace_id):
            return Delivery.objects.get(id=queued.id)


@pytest.fixture(params=[LinkedinFake, RedditFake], ids=["linkedin", "reddit"])
def desk(
    request: pytest.FixtureRequest, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Desk:
    make_keys(Path(settings.HEARWELL_KEYS))
    sender._identities.clear()
    fake: Fake = request.param()
    network = fake.connector.manifest.network
    monkeypatch.setitem(registry._connectors, network, fake.connector)
    workspace = create_workspace("Northwind Air")
    anna = User.objects.create_user("anna@example.com", name="Anna Adams")
    member = add_member(workspace, anna, "agent")
    with scope(workspace.id):
        channel = connect_channel(
            workspace_id=workspace.id,
            network=network,
            handle=fake.account.handle,
            external_id=fake.account.external_id,
            brand="Northwind Air",
            settings=dict(fake.account.settings),
            secrets=dict(fake.account.secrets),
            scopes=sorted(fake.account.scopes),
        )
    return Desk(fake, channel, member)


def test_from_a_comment_to_the_proof_of_the_answer(desk: Desk) -> None:
    desk.listen()
    (message,) = desk.messages()
    assert message.text == desk_text(desk)
    sent = desk.answer()
    assert State(sent.state) is State.SENT
    thanks = desk.fake.network.customer_says("Thank you", below=str(sent.remote_id))
    desk.listen()
    with scope(desk.workspace_id):
        assert State(Delivery.objects.get().state) is State.CONFIRMED
    # The echo is our answer, and what the customer adds is in the same case.
    assert len(desk.cases()) == 1
    assert {desk.fake.first, thanks} <= {message.remote_id for message in desk.messages()}
    assert not any(message.sent_outside for message in desk.messages())


def desk_text(desk: Desk) -> str:
    """What the customer said first."""
    (said, *_) = (m.text for m in desk.messages() if m.remote_id == desk.fake.first)
    assert said.startswith("My bag stayed in Lisbon")
    return said


def test_edits_deletions_and_reading_again(desk: Desk) -> None:
    spare = desk.fake.network.customer_says("Anyone?", below=below(desk))
    desk.listen()
    desk.fake.network.edits(desk.fake.first, "My blue bag")
    desk.fake.network.deletes(spare)
    desk.listen()
    by_id = {message.remote_id: message for message in desk.messages()}
    assert by_id[desk.fake.first].text == "My blue bag"
    assert by_id[spare].deleted_at is not None
    assert "Anyone" not in by_id[spare].text
    before = desk.messages()
    for stream in desk.streams:
        reconcile(desk.workspace_id, desk.channel.id, stream)
    desk.take_in()
    assert [m.remote_id for m in desk.messages()] == [m.remote_id for m in before]


def below(desk: Desk) -> str:
    """Where a customer's comment reaches us."""
    return desk.fake.post if isinstance(desk.fake, RedditFake) else ""


def test_a_lost_answer_is_found_and_not_posted_again(desk: Desk) -> None:
    desk.listen()
    desk.fake.network.trouble = {"lost_answer"}
    row = desk.answer()
    assert State(row.state) is State.UNKNOWN
    desk.fake.network.trouble = set()
    with scope(desk.workspace_id):
        Delivery.objects.update(read_back_after=row.queued_at - timedelta(minutes=1))
    assert reader.reconcile(desk.workspace_id, row.id) is State.SENT


def test_a_dead_token_is_renewed_in_the_middle_of_an_answer(desk: Desk) -> None:
    desk.listen()
    desk.fake.network.trouble = {"token_expired"}
    assert State(desk.answer().state) is State.SENT
    with scope(desk.workspace_id):
        fresh = opened_account(desk.channel).secrets
    assert fresh["access"] == desk.fake.network.access
    assert fresh["refresh"] == desk.fake.account.secrets["refresh"]


def test_nothing_is_sent_without_the_right_to_it(desk: Desk) -> None:
    desk.listen()
    is_reddit = isinstance(desk.fake, RedditFake)
    desk.fake.network.trouble = {"approval_withdrawn" if is_reddit else "access_withdrawn"}
    row = desk.answer()
    assert State(row.state) is not State.SENT
    desk.fake.network.trouble = set()
    assert len(desk.cases()) == 1
