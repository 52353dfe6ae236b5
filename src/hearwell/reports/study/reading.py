"""Reading an archive with DuckDB: from a file to the narrow rows that the study counts.

Nothing is written but memory. A row that cannot be used is counted under its reason.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import duckdb

from hearwell.reports.study.methods import sql_file

TWCS_COLUMNS = ("tweet_id", "author_id", "inbound", "created_at", "text", "in_response_to_tweet_id")
IDS = ("tweet_id", "in_response_to_tweet_id")
GZIP_MAGIC = b"\x1f\x8b"
# DuckDB's kinds of structural error, in the words of the importer.
STRUCTURAL = {
    "MISSING COLUMNS": "wrong number of fields",
    "TOO MANY COLUMNS": "wrong number of fields",
    "UNQUOTED VALUE": "broken quoting",
    "INVALID ENCODING": "not UTF-8",
    "LINE SIZE OVER MAXIMUM": "line too long",
}
REPEATED = "repeated id"
DIFFERENT = "count(DISTINCT message)"
MOST_BITS_A_ROW, MOST_BITS = 64, 1_000_000_000
_CHUNK = 1 << 20
# Of the reasons why a row cannot be used the first that holds is counted.
UNUSABLE = """CASE WHEN NOT is_object THEN 'not a JSON object'
    WHEN message IS NULL THEN 'no id'
    WHEN author_key IS NULL OR author_key = '' THEN 'no author'
    WHEN is_ours IS NULL THEN 'inbound is neither true nor false'
    WHEN sent_at IS NULL THEN 'unreadable time'
END"""


class ArchiveError(Exception):
    """The file is no archive that we can read; the text says why, for the person."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is to be read: `columns` is its CSV header, None for JSON lines."""

    path: Path
    is_gzip: bool
    columns: tuple[str, ...] | None

    def rows(self, *, has_number_ids: bool, is_strict: bool) -> str:
        """DuckDB's table function for the file, every column as text but numeric ids."""
        if self.columns is None:
            kinds, shape = "{'line': 'VARCHAR'}", r"header=false, delim='\x1f', quote='', escape=''"
            shape = shape.replace(r"\x1f", "\x1f")
        else:
            kinds = ", ".join(
                f"{_quoted(name)}: '{'BIGINT' if has_number_ids and name in IDS else 'VARCHAR'}'"
                for name in self.columns
            )
            kinds, shape = f"{{{kinds}}}", "header=true, delim=',', quote='\"', escape='\"'"
        return (
            f"read_csv({_quoted(str(self.path))}, columns={kinds}, {shape}, auto_detect=false, "
            f"compression='{'gzip' if self.is_gzip else 'none'}', "
            f"ignore_errors=true, store_rejects=true, rejects_limit=0, strict_mode={is_strict})"
        )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def layout_of(path: Path) -> Layout:
    """Look at the first line of a file. Raises ArchiveError where it is neither layout."""
    try:
        with path.open("rb") as file:
            is_gzip = file.read(2) == GZIP_MAGIC
        if is_gzip:
            _check_whole(path)
        with _opened(path, is_gzip=is_gzip) as text:
            first = text.readline(1_000_000)
    except OSError as error:
        why = f"{path.name} cannot be read: {error.strerror or error}"
        raise ArchiveError(why) from error
    if not first.strip():
        why = f"{path.name} is empty, or its first line is."
        raise ArchiveError(why)
    if first.lstrip().startswith("{"):
        return Layout(path, is_gzip, None)
    names = [name.strip().lower() for name in next(csv.reader([first]), [])]
    if missing := [name for name in TWCS_COLUMNS if name not in names]:
        why = (
            f"{path.name} has no column {', '.join(missing)}. Archives come in the twcs layout "
            f"({', '.join(TWCS_COLUMNS)}) or as JSON lines."
        )
        raise ArchiveError(why)
    return Layout(path, is_gzip, tuple(_unambiguous(names)))


def _check_whole(path: Path) -> None:
    """Unpack a compressed file to its end and check it.

    DuckDB does not: from a damaged file it reads other rows than were written, without a word.
    """
    try:
        with gzip.open(path, "rb") as file:
            while file.read(_CHUNK):
                pass
    except EOFError as error:
        why = f"{path.name} is cut off: the compressed file has no end. Fetch it again."
        raise ArchiveError(why) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        why = f"{path.name} is damaged ({error}). Fetch it again."
        raise ArchiveError(why) from error


def _opened(path: Path, *, is_gzip: bool) -> IO[str]:
    if is_gzip:
        return gzip.open(path, "rt", encoding="utf-8-sig", errors="replace", newline="")
    return path.open(encoding="utf-8-sig", errors="replace", newline="")


def _unambiguous(names: Sequence[str]) -> list[str]:
    """Keep the first of each column we need; what we do not need is only numbered."""
    return [
        name if name in TWCS_COLUMNS and names.index(name) == at else f"extra_{at}"
        for at, name in enumerate(names)
    ]


def connect() -> duckdb.DuckDBPyConnection:
    """A private database in memory: UTC, and nothing ever fetched from the network."""
    database = duckdb.connect(
        ":memory:",
        config={"autoinstall_known_extensions": "false", "preserve_insertion_order": "false"},
    )
    database.execute("SET TimeZone = 'UTC'")
    return database


def read_rows(database: duckdb.DuckDBPyConnection, layout: Layout) -> Counter[str]:
    """Fill `archive_row` and leave `source` as a view on the file; count what was left out.

    Ids that are all numbers are read as numbers, which is a fifth faster; the first that is not
    starts it again with text.
    """
    if layout.columns is None or not _fill(database, layout, has_number_ids=True):
        _fill(database, layout, has_number_ids=False)
    return _structural(database) + _unusable(database) + _repeated(database)


