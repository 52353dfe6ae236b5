"""`hearwell reports`: make the figures of the reports anew."""

from __future__ import annotations

import time

import click

from hearwell.accounts.models import Workspace
from hearwell.kit.scope import scope
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
    found = Workspace.objects.order_by("slug")
    if workspace is not None and not (found := found.filter(slug=workspace)):
        message = f"There is no workspace {workspace!r}."
        raise click.ClickException(message)
    for one in found:
        begin = time.monotonic()
        with scope(one.id):
            days = recompute_in(one.id)
        click.echo(f"{one.slug}: {days:,} days in {time.monotonic() - begin:.1f} s")
