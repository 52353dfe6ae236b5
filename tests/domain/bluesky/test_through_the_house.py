"""Bluesky through the house's own verbs: polled, taken in, answered, renewed. Real commits."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from django.conf import settings
from django.db import connection

from hearwell.accounts.models import Membership, User, Workspace
from hearwell.accounts.services import add_member, create_workspace
from hearwell.channels.models import Channel, StreamCursor
from hearwell.channels.services import connect_channel, opened_account
from hearwell.channels.services.draining import drain_endpoint
from hearwell.channels.services.polling import poll_once, reconcile
from hearwell.connect import registry
from hearwell.connectors.bluesky import uris
from hearwell.connectors.bluesky.fake import Fake
from hearwell.connectors.bluesky.fake_network import BRAND, LENA, FakeBluesky
from hearwell.conversations.models import Case, Message
from hearwell.inbox.reply import Reply, send_reply
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.kit.seal import make_keys
from hearwell.outbound import reader, sender
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import State

STREAMS = ("messages", "own", "replies", "reactions")


@dataclass
class Desk:
    """A workspace with one Bluesky account and somebody who answers."""

    network: FakeBluesky
    channel: Channel
    anna: Membership

    @property
    def workspace_id(self) -> UUID:
        return self.channel.workspace_id

    def listen(self, *streams: str) -> None:
        """Poll until nothing waits, and take everything in."""
        for stream in streams or STREAMS:
            for _ in range(10):
                if poll_once(self.workspace_id, self.channel.id, stream) > 0:
                    break
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

    def answer(self, text: str = "We have found it.") -> Delivery:
        """Answer the first case and let the sender run."""
        (case, *_) = self.cases()
        wanted = Reply(
            case_id=case.id, text=text, audience="public", key=uuid7(),
            seen_version=case.version, confirm=True, undo_s=0,
        )  # fmt: skip
        with scope(self.workspace_id):
            queued = send_reply(wanted, self.anna)
        return self.send(queued)

    def send(self, row: Delivery) -> Delivery:
        sender.deliver(self.workspace_id, row.id)
        with scope(self.workspace_id):
            return Delivery.objects.get(id=row.id)

    def ours(self) -> list[str]:
        """Our posts on the network."""
        return [uri for uri in self.network.records if uris.did_of(uri) == BRAND]


@pytest.fixture
def desk(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    make_keys(Path(settings.HEARWELL_KEYS))
    sender._identities.clear()
    fake = Fake()
    monkeypatch.setitem(registry._connectors, "bluesky", fake.connector)
    workspace: Workspace = create_workspace("Northwind Air")
    anna = User.objects.create_user("anna@example.com", name="Anna Adams")
    member = add_member(workspace, anna, "agent")
    with scope(workspace.id):
        channel = connect_channel(
            workspace_id=workspace.id,
            network="bluesky",
            handle=fake.account.handle,
            external_id=BRAND,
            brand="Northwind Air",
            settings=dict(fake.account.settings),
            secrets=dict(fake.account.secrets),
            scopes=sorted(fake.account.scopes),
        )
    return Desk(fake.network, channel, member)


def test_a_mention_becomes_a_case_an_answer_a_reply_and_its_echo_the_proof(desk: Desk) -> None:
    desk.listen()
    (message,) = desk.messages()
    assert message.author_name == "lena.test"
    sent = desk.answer()
    assert State(sent.state) is State.SENT
    assert desk.ours() == [sent.remote_id]
    desk.listen()
    with scope(desk.workspace_id):
        assert State(Delivery.objects.get().state) is State.CONFIRMED
    assert len(desk.cases()) == 1


def test_twice_is_once_and_what_is_deleted_is_withdrawn(desk: Desk) -> None:
    spare = desk.network.post(LENA, "@northwind.test two")
    for _ in range(3):
        desk.listen()
    assert len(desk.messages()) == len(desk.cases()) == 2
    desk.network.delete(spare["uri"])
    desk.listen()
    gone = [m.remote_id for m in desk.messages() if m.deleted_at]
    assert gone == [spare["uri"]]


def test_reading_again_changes_nothing(desk: Desk) -> None:
    desk.listen()
    desk.network.post(LENA, "@northwind.test later")
    desk.listen()
    before = desk.messages()
    for stream in STREAMS:
        reconcile(desk.workspace_id, desk.channel.id, stream)
    desk.take_in()
    assert desk.messages() == before


def test_what_the_brand_says_in_its_own_app_is_part_of_the_case(desk: Desk) -> None:
    desk.listen()
    (first,) = (e for e in desk.network.records.values() if uris.did_of(e["uri"]) == LENA)
    desk.network.post(BRAND, "On it, from the app", first)
    desk.listen()
    inbound, ours = desk.messages()
    assert (ours.case_id, ours.sent_outside) == (inbound.case_id, True)


def test_an_answer_lost_on_the_way_is_found_and_not_posted_again(desk: Desk) -> None:
    desk.listen()

    def posts_and_breaks(request: httpx.Request) -> httpx.Response:
        answer = desk.network.handle(request)
        if request.url.path.endswith("putRecord"):
            message = "lost on purpose"
            raise httpx.ReadTimeout(message, request=request)
        desk.network.next_answer = posts_and_breaks
        return answer

    desk.network.next_answer = posts_and_breaks
    row = desk.answer()
    assert State(row.state) is State.UNKNOWN
    with scope(desk.workspace_id):
        Delivery.objects.update(read_back_after=row.queued_at - timedelta(minutes=1))
    assert reader.reconcile(desk.workspace_id, row.id) is State.SENT
    assert len(desk.ours()) == 1


def test_a_session_that_ran_out_is_renewed_once_by_all_who_need_it(desk: Desk) -> None:
    """Four polls at once with a dead token: one signs in anew, the others use what it got."""
    desk.listen()
    desk.network.access = "another by now"
    sessions = desk.network.sessions
    errors: list[BaseException] = []

    def poll(stream: str) -> None:
        try:
            poll_once(desk.workspace_id, desk.channel.id, stream)
        except BaseException as error:  # noqa: BLE001 -- looked at below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=poll, args=(stream,)) for stream in STREAMS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert desk.network.sessions == sessions + 1
    with scope(desk.workspace_id):
        assert opened_account(desk.channel).secrets["access"] == desk.network.access


def test_a_dead_token_is_renewed_in_the_middle_of_an_answer(desk: Desk) -> None:
    desk.listen()
    desk.network.access = "another by now"
    assert State(desk.answer().state) is State.SENT
    assert len(desk.ours()) == 1


def test_a_token_of_another_account_answers_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.listen()
    another = httpx.Response(200, json={"did": "did:plc:another", "active": True})
    monkeypatch.setattr(desk.network, "_session", lambda: another)
    row = desk.answer()
    assert State(row.state) is State.HELD
    assert desk.ours() == []


def test_the_cursor_of_a_quiet_account_stays_small(desk: Desk) -> None:
    for number in range(120):
        desk.network.post(LENA, f"@northwind.test {number}")
    desk.listen()
    assert len(desk.messages()) == 121
    with scope(desk.workspace_id):
        sizes = {row.stream: len(row.cursor or "") for row in StreamCursor.objects.all()}
    assert max(sizes.values()) < 5000, sizes
