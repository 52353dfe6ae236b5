"""A study: one archive, read once, asked by any of the methods."""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from hearwell.reports.study.figures import Figures
from hearwell.reports.study.methods import Method, compose, sql_file
from hearwell.reports.study.period import Period
from hearwell.reports.study.reading import (
    ArchiveError,
    connect,
    layout_of,
    name_brands,
    read_rows,
)

Judge = Callable[[Sequence[str]], Sequence[bool]]
"""Texts in, "needs a reply" out: a finer opinion than the archive's own rule, and a slower one."""
EVERYTHING = Period()
_SPEAKING = "select distinct brand from study_message where is_own"
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Span:
    """The rows that were read and the times between which they lie (UTC, without zone)."""

    rows: int
    first: datetime
    last: datetime


class Study:
    """An archive in memory. Raises ArchiveError where the file cannot be read or is empty."""

    def __init__(
        self, path: Path, *, brands: Sequence[str] = (), judge: Judge | None = None
    ) -> None:
        self.path = path
        self._database = connect()
        self.rejected: Counter[str] = read_rows(self._database, layout_of(path))
        self.span = self._span()
        if judge is not None:
            self._judge(judge)
        if not name_brands(self._database, brands):
            why = f"{path.name} holds no message by a brand. Name the brands with --brand HANDLE."
            raise ArchiveError(why)
        self._database.execute(sql_file("relation"))
        self.brands = self._names("select name from brand")
        # Brands that are not given are known by what they wrote.
        self._silent = set(self.brands) - set(self._names(_SPEAKING)) if brands else set()

    def keep(self) -> None:
        """Work the relation out now, for many questions.

        Until then each question works out as much of it as it reads, which is quicker for one.
        """
        self._database.execute("create or replace temp table kept as from study_message")
        self._database.execute("create or replace temp view study_message as from kept")

    def figures(self, method: Method, period: Period = EVERYTHING) -> list[Figures]:
        """The figures of every brand by one method, in the order of the brands' names."""
        rows = self._ask(compose(method, "summary", scope=self._scope(method, period)))
        found = {row["brand"]: Figures.of(method, row) for row in rows}
        brands = {name: found.get(name) or Figures.none(method, name) for name in self.brands}
        return [replace(one, is_silent=name in self._silent) for name, one in brands.items()]

    def total(self, method: Method, period: Period = EVERYTHING) -> Figures:
        """The figures over all brands as if they were one."""
        rows = self._of_all("summary", method, period)
        one = Figures.of(method, rows[0]) if rows else Figures.none(method, "")
        return replace(one, is_silent=len(self._silent) == len(self.brands))

    def spread(self, method: Method, period: Period = EVERYTHING) -> dict[str, int]:
        """How many waited how long, over all brands; the names are those of `sql/spread.sql`."""
        rows = self._of_all("spread", method, period)
        return {name: int(n) for name, n in rows[0].items() if name != "brand"} if rows else {}

    def days(self, method: Method, period: Period = EVERYTHING) -> list[tuple[datetime, int, int]]:
        """(day, needing a reply, answered) by when messages came, over all brands."""
        rows = self._of_all("by-day", method, period)
        return [(row["asked_on"], int(row["needs_reply"]), row["answered"]) for row in rows]

    def _of_all(self, ask: str, method: Method, period: Period) -> list[dict[str, Any]]:
        scope = self._scope(method, period)
        return self._ask(compose(method, ask, scope=scope, is_by_brand=False))

    def _scope(self, method: Method, period: Period) -> str:
        return (
            f"select timestamp '{period.starts_at:%Y-%m-%d %H:%M:%S}' as starts_at, "
            f"timestamp '{period.ends_at:%Y-%m-%d %H:%M:%S}' as ends_at, "
            f"timestamp '{self.span.last:%Y-%m-%d %H:%M:%S}' as horizon, "
            f"{method.ripe_after_s} as window_s"
        )

    def _ask(self, query: str) -> list[dict[str, Any]]:
        result = self._database.execute(query)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def _names(self, query: str) -> list[str]:
        return sorted((row[0] for row in self._database.execute(query).fetchall()), key=str.lower)

    def _span(self) -> Span:
        query = "select count(*) as n, min(sent_at) as a, max(sent_at) as z from archive_row"
        (row,) = self._ask(query)
        if not row["n"]:
            why = f"{self.path.name} holds no row that can be read."
            raise ArchiveError(why)
        return Span(row["n"], row["a"], row["z"])

    def _judge(self, judge: Judge) -> None:
        """Ask about every message that the archive holds from outside, in one more reading."""
        texts = self._database.execute(
            "select id, text from source where lower(inbound) in ('true', '1') and id is not null"
        )
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".csv", newline="") as file:
            writer = csv.writer(file)
            while batch := texts.fetchmany(_BATCH):
                verdicts = judge([text for _, text in batch])
                writer.writerows([row[0]] for row, yes in zip(batch, verdicts, strict=True) if yes)
            file.flush()
            self._database.execute(
                "update archive_row set needs_reply = cast(message as varchar) in (select id from "
                "read_csv(?, columns={'id': 'VARCHAR'}, header=false, auto_detect=false))",
                [file.name],
            )
