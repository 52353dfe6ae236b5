"""What every test may use: a real database, named characters, a frozen clock, a house."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.conf import settings
from django.db import connection, connections

from hearwell.config.addresses import django_database
from tests import cluster_for_tests as clusters

pytest_plugins = ["tests.characters", "tests.sockets"]
# Tables that Django's own flush leaves alone because it does not manage them.
UNMANAGED = "procrastinate_jobs, procrastinate_events, procrastinate_workers"


def pytest_unconfigure() -> None:
    """Stop the cluster, in the process that began the session."""
    clusters.end_session()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Send all tests of the running house to one process: one house is enough."""
    for item in items:
        if "live_house" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("house"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Connect this process, as role hearwell_worker, to its own copy of the migrated template."""
    with ExitStack() as stack:
        cluster = clusters.session_cluster()
        name = stack.enter_context(clusters.cloned_database(cluster))
        entry = django_database(cluster.conninfo("hearwell_worker", name))
        settings.DATABASES["default"].update(entry)
        connections["default"].settings_dict.update(entry)
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


@pytest.fixture(autouse=True)
def _empty_unmanaged_tables(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test with real commits, empty what Django's flush does not."""
    yield
    marker = request.node.get_closest_marker("django_db")
    is_committing = "transactional_db" in request.fixturenames or (
        marker is not None and marker.kwargs.get("transaction")
    )
    if is_committing:
        blocker = request.getfixturevalue("django_db_blocker")
        with blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {UNMANAGED}")
            connection.close()
