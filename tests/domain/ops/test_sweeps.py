"""What a killed worker leaves behind is done all the same, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from hearwell.kit.clock import now
from hearwell.ops import sweeps
from hearwell.ops.sweeps import KEEP_FAILED_DAYS, forget_old_jobs, restart_stalled_jobs

pytestmark = pytest.mark.django_db


def execute(query: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall() if cursor.description else []


def make_worker(*, silent_s: int) -> object:
    return execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id",
        now() - timedelta(seconds=silent_s),
    )[0][0]


def make_job(status: str, *, worker: object = None, lock: str | None = None) -> object:
    return execute(
        """INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, queueing_lock)
        VALUES ('default', 'x', %s, %s, %s) RETURNING id""",
        status,
        worker,
        lock,
    )[0][0]


def states() -> dict[object, object]:
    return dict(execute("SELECT id, status::text FROM procrastinate_jobs"))


def test_a_silent_workers_job_runs_again():
    left = make_job("doing", worker=make_worker(silent_s=60))
    assert restart_stalled_jobs() == 1
    assert states() == {left: "todo"}


def test_a_job_whose_worker_is_forgotten_runs_again():
    left = make_job("doing")
    assert restart_stalled_jobs() == 1
    assert states() == {left: "todo"}


def test_a_living_workers_job_is_left_alone():
    busy = make_job("doing", worker=make_worker(silent_s=5))
    assert restart_stalled_jobs() == 0
    assert states() == {busy: "doing"}


@pytest.mark.parametrize(
    ("queue", "hours", "state"),
    [("default", 7, "todo"), ("default", 5, "doing"), ("imports", 7, "doing")],
)
def test_what_a_living_worker_has_forgotten_runs_again(queue, hours, state):
    job = make_job("doing", worker=make_worker(silent_s=5))
    execute("UPDATE procrastinate_jobs SET queue_name = %s", queue)
    execute(
        "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'started', %s)",
        job,
        now() - timedelta(hours=hours),
    )
    restart_stalled_jobs()
    assert states() == {job: state}


def test_a_left_job_gives_way_to_its_waiting_twin():
    make_job("doing", worker=make_worker(silent_s=60), lock="drain 7")
    waiting = make_job("todo", lock="drain 7")
    assert restart_stalled_jobs() == 0
    assert states() == {waiting: "todo"}


def test_of_two_left_twins_one_runs_again():
    silent = make_worker(silent_s=60)
    for _ in range(2):
        make_job("doing", worker=silent, lock="drain 7")
    assert restart_stalled_jobs() == 1
    assert list(states().values()) == ["todo"]


@pytest.mark.parametrize(("days", "left"), [(KEEP_FAILED_DAYS - 1, 1), (KEEP_FAILED_DAYS + 1, 0)])
def test_failed_jobs_are_kept_for_a_while(days, left):
    job = make_job("failed")
    execute(
        "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'failed', %s)",
        job,
        now() - timedelta(days=days),
    )
    execute("DELETE FROM procrastinate_events WHERE type <> 'failed'")
    forget_old_jobs()
    assert len(states()) == left


def test_a_twin_queued_at_that_very_moment_holds_up_nobody_else(monkeypatch):
    """The twin comes after the look for twins, so that there is none to give way to."""
    monkeypatch.setattr(sweeps, "_GIVE_WAY", "SELECT %(age)s")
    silent = make_worker(silent_s=60)
    first = make_job("doing", worker=silent, lock="drain 7")
    twin = make_job("todo", lock="drain 7")
    other = make_job("doing", worker=silent)
    assert restart_stalled_jobs() == 1
    assert states() == {first: "doing", twin: "todo", other: "todo"}
