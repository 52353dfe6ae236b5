"""A server that is not ours: an administrator's address is enough, and it is used with care."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hearwell.config.addresses import database_url
from hearwell.config.environment import Environment, ProcessRole, read_environment
from hearwell.config.external import FILE, adopt
from hearwell.ops.cluster import Cluster
from hearwell.ops.roles import UnfitDatabaseError, refuse_unfit


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A server that knows nothing of us yet."""
    made = Cluster(tmp_path_factory.mktemp("server"), settings={"fsync": "off"})
    made.start()
    yield made
    made.stop(is_urgent=True)


@pytest.fixture
def environment(server: Cluster, tmp_path: Path) -> Iterator[Environment]:
    """DATABASE_URL is an administrator's; afterwards the server has forgotten us."""
    admin = server.conninfo("postgres", "care")
    yield read_environment({"DATA": str(tmp_path), "DATABASE_URL": admin})
    with psycopg.connect(server.conninfo("postgres", "postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS care WITH (FORCE)")
        for role in ("worker", "app", "owner", "definer"):
            connection.execute(f"DROP ROLE IF EXISTS hearwell_{role}")


def test_roles_and_database_are_made(environment):
    adopt(environment)
    for role in (ProcessRole.WEB, ProcessRole.WORKER):
        refuse_unfit(database_url(environment, role))
    with psycopg.connect(database_url(environment, ProcessRole.MIGRATE)) as connection:
        connection.execute("CREATE TABLE t (n int)")


def test_passwords_stay_in_the_data_folder(environment):
    adopt(environment)
    path = environment.data / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert environment.database_url not in path.read_text()


def test_a_second_start_changes_no_password(environment):
    adopt(environment)
    before = json.loads((environment.data / FILE).read_text())
    adopt(environment)
    assert json.loads((environment.data / FILE).read_text()) == before


def test_another_house_does_not_take_the_roles_over(environment):
    """A second data folder on the same server would change the first one's passwords."""
    adopt(environment)
    (environment.data / FILE).unlink()
    with pytest.raises(UnfitDatabaseError, match="DATABASE_OWNER_URL"):
        adopt(environment)


def test_a_server_that_is_not_there_gets_one_line(tmp_path):
    nowhere = f"postgresql://postgres@/care?host={tmp_path}"
    with pytest.raises(UnfitDatabaseError, match="DATABASE_URL cannot be used"):
        adopt(read_environment({"DATA": str(tmp_path), "DATABASE_URL": nowhere}))


def test_given_addresses_are_used_as_they_are(tmp_path):
    given = {
        "DATA": str(tmp_path),
        "DATABASE_URL": "postgresql://a@h/x",
        "DATABASE_WORKER_URL": "postgresql://b@h/x",
        "DATABASE_OWNER_URL": "postgresql://c@h/x",
    }
    environment = read_environment(given)
    adopt(environment)
    assert [database_url(environment, role)[13] for role in ProcessRole] == ["a", "b", "b", "c"]
