"""What a task defers belongs to the transaction it is deferred in, in the worker too."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.db import OperationalError, connection, transaction
from procrastinate.jobs import Job

from hearwell.accounts.services import create_workspace
from hearwell.config.processes import fetching_app
from hearwell.events import tasks as tasks_of_events
from hearwell.events.model import EVENT_TYPES, DomainEvent
from hearwell.events.registry import HANDLERS, on
from hearwell.events.services import emit
from hearwell.kit.jobs import Persistently, app, on_a_live_connection
from hearwell.kit.scope import scope
from tests.aside import run_aside

pytestmark = pytest.mark.django_db(transaction=True)


def waiting() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'")
        return [row[0] for row in cursor.fetchall()]


def work_once(queue: str = "first") -> None:
    """Work off what there is, as the worker process does."""

    async def run() -> None:
        async with fetching_app().open_async() as fetching:
            await fetching.run_worker_async(
                queues=[queue], wait=False, listen_notify=False, install_signal_handlers=False,
                concurrency=1, task_middleware=[on_a_live_connection],
            )  # fmt: skip

    run_aside(run())


@pytest.fixture
def tasks():
    """Two tasks: the first defers the second and then fails, or not, in one transaction."""

    @app.task(name="second", queue="second")
    def second() -> None:
        """Never run here."""

    @app.task(name="first", queue="first")
    def first(*, fails: bool) -> None:
        with transaction.atomic():
            second.defer()
            if fails:
                raise RuntimeError

    yield first
    for name in ("first", "second"):
        del app.tasks[name]


def test_what_is_committed_is_deferred(tasks):
    tasks.defer(fails=False)
    work_once()
    assert waiting() == ["second"]


def test_what_is_rolled_back_is_not(tasks):
    tasks.defer(fails=True)
    work_once()
    assert waiting() == []


# --- a database that goes away -------------------------------------------------------------------

_END_MINE = "SELECT pg_terminate_backend(pg_backend_pid())"
_NOW = "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def dying(monkeypatch):
    """Whoever fans out loses its connection twice, and then no more."""
    left, whole = iter(range(2)), tasks_of_events._events

    def found(*given):
        if next(left, None) is not None:
            _execute(_END_MINE)
        return whole(*given)

    monkeypatch.setattr(tasks_of_events, "_events", found)


@dataclass(frozen=True)
class BellRung(DomainEvent):
    """Something that happens here only."""

    bell: str


def test_what_happened_is_told_though_the_database_went_away(dying):
    workspace, heard = create_workspace("Northwind Air"), list[str]()
    on(BellRung)(lambda events: heard.extend(event.bell for event in events))
    try:
        with scope(workspace.id):
            emit([BellRung(workspace.id, "noon")])
        for _ in range(5):
            work_once("default")
            _execute(_NOW)
    finally:
        HANDLERS.pop("BellRung")
        EVENT_TYPES.pop("BellRung")
    assert heard == ["noon"]


def test_a_job_is_tried_ever_more_seldom_and_given_up_in_the_end():
    def waits(error: Exception, attempts: int) -> bool:
        job = Job(id=1, queue="q", lock=None, queueing_lock=None, task_name="t", attempts=attempts)
        return Persistently().get_retry_decision(exception=error, job=job) is not None

    assert [waits(ValueError(), n) for n in (0, 4, 5)] == [True, True, False]
    assert [waits(OperationalError(), n) for n in (5, 1_499, 1_500)] == [True, True, False]
