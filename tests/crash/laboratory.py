"""The crash laboratory: a house of real processes, a network, traps, and the outside checker."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from uuid import UUID

from django.db import connection
from psycopg.conninfo import make_conninfo

from hearwell.accounts.models import User
from hearwell.accounts.services import add_member, create_workspace
from hearwell.channels.queries import hook_path
from hearwell.channels.services import connect_channel
from hearwell.connect.model import IngressSecrets
from hearwell.connectors.sandbox.fake import Item
from hearwell.kit.scope import scope
from hearwell.sla import services as sla
from tests.crash.checker import Checker, Tables
from tests.crash.network import PAGES, SECRET, Network
from tests.crash.traps import Traps
from tests.crash.wire import Caller, Served

PATIENCE_S, MOST_UNANSWERED = 90, 4


def furnish(base_url: str) -> tuple[UUID, dict[str, str]]:
    """Make a workspace with a person and an account for each page; returns its hooks' paths."""
    workspace = create_workspace("Northwind Air")
    anna = User.objects.create_user("anna@northwind.example", name="Anna Berg")
    add_member(workspace, anna, "agent")
    hooks = {}
    with scope(workspace.id):
        sla.ensure_defaults(workspace)
        for page in PAGES:
            channel = connect_channel(
                workspace_id=workspace.id, network="sandbox", handle=page, external_id=page,
                brand="Northwind Air", settings={"base_url": f"{base_url}/{page}"},
                secrets={"access": "access-canary-9f3e", "refresh": "refresh-canary-1b2d"},
                ingress=IngressSecrets((SECRET,)),
            )  # fmt: skip
            hooks[page] = hook_path(channel) or ""
    return workspace.id, hooks


def database_of_tests() -> str:
    """Return where this test's database is, for processes of their own."""
    parameters = connection.get_connection_params()
    names = ("user", "host", "port", "dbname", "password")
    return make_conninfo(**{n: parameters[n] for n in names if parameters.get(n)})


@dataclass
class Laboratory:
    """A running house under observation."""

    workspace_id: UUID
    database: str
    served: Served
    caller: Caller
    traps: Traps
    threads: list[tuple[str, Item]] = field(default_factory=list)
    written: int = 0

    def say(self, threads: int = 2, more: int = 1) -> None:
        """Customers open threads on both pages in turn, and some write again below."""
        network = self.served.network
        for _ in range(threads):
            page = PAGES[len(self.threads) % len(PAGES)]
            with self.served.lock:
                root = network.customer_says(page, self._words())
            self.threads.append((page, root))
            for _ in range(more):
                with self.served.lock:
                    network.customer_says(page, self._words(), root)

    def _words(self) -> str:
        self.written += 1
        return f"Question {self.written}"

    def faults(self) -> list[str]:
        """What the checker says now."""
        return self._checker().faults()

    def doubled(self) -> list[str]:
        """What is wrong whether things have come to rest or not."""
        return self._checker().doubled()

    def _checker(self) -> Checker:
        tables = Tables.read(self.database, self.workspace_id)  # first: the log may grow meanwhile
        with self.served.lock:
            return Checker(list(self.served.network.log), tables, list(self.caller.unreadable))

    def unanswered(self) -> int:
        """How many customers' words have no answer on the network yet."""
        with self.served.lock:
            log = list(self.served.network.log)
        return sum(1 if not said.is_ours else -1 for said in log)

    def settle(self, patience_s: float = PATIENCE_S) -> list[str]:
        """Wait until all is answered and nothing is wrong, or patience ends; what is wrong then."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if self.unanswered() <= 0 and not self.faults():
                return []
            if self.doubled():
                break  # that does not pass
            time.sleep(0.3)
        return self.faults() or ["not everybody was answered"]

    def spring(self, point: str) -> None:
        """Let customers write until a trap has taken all it was set for."""
        deadline = time.monotonic() + PATIENCE_S
        while self.traps.left(point):
            assert time.monotonic() < deadline, f"{point} was never reached"
            if point == "I7":
                self.caller.say_unreadable(PAGES[self.written % len(PAGES)])
            if self.unanswered() < MOST_UNANSWERED:
                self.say(threads=1)
            time.sleep(0.1)


@contextmanager
def laboratory(folder: Path, *, naive: str = "", seed: int = 7) -> Iterator[Laboratory]:
    """Open a laboratory in this test's database (real commits); `naive` breaks the house."""
    traps = Traps(folder / "traps")
    traps.folder.mkdir()
    served = Served(Network(seed), traps)
    workspace_id, paths = furnish(served.url)
    database = database_of_tests()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        door = f"http://127.0.0.1:{listening.getsockname()[1]}"
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "HEARWELL_ROLE": "worker",
            "DATABASE_URL": database,
            "DATABASE_WORKER_URL": database,
            "HEARWELL_EGRESS_ALLOW": served.url,
            "LAB_FOLDER": str(traps.folder),
            "LAB_SOCKET": str(listening.fileno()),
            "LAB_WORKSPACE": str(workspace_id),
            "LAB_NAIVE": naive,
        }
        house = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.house_process"],
            env=environment, pass_fds=[listening.fileno()], stdout=subprocess.DEVNULL,
        )  # fmt: skip
        caller = Caller(
            served.network, served.lock, {p: cycle([door + h]) for p, h in paths.items()}
        )
        caller.start()
        try:
            yield Laboratory(workspace_id, database, served, caller, traps)
        finally:
            caller.close()
            house.terminate()
            house.wait(30)
            served.close()
