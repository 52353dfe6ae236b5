"""`hearwell study FILE`: how well brands answered, from an archive, without importing it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from hearwell.reports.study.figures import Figures
from hearwell.reports.study.methods import ALL, DEFAULT, METHODS, Method
from hearwell.reports.study.period import Period, parse_period
from hearwell.reports.study.reading import ArchiveError
from hearwell.reports.study.study import Study

EVERY = "all"


class Mistyped(click.ClickException):
    """The command line is wrong; the text says where."""

    exit_code = 2


class OneLine(click.Command):
    """A command that answers what was mistyped in one line, without its usage above it."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise _plain(error) from error

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """Read the command line."""
        try:
            return super().make_context(*args, **more)
        except click.UsageError as error:
            raise _plain(error) from error


def _plain(error: click.UsageError) -> Mistyped:
    return Mistyped(" ".join(error.format_message().split()))


@click.command(cls=OneLine)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "shape",
    type=click.Choice(["table", "json", "csv", "html"]),
    default="table",
    show_default=True,
)
@click.option(
    "--method",
    "way",
    type=click.Choice([*METHODS, EVERY]),
    default=DEFAULT,
    show_default=True,
    help="How to count; docs/reference/study-methods.md defines each.",
)
@click.option(
    "--period",
    help="When messages came: 2017, 2017-Q4, 2017-10, 2017-10-31, 2017-10-01..2017-11-15, 30d.",
)
@click.option("--brand", "brands", multiple=True, help="Only these handles. Repeat for more.")
def study(file: Path, shape: str, way: str, period: str | None, brands: tuple[str, ...]) -> None:
    """Measure how brands answered in an archive (twcs CSV or JSON lines, plain or .gz)."""
    try:
        read = Study(file, brands=brands)
        chosen = parse_period(period, read.span.last) if period is not None else Period()
    except ArchiveError as error:
        raise click.ClickException(str(error)) from error
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--period") from error
    methods = ALL if way == EVERY else (METHODS[way],)
    if way == EVERY or shape == "html":
        read.keep()
    if shape == "html":
        from hearwell.reports.study.page import report

        click.echo(report(read, methods[0], chosen))
    else:
        _print(shape, methods, [read.figures(method, chosen) for method in methods])
    _tell(read)


def _print(shape: str, methods: Sequence[Method], found: Sequence[list[Figures]]) -> None:
    if shape == "json":
        everything = [one.as_json() for figures in found for one in figures]
        click.echo(json.dumps(everything, indent=2, ensure_ascii=False))
        return
    from rich.console import Console

    from hearwell.reports.study.table import print_table, write_csv

    if shape == "csv":
        write_csv(sys.stdout, [one for figures in found for one in figures])
        return
    # Wide enough for every column where the output is a file or a pipe.
    console = Console() if sys.stdout.isatty() else Console(width=160)
    for method, figures in zip(methods, found, strict=True):
        print_table(console, method, figures)


def _tell(read: Study) -> None:
    """Say on stderr what was read and what was left out, so that stdout stays clean."""
    span = read.span
    click.echo(
        f"{span.rows:,} messages, {span.first:%Y-%m-%d %H:%M} to {span.last:%Y-%m-%d %H:%M} UTC.",
        err=True,
    )
    if read.rejected:
        why = ", ".join(f"{rows:,} {reason}" for reason, rows in read.rejected.most_common())
        click.echo(f"{read.rejected.total():,} rows left out: {why}.", err=True)
