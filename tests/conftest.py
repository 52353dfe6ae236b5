"""What every test may use: a real database, named characters, a frozen clock, a house."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadScopeScheduling

from hearwell.config import collector
from hearwell.config.addresses import django_database
from hearwell.kit import ids
from hearwell.kit.seal import make_keys
from tests import cluster_for_tests as clusters

pytest_plugins = ["tests.characters", "tests.disks", "tests.house", "tests.minds", "tests.sockets"]
collector.begin()
LIVE = Path(__file__).parent / "live"
WHOLE = ("tests/e2e/", "tests/domain/ops/test_house.py", "tests/gateway/test_crashes.py")
# One test takes a minute there: begun last, it would keep a process for itself.
LONG = ("tests/crash/", "tests/gateway/", "tests/hostile/", "tests/walls/", "tests/domain/ops/")
# Filled by migrations, never by tests.
KEPT = ("django_migrations", "django_content_type", "auth_permission")
TABLES = """SELECT quote_ident(relname) FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
  AND NOT relispartition AND relname <> ALL (%s)"""
# No test judges a time: on a busy machine a slow moment is nobody's fault.
hypothesis_settings.register_profile(
    "hearwell", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("hearwell")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the tests against real servers alone: what they import is not installed for others."""
    is_asked = config.option.markexpr == "live"
    return True if collection_path == LIVE and not is_asked else None


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their place: packed ones may hold the time, and each process collects anew."""
    return argname if isinstance(val, bytes) and not val.isascii() else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what is long; apart from that, the order stays as random as it is."""
    items.sort(key=lambda item: not item.nodeid.startswith((*WHOLE, *LONG)))


def pytest_collection_finish() -> None:
    """Leave what was loaded out of the collector's rounds, as our own processes do."""
    collector.settle()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave the house behind with the last of what needs one."""
    if not item.nodeid.startswith((*WHOLE, *LONG)):
        from tests import house

        house.leave_live_house()


def pytest_unconfigure() -> None:
    """Stop the cluster, in the process that began the session."""
    clusters.end_session()


class WholeFiles(LoadScopeScheduling):
    """Hand out the tests that drive houses and browsers by the file, largest first, others singly.

    Not by `xdist_group`: what xdist 3.8 writes into a node id, pytest 9.2 does not read.
    """

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("::", maxsplit=1)[0] if nodeid.startswith(WHOLE) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeFiles:
    """Keep what the tests of such a file share to one process: its house, its browser."""
    return WholeFiles(config, log)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A request leaves its language switched on in its thread, which the next test has, too."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def ids_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ids follow this test's clock: they never go back, and another test may have travelled."""
    monkeypatch.setattr(ids, "_last_ms", 0)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Connect this process, as role hearwell_worker, to its own copy of the migrated template.

    Beside a database a house has its keys: a test that seals must not need one that ran before it.
    """
    make_keys(Path(settings.HEARWELL_KEYS))
    with ExitStack() as stack:
        cluster = clusters.session_cluster()
        name = stack.enter_context(clusters.cloned_database(cluster))
        entry = django_database(cluster.conninfo("hearwell_worker", name))
        settings.DATABASES["default"].update(entry)
        connections["default"].settings_dict.update(entry)
        empty = stack.enter_context(closing(Emptying(cluster.conninfo("postgres", name))))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        # A new connection learns of every table first: a tenth of a second, test for test.
        patch.setattr(TransactionTestCase, "_should_reload_connections", lambda _case: False)
        yield
        with django_db_blocker.unblock():  # type: ignore[attr-defined]
            connections.close_all()


@pytest.fixture
def as_app_role(db: None) -> Iterator[None]:
    """Run as the web process does, until the end of the test."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE hearwell_app")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@dataclass
class Emptying:
    """After a test with real commits: empty what has rows, without asking triggers and keys.

    Django's flush would do it as the worker, and would leave the tables it does not manage. To
    truncate makes a new file for each table and index: 14 times the work for a handful of rows. One
    connection for all tests: a new one learns of every table first, fifty times the work.
    """

    superuser: str
    server: psycopg.Connection[Any] | None = None
    looks: str = ""

    def __call__(self) -> None:
        """Empty them."""
        server = self.server or self._connect()
        for (name,) in server.execute(self.looks, prepare=True).fetchall():
            server.execute(f"DELETE FROM {name}", prepare=True)
        server.commit()

    def _connect(self) -> psycopg.Connection[Any]:
        self.server = server = psycopg.connect(self.superuser)
        server.execute("SET session_replication_role = replica")
        names = [name for (name,) in server.execute(TABLES, [list(KEPT)]).fetchall()]
        self.looks = " UNION ALL ".join(f"(SELECT '{n}' FROM {n} LIMIT 1)" for n in names)
        return server

    def close(self) -> None:
        """Let go of the connection."""
        if self.server is not None:
            self.server.close()
