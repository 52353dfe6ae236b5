"""The embedded database: made, started, guarded and stopped, with the real programs."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hearwell.ops.binaries import LIBRARIES, PACKAGE, installed_folder, program_folder
from hearwell.ops.cluster import Cluster, ClusterError, socket_folder
from hearwell.ops.roles import UnfitDatabaseError, prepare_database, prepare_roles, refuse_unfit
from hearwell.ops.system_user import SystemUser, database_user


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that nobody but us may enter, as `mktemp -d` makes it."""
    made = Path(tempfile.mkdtemp(prefix="hw-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster that is stopped whatever happens."""
    made = Cluster(folder / "postgresql", settings={"fsync": "off"})
    yield made
    made.stop(is_urgent=True)


@pytest.fixture
def ready(cluster: Cluster) -> Cluster:
    """A running cluster with roles and the database."""
    cluster.start()
    admin = cluster.conninfo("postgres", "postgres")
    prepare_roles(admin)
    prepare_database(admin)
    return cluster


def test_it_starts_below_a_folder_its_user_cannot_enter(cluster, folder):
    before = stat.S_IMODE(folder.stat().st_mode)
    cluster.start()
    assert cluster.is_answering()
    assert stat.S_IMODE(folder.stat().st_mode) == before == 0o700


def test_it_keeps_its_rows_over_a_restart(ready):
    with psycopg.connect(ready.conninfo("hearwell_owner", "hearwell")) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    ready.stop()
    assert not ready.is_answering()
    ready.start()
    with psycopg.connect(ready.conninfo("hearwell_owner", "hearwell")) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_it_comes_back_after_a_kill(ready):
    ready.process.kill()
    ready.process.wait()
    ready.start()
    assert ready.is_answering()


def test_a_server_left_behind_is_ended_first(ready, folder):
    """As after a `kill -9` of the supervisor where the kernel does not tell the children."""
    again = Cluster(folder / "postgresql", settings={"fsync": "off"})
    again.start()
    assert again.server_pid() == again.process.pid
    assert ready.process.wait(5) == 0
    again.stop()


def test_letters_beyond_ascii_are_folded(ready):
    with psycopg.connect(ready.conninfo("hearwell_app", "hearwell")) as connection:
        assert connection.execute("SELECT lower('ÄЖ')").fetchone() == ("äж",)


def test_nobody_else_may_connect(ready):
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
        psycopg.connect(ready.conninfo("somebody", "hearwell"))
    assert stat.S_IMODE(ready.socket_folder.stat().st_mode) == 0o700


def test_the_socket_is_gone_with_the_server(ready):
    ready.stop()
    assert not ready.socket_folder.exists()


def test_a_socket_folder_of_somebody_else_is_refused(cluster):
    socket_folder(cluster.folder).mkdir(mode=0o777)
    socket_folder(cluster.folder).chmod(0o777)
    try:
        with pytest.raises(ClusterError, match="belongs to somebody else"):
            cluster.start()
    finally:
        socket_folder(cluster.folder).rmdir()


@pytest.mark.parametrize("role", ["postgres", "hearwell_owner"])
def test_the_mighty_may_not_serve(ready, role):
    with pytest.raises(UnfitDatabaseError, match=role):
        refuse_unfit(ready.conninfo(role, "hearwell"))


@pytest.mark.parametrize("role", ["hearwell_app", "hearwell_worker"])
def test_the_serving_roles_may(ready, role):
    refuse_unfit(ready.conninfo(role, "hearwell"))


def test_a_database_that_cannot_fold_is_refused(ready):
    admin = ready.conninfo("postgres", "postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE plain TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'"
        )
    with pytest.raises(UnfitDatabaseError, match="lower"):
        refuse_unfit(ready.conninfo("hearwell_app", "plain"))


def test_preparing_twice_changes_nothing(ready):
    admin = ready.conninfo("postgres", "postgres")
    prepare_roles(admin)
    prepare_database(admin)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_programs_below_an_unreadable_folder_are_copied(folder, monkeypatch):
    """A virtual environment in /root: copied, and no permission there is changed."""
    installed = installed_folder()
    for name in (PACKAGE, LIBRARIES):
        (folder / name).symlink_to(installed.parent.parent / name)
    hidden = folder / PACKAGE / installed.name
    monkeypatch.setattr("hearwell.ops.binaries.installed_folder", lambda: hidden)
    user = database_user()
    copies = Path(tempfile.mkdtemp(prefix="hw-copies-"))
    copies.chmod(0o755)
    try:
        programs = program_folder(user, copies)
        assert copies in programs.parents
        assert program_folder(user, copies) == programs
    finally:
        shutil.rmtree(copies)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_plain_user_stays_who_they_are(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 1)
    monkeypatch.setattr("os.getegid", lambda: 1)
    user = database_user()
    assert user == SystemUser("daemon", 1, 1)
    assert user.popen_options() == {}
