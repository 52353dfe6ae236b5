"""Statements that are only sent, beside those that are waited for: nothing stands still."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from django.db import connection

from hearwell.kit import rows
from hearwell.kit.overlap import overlapping

pytestmark = pytest.mark.django_db
# Far more than a socket holds on its way.
LONG = "x" * 6_000_000


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """End a test that waits for an answer that cannot come."""

    def give_up(*_: object) -> None:
        message = "client and server wait for each other"
        raise TimeoutError(message)

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def test_a_long_statement_that_is_read_comes_back():
    with overlapping():
        assert rows.fetch("SELECT length(%s)", [LONG]) == [(len(LONG),)]


def test_a_long_statement_of_the_orm_comes_back():
    with overlapping(), connection.cursor() as cursor:
        cursor.execute("SELECT length(%s)", [LONG])
        assert cursor.fetchone() == (len(LONG),)


def test_long_statements_that_nobody_reads_come_before_one_that_is_read():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE told (n int, words text) ON COMMIT DROP")
    with overlapping():
        for n in range(5):
            rows.fetch("INSERT INTO told VALUES (%s, %s)", [n, LONG], is_read=False)
        found = rows.fetch("SELECT n, length(words), %s FROM told ORDER BY n", [LONG])
    assert [(n, length) for n, length, _ in found] == [(n, len(LONG)) for n in range(5)]


def test_long_answers_do_not_stand_in_the_way_of_long_questions():
    with overlapping():
        for _ in range(3):
            rows.fetch("SELECT repeat('y', 3000000), %s", [LONG], is_read=False)
        assert rows.fetch("SELECT length(%s)", [LONG]) == [(len(LONG),)]