def _fill(database: duckdb.DuckDBPyConnection, layout: Layout, *, has_number_ids: bool) -> bool:
    """Read the file; False where ids are not all numbers after all."""
    try:
        _read(database, layout, has_number_ids=has_number_ids, is_strict=True)
    except duckdb.InvalidInputException:
        # Lines that end now this way, now that way (files glued together) make DuckDB give up.
        try:
            _read(database, layout, has_number_ids=has_number_ids, is_strict=False)
        except duckdb.Error as error:
            why = f"{layout.path.name}: {str(error).splitlines()[0]}"
            raise ArchiveError(why) from error
    casts = "SELECT count(*) FROM reject_errors WHERE error_type = 'CAST'"
    return not has_number_ids or _number(database, casts) == 0


def _read(
    database: duckdb.DuckDBPyConnection, layout: Layout, *, has_number_ids: bool, is_strict: bool
) -> None:
    kind = "twcs" if layout.columns else "jsonl"
    rows = layout.rows(has_number_ids=has_number_ids, is_strict=is_strict)
    for table in ("archive_row", "reject_errors", "reject_scans"):
        database.execute(f"DROP TABLE IF EXISTS {table}")
    source = sql_file(f"source-{kind}").replace("{rows}", rows)
    database.execute(f"CREATE OR REPLACE TEMP VIEW source AS {source}")
    database.execute(sql_file("rows"))


def _number(database: duckdb.DuckDBPyConnection, query: str) -> int:
    row = database.execute(query).fetchone()
    return int(row[0]) if row else 0


def _structural(database: duckdb.DuckDBPyConnection) -> Counter[str]:
    found = database.execute(
        "SELECT error_type, count(DISTINCT line) FROM reject_errors GROUP BY error_type"
    ).fetchall()
    counted: Counter[str] = Counter()
    for kind, rows in found:
        counted[STRUCTURAL.get(str(kind), str(kind).lower())] += int(rows)
    return counted


def _unusable(database: duckdb.DuckDBPyConnection) -> Counter[str]:
    query = (
        f"SELECT {UNUSABLE} AS reason, count(*) FROM archive_row "  # noqa: S608  our own words
        "WHERE reason IS NOT NULL GROUP BY reason"
    )
    counted = Counter({str(reason): int(n) for reason, n in database.execute(query).fetchall()})
    if counted:
        database.execute(f"DELETE FROM archive_row WHERE {UNUSABLE} IS NOT NULL")  # noqa: S608
    return counted


def _repeated(database: duckdb.DuckDBPyConnection) -> Counter[str]:
    """Of several rows with one id the earliest stays."""
    twice = _number(database, f"SELECT count(*) - {_different(database)} FROM archive_row")  # noqa: S608
    if twice:
        database.execute(
            "DELETE FROM archive_row WHERE rowid IN (SELECT nth.id FROM (SELECT rowid AS id, "
            "row_number() OVER (PARTITION BY message ORDER BY sent_at, author, rowid) AS place "
            "FROM archive_row) AS nth WHERE nth.place > 1)"
        )
    return Counter({REPEATED: twice} if twice else {})


def _different(database: duckdb.DuckDBPyConnection) -> str:
    """How to count different ids: a bit for each, a sixth of the cost, where numbers lie close."""
    query = "SELECT count(*), min(message), max(message) FROM archive_row"
    rows, low, high = database.execute(query).fetchone() or (0, None, None)
    is_close = isinstance(low, int) and high - low < min(MOST_BITS_A_ROW * rows, MOST_BITS)
    return f"bit_count(bitstring_agg(message, {low}, {high}))" if is_close else DIFFERENT


def name_brands(database: duckdb.DuckDBPyConnection, handles: Sequence[str]) -> int:
    """Make `brand`: the given handles, or every account that wrote for a brand. Return how many.

    The names become an ENUM: numbers to DuckDB, which groups and joins by them twice as fast as by
    text, and text to everybody else.
    """
    database.execute("CREATE OR REPLACE TEMP TABLE brand (key VARCHAR, name VARCHAR)")
    if handles:
        named = {handle.lstrip("@").lower(): handle.lstrip("@") for handle in handles}
        database.executemany("INSERT INTO brand VALUES (?, ?)", [*map(list, named.items())])
    else:
        database.execute(
            "INSERT INTO brand SELECT author_key, min(author) FROM archive_row WHERE is_ours "
            "GROUP BY author_key"
        )
    brands = _number(database, "SELECT count(*) FROM brand")
    if not brands:
        return 0
    _find_odd_handles(database)
    database.execute("CREATE TYPE brand_name AS ENUM (SELECT name FROM brand ORDER BY name)")
    database.execute("ALTER TABLE brand ALTER name TYPE brand_name")
    return brands


def _find_odd_handles(database: duckdb.DuckDBPyConnection) -> None:
    """Look for handles with other characters than [A-Za-z0-9_], which the quick way misses.

    The texts are not kept, so the file is read once more; archives of most networks never are.
    """
    odd = "SELECT key FROM brand WHERE NOT regexp_full_match(key, '[a-z0-9_]+')"
    if database.execute(odd).fetchone() is None:
        return
    found = (
        f"SELECT s.id, list(b.key) AS keys FROM source s JOIN ({odd}) b ON regexp_matches("  # noqa: S608  our own words
        "lower(s.text), '@' || regexp_escape(b.key) || '([^a-z0-9_]|$)') GROUP BY s.id"
    )
    database.execute(f"CREATE OR REPLACE TEMP TABLE odd AS {found}")
    database.execute(
        "UPDATE archive_row SET handle = NULL, handles = list_distinct(list_concat("
        "coalesce(handles, [handle]), odd.keys)) FROM odd WHERE odd.id = archive_row.message"
    )
