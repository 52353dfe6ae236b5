"""`hearwell import FILE`: bring an archive in as cases with the original times."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

if TYPE_CHECKING:
    from rich.console import Console

    from hearwell.channels.models import ImportRun
    from hearwell.inbox.importing import Progress

LAYOUTS = ("twcs", "jsonl", "mbox", "play")
_SAY_EVERY_S = 10.0


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "layout",
    type=click.Choice(LAYOUTS),
    help="How FILE is written: twcs is a CSV of tweets, jsonl one object a line, mbox a "
    "mailbox, play the reviews that Google Play exports. Told by the file if left out.",
)
@click.option(
    "--brand",
    "brands",
    multiple=True,
    metavar="HANDLE",
    help="Only messages of this brand. Repeat it for more; all brands if left out. Of a mailbox: "
    "your own address, which tells your answers from the letters.",
)
@click.option(
    "--open-since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    metavar="DATE",
    help="Put conversations that go on after this day (UTC) to work, with clocks that run; all "
    "others are filed. For example 2026-03-01.",
)
@click.option(
    "--workspace",
    default="",
    metavar="SLUG",
    help="Which workspace, where there are several.",
)
def import_archive(
    file: Path,
    layout: str | None,
    brands: tuple[str, ...],
    open_since: datetime | None,
    workspace: str,
) -> None:
    r"""Bring past messages in as cases, with their original times.

    FILE is an archive: a CSV in the twcs layout, JSON lines, a mailbox (mbox) or the CSV of
    reviews that Google Play exports, plain or packed as .gz, of any size. Its cases go to the
    queue Archive: nothing becomes due, nobody is told, nothing is sent.

    It can be stopped at any time (Ctrl-C): the same command goes on there. Importing the same
    again adds nothing. Rows that cannot be used are counted and written to FILE.rejects.csv with
    line and reason. The layouts: docs/how-to/import-an-archive.md

    \b
    hearwell import tweets.csv.gz
    hearwell import export.jsonl --brand NorthwindAir
    hearwell import support.mbox --brand support@northwind.example
    hearwell import reviews_com.northwind.app_202611.csv --open-since 2026-11-01
    """
    from hearwell.channels.services.importing import ImportStoppedError, ImportTakenError
    from hearwell.inbox import importing
    from hearwell.inbox.archives.records import ArchiveError, Layout

    try:
        run = importing.open_import(
            _workspace_id(workspace),
            file,
            layout=Layout(layout) if layout else None,
            brands=brands,
            open_since=open_since.replace(tzinfo=UTC) if open_since else None,
        )
        if run.position:
            click.echo(f"Going on after {run.position:,} of {run.rows:,} messages.")
        with _shown() as progress:
            importing.run_import(run, progress)
    except ArchiveError as error:
        message = f"{file.name}: {error}"
        raise click.ClickException(message) from error
    except ImportStoppedError as error:
        message = "Somebody stopped it in Settings → Archives. The same command goes on there."
        raise click.ClickException(message) from error
    except ImportTakenError as error:
        message = "Another process is importing the same file. It goes on there."
        raise click.ClickException(message) from error
    except KeyboardInterrupt:
        click.echo(f"\nStopped after {run.position:,} messages. The same command goes on there.")
        raise click.exceptions.Exit(130) from None
    _tell(run)


def _workspace_id(slug: str) -> UUID:
    from hearwell.accounts.models import Workspace

    found = list(Workspace.objects.filter(**({"slug": slug} if slug else {})).order_by("slug")[:2])
    if len(found) == 1:
        return found[0].id
    if not found:
        message = f"There is no workspace {slug!r}." if slug else "There is no workspace yet."
    else:
        message = "There are several workspaces: choose one with --workspace SLUG."
    raise click.ClickException(message)


@contextmanager
def _shown() -> Iterator[Progress]:
    """Show progress on stderr: bars in a terminal, a line now and then in a log."""
    from rich.console import Console

    console = Console(stderr=True)
    with _bars(console) if console.is_terminal else nullcontext(_lines()) as progress:
        yield progress


def _lines() -> Progress:
    from hearwell.inbox.importing import Progress

    lines = _Lines()
    return Progress(total=lines.begin, taken=lines.move)


class _Lines:
    """Says how far it is after the first batch, and then every so often."""

    def __init__(self) -> None:
        self._total, self._from = 0, -1
        self._started = self._said = time.monotonic()

    def begin(self, total: int) -> None:
        """Take note of how many messages there are."""
        self._total, self._started = total, time.monotonic()

    def move(self, position: int) -> None:
        """Say it, unless something was said just now."""
        moment = time.monotonic()
        if self._from < 0:  # where this import stood before it began
            self._from = position
            return
        if moment - self._said < _SAY_EVERY_S and self._said > self._started:
            return
        self._said = moment
        rate = (position - self._from) / max(moment - self._started, 1e-6)
        left = timedelta(seconds=round((self._total - position) / rate)) if rate else "?"
        click.echo(
            f"{position:,} of {self._total:,} taken in, {rate:,.0f}/s, {left} left", err=True
        )


@contextmanager
def _bars(console: Console) -> Iterator[Progress]:
    """Two bars: reading, whose end nobody knows, and taking in, with rate and time left."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    from hearwell.inbox.importing import Progress

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=console) as bars:
        read = bars.add_task("Reading", total=None, rate="")
        taken = bars.add_task("Taking in", total=None, rate="", start=False, visible=False)

        def begin(total: int) -> None:
            bars.update(read, total=bars.tasks[read].completed or 1, visible=False)
            bars.update(taken, total=total, visible=True)
            bars.start_task(taken)

        def move(position: int) -> None:
            speed = bars.tasks[taken].speed
            rate = f"{speed:,.0f}/s" if speed else ""
            bars.update(taken, completed=position, rate=rate)

        yield Progress(lambda rows: bars.update(read, completed=rows), begin, move)


def _tell(run: ImportRun) -> None:
    known = run.position - run.fresh - run.changed
    changed = f", {run.changed:,} have changed" if run.changed else ""
    before = f", {known:,} were known" if known else ""
    click.echo(f"{run.fresh:,} messages are new{changed}{before}.")
    if run.left_out:
        click.echo(f"{run.left_out:,} messages of other brands were left out.")
    if run.rejected:
        rows = sorted(run.rejected.items(), key=lambda item: -item[1])
        why = ", ".join(f"{count:,} {reason}" for reason, count in rows)
        click.echo(f"{sum(run.rejected.values()):,} rows could not be used: {why}.")
        click.echo(f"They are in {run.rejects_path}")
