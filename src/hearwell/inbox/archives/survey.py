"""The whole of an archive surveyed once, on disk: threads, brands, and the order to take it in.

An archive's rows come in any order and a reply may stand before what it replies to, so nothing
can be placed while reading. The rows are spooled into a DuckDB file, which may use so much
memory and no more, and come out thread by thread. The same file always comes out the same way.
"""

from __future__ import annotations

import csv
import errno
import fcntl
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from django.utils.translation import gettext as _

from hearwell.inbox.archives.enclosed import Enclosed
from hearwell.inbox.archives.mailed import letter_rows
from hearwell.inbox.archives.records import (
    ArchiveError,
    Layout,
    Reason,
    Record,
    Reject,
    Row,
)
from hearwell.inbox.archives.rows import read_rows
from hearwell.kit.sheets import write_sheet
from hearwell.kit.text import clean

if TYPE_CHECKING:
    import duckdb

MEMORY = "128MB"
_COLUMNS = {
    "n": "BIGINT", "line": "BIGINT", "id": "VARCHAR", "parent": "VARCHAR", "author": "VARCHAR",
    "is_ours": "BOOLEAN", "sent_at": "TIMESTAMP", "brand": "VARCHAR", "thread": "VARCHAR",
    "text": "VARCHAR", "more": "VARCHAR",
}  # fmt: skip
_MOST_FOLDS = 40
_FULL = ("No space left on device", "max_temp_directory_size")  # in DuckDB's words
_BUFFER = 8 * 1024 * 1024
_REPORT_EVERY = 5_000
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Placed:
    """One message in one brand's thread: its place in the archive and its JSON line."""

    position: int
    brand: str
    brand_name: str
    root: str
    is_open: bool
    line: str


class Survey:
    """An archive in order.

    `rows` are the places there are; `rejected` why rows have none; `left_out` how many are of
    brands that were not chosen.
    """

    def __init__(
        self, database: duckdb.DuckDBPyConnection, rejected: Counter[str], left_out: int
    ) -> None:
        self._database = database
        self.rejected = rejected
        self.rows = _number(database, "select count(*) from ready")
        self.left_out = left_out

    @property
    def brands(self) -> list[str]:
        """Handles of the brands that have messages, in the order they are taken in."""
        found = self._database.execute("select distinct brand_name from ready order by 1")
        return [row[0] for row in found.fetchall()]

    def batches(self, start: int, size: int) -> Iterator[list[Placed]]:
        """Batches from a place on: whole threads, but for one that is longer than a batch."""
        ahead: list[Placed] = []
        while start < self.rows:
            # One row more than a batch shows whether its last thread ends there.
            ahead += self._slice(start + len(ahead), size + 1 - len(ahead))
            edge = _edge(ahead, size)
            yield ahead[:edge]
            ahead, start = ahead[edge:], start + edge

    def before(self, place: int, size: int) -> list[Placed]:
        """The last rows before a place, at most so many."""
        start = max(0, place - size)
        return self._slice(start, place - start)

    def _slice(self, start: int, size: int) -> list[Placed]:
        found = self._database.execute(
            "select rowid, brand, brand_name, root, is_open, line from ready "
            "where rowid >= ? and rowid < ? order by rowid",
            [start, start + size],
        )
        return [Placed(*row) for row in found.fetchall()]


def _edge(rows: list[Placed], size: int) -> int:
    """How many rows make a batch: all that are left, or up to the last end of a thread."""
    if len(rows) <= size:
        return len(rows)
    beyond = (rows[size].brand, rows[size].root)
    ends = (at for at in range(size, 0, -1) if (rows[at - 1].brand, rows[at - 1].root) != beyond)
    return next(ends, size)


class BusyError(Exception):
    """Another process of this machine works in the same folder."""


