"""Several machines on one durable PostgreSQL, a network between them, and who kills them."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from uuid import UUID

import httpx
import psycopg

from hearwell.ops.cluster import Cluster
from hearwell.ops.reviving import Reviver
from tests.crash.laboratory import Laboratory
from tests.crash.machine_process import KINDS
from tests.crash.network import Network
from tests.crash.traps import Traps
from tests.crash.wire import Caller, Served
from tests.gateway.watching import Watcher, hang_up
from tests.house import clean_environment, furnish, wait_until

HOW_MANY, PATIENCE_S, MOST_UNANSWERED = 3, 300, 8
# What dies: mostly one process, at times a whole machine, at times the database beneath them all.
DATABASE_SHARE, MACHINE_SHARE = 0.1, 0.2
# Every promise is broken as it is made, so that sweeps have something to tell of.
_ALWAYS_LATE = """
CREATE FUNCTION be_late() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.due_at := NEW.started_at; RETURN NEW; END $$;
CREATE TRIGGER be_late BEFORE INSERT ON sla_clock FOR EACH ROW EXECUTE FUNCTION be_late()
"""


@dataclass
class Screen:
    """A browser at one door: it comes back whenever its line breaks, and goes on where it was."""

    url: str
    cookie: Mapping[str, str]
    watcher: Watcher = field(default_factory=Watcher)
    lines: int = 0
    _client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))
    _stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begin to watch."""
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def close(self) -> None:
        """Watch no more."""
        self._stop.set()
        with suppress(Exception):  # the line may be broken just now
            hang_up(self._client)
        self._thread.join(30)

    def cases(self) -> set[str]:
        """Every case that it was told of."""
        told = self.watcher.named("cases")
        return {case["id"] for one in told for case in one["cases"]}

    def _watch(self) -> None:
        while not self._stop.is_set():
            last = max((one.seq for one in self.watcher.told), default=0)
            request = httpx.Request(
                "GET", f"{self.url}/live", cookies=self.cookie,
                headers={"last-event-id": str(last)},
            )  # fmt: skip
            with suppress(httpx.TransportError, httpx.StreamError):
                answer = self._client.send(request, stream=True)
                self.lines += answer.is_success
                if answer.is_success:
                    self.watcher.read(answer.iter_lines())
                answer.close()
            self._stop.wait(0.1)


@dataclass
class Machines:
    """All of them, and what was done to them."""

    lab: Laboratory
    cluster: Cluster
    book: Path
    doors: list[str]
    screens: list[Screen]
    cookie: Mapping[str, str]
    dice: random.Random
    environment: Mapping[str, str]
    killed: Counter[str] = field(default_factory=Counter)

    def storm(self, kills: int) -> None:
        """Let customers write while one thing after the other dies."""
        for number in range(kills):
            for _ in range(self.dice.randint(3, 8)):
                if self.lab.unanswered() < MOST_UNANSWERED:
                    self.lab.say(threads=1)
                time.sleep(0.2)
            self._kill(is_first=number == 0)

    def upgrade_and_back(self, times: int) -> str:
        """Let customers write while the tables become those of the next version, and back.

        Returns what the upgrade said where it failed.
        """
        upgrade = subprocess.Popen(
            [sys.executable, "-m", "tests.next_version.upgrading", str(times)],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        while upgrade.poll() is None:
            if self.lab.unanswered() < MOST_UNANSWERED:
                self.lab.say(threads=1)
            time.sleep(0.1)
        said = upgrade.communicate()[0]
        return said if upgrade.returncode else ""

    def _kill(self, *, is_first: bool) -> None:
        chance = 0.0 if is_first else self.dice.random()
        machine = self.dice.randrange(HOW_MANY)
        if chance < DATABASE_SHARE:
            self._kill_database()
        elif chance < DATABASE_SHARE + MACHINE_SHARE:
            self.killed["machine"] += 1
            for place in range(len(KINDS)):
                self._kill_process(machine, place)
        else:
            place = self.dice.randrange(len(KINDS))
            self.killed[KINDS[place]] += 1
            self._kill_process(machine, place)

    def _kill_process(self, machine: int, place: int) -> None:
        pid = int((self.book / str(machine * len(KINDS) + place)).read_text() or 0)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL) if pid else None

    def _kill_database(self) -> None:
        """As if its machine had lost its power; what was committed is on the disk."""
        self.killed["database"] += 1
        assert self.cluster.process
        self.cluster.process.kill()
        self.cluster.process.wait()
        revive = Reviver(self.cluster, print)
        wait_until(lambda: revive() or not self.cluster.has_ended(), what="the database")

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """Ask the database as its administrator, and let it change things."""
        with psycopg.connect(self.cluster.conninfo("postgres", "hearwell")) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def last_number(self) -> int:
        """The number of the last event that there is."""
        return int(str(self.ask("SELECT coalesce(max(seq), 0) FROM events_event")[0][0]))


