"""One PostgreSQL cluster for a test session, one database for each test process.

The first process that asks starts the cluster (fsync off) and migrates a template as the
owner; every process then clones it in some 100 ms. The process that began the session
stops the cluster. A cluster whose session was killed is removed by the next session.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from hearwell.ops.cluster import Cluster, socket_folder
from hearwell.ops.roles import (
    create_database,
    grant_foreign_tables,
    prepare_database,
    prepare_roles,
)

PREFIX = "hearwell-test-"
VARIABLE, BEGUN_BY = "HEARWELL_TEST_FOLDER", "HEARWELL_TEST_BEGUN_BY"
TEMPLATE = "template_hearwell"
# Held until the interpreter ends: a process object that is dropped complains.
_STARTED: list[Cluster] = []
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def begin_session() -> None:
    """Make the session's folder (nothing is started yet) and tell child processes of it."""
    if VARIABLE in os.environ:
        return
    _remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    os.environ[VARIABLE] = str(folder)
    os.environ["DATA"] = str(folder / "data")
    os.environ[BEGUN_BY] = str(os.getpid())
    (folder / "data").mkdir()


def end_session() -> None:
    """Clean up, if this is the process that began the session."""
    if os.environ.get(BEGUN_BY) == str(os.getpid()):
        _remove(Path(os.environ[VARIABLE]))


def _remove(folder: Path) -> None:
    """Stop the cluster, if one was started, and remove everything."""
    pid = Cluster(folder / "postgresql").server_pid()
    if pid is not None:
        _stop(pid)
    shutil.rmtree(socket_folder(folder / "postgresql"), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def session_cluster() -> Cluster:
    """Return the session's running cluster with a migrated template; starts it if need be."""
    folder = Path(os.environ[VARIABLE])
    cluster = Cluster(folder / "postgresql", settings={**FAST, "max_connections": "120"})
    with locked(folder / "lock"):
        if not (folder / "ready").exists():
            cluster.dies_with_us = False
            cluster.start()
            _STARTED.append(cluster)
            _make_template(cluster)
            (folder / "ready").touch()
    return cluster


@contextmanager
def cloned_database(cluster: Cluster, template: str = TEMPLATE) -> Iterator[str]:
    """Yield the name of a fresh copy of the template; drop it afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    admin = cluster.conninfo("postgres", "postgres")
    with (
        locked(Path(os.environ[VARIABLE]) / "lock"),
        psycopg.connect(admin, autocommit=True) as server,
    ):
        create_database(server, name, template)
    try:
        yield name
    finally:
        with psycopg.connect(admin, autocommit=True) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _make_template(cluster: Cluster) -> None:
    admin = cluster.conninfo("postgres", "postgres")
    prepare_roles(admin)
    prepare_database(admin, TEMPLATE)
    owner = cluster.conninfo("hearwell_owner", TEMPLATE)
    _migrate(owner)
    grant_foreign_tables(owner)


def _migrate(owner: str) -> None:
    environment = {**os.environ, "HEARWELL_ROLE": "migrate", "DATABASE_URL": owner}
    environment |= {"DATABASE_OWNER_URL": owner, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0", "--skip-checks"],
        check=False,
        env=environment,
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        message = f"the migrations failed:\n{done.stdout}{done.stderr}"
        raise RuntimeError(message)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file of the session's folder against its other processes."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _stop(pid: int) -> None:
    """Stop a cluster at once: nothing in it is needed again."""
    for _ in range(200):
        try:
            os.kill(pid, signal.SIGQUIT)
        except ProcessLookupError:
            return
        time.sleep(0.05)


def _remove_abandoned() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = int(folder.name.removeprefix(PREFIX).split("-")[0])
        if not Path(f"/proc/{pid}").exists():
            _remove(folder)
