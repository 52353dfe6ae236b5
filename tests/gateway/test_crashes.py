"""What was answered with 200 is there afterwards, whatever dies in between.

A real house with its supervisor: processes and the database are killed while a network keeps
delivering. Seen from outside: the network's own list of what was accepted, and the tables.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
import pytest

from hearwell.connectors.sandbox.signing import SIGNATURE, TIMESTAMP, signature_of
from hearwell.ops.cluster import Cluster
from tests.house import House, running_house, wait_until

pytestmark = pytest.mark.slow
SECRET, PAGE = "for a test", "page-crash"
_CONNECT = """
import django; django.setup()
from hearwell.accounts.models import Workspace
from hearwell.channels.queries import hook_path
from hearwell.channels.services import connect_channel
from hearwell.connect.model import IngressSecrets
from hearwell.kit.scope import scope
workspace = Workspace.objects.get()
with scope(workspace.id):
    channel = connect_channel(
        workspace_id=workspace.id, network="sandbox", handle="northwind",
        external_id="page-crash", brand="Northwind Air", ingress=IngressSecrets(("for a test",)))
    print(workspace.id, hook_path(channel))
"""


@dataclass
class Network:
    """A network that delivers to a house and remembers what was accepted."""

    house: House
    workspace: str
    path: str
    accepted: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    hang_ups: int = 0

    def post(self, client: httpx.Client, *entries: Any, secret: str = SECRET) -> int:
        """Deliver once, signed."""
        body = json.dumps({"page": PAGE, "entries": entries}).encode()
        stamp = str(int(time.time()))
        headers = {TIMESTAMP: stamp, SIGNATURE: signature_of(secret, stamp, body)}
        return client.post(self.house.url + self.path, content=body, headers=headers).status_code

    def deliver(self, client: httpx.Client, number: str) -> bool:
        """Deliver one post; remember it if it was accepted."""
        try:
            status = self.post(client, entry(number))
        except httpx.TransportError:
            self.hang_ups += 1
            return False
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status == 200:
            self.accepted.append(f"p{number}")
        return status == 200

    def keep_delivering(self, stop: threading.Event, name: str) -> None:
        """Deliver one after the other until told to stop; a refused one is given up."""
        with httpx.Client(timeout=15) as client:
            number = 0
            while not stop.is_set():
                number += 1
                if not self.deliver(client, f"{name}-{number}"):
                    time.sleep(0.05)

    def rows(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Read the house's tables, in the workspace's scope."""
        where = Cluster(self.house.data / "postgresql").conninfo("hearwell_worker", "hearwell")
        with psycopg.connect(where) as connection:
            connection.execute(f"SET LOCAL app.workspace = '{self.workspace}'")
            return connection.execute(statement, parameters).fetchall()

    def messages(self) -> list[str]:
        """Return the remote ids of all messages that have a case."""
        return [row[0] for row in self.rows("SELECT remote_id FROM conversations_message")]

    def is_complete(self) -> bool:
        """Say whether everything accepted has become a message."""
        try:
            return set(self.accepted) <= set(self.messages())
        except psycopg.OperationalError:
            return False


def entry(number: str, **item: Any) -> dict[str, Any]:
    """Return a customer's post as the network tells of it."""
    at = "2026-03-02T10:00:00+00:00"
    return {
        "id": f"e{number}",
        "type": "post.created",
        "at": at,
        "item": {
            "id": f"p{number}",
            "kind": "post",
            "version": 1,
            "created_at": at,
            "root_id": f"p{number}",
            "text": f"Where is my bag? {number}",
            "author": {"id": "lena", "handle": "lena", "name": "Lena Vik"},
            "mentions": [],
            **item,
        },
    }


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    """A house of its own, since it is going to suffer."""
    with running_house() as house:
        house.owner().close()
        settings = {"DJANGO_SETTINGS_MODULE": "hearwell.config.settings"}
        done = subprocess.run(
            [sys.executable, "-c", _CONNECT],
            env={**house.environment, **settings, "HEARWELL_ROLE": "worker"},
            capture_output=True,
            text=True,
            check=True,
        )
        workspace, path = done.stdout.split()
        yield Network(house, workspace, path)


@pytest.fixture(autouse=True)
def _recovered(network: Network) -> None:
    """Begin with a house that answers, whatever the test before has done to it."""
    network.accepted.clear()
    network.statuses.clear()
    with httpx.Client(timeout=5) as client:
        wait_until(lambda: _is_up(network, client), seconds=60, what="the web process")


