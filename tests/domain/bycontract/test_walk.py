"""Every network that has a stand-in, walked from end to end through the house's own verbs.

Connect, a customer writes, we answer, they edit, delete; the token dies, nothing is lost; we
connect again and go on in the same history. Real commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from hearwell import connectors
from hearwell.accounts.models import Membership, User
from hearwell.accounts.services import add_member, create_workspace
from hearwell.channels.models import Channel
from hearwell.channels.queries import account_of
from hearwell.channels.services import RawRow, connect_channel, keep
from hearwell.channels.services.draining import drain_endpoint
from hearwell.channels.services.polling import poll_once
from hearwell.connect import registry
from hearwell.connect.contract import Polls, ReceivesWebhooks, Replies
from hearwell.connect.failures import Failure
from hearwell.connect.manifest import Changes
from hearwell.connect.model import Raw
from hearwell.conversations.models import Case, Message
from hearwell.inbox.reply import Reply, send_reply
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.kit.seal import make_keys
from hearwell.outbound import sender
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import State

# Troubles by which a stand-in's token is dead for good, the first that it has.
DEAD = ("consent_withdrawn", "token_revoked", "password_changed", "token_expired")

# What the walk deletes is a comment: Instagram tells of deleted private messages alone, X of what
# the account itself deletes.
UNTOLD = frozenset({"instagram", "x"})


def walkers() -> list[str]:
    """Names of the connectors whose fake stands on a ``fake_network.Network``, and that answer."""
    folder = Path(connectors.__path__[0])
    found = []
    for name in sorted(path.parent.name for path in folder.glob("*/fake_network.py")):
        if hasattr(import_module(f"hearwell.connectors.{name}.fake_network"), "Network"):
            kind = import_module(f"hearwell.connectors.{name}.fake").Fake
            if isinstance(kind().connector, Replies):
                found.append(name)
    return found


@dataclass
class Walk:
    """One workspace with one account on one stand-in."""

    fake: Any
    channel: Channel
    anna: Membership

    def connect(self) -> None:
        """Connect, or connect again: the same account either way."""
        self.channel = _connected(self.channel.workspace_id, self.fake)

    def hear(self) -> None:
        """Take in what the network brings, and what it says when asked."""
        connector = self.fake.connector
        assert self.channel.endpoint_id
        if isinstance(connector, ReceivesWebhooks):
            for due in self.fake.network.deliveries():
                hook = getattr(self.fake.network, "hook", "")  # where a network signs it
                url = str(due.url) if isinstance(hook, dict) else hook + str(due.url)
                raw = Raw("POST", url, dict(due.headers), due.read(), now())
                connector.verify(raw, self.fake.ingress)
                keep([RawRow.of(self.channel.endpoint_id, raw)])
        if isinstance(connector, Polls):
            for stream in connector.streams(account_of(self.channel)):
                for _ in range(4):
                    self._poll(stream)
        drain_endpoint(self.channel.endpoint_id)

    def _poll(self, stream: str) -> None:
        try:
            poll_once(self.channel.workspace_id, self.channel.id, stream)
        except Failure:
            if not self.fake.network.trouble:
                raise

    def messages(self) -> dict[str, Message]:
        with scope(self.channel.workspace_id):
            return {one.remote_id: one for one in Message.objects.defer("search")}

    def answer(self, text: str) -> Delivery:
        place = self.channel.workspace_id
        with scope(place):
            said = self.messages()[self.fake.first]
            case = Case.objects.get(id=said.case_id)
            wanted = Reply(
                case_id=case.id, text=text, audience=said.audience, key=uuid7(),
                seen_version=case.version, confirm=True, undo_s=0,
            )  # fmt: skip
            queued = send_reply(wanted, self.anna)
        sender.deliver(place, queued.id)
        with scope(place):
            return Delivery.objects.get(id=queued.id)


def _connected(workspace_id: Any, fake: Any) -> Channel:
    account = fake.account
    with scope(workspace_id):
        return connect_channel(
            workspace_id=workspace_id,
            network=fake.connector.manifest.network,
            handle=account.handle or account.external_id,
            external_id=account.external_id,
            brand="Northwind Air",
            settings=dict(account.settings),
            secrets=dict(account.secrets),
            scopes=sorted(account.scopes),
            tier=account.tier,
            **({"ingress": fake.ingress} if fake.ingress else {}),
        )


@pytest.fixture(params=walkers())
def walk(
    request: pytest.FixtureRequest, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Walk:
    make_keys(Path(settings.HEARWELL_KEYS))
    sender._identities.clear()
    fake = import_module(f"hearwell.connectors.{request.param}.fake").Fake()
    manifest = fake.connector.manifest
    monkeypatch.setitem(registry._connectors, manifest.network, fake.connector)
    workspace = create_workspace("Northwind Air")
    anna = User.objects.create_user("anna@example.com", name="Anna Adams")
    member = add_member(workspace, anna, "agent")
    return Walk(fake, _connected(workspace.id, fake), member)


def test_from_connecting_to_connecting_again_nothing_is_lost(walk: Walk) -> None:
    network, manifest = walk.fake.network, walk.fake.connector.manifest
    first = walk.fake.first
    walk.hear()
    assert walk.messages()[first].text

    sent = walk.answer("We have found it.")
    assert State(sent.state) is State.SENT, sent.failure_message
    walk.hear()
    ours = [one for one in walk.messages().values() if "We have found it." in one.text]
    assert not any(one.sent_outside for one in ours)

    network.edits(first, "My blue bag stayed in Lisbon")
    walk.hear()
    if manifest.edits is not Changes.NEVER:
        assert walk.messages()[first].text == "My blue bag stayed in Lisbon"

    (dead, *_) = [one for one in DEAD if one in network.TROUBLES]
    network.trouble.add(dead)
    before = {ref: one.text for ref, one in walk.messages().items()}
    sender._identities.clear()
    held = walk.answer("It leaves tonight.")
    walk.hear()
    assert before.items() <= {ref: one.text for ref, one in walk.messages().items()}.items()

    network.trouble.discard(dead)
    known = walk.channel.id
    walk.connect()
    assert walk.channel.id == known
    assert set(before) <= set(walk.messages())
    walk.hear()
    assert State(held.state) is not State.FAILED  # kept: a person releases it, or it went out

    network.deletes(first)
    walk.hear()
    if manifest.deletions is not Changes.NEVER and manifest.network not in UNTOLD:
        gone = walk.messages()[first]
        assert gone.deleted_at is not None
        assert "blue bag" not in gone.text
    assert set(before) <= set(walk.messages())
