"""What a task defers belongs to the transaction it is deferred in, in the worker too."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from hearwell.config.processes import fetching_app
from hearwell.kit.jobs import app
from tests.aside import run_aside

pytestmark = pytest.mark.django_db(transaction=True)


def waiting() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'")
        return [row[0] for row in cursor.fetchall()]


def work_once() -> None:
    """Work off what there is, as the worker process does."""

    async def run() -> None:
        async with fetching_app().open_async() as fetching:
            await fetching.run_worker_async(
                queues=["first"], wait=False, listen_notify=False, install_signal_handlers=False
            )

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