@contextmanager
def surveyed(  # noqa: PLR0913  what an archive is read with, by name
    path: Path,
    layout: Layout,
    rejects: Path,
    folder: Path,
    *,
    brands: Sequence[str] = (),
    open_since: datetime | None = None,
    enclosed: Enclosed | None = None,
    tell: Progress = lambda _: None,
) -> Iterator[Survey]:
    """Read a whole archive and put it in order; rejected rows go to `rejects`, a CSV.

    `folder` is for the work and gone afterwards; what a killed import left there goes, too.
    What letters enclose waits in `enclosed` for as long as this is open. `tell` hears how many rows
    were read so far. Raises ArchiveError and BusyError.
    """
    aside = enclosed.fresh() if enclosed else nullcontext()
    with _workplace(folder), aside, _rejects_file(rejects) as reject:
        is_mail = layout is Layout.MBOX
        rows = letter_rows(path, brands, enclosed) if is_mail else read_rows(path, layout)
        _spool(rows, folder / "rows.csv", reject, tell)
        with _database(folder) as database:
            _load(database, folder / "rows.csv")
            if not _name_brands(database, brands):
                message = _("It holds no message by a brand: name the handle that was written to.")
                raise ArchiveError(message)
            _run(database, open_since)
            left_out = _reject_late(database, reject, has_choice=bool(brands))
            yield Survey(database, reject.counted, left_out)


@contextmanager
def _workplace(folder: Path) -> Iterator[None]:
    """Have a folder to oneself. The lock goes with the process, however that ends."""
    lock = Path(f"{folder}.lock")
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(folder) from error
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            lock.unlink(missing_ok=True)


class _Rejects:
    """Writes rejected rows and counts their reasons; the file exists only if there are any."""

    def __init__(self, path: Path) -> None:
        self._path, self.counted = path, Counter[str]()
        self._out: Any = None

    def __call__(self, rejected: Reject) -> None:
        if self._out is None:
            self._out = _rewritten(self._path)
            write_sheet(self._out, [["line", "reason", "row"]])
        self.counted[rejected.reason] += 1
        row = (rejected.line, rejected.reason.value, rejected.raw.rstrip("\r\n"))
        write_sheet(self._out, [row])

    def close(self) -> None:
        if self._out is not None:
            self._out.close()


def _rewritten(path: Path) -> TextIO:
    try:
        path.unlink(missing_ok=True)
        return path.open("x", encoding="utf-8", errors="surrogateescape", newline="")
    except OSError as error:
        message = _("%(path)s cannot be written: %(why)s. Move the archive to where it can.")
        raise ArchiveError(message % {"path": path, "why": error.strerror}) from error


@contextmanager
def _rejects_file(path: Path) -> Iterator[_Rejects]:
    """Have a place for rejects; one of an earlier go is gone if there are none any more."""
    rejects = _Rejects(path)
    try:
        yield rejects
    finally:
        rejects.close()
        if not rejects.counted and path.is_file():
            path.unlink(missing_ok=True)


def _spool(
    rows: Iterator[Row], spool: Path, reject: Callable[[Reject], None], tell: Progress
) -> None:
    """Write the usable rows to a plain CSV that no quoting, encoding or layout troubles any more.

    Texts go as JSON strings: those can carry what UTF-8 cannot.
    """
    with spool.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        for at, row in enumerate(rows):
            if at % _REPORT_EVERY == 0:
                tell(at)
            if isinstance(row, Reject):
                reject(row)
            else:
                writer.writerow(_spooled(at, row))


def _spooled(at: int, row: Record) -> list[object]:
    thread = str(row.more.get("thread", ""))
    names = (clean(text)[0] for text in (row.id, row.parent, row.author))
    more = json.dumps(dict(row.more)) if row.more else ""
    sent_at = row.at.strftime("%Y-%m-%d %H:%M:%S.%f")
    brand, thread = clean(row.brand)[0], clean(thread)[0]
    text = json.dumps(row.text)
    return [at, row.line, *names, row.is_ours, sent_at, brand, thread, text, more]


