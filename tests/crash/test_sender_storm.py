"""kill -9 of real sender processes at every named point: nothing doubled, nothing lost.

The checker knows only the network's own log and the table of deliveries.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from hearwell.accounts.services import create_workspace
from hearwell.channels.models import Brand, Channel
from hearwell.connect import registry
from hearwell.connect.model import Audience, Draft
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound import services
from hearwell.outbound.models import Delivery, Transition
from hearwell.outbound.rules import ALLOWED, State
from tests.crash.sender_process import StormConnector
from tests.crash.storm_network import Storm, serve

pytestmark = pytest.mark.slow
LANES, PARTS = 10, 4
PATIENCE_S = 240


@dataclass
class House:
    """Workers that come back whenever they die, each line following its list of crash plans."""

    url: str
    database: str
    naive: bool = False
    module: str = "tests.crash.sender_process"
    lines: list[subprocess.Popen[str]] = field(default_factory=list)
    died: Counter[str] = field(default_factory=Counter)

    def keep_alive(self, plans: Sequence[str]) -> None:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "HEARWELL_ROLE": "worker",
            "DATABASE_URL": self.database,
            "DATABASE_WORKER_URL": self.database,
            "STORM_URL": self.url,
            "NAIVE": "1" if self.naive else "",
        }
        command = [sys.executable, "-m", self.module, *plans]
        line = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        self.lines.append(line)

    def end(self) -> None:
        """Stop all workers and read who died."""
        for line in self.lines:
            line.terminate()
        for line in self.lines:
            said = line.communicate(timeout=30)[0]
            self.died.update(
                words.removeprefix("died ")
                for words in said.splitlines()
                if words.startswith("died ")
            )


@dataclass
class Sea:
    """A workspace with lanes full of replies, and the network that they go to."""

    workspace_id: UUID
    channel: Channel
    storm: Storm
    url: str
    database: str

    def queue(self, lanes: int = LANES, parts: int = PARTS) -> None:
        ids = [uuid7() for _ in range(lanes)]
        for part in range(parts):
            for lane in ids:
                self._queue_one(lane, part)

    def _queue_one(self, lane: UUID, part: int) -> None:
        draft = Draft(
            text=f"Reply {part} in {lane}",
            audience=Audience.PUBLIC,
            account="page-1",
            thread_key=str(lane),
        )
        with scope(self.workspace_id):
            services.queue(
                services.Submission(
                    workspace_id=self.workspace_id,
                    lane_id=lane,
                    channel=self.channel,
                    draft=draft,
                    key=uuid7(),
                    undo_s=0,
                )
            )

    def states(self) -> Counter[str]:
        with scope(self.workspace_id):
            return Counter(Delivery.objects.values_list("state", flat=True))

    def doubled(self) -> dict[tuple[str, str], int]:
        """What stands on the network more than once."""
        posted = Counter((post["thread"], post["text"]) for post in list(self.storm.posts))
        return {what: n for what, n in posted.items() if n > 1}

    def wait(self, house: House) -> None:
        """Until all is sent, something is doubled, or patience ends."""
        deadline = time.monotonic() + PATIENCE_S
        try:
            while set(self.states()) != {"sent"} and time.monotonic() < deadline:
                if self.doubled():
                    break
                time.sleep(0.2)
        finally:
            house.end()


def database_of_tests() -> str:
    """Return where this test's database is, for processes of their own."""
    parameters = connection.get_connection_params()
    names = ("user", "host", "port", "dbname", "password")
    return make_conninfo(**{n: parameters[n] for n in names if parameters.get(n)})


@pytest.fixture
def sea(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sea]:
    monkeypatch.setitem(registry._connectors, "storm", StormConnector())
    storm = Storm(seed=int(os.environ.get("STORM_SEED", "7")))
    server = serve(storm)
    workspace = create_workspace("Northwind Air")
    with scope(workspace.id):
        brand = Brand.objects.create(workspace_id=workspace.id, name="Northwind Air")
        channel = Channel.objects.create(
            workspace_id=workspace.id,
            brand=brand,
            network="storm",
            handle="northwind",
            external_id="page-1",
        )
    port = server.server_address[1]
    yield Sea(workspace.id, channel, storm, f"http://127.0.0.1:{port}", database_of_tests())
    server.shutdown()
    server.server_close()


def check_nothing_doubled(sea: Sea) -> None:
    assert sea.doubled() == {}


def check_nothing_lost(sea: Sea) -> None:
    assert sea.states() == {"sent": LANES * PARTS}
    posted = {(post["thread"], post["text"], post["account"]) for post in sea.storm.posts}
    with scope(sea.workspace_id):
        wanted = {
            (str(row.lane_id), row.draft["text"], row.account) for row in Delivery.objects.all()
        }
        linked = Counter(Delivery.objects.values_list("remote_id", flat=True))
    assert posted == wanted
    assert linked == Counter(post["id"] for post in sea.storm.posts)


def check_order(sea: Sea) -> None:
    """Within a lane in the order in which they were written."""
    lanes: dict[str, list[str]] = defaultdict(list)
    for post in sea.storm.posts:
        lanes[post["thread"]].append(post["text"])
    for texts in lanes.values():
        assert texts == sorted(texts)


def check_history(sea: Sea) -> None:
    """Every delivery's trail is a walk through the table of allowed moves."""
    with scope(sea.workspace_id):
        trails: dict[UUID, list[Transition]] = defaultdict(list)
        for line in Transition.objects.order_by("at", "id"):
            trails[line.delivery_id].append(line)
    for trail in trails.values():
        assert (trail[0].before, trail[0].after) == ("", "queued")
        for earlier, later in pairwise(trail):
            assert earlier.after == later.before
            assert State(later.after) in ALLOWED[State(later.before)]


def test_killed_at_every_point_nothing_is_doubled_and_nothing_lost(sea: Sea) -> None:
    sea.queue()
    sea.storm.kills.update({"O3": 2, "O4": 3})
    house = House(sea.url, sea.database)
    plans = (["O2:2", "O5:1", "O6:1"], ["O5:2", "O1:1", "O2:1!"])
    for line in plans:
        house.keep_alive(line)
    sea.wait(house)
    check_nothing_doubled(sea)
    check_nothing_lost(sea)
    check_order(sea)
    check_history(sea)
    assert sea.storm.killed == {"O3": 2, "O4": 3}
    assert {plan for line in plans for plan in line} <= set(house.died)


def test_a_build_that_sends_again_blindly_is_caught(sea: Sea) -> None:
    """The checker must be able to fail: the same storm, without asking the network first."""
    sea.queue()
    sea.storm.kills.update({"O4": 3})
    house = House(sea.url, sea.database, naive=True)
    house.keep_alive([])
    house.keep_alive([])
    sea.wait(house)
    with pytest.raises(AssertionError):
        check_nothing_doubled(sea)
