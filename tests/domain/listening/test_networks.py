"""The same on networks that can be searched for real: Bluesky and Mastodon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine

from hearwell.accounts.models import User, Workspace
from hearwell.channels.models import Channel, StreamCursor
from hearwell.channels.services import connect_channel
from hearwell.channels.services.draining import drain_endpoint
from hearwell.channels.services.polling import poll_once
from hearwell.channels.services.searching import search_next
from hearwell.connect import registry
from hearwell.connect.model import IngressSecrets
from hearwell.connect.subject import Subject
from hearwell.connectors.bluesky.fake import Fake as Bluesky
from hearwell.connectors.bluesky.fake_network import LENA
from hearwell.connectors.mastodon.fake import Fake as Mastodon
from hearwell.conversations.models import Case, Message
from hearwell.kit.clock import now
from hearwell.listening.models import Hit
from hearwell.listening.queries import searches_of
from hearwell.listening.services import TermFacts, save_term
from hearwell.sla import services as sla


@dataclass
class Network:
    """One network, how a stranger speaks on it, and what is polled for mentions."""

    key: str
    subject: Subject
    say: Callable[[str], object]
    mentions: str
    handle: str


def bluesky() -> Network:
    fake = Bluesky()
    return Network(
        "bluesky", fake, lambda text: fake.network.post(LENA, text), "messages", "@northwind.test"
    )


def mastodon() -> Network:
    fake = Mastodon()
    return Network(
        "mastodon", fake, lambda text: fake.server.say(fake.lena, text), "mentions", "@northwind"
    )


@pytest.fixture(params=[bluesky, mastodon], ids=["bluesky", "mastodon"])
def network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Network:
    made: Network = request.param()
    monkeypatch.setitem(registry._connectors, made.key, made.subject.connector)
    return made


@pytest.fixture
def channel(workspace: Workspace, network: Network) -> Channel:
    sla.ensure_defaults(workspace)
    account = network.subject.account
    return connect_channel(
        workspace_id=workspace.id,
        network=network.key,
        handle=account.handle,
        external_id=account.external_id,
        brand="Northwind Air",
        settings=dict(account.settings),
        secrets=dict(account.secrets),
        scopes=sorted(account.scopes),
        ingress=IngressSecrets(("s",), "c"),
    )


def look(channel: Channel, minutes: int = 0) -> None:
    """Search for everything, and take in what came."""
    with time_machine.travel(now() + timedelta(minutes=minutes)):
        for _ in searches_of(channel):
            search_next(channel.workspace_id, channel.id)
    assert channel.endpoint_id is not None
    drain_endpoint(channel.endpoint_id)


def test_a_stranger_who_names_us_is_heard_once(
    workspace: Workspace, alice: User, network: Network, channel: Channel
) -> None:
    save_term(workspace.id, TermFacts(name="Fjordlink"), by=alice)
    network.say("Fjordlink lost my bag between Oslo and Bergen #travel")
    look(channel)
    look(channel, minutes=5)
    (case,) = Case.objects.all()
    assert (case.stage, case.network, case.audience) == ("named", network.key, "public")
    assert Message.objects.get().text.startswith("Fjordlink lost my bag")
    assert Hit.objects.count() == 1
    assert StreamCursor.objects.filter(stream__startswith="search:").exists()


def test_a_mention_found_by_its_words_first_is_a_mention(
    workspace: Workspace, alice: User, network: Network, channel: Channel
) -> None:
    save_term(workspace.id, TermFacts(name="Fjordlink"), by=alice)
    network.say(f"{network.handle} is Fjordlink late again?")
    look(channel)
    (case,) = Case.objects.all()
    assert case.stage == ""
    assert not Hit.objects.exists()


def test_what_the_polls_bring_of_it_is_the_same_message(
    workspace: Workspace, alice: User, network: Network, channel: Channel
) -> None:
    save_term(workspace.id, TermFacts(name="Fjordlink"), by=alice)
    network.say(f"{network.handle} is Fjordlink late again?")
    look(channel)
    connector = network.subject.connector
    for stream in connector.streams(network.subject.account):  # type: ignore[attr-defined]
        for _ in range(3):
            poll_once(channel.workspace_id, channel.id, stream)
    look(channel, minutes=5)
    assert Message.objects.filter(text__contains="late again").count() == 1


def test_a_hashtag_is_looked_up_where_words_do_not_find_it(
    workspace: Workspace, alice: User, network: Network, channel: Channel
) -> None:
    save_term(workspace.id, TermFacts(name="Fjord Link"), by=alice)
    words = [one.words for one in searches_of(channel)]
    expected = ["Fjord Link", "#fjordlink"] if network.key == "mastodon" else ["Fjord Link"]
    assert words == expected


def test_of_two_accounts_on_a_network_one_looks(
    workspace: Workspace, alice: User, network: Network, channel: Channel
) -> None:
    save_term(workspace.id, TermFacts(name="Fjordlink"), by=alice)
    second = connect_channel(
        workspace_id=workspace.id,
        network=network.key,
        handle="second",
        external_id="second",
        brand="Northwind Air",
    )
    assert searches_of(channel)
    assert not searches_of(second)
    channel.state = "paused"
    channel.save()
    assert searches_of(second)
