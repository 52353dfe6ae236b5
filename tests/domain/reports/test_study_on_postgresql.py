"""The same SQL on PostgreSQL and on DuckDB gives the same figures, to the millisecond."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from hearwell.reports.study.methods import ALL, METHODS, RELATION, compose
from hearwell.reports.study.period import Period
from hearwell.reports.study.study import Study
from tests.unit.reports.study import harbour_town as town

TYPES = {"at": "timestamp", "handles": "integer", "message": "text", "brand": "text"}
BOOLEANS = {name for name in RELATION if name.startswith(("is_", "needs_"))}
pytestmark = pytest.mark.django_db


def lively_rows(count: int) -> list[town.Row]:
    """Conversations of few people with few brands, so that ties and long threads are common."""
    rng = random.Random(7)
    rows: list[town.Row] = []
    for number in range(1, count + 1):
        brand, person = rng.choice("ABC"), f"p{rng.randint(1, 25)}"
        author, is_inbound = (person, True) if rng.random() < 0.6 else (f"Brand{brand}", False)
        named = rng.choice([f"@brand{brand}", f"@Brand{brand} @BrandB", "", "RT @BrandA:"])
        text = f"{named} {rng.choice(['why?', 'ok', 'it is still not working at all here'])}"
        moment = f"{rng.randint(1, 28):02d} {rng.randint(0, 23):02d}:{rng.choice('03')}0:00"
        parent = rng.randint(1, number - 1) if number > 1 and rng.random() < 0.8 else ""
        rows.append((number, author, is_inbound, moment, text, parent))
    return rows


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "lively.csv"
    return Study(town.write(path, town.twcs(lively_rows(3_000))))


@pytest.fixture
def cursor(study):
    """A cursor on PostgreSQL with the archive's relation in a temporary table."""
    columns = ", ".join(
        f'"{name}" {"boolean" if name in BOOLEANS else TYPES.get(name, "text")}'
        for name in RELATION
    )
    quoted = ", ".join(f'm."{name}"' for name in RELATION)
    rows = study._database.execute(f"select {quoted} from study_message m").fetchall()
    with connection.cursor() as cursor:
        cursor.execute(f"create temporary table study_message ({columns}) on commit drop")
        marks = ", ".join(["%s"] * len(RELATION))
        cursor.executemany(f"insert into study_message values ({marks})", rows)
        yield cursor


@pytest.mark.parametrize("is_by_brand", [True, False], ids=["by-brand", "all"])
@pytest.mark.parametrize("ask", ["summary", "spread", "by-day"])
@pytest.mark.parametrize("method", ALL, ids=lambda method: method.name)
def test_both_databases_agree(study, cursor, method, ask, is_by_brand):
    period = Period() if ask == "by-day" else Period(*map(_day, ("2026-03-04", "2026-03-25")))
    scope = study._scope(method, period)
    statement = compose(method, ask, scope=scope, is_by_brand=is_by_brand)
    there = _rounded(study._database.execute(statement).fetchall())
    cursor.execute(statement)
    assert _rounded(cursor.fetchall()) == there
    assert there


@pytest.mark.parametrize("later", [20, 29, 90], ids=lambda days: f"{days}-days-later")
def test_both_agree_on_pages_where_little_or_nothing_is_recent(study, cursor, later):
    page, span = METHODS["facebook-page"], study.span
    study.span = replace(span, last=span.last + timedelta(days=later))
    try:
        scope = study._scope(page, Period())
    finally:
        study.span = span
    statement = compose(page, "summary", scope=scope)
    there = _rounded(study._database.execute(statement).fetchall())
    cursor.execute(statement)
    assert _rounded(cursor.fetchall()) == there
    assert {row[2] for row in there} >= ({10.0} if later > 28 else set())


def test_the_archive_is_lively_enough_to_tell_the_methods_apart(study):
    totals = {(one.needs_reply, one.answered) for one in (study.total(way) for way in ALL)}
    assert len(totals) == len(ALL)


def _day(text: str):
    from datetime import datetime

    return datetime.fromisoformat(text)


def _rounded(rows):
    return sorted(
        tuple(round(float(cell), 6) if _is_number(cell) else str(cell) for cell in row)
        for row in rows
    )


def _is_number(cell) -> bool:
    return cell is not None and not isinstance(cell, str) and hasattr(cell, "__float__")
