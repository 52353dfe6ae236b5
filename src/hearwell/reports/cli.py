"""`hearwell reports`: make the figures of the reports anew, or hand their facts on."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import click

from hearwell.accounts.models import Workspace
from hearwell.kit.scope import scope
from hearwell.reports.exporting import export as export_of
from hearwell.reports.services import recompute as recompute_in


@click.group()
def reports() -> None:
    """The figures of the reports."""


@reports.command()
@click.argument("workspace", required=False)
def recompute(workspace: str | None) -> None:
    r"""Make all facts and figures anew from what was said, of all workspaces or of one (its slug).

    Facts are only ever added: what is missing is added, what is known better gets a new revision.
    Safe at any time, and safe to repeat; it happens by itself after an import.

    \b
    hearwell reports recompute
    hearwell reports recompute northwind-air
    """
    for one in _chosen(workspace):
        begin = time.monotonic()
        with scope(one.id):
            days = recompute_in(one.id)
        click.echo(f"{one.slug}: {days:,} days in {time.monotonic() - begin:.1f} s")


@reports.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.argument("workspace", required=False)
def export(folder: Path, workspace: str | None) -> None:
    r"""Write all facts as Parquet below FOLDER, of all workspaces or of one (its slug).

    For DuckDB, Spark, ClickHouse and what else reads Parquet; what the columns mean is in
    docs/reference/facts.md. Ids, kinds and times, nobody's words or names. To export again
    replaces month for month.

    \b
    hearwell reports export /srv/facts
    hearwell reports export /srv/facts northwind-air
    """
    for one in _chosen(workspace):
        try:
            with scope(one.id):
                for table, month, written in export_of(one.id, one.slug, folder):
                    click.echo(f"{one.slug}: {table} {month:%Y-%m}: {written:,}")
        except OSError as error:
            message = f"{error.filename}: {error.strerror}."
            raise click.ClickException(message) from error


def _chosen(workspace: str | None) -> Iterable[Workspace]:
    found = Workspace.objects.order_by("slug")
    if workspace is not None and not (found := found.filter(slug=workspace)):
        message = f"There is no workspace {workspace!r}."
        raise click.ClickException(message)
    return found
