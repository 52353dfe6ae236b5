"""`hearwell reports`: make the figures of the reports anew, or hand their facts on."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from hearwell.accounts.models import Workspace
from hearwell.kit.scope import scope
from hearwell.reports.exporting import Place, in_folder
from hearwell.reports.exporting import export as export_of
from hearwell.reports.services import recompute as recompute_in
from hearwell.reports.storing import SCHEME, StoreError, address_of, in_store


class _Place(click.ParamType[Place]):
    """A folder, or s3://bucket/prefix."""

    name = "place"
    _folder: Final = click.Path(file_okay=False, path_type=Path)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Place:
        if not str(value).startswith(SCHEME):
            return partial(in_folder, self._folder.convert(value, param, ctx))
        try:
            return partial(in_store, address_of(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


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
@click.argument("place", type=_Place())
@click.argument("workspace", required=False)
def export(place: Place, workspace: str | None) -> None:
    r"""Write all facts as Parquet to PLACE, of all workspaces or of one (its slug).

    PLACE is a folder, or s3://BUCKET/PREFIX in an S3-compatible store: that of
    HEARWELL_S3_ENDPOINT, with the keys of HEARWELL_S3_KEY_ID and HEARWELL_S3_SECRET_KEY
    (docs/reference/settings.md).

    For DuckDB, Spark, ClickHouse and what else reads Parquet; what the columns mean is in
    docs/reference/facts.md. Ids, kinds and times, nobody's words or names. To export again
    replaces month for month, also after a failure, which leaves what is there.

    \b
    hearwell reports export /srv/facts
    hearwell reports export /srv/facts northwind-air
    hearwell reports export s3://facts/hearwell
    """
    try:
        for one in _chosen(workspace):
            for table, month, written in export_of(one.id, one.slug, place):
                click.echo(f"{one.slug}: {table} {month:%Y-%m}: {written:,}")
    except StoreError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        message = f"{error.filename}: {error.strerror}."
        raise click.ClickException(message) from error


def _chosen(workspace: str | None) -> Iterable[Workspace]:
    found = Workspace.objects.order_by("slug")
    if workspace is not None and not (found := found.filter(slug=workspace)):
        message = f"There is no workspace {workspace!r}."
        raise click.ClickException(message)
    return found