def _while_delivering(network: Network, harm: Callable[[], None], *, threads: int = 4) -> None:
    """Let several connections deliver while harm is done; wait until the house has caught up."""
    stop = threading.Event()
    name = f"{random.randrange(10**9)}"
    senders = [
        threading.Thread(target=network.keep_delivering, args=(stop, f"{name}.{n}"))
        for n in range(threads)
    ]
    for sender in senders:
        sender.start()
    try:
        wait_until(lambda: len(network.accepted) > 20, what="the first deliveries")
        harm()
        before = len(network.accepted)
        wait_until(lambda: len(network.accepted) > before + 20, seconds=60, what="the recovery")
    finally:
        stop.set()
        for sender in senders:
            sender.join(30)
    wait_until(network.is_complete, seconds=90, what="everything accepted taken in")
    assert len(network.messages()) == len(set(network.messages()))
    assert set(network.statuses) <= {200, 503}


def _kill(network: Network, name: str) -> None:
    pid = network.house.children()[name]
    os.kill(pid, signal.SIGKILL)
    wait_until(
        lambda: network.house.children().get(name) not in (None, pid),
        seconds=60,
        what=f"{name} coming back",
    )


@pytest.mark.parametrize("name", ["web", "worker", "listen"])
def test_killed_process_loses_nothing_acknowledged(network: Network, name: str) -> None:
    _while_delivering(network, lambda: _kill(network, name))


def test_killed_database_loses_nothing_acknowledged(network: Network) -> None:
    _while_delivering(network, lambda: _kill(network, "database"))


def test_terminated_connections_lose_nothing_acknowledged(network: Network) -> None:
    def terminate() -> None:
        where = Cluster(network.house.data / "postgresql").conninfo("postgres", "postgres")
        with psycopg.connect(where, autocommit=True) as server:
            for _ in range(5):
                server.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE pid <> pg_backend_pid() AND usename LIKE 'hearwell_%'"
                )
                time.sleep(0.2)

    _while_delivering(network, terminate)


def test_web_killed_right_after_200(network: Network) -> None:
    """No time for anything but the commit itself: the wake-up never happened."""
    with httpx.Client(timeout=15) as client:
        assert network.deliver(client, "last-words")
    os.kill(network.house.children()["web"], signal.SIGKILL)

    wait_until(network.is_complete, seconds=120, what="the sweep")


def test_same_webhook_ten_times_is_one_message(network: Network) -> None:
    with httpx.Client(timeout=15) as client:
        for _ in range(10):
            assert network.deliver(client, "again")
    wait_until(network.is_complete, what="the message")
    wait_until(lambda: not _waiting(network), what="the drain")

    assert network.messages().count("pagain") == 1


def _is_up(network: Network, client: httpx.Client) -> bool:
    try:
        return client.get(f"{network.house.url}{network.path}").status_code == 405
    except httpx.TransportError:
        return False


def _waiting(network: Network) -> bool:
    return bool(network.rows("SELECT FROM channels_rawdelivery WHERE state = 0"))


def test_out_of_order_is_the_same_conversation_as_in_order(network: Network) -> None:
    """A post, a comment below it, an edit and a deletion: every order ends alike."""
    story = (
        ("post.created", {"id": "root", "text": "first"}),
        ("post.edited", {"id": "root", "text": "second", "version": 2}),
        ("comment.created", {"id": "child", "kind": "comment", "parent_id": "root"}),
        ("comment.deleted", {"id": "child", "kind": "comment", "parent_id": "root", "version": 2}),
    )
    shapes = []
    with httpx.Client(timeout=15) as client:
        for turn, order in enumerate(((0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2))):
            for place in order:
                kind, item = story[place]
                assert network.post(client, _told(turn, place, kind, item)) == 200
            wait_until(lambda: not _waiting(network), what="the drain")
            shapes.append(_shape(network, turn))

    assert shapes[0] == shapes[1] == shapes[2]
    assert len(shapes[0]) == 2


def _told(turn: int, place: int, kind: str, item: dict[str, Any]) -> dict[str, Any]:
    at = f"2026-03-02T10:0{place}:00+00:00"
    root, me = f"order{turn}.root", f"order{turn}.{item['id']}"
    parent = {"parent_id": root} if "parent_id" in item else {}
    told = entry(me, **{**item, **parent, "id": me, "root_id": root, "edited_at": at})
    return {**told, "id": f"order{turn}.{place}", "type": kind, "at": at}


def _shape(network: Network, turn: int) -> list[tuple[Any, ...]]:
    """Return what is to be alike: one case, the texts, what is deleted, the versions."""
    return network.rows(
        "SELECT replace(remote_id, %s, ''), text, deleted_at IS NOT NULL, version,"
        " dense_rank() OVER (ORDER BY case_id) FROM conversations_message"
        " WHERE remote_id LIKE %s ORDER BY remote_id",
        f"order{turn}.",
        f"order{turn}.%",
    )


def test_forged_is_401_and_nothing_of_it_is_stored(network: Network) -> None:
    with httpx.Client(timeout=15) as client:
        assert network.post(client, entry("forged"), secret="stolen") == 401
        wait_until(
            lambda: network.rows("SELECT FROM channels_endpointcounter WHERE name = 'forged'"),
            what="the counter",
        )
    assert "pforged" not in network.messages()
