"""Facts as Parquet, for whoever reckons with DuckDB, Spark or ClickHouse.

    PLACE/<table>/workspace=<slug>/month=2026-03/facts.parquet

The place is a folder, or a store (`storing.py`). A month is written whole, beside its old file, and
then takes its place: a reader never sees half of one, and to export again changes only what is
known better. Nobody's words, names or addresses are in it: ids, kinds and times.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import connection

from hearwell.kit import rows
from hearwell.kit.scope import scope

# Takes a file's name, gives a path to write it to; once the block has ended well, it is in place.
Place = Callable[[str], AbstractContextManager[Path]]
TEXT, WHEN, WHOLE, TRUTH = "VARCHAR", "TIMESTAMP", "BIGINT", "BOOLEAN"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, DuckDB's type, what it means, and its SQL where that is another."""

    name: str
    kind: str
    meaning: str
    sql: str = ""

    @property
    def value(self) -> str:
        """The SQL of its value; times in UTC, without a zone, as Parquet's readers agree on."""
        of = self.sql or f"f.{self.name}"
        return f"{of} AT TIME ZONE 'UTC'" if self.kind == WHEN else of


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the export: from which rows, by which time it is cut into months."""

    name: str
    meaning: str
    source: str
    by: str
    columns: Sequence[Column]


_ACCOUNT: Final = Column("channel_id", TEXT, "the account that was asked")
_CASE: Final = Column("case_id", TEXT, "the case")
TABLES: Final = (
    Table(
        "needs",
        "A message that needs an answer, and when it had one, as it is known now.",
        """reports_needfact f WHERE f.needs AND NOT EXISTS (SELECT FROM reports_needfact n
            WHERE n.workspace_id = f.workspace_id AND n.message_id = f.message_id
            AND n.revision > f.revision)""",
        "asked_at",
        (
            Column("message_id", TEXT, "the message"),
            _CASE,
            _ACCOUNT,
            Column("team_id", TEXT, "the team that had its case; none: nobody's"),
            Column("kind", TEXT, "mention, reply, dm, review, …"),
            Column("language", TEXT, "as far as it could be told"),
            Column("asked_at", WHEN, "when it was written, by its network"),
            Column("replied_at", WHEN, "the first human reply to that person, however late"),
            Column("wait_s", WHOLE, "seconds from one to the other, rounded up"),
        ),
    ),
    Table(
        "answers",
        "A reply that closed a clock: the first reply of a case, or an answer of substance.",
        "reports_answerfact f WHERE true",
        "answered_at",
        (
            Column("clock_id", TEXT, "the clock"),
            _CASE,
            _ACCOUNT,
            Column("network", TEXT, "the network"),
            Column("kind", TEXT, "the kind of message that was answered"),
            Column("case_kind", TEXT, "complaint, question, praise, …"),
            Column("audience", TEXT, "public or private"),
            Column("language", TEXT, "of the message"),
            Column("urgency", WHOLE, "0 to 4"),
            Column("agent_id", TEXT, "who answered"),
            Column("asked_at", WHEN, "the oldest message that waited"),
            Column("answered_at", WHEN, "the reply"),
            Column("wall_s", WHOLE, "seconds between, as the customer waited"),
            Column("business_s", WHOLE, "those of them within opening hours"),
            Column("is_first", TRUTH, "the first reply of the case (else an answer of substance)"),
            Column("is_holding", TRUTH, "a holding reply"),
            Column("is_in_time", TRUTH, "within its promise"),
            Column("sent_outside", TRUTH, "given in the network's own app"),
        ),
    ),
    Table(
        "resolutions",
        "A case was closed, or came back.",
        "reports_resolutionfact f WHERE true",
        "at",
        (
            _CASE,
            Column("case_version", WHOLE, "the case's version at that moment"),
            Column("is_closing", TRUTH, "closed (else it came back)"),
            Column("reason", TEXT, "why it was closed"),
            Column("actor_id", TEXT, "who did it"),
            Column("network", TEXT, "the network"),
            Column("case_kind", TEXT, "complaint, question, praise, …"),
            Column("at", WHEN, "when"),
            Column("open_s", WHOLE, "of a closing: seconds since the case's first message"),
        ),
    ),
    Table(
        "hands",
        "A case came into other hands, or somebody was on it.",
        "reports_handfact f WHERE true",
        "at",
        (
            Column("event_id", TEXT, "the event that told of it"),
            _CASE,
            Column("kind", TEXT, "assigned, team, claimed, released"),
            Column("holder_id", TEXT, "the person or the team; none: nobody's any more"),
            Column("actor_id", TEXT, "who did it; none: a rule or the clock"),
            Column("why", TEXT, "of a team: overflow, hours, …; of a release: released, expired"),
            Column("at", WHEN, "when"),
        ),
    ),
    Table(
        "replies",
        "A person's reply stands on the network.",
        "reports_replyfact f WHERE true",
        "at",
        (
            Column("message_id", TEXT, "the reply"),
            _CASE,
            Column("channel_id", TEXT, "the account that sent it"),
            Column("agent_id", TEXT, "who wrote it, where that is known"),
            Column("kind", TEXT, "the kind of message"),
            Column("language", TEXT, "as far as it could be told"),
            Column("at", WHEN, "when it was sent, by its network"),
            Column("is_holding", TRUTH, "a holding reply"),
            Column("is_outside", TRUTH, "written in the network's own app"),
            Column("has_initials", TRUTH, "it ends with somebody's initials (^AB)"),
            Column("has_name", TRUTH, "it says the customer's first name"),
            Column("is_own_words", TRUTH, "it is no saved reply word for word"),
        ),
    ),
    Table(
        "grants",
        "Something was given to a customer, or asked for, as it is known now.",
        """reports_grantfact f WHERE NOT EXISTS (SELECT FROM reports_grantfact n
            WHERE n.workspace_id = f.workspace_id AND n.grant_id = f.grant_id
            AND n.revision > f.revision)""",
        "at",
        (
            Column("grant_id", TEXT, "the grant"),
            _CASE,
            Column("kind", TEXT, "from which budget: goodwill or surprise"),
            Column("reason", TEXT, "for what"),
            Column("state", TEXT, "waiting, granted, refused, returned"),
            Column("amount_minor", WHOLE, "the amount in minor units of its currency"),
            Column("currency", TEXT, "the currency (ISO 4217)"),
            Column("giver_id", TEXT, "who recorded it"),
            Column("approver_id", TEXT, "on whose powers it stands; none: nobody's yet"),
            Column("at", WHEN, "when it was recorded"),
        ),
    ),
    Table(
        "surveys",
        "A customer was asked (item is empty), or answered one question of a survey.",
        "reports_surveyfact f WHERE true",
        "at",
        (
            Column("event_id", TEXT, "the event that told of it"),
            Column("question_id", TEXT, "this customer's asking"),
            Column("survey_id", TEXT, "the survey"),
            _CASE,
            _ACCOUNT,
            Column("network", TEXT, "the network"),
            Column("item", TEXT, "the question's key; empty: they were asked"),
            Column("value", WHOLE, "the answer"),
            Column("times", WHOLE, "1 for their first answer, 2 for the next; the highest counts"),
            Column("at", WHEN, "when"),
        ),
    ),
)


@contextmanager
def in_folder(folder: Path, name: str) -> Iterator[Path]:
    """A place in a folder. Raises OSError where it cannot be written to."""
    home = (folder / name).parent
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".") as aside:
        made = Path(aside) / Path(name).name
        yield made
        made.replace(folder / name)


def export(workspace_id: UUID, slug: str, place: Place) -> Iterator[tuple[str, date, int]]:
    """Write the facts of a workspace; yields (table, month, rows) as it goes.

    Each month is read in a transaction of its own: none is open while a file travels. Raises what
    the place raises.
    """
    for table in TABLES:
        for month in _months(workspace_id, table):
            with place(f"{table.name}/workspace={slug}/month={month:%Y-%m}/facts.parquet") as made:
                told = made.with_suffix(".csv")
                with scope(workspace_id):
                    _read(table, workspace_id, month, told)
                written = _as_parquet(table, told, made)
            yield table.name, month, written


def _source(table: Table) -> str:
    return f"{table.source} AND f.workspace_id = %(place)s"


def _months(workspace_id: UUID, table: Table) -> list[date]:
    with scope(workspace_id):
        found = rows.fetch(
            f"""SELECT DISTINCT date_trunc('month', f.{table.by} AT TIME ZONE 'UTC')::date
            FROM {_source(table)} ORDER BY 1""",  # noqa: S608 -- our own words
            {"place": workspace_id},
        )
    return [month for (month,) in found]


def _read(table: Table, workspace_id: UUID, month: date, told: Path) -> None:
    """Read one month into a CSV, which PostgreSQL and DuckDB both do in bulk."""
    chosen = ", ".join(f'{one.value} AS "{one.name}"' for one in table.columns)
    moment = f"f.{table.by} AT TIME ZONE 'UTC'"
    query = f"""COPY (SELECT {chosen} FROM {_source(table)} AND {moment} >= %(month)s::date
        AND {moment} < %(month)s::date + interval '1 month' ORDER BY f.{table.by}, 1)
        TO STDOUT (FORMAT csv)"""  # noqa: S608 -- our own words
    with (
        told.open("wb") as file,
        connection.cursor() as cursor,
        cursor.copy(query, {"place": workspace_id, "month": month}) as copy,
    ):
        for block in copy:
            file.write(block)


def _as_parquet(table: Table, told: Path, made: Path) -> int:
    from hearwell.reports.study.reading import connect

    # The folders' names (workspace=…) are columns to who reads the whole, not in a file of its own.
    kinds = ", ".join(f"'{one.name}': '{one.kind}'" for one in table.columns)
    with connect() as database:
        database.execute("SET preserve_insertion_order = true")
        (written,) = database.execute(
            f"""COPY (SELECT * FROM read_csv(?, header = false, columns = {{{kinds}}},
            allow_quoted_nulls = false, hive_partitioning = false))
            TO '{_quoted(made)}' (FORMAT parquet, COMPRESSION zstd)""",  # noqa: S608
            [str(told)],
        ).fetchone() or (0,)
    return int(written)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
