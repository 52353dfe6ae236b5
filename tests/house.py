"""A real running house for tests: `hearwell up` on a free port, in a folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests import cluster_for_tests as clusters

START_S = 240
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
LINK = re.compile(r"http://\S+/login/link/\S+")
# What the session of the tests itself says must not reach a house.
NOT_INHERITED = ("DATABASE_", "HEARWELL_", "DJANGO_SETTINGS_MODULE", "DATA", "PORT")
# All customers of the tests come from one address.
UNHURRIED = {"HEARWELL_SANDBOX_VISITOR_PER_MINUTE": "0"}
_LIVE: list[House] = []
ALICE = {
    "workspace_name": "Northwind Air",
    "name": "Alice Adams",
    "email": "alice@example.com",
    "password": "correct horse battery",
}


def free_port() -> int:
    """Return a port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment() -> dict[str, str]:
    """Return our environment without what would make a house share ours."""
    return {k: v for k, v in os.environ.items() if not k.startswith(NOT_INHERITED)}


def wait_until(
    holds: Callable[[], object], *, seconds: float = 60, every: float = 0.05, what: str = "it"
) -> None:
    """Wait for a condition, looking `every` so many seconds; fail with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(every)


@dataclass
class House:
    """A running system: its address, its folder, what it said, and clients for it."""

    url: str
    data: Path
    process: subprocess.Popen[str]
    command: list[str]
    said: list[str] = field(default_factory=list)
    _cookies: httpx.Cookies | None = None

    @property
    def port(self) -> int:
        """The port in the address."""
        return int(self.url.rpartition(":")[2])

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which a command finds this house."""
        return {**clean_environment(), "DATA": str(self.data), "PORT": str(self.port)}

    def output(self) -> str:
        """Everything it has printed so far."""
        return "".join(self.said)

    def link(self) -> str:
        """The first owner's one-time link that it printed."""
        wait_until(lambda: LINK.search(self.output()), what="the link")
        return LINK.findall(self.output())[-1]

    def run(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a `hearwell` command beside it."""
        return subprocess.run(
            [*self.command, *arguments],
            check=False,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def stranger(self) -> httpx.Client:
        """A client that is not signed in; close it, or use it as a context."""
        return httpx.Client(base_url=self.url, follow_redirects=True, timeout=30)

    def owner(self) -> httpx.Client:
        """A client signed in as Alice, the owner; sets the house up on first use."""
        if self._cookies is None:
            self._cookies = self._set_up()
        client = self.stranger()
        client.cookies = self._cookies
        return client

    def _set_up(self) -> httpx.Cookies:
        with self.stranger() as client:
            page = client.get(self.link())
            token = CSRF.search(page.text)
            assert token, page.text
            done = client.post(self.link(), data={**ALICE, "csrfmiddlewaretoken": token.group(1)})
            assert done.status_code == httpx.codes.OK, done.text
            return client.cookies

    def owner_cookies(self) -> list[dict[str, str]]:
        """Alice's cookies, as Playwright takes them."""
        with self.owner() as client:
            return [
                {"name": c.name, "value": c.value or "", "url": self.url}
                for c in client.cookies.jar
            ]

    def children(self) -> dict[str, int]:
        """Name → pid of the processes that the supervisor keeps alive."""
        import psutil

        found = {}
        for child in psutil.Process(self.process.pid).children():
            # A process that is just being replaced has no name.
            with contextlib.suppress(psutil.Error):
                name = child.name().removeprefix("hearwell-")
                found["database" if "postgres" in name else name] = child.pid
        return found

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Stop it as an operator does; return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)


def start_house(
    folder: Path,
    *,
    command: list[str] | None = None,
    variables: dict[str, str] | None = None,
    wrapper: list[str] | None = None,
) -> House:
    """Start a house in `folder` and wait until it says that it runs."""
    port = free_port()
    command = command or [sys.executable, "-m", "hearwell"]
    environment = {**clean_environment(), "DATA": str(folder), "PORT": str(port), **UNHURRIED}
    process = subprocess.Popen(
        [*(wrapper or []), *command, "up"],
        env={**environment, **(variables or {})},
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    house = House(f"http://localhost:{port}", folder, process, command)
    threading.Thread(target=_listen, args=(house,), daemon=True).start()
    wait_until(
        lambda: "is running at" in house.output() or process.poll() is not None,
        seconds=START_S,
        what="the start",
    )
    assert process.poll() is None, house.output()
    return house


def _listen(house: House) -> None:
    assert house.process.stdout
    with house.process.stdout as lines:
        for line in lines:
            house.said.append(line)


def furnish(data: Path) -> None:
    """Copy into `data` a house that was started once: its database is migrated, nobody is in it.

    What a first start does takes some 15 s of two cores, and each session of tests pays it once.
    """
    model = Path(os.environ[clusters.VARIABLE]) / "house"
    with clusters.locked(model.with_name("house-lock")):
        if not model.exists():
            begun = model.with_name("house-begun")
            assert start_house(begun).stop() == 0
            begun.rename(model)
    # With its owners: where we are root, the database is somebody else's.
    subprocess.run(["cp", "-a", str(model), str(data)], check=True)


@contextlib.contextmanager
def running_house(
    *, parent: Path | None = None, is_new: bool = False, **options: object
) -> Iterator[House]:
    """Have a house in a new folder during the block, and nothing of it afterwards.

    `is_new`: it does all that a first start does.
    """
    folder = parent or Path(tempfile.mkdtemp(prefix="hw-house-"))
    if not is_new:
        furnish(folder / "data")
    house = start_house(folder / "data", **options)  # type: ignore[arg-type]
    try:
        yield house
    finally:
        if house.process.poll() is None:
            house.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def live_house() -> Iterator[House]:
    """One running house for all tests of this process; Alice is its owner."""
    with running_house() as house:
        _LIVE.append(house)
        yield house


def leave_live_house() -> None:
    """Stop it where no test of this process will ask for it again: idle it takes time from them."""
    while _LIVE:
        _LIVE.pop().stop()


def note_of(house: House) -> dict[str, object]:
    """What the house has noted about itself for a second `up`."""
    note: dict[str, object] = json.loads((house.data / "up.json").read_text())
    return note
