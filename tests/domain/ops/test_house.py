"""The whole house under its supervisor: killed, asked twice, stopped; with real processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from hearwell.ops.backup import last_backup
from tests.house import (
    House,
    clean_environment,
    note_of,
    running_house,
    start_house,
    wait_until,
)

pytestmark = pytest.mark.slow
CHILDREN = ("web", "worker", "listen", "database")
IDLE_LIMIT_MB = 512


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """A house of this module's own, from its very first start: its processes get killed."""
    with running_house(is_new=True) as made:
        yield made


def answers(house: House) -> bool:
    """Tell whether pages come, database and all."""
    try:
        return httpx.get(f"{house.url}/health/ready", timeout=5).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def test_it_says_where_it_is_and_how_to_get_in(house):
    assert f"Hearwell is running at {house.url}" in house.output()
    assert house.link().startswith(f"{house.url}/login/link/")


def test_the_link_opens_a_page(house):
    page = httpx.get(house.link())
    assert page.status_code == httpx.codes.OK
    assert "csrfmiddlewaretoken" in page.text


@pytest.mark.parametrize("name", CHILDREN)
def test_a_killed_process_comes_back(house, name):
    wait_until(lambda: name in house.children(), what=f"{name} at the start")
    before = house.children()[name]
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: house.children().get(name, before) != before, what=f"a new {name}")
    wait_until(lambda: answers(house), what="an answer")


def test_nobody_is_refused_while_web_is_replaced(house):
    """The supervisor owns the port: callers wait in its queue."""
    os.kill(house.children()["web"], signal.SIGKILL)
    response = httpx.get(f"{house.url}/health/live", timeout=30)
    assert response.status_code == httpx.codes.OK


def test_a_second_up_says_that_it_runs_and_where(house):
    second = house.run("up")
    assert second.returncode == 0
    assert second.stdout == (
        f"Hearwell is already running at {house.url} (pid {house.process.pid}).\n"
    )
    assert note_of(house)["pid"] == house.process.pid


def test_opening_by_ip_leads_to_the_name(house):
    response = httpx.get(f"http://127.0.0.1:{house.port}/login/?next=/x")
    assert response.status_code == httpx.codes.FOUND
    assert response.headers["location"] == f"{house.url}/login/?next=/x"


def test_only_this_machine_can_connect(house):
    listening = [
        connection.laddr.ip
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == house.port
    ]
    assert set(listening) == {"127.0.0.1"}


def test_secrets_are_for_the_owner_of_the_house_alone(house):
    for name in ("keys", "keys/egress.private", "keys/ingress.key", "secret-key"):
        assert stat.S_IMODE((house.data / name).stat().st_mode) & 0o077 == 0, name


def test_the_doctor_finds_it_well(house):
    """At most what this machine and a house without backups give to look at."""
    wait_until(
        lambda: house.run("doctor").returncode == 0, seconds=120, what="a house that is well"
    )
    found = json.loads(house.run("doctor", "--json").stdout)
    assert {row["topic"] for row in found if row["level"] != "good"} <= {"Clock", "Backup", "Disk"}
    assert len(found) > 10


def test_pages_carry_the_policy(house):
    response = httpx.get(f"{house.url}/login/", follow_redirects=True)
    policy = response.headers["content-security-policy"]
    for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "script-src 'self'"):
        assert part in policy
    assert "unsafe" not in policy


def test_idle_memory(house):
    """Everything together, PostgreSQL included; by share, as shared pages count once."""
    processes = [psutil.Process(house.process.pid)]
    processes += processes[0].children(recursive=True)
    used = sum(process.memory_full_info().pss for process in processes) / 2**20
    assert used <= IDLE_LIMIT_MB, f"{used:.0f} MB"


def test_a_taken_port_gets_one_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "hearwell", "up"],
            check=False,
            env={**clean_environment(), "DATA": str(tmp_path / "d"), "PORT": str(port)},
            capture_output=True,
            text=True,
        )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"Port {port} " in done.stderr
    assert "PORT=" in done.stderr


def test_it_stops_cleanly_and_starts_again():
    with running_house() as house:
        parent = house.data.parent
        everything = psutil.Process(house.process.pid).children(recursive=True)
        assert house.stop(signal.SIGTERM) == 0
        assert not [process for process in everything if process.is_running()]
        log = (house.data / "postgresql" / "postgresql.log").read_text()
        assert "not properly shut down" not in log
        assert not (house.data / "up.json").exists()
        again = start_house(house.data)
        assert again.stop(signal.SIGINT) == 0
        # As `mktemp -d` made it: nobody was let in.
        assert stat.S_IMODE(parent.stat().st_mode) == 0o700


def test_when_the_supervisor_is_killed_nothing_is_left():
    with running_house() as house:
        everything = psutil.Process(house.process.pid).children(recursive=True)
        house.process.kill()
        _gone, alive = psutil.wait_procs(everything, timeout=20)
        assert not alive
        again = start_house(house.data)
        assert again.stop() == 0


def test_backup_and_restore():
    with running_house() as house, tempfile.TemporaryDirectory() as folder:
        with house.owner() as alice:
            assert alice.get("/").status_code == httpx.codes.OK
        file = Path(folder) / "house.tar"
        assert house.run("backup", str(file)).returncode == 0
        assert last_backup(house.data) is not None
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        again = house.run("backup", str(file))
        assert "never overwrites" in again.stderr
        assert "first" in house.run("restore", str(file)).stderr
        _restored_house_works(house, file, Path(folder) / "restored")


def _restored_house_works(house: House, file: Path, data: Path) -> None:
    environment = {**house.environment, "DATA": str(data)}
    command = [*house.command, "restore", str(file)]
    done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Nothing is sent" in done.stdout
    restored = start_house(data)
    try:
        assert "Sign in as the first owner" not in restored.output()
        assert restored.run("audit", "verify").returncode == 0
        # Same keys, same sessions, same people: Alice is still signed in.
        with restored.stranger() as alice, house.owner() as known:
            alice.cookies = known.cookies
            assert alice.get("/me/").status_code == httpx.codes.OK
    finally:
        restored.stop()