@contextmanager
def _database(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Have a database in the folder. Raises OSError(ENOSPC) where the disk is full."""
    import duckdb  # only here: every process of the house loads this module, few ever import

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "memory_limit": MEMORY,
        "temp_directory": str(folder / "spill"),
        "threads": 2,
        "preserve_insertion_order": "false",
    }
    try:
        with duckdb.connect(str(folder / "survey.duckdb"), config=config) as database:
            yield database
    except duckdb.Error as error:
        if any(sign in str(error) for sign in _FULL):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)) from error
        raise


def _load(database: duckdb.DuckDBPyConnection, spool: Path) -> None:
    """Read the spool. Its longest line fits the buffer: LONGEST_FIELD, each character escaped."""
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in _COLUMNS.items())
    database.execute(
        f"create table row_in as select * from read_csv(?, columns={{{columns}}}, header=false, "  # noqa: S608  our own words
        "auto_detect=false, delim=',', quote='\"', escape='\"', new_line='\\r\\n', "
        f"nullstr='\\N', max_line_size={_BUFFER}, buffer_size={_BUFFER})",
        [str(spool)],
    )
    spool.unlink()


def _name_brands(database: duckdb.DuckDBPyConnection, handles: Sequence[str]) -> int:
    """Fill `brand`: the chosen handles, or every account that wrote, or was written to, as one."""
    database.execute("create table brand (key varchar, name varchar)")
    if handles:
        chosen = {handle.lstrip("@").lower(): handle.lstrip("@") for handle in handles}
        database.executemany("insert into brand values (?, ?)", [*map(list, chosen.items())])
        # As the archive spells them, where it does.
        database.execute(
            "update brand set name = found.name from (select lower(author) as key, "
            "min(author) as name from row_in where is_ours group by 1) found "
            "where found.key = brand.key"
        )
    else:
        database.execute(
            "insert into brand select lower(name), min(name) from ("
            "select author as name from row_in where is_ours "
            "union all select brand from row_in where brand <> '') group by lower(name)"
        )
    return _number(database, "select count(*) from brand")


def _run(database: duckdb.DuckDBPyConnection, open_since: datetime | None) -> None:
    statements = resources.files(__package__).joinpath("survey.sql").read_text("utf-8")
    for statement in statements.split("\n----\n"):
        if "$open_since" in statement:
            since = open_since.astimezone(UTC).replace(tzinfo=None) if open_since else None
            database.execute("set preserve_insertion_order = true")
            database.execute(statement, {"open_since": since})
        else:
            database.execute(statement)
        if "create table tree" in statement:
            _fold(database)


def _fold(database: duckdb.DuckDBPyConnection) -> None:
    """Let every row point twice as far up as before, until all point to the top."""
    moves = "select count(*) from tree t join tree p on p.id = t.up where p.up <> t.up"
    for _fold in range(_MOST_FOLDS):  # rows that reply to each other in a circle never rest
        if not _number(database, moves):
            return
        database.execute(
            "create or replace table tree as select t.id, coalesce(p.up, t.up) as up "
            "from tree t left join tree p on p.id = t.up"
        )


def _reject_late(
    database: duckdb.DuckDBPyConnection, reject: Callable[[Reject], None], *, has_choice: bool
) -> int:
    """Reject what only the whole archive shows: repeats, and rows that no brand is part of.

    Where brands were chosen, the other brands' rows are left out and not rejected; return their
    number.
    """
    placeless = "from archived where n not in (select n from placed)"
    late = {Reason.REPEATED: "select line, id from repeated order by n"}
    if not has_choice:
        late[Reason.UNPLACED] = f"select line, id {placeless} order by n"
    for reason, query in late.items():
        found = database.execute(query)
        while rows := found.fetchmany(1_000):
            for line, row_id in rows:
                reject(Reject(line, reason, row_id))
    return _number(database, f"select count(*) {placeless}") if has_choice else 0


def _number(database: duckdb.DuckDBPyConnection, query: str) -> int:
    row = database.execute(query).fetchone()
    return int(row[0]) if row else 0