@contextmanager
def machines(folder: Path, seed: int) -> Iterator[Machines]:
    """Have them run during the block, and nothing of them afterwards."""
    (folder / "book").mkdir()
    furnish(folder / "data")
    cluster = Cluster(folder / "data" / "postgresql", settings={"max_connections": "200"})
    cluster.start()
    with ExitStack() as stack:
        stack.callback(cluster.stop)
        served = Served(Network(seed), Traps(folder))
        stack.callback(served.close)
        sockets = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=128))
            for _ in range(HOW_MANY)
        ]
        environment = _start(stack, folder, cluster, served, sockets)
        upgrading = {
            **environment,
            "DJANGO_SETTINGS_MODULE": "tests.next_version.settings",
            "DATABASE_OWNER_URL": cluster.conninfo("hearwell_owner", "hearwell"),
            "HEARWELL_ROLE": "migrate",
        }
        facts = json.loads((folder / "furnished.json").read_text())
        doors = [f"http://127.0.0.1:{one.getsockname()[1]}" for one in sockets]
        hooks = {p: cycle([door + hook for door in doors]) for p, hook in facts["hooks"].items()}
        caller = Caller(served.network, served.lock, hooks)
        caller.start()
        stack.callback(caller.close)
        screens = [Screen(door, facts["cookie"]) for door in doors]
        for screen in screens:
            screen.start()
            stack.callback(screen.close)
        lab = Laboratory(
            UUID(facts["workspace"]), cluster.conninfo("hearwell_worker", "hearwell"),
            served, caller, served.traps,
        )  # fmt: skip
        made = Machines(
            lab, cluster, folder / "book", doors, screens, facts["cookie"], random.Random(seed),
            upgrading,
        )  # fmt: skip
        made.ask(_ALWAYS_LATE)
        yield made


def _start(
    stack: ExitStack, folder: Path, cluster: Cluster, served: Served, sockets: list[socket.socket]
) -> dict[str, str]:
    descriptors = [one.fileno() for one in sockets]
    environment = {
        **clean_environment(),
        "DJANGO_SETTINGS_MODULE": "hearwell.config.settings",
        "DATA": str(folder / "first"),
        "DATABASE_URL": cluster.conninfo("hearwell_app", "hearwell"),
        "DATABASE_WORKER_URL": cluster.conninfo("hearwell_worker", "hearwell"),
        "HEARWELL_SECRET_KEY": "for tests only",
        "HEARWELL_EGRESS_ALLOW": served.url,
        "LAB_FOLDER": str(folder),
        "LAB_SOCKETS": ",".join(map(str, descriptors)),
        "LAB_NETWORK": served.url,
    }
    said = stack.enter_context((folder / "said").open("w"))
    house = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.machine_process"],
        env=environment, pass_fds=descriptors, stdout=said, stderr=said,
    )  # fmt: skip
    stack.callback(house.wait, 60)
    stack.callback(house.terminate)
    wait_until(
        lambda: (folder / "furnished.json").exists() or house.poll() is not None,
        seconds=PATIENCE_S,
        what="the furniture",
    )
    assert house.poll() is None
    return environment
