"""A brand on Bluesky, read through our own account there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.channels.services import connect_channel
from hearwell.connect import registry
from hearwell.connectors.bluesky import fake_network as net
from hearwell.connectors.bluesky.fake import Fake
from hearwell.conversations.models import Message
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.watching import services
from hearwell.watching.models import Watch

pytestmark = pytest.mark.django_db
TOM = "did:plc:tomtomtomtomtomtomtomtom"


def test_its_posts_its_answers_and_what_names_it_are_read(workspace, alice, monkeypatch):
    fake = Fake()
    monkeypatch.setitem(registry._connectors, "bluesky", fake.connector)
    monkeypatch.setitem(net.HANDLES, TOM, "tom.test")
    channel = connect_channel(
        workspace_id=workspace.id, network="bluesky", handle=fake.account.handle,
        external_id=fake.account.external_id, brand="Northwind Air",
        settings=dict(fake.account.settings), secrets=dict(fake.account.secrets),
    )  # fmt: skip
    asked = fake.network.post(TOM, "@lena.test is my parcel lost?")
    fake.network.post(net.LENA, "It is on its way.", below=asked)
    fake.network.post(TOM, "lena.test has a nice logo")
    wrong = fake.network.post(net.LENA, "Wrong thread, sorry")
    fake.network.post(net.LENA, "Good morning")
    watch = services.ask(workspace.id, services.Wish(uuid7(), channel.id, "lena.test"), by=alice)
    assert services.look_up(workspace.id, watch.id)

    def read() -> set[tuple[str, str, str]]:
        Watch.objects.update(next_at=now() - timedelta(seconds=1))
        assert not services.read_some(workspace.id, watch.id)
        found = Message.objects.filter(is_historic=True, deleted_at=None)
        return set(found.values_list("direction", "kind", "text"))

    said = read()
    assert {one for one in said if one[0] == "in"} == {
        ("in", "mention", "@lena.test is my parcel lost?")
    }
    assert ("out", "comment", "It is on its way.") in said
    assert ("out", "post", "Good morning") in said
    answer = Message.objects.get(text="It is on its way.")
    assert answer.parent_remote_id == asked["uri"]
    fake.network.delete(wrong["uri"])
    assert read() == said - {("out", "post", "Wrong thread, sorry")}
    assert Watch.objects.get().author_id == net.LENA
