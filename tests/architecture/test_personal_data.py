"""Every column that can hold words says whose they are, or why nobody's: none is forgotten."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from hearwell.privacy.held import OF_CUSTOMERS, TABLES
from hearwell.privacy.tags import TEXT_SETS, UUID_SETS, Erase

pytestmark = pytest.mark.django_db
# Numbers, times, flags and ids tell nothing by themselves.
BARE = ("uuid", "bool", "int2", "int4", "int8", "float8", "numeric", "timestamptz", "timestamp",
        "date", "time", "interval", "_uuid", "_int2", "_int4", "_int8", "_float8",
        "procrastinate_job_event_type", "procrastinate_job_status")  # fmt: skip
COLUMNS = """
    SELECT k.relname, a.attname, t.typname FROM pg_attribute a
    JOIN pg_class k ON k.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    WHERE k.relnamespace = 'public'::regnamespace AND k.relkind IN ('r', 'p')
        AND NOT k.relispartition AND a.attnum > 0 AND NOT a.attisdropped
"""


def columns() -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        return cursor.fetchall()


def telling() -> set[tuple[str, str]]:
    return {(table, column) for table, column, kind in columns() if kind not in BARE}


def tagged() -> set[tuple[str, str]]:
    return {(one.table, column) for one in TABLES for column in one.tagged}


def test_every_column_that_can_hold_words_is_tagged():
    forgotten = sorted(telling() - tagged())
    assert forgotten == [], "say in hearwell/privacy/held whose it is, or why nobody's"


def test_nothing_is_tagged_that_is_not_there():
    there = {(table, column) for table, column, _ in columns()}
    assert sorted(tagged() - there) == []
    assert sorted({one.table for one in TABLES} - {table for table, _ in there}) == []


def test_each_table_and_column_is_tagged_once():
    assert [name for name, n in Counter(one.table for one in TABLES).items() if n > 1] == []
    for one in TABLES:
        assert [name for name, n in Counter(one.tagged).items() if n > 1] == [], one.table


def test_what_is_a_customers_is_found_and_goes():
    for one in TABLES:
        if one.customer_columns:
            assert one.erase is not Erase.NEVER, one.table
            assert one.by or one.erase is Erase.LATER, one.table
            assert set(one.blank) <= set(one.customer_columns), one.table


def test_rows_are_found_by_columns_and_sets_that_exist():
    there = {(table, column) for table, column, _ in columns()}
    for one in OF_CUSTOMERS:
        for rule in one.by:
            column, _, named = rule.partition(":")
            assert (one.table, column.partition(".")[0]) in there, rule
            assert named in (*UUID_SETS, *TEXT_SETS), rule


def test_every_reason_says_something():
    for one in TABLES:
        assert all(len(reason.split()) > 1 for reason in one.plain), one.table


def test_the_reference_page_is_of_these_tags():
    page = Path(__file__).parents[2] / "docs" / "reference" / "personal-data.md"
    named = set(re.findall(r"^\| `([a-z_]+)` \|", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert {one.table for one in TABLES if one.customer_columns} <= named
