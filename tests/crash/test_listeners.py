"""Real listening processes that join, are killed, frozen and told to stop: every account is heard
by one of them, and nothing that was said is lost.

The checker knows only the network's own counts and what stands in the database.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo
from pytest_django import Settings

from hearwell.accounts.services import create_workspace
from hearwell.channels.models import Channel, RawDelivery, StreamCursor
from hearwell.channels.services import connect_channel, pause
from hearwell.channels.services.leases import ListenerRow, listeners
from hearwell.kit.scope import scope
from hearwell.kit.seal import make_keys
from tests.house import clean_environment, free_port, wait_until

pytestmark = pytest.mark.slow
ACCOUNTS = 12
PATIENCE_S = 90


@dataclass
class Sea:
    """Many little Harbours, a house that is connected to all of them, and who listens there."""

    url: str
    environment: dict[str, str]
    workspace_id: UUID
    listeners: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> subprocess.Popen[bytes]:
        """Start one more listening process."""
        command = [sys.executable, "-m", "hearwell", "listen"]
        process = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        self.listeners.append(process)
        return process

    def say(self, text: str) -> None:
        """Let a customer post everywhere."""
        said = httpx.post(f"{self.url}/*/say", content=text).json()
        assert said["said"] == ACCOUNTS

    def counts(self) -> dict[str, list[float]]:
        """What the network saw: name -> polls, most at a time, lines, most at a time, last."""
        found: dict[str, list[float]] = httpx.get(f"{self.url}/counts").json()
        return found

    def lines(self) -> set[int]:
        """How many lines are open to each place."""
        return {int(counts[2]) for counts in self.counts().values()}

    def shares(self) -> list[int]:
        """How many accounts each listener holds, the most first."""
        return sorted((row.accounts for row in rows()), reverse=True)

    def wait_for(self, *shares: int) -> None:
        """Wait until the accounts are split so, and one line is open to each place."""
        wait_until(
            lambda: self.shares() == list(shares) and self.lines() == {1},
            seconds=PATIENCE_S,
            what=f"the split {shares}",
        )

    def kept(self) -> set[str]:
        """The ids of everything that was kept, whichever way it came."""
        bodies = RawDelivery.objects.values_list("body", flat=True)
        return {e["id"] for body in bodies for e in json.loads(bytes(body))["entries"]}

    def polled(self) -> Counter[str]:
        """How often each item came by a poll."""
        bodies = RawDelivery.objects.filter(source="poll").values_list("body", flat=True)
        return Counter(e["id"] for body in bodies for e in json.loads(bytes(body))["entries"])

    def wait_until_kept(self, how_many: int) -> None:
        """Wait until every place's first so many items are kept."""
        wanted = {f"h{n}-{i}" for n in range(ACCOUNTS) for i in range(1, how_many + 1)}
        wait_until(lambda: self.kept() >= wanted, seconds=PATIENCE_S, what="that all was kept")


def rows() -> list[ListenerRow]:
    return listeners()


@pytest.fixture
def sea(transactional_db: None, tmp_path: Path, settings: Settings) -> Iterator[Sea]:
    make_keys(tmp_path / "keys")
    settings.HEARWELL_KEYS = tmp_path / "keys"
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    network = subprocess.Popen([sys.executable, "-m", "bench._harbours", str(port)])
    wait_until(lambda: _answers(url), what="the network")
    workspace = create_workspace("Northwind Air")
    with scope(workspace.id):
        for number in range(ACCOUNTS):
            httpx.get(f"{url}/h{number}/me")
            connect_channel(
                workspace_id=workspace.id, network="sandbox", handle=f"h{number}",
                external_id=f"h{number}", brand="Northwind Air",
                settings={"base_url": f"{url}/h{number}"}, secrets={"access": "x"},
            )  # fmt: skip
    made = Sea(url, _environment(tmp_path, url), workspace.id)
    yield made
    for process in [*made.listeners, network]:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/counts").is_success
    except httpx.TransportError:
        return False


def _environment(data: Path, url: str) -> dict[str, str]:
    parameters = connection.get_connection_params()
    names = ("user", "host", "port", "dbname", "password")
    database = make_conninfo(**{n: parameters[n] for n in names if parameters.get(n)})
    return {
        **clean_environment(),
        "DATA": str(data),
        "DATABASE_URL": database,
        "DATABASE_WORKER_URL": database,
        "HEARWELL_EGRESS_ALLOW": url,
        "HEARWELL_SECRET_KEY": "for tests only",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }


def test_they_share_hand_over_and_take_over_without_losing_a_word(sea: Sea) -> None:
    first = sea.start()
    sea.wait_for(12)
    sea.say("one")
    second = sea.start()
    sea.say("two")
    sea.wait_for(6, 6)
    third = sea.start()
    sea.say("three")
    sea.wait_for(4, 4, 4)

    second.kill()  # as if the machine had lost its power
    sea.say("four")
    sea.wait_for(6, 6)

    first.terminate()  # told to stop: it gives back what it holds
    sea.say("five")
    sea.wait_for(12)
    assert first.wait(20) == 0
    assert third.poll() is None

    sea.wait_until_kept(5)
    most_at_once = {counts[1] for counts in sea.counts().values()}
    assert most_at_once == {1}, "a place was polled by two at a time"
    with scope(sea.workspace_id):
        cursors = StreamCursor.objects.values_list("channel__handle", "cursor")
        wait_until(
            lambda: set(StreamCursor.objects.values_list("cursor", flat=True)) == {"5"},
            seconds=PATIENCE_S,
            what="that every cursor had arrived",
        )
        assert len(cursors) == ACCOUNTS
    again = {item: n for item, n in sea.polled().items() if n > 1}
    assert not again, "a poll brought the same twice"


def test_one_that_is_frozen_loses_its_accounts_and_comes_back_modestly(sea: Sea) -> None:
    frozen, awake = sea.start(), sea.start()
    sea.wait_for(6, 6)

    frozen.send_signal(signal.SIGSTOP)
    sea.say("one")
    wait_until(lambda: sea.shares() == [12], seconds=PATIENCE_S, what="the takeover")
    sea.wait_until_kept(1)

    frozen.send_signal(signal.SIGCONT)
    sea.say("two")
    sea.wait_for(6, 6)
    sea.wait_until_kept(2)
    assert awake.poll() is None
    assert frozen.poll() is None


def test_what_people_do_to_an_account_is_heard_at_once(sea: Sea) -> None:
    sea.start()
    sea.wait_for(12)
    with scope(sea.workspace_id):
        pause(Channel.objects.get(handle="h3"))

    wait_until(lambda: sea.counts()["h3"][2] == 0, seconds=PATIENCE_S, what="the end of a line")
    assert sea.shares() == [11]
    assert {int(c[2]) for name, c in sea.counts().items() if name != "h3"} == {1}
