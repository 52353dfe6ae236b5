"""``hearwell demo``: play Northwind Air on the running system and watch how it goes."""

from __future__ import annotations

import time

import click

_LOOK_EVERY_S = 1.0
_WAIT_S = 30


@click.command()
@click.option(
    "--workspace", default="", metavar="SLUG", help="Which workspace; the first one if left out."
)
@click.option("--stop", is_flag=True, help="Stop playing; what was said stays.")
@click.option("--remove", is_flag=True, help="Stop, take it off the network and close its cases.")
@click.option("--no-wait", is_flag=True, help="Start and return at once.")
def demo(*, workspace: str, stop: bool, remove: bool, no_wait: bool) -> None:
    r"""Let an invented airline, Northwind Air, and its customers play on the sandbox network.

    Customers write, complain, praise and wait in the inbox; answers appear on their own pages.
    `hearwell up` must be running. Nothing leaves this machine.

    \b
    hearwell demo            start, and show how it goes
    hearwell demo --remove   take all of it away again
    """
    from django.conf import settings

    from hearwell.accounts.models import Workspace
    from hearwell.sandbox.demo import playing

    rows = Workspace.objects.order_by("created_at")
    chosen = (rows.filter(slug=workspace) if workspace else rows).first()
    if chosen is None:
        message = (
            f"There is no workspace {workspace!r}."
            if workspace
            else "There is no workspace yet: sign in first (hearwell login-link)."
        )
        raise click.ClickException(message)
    if stop or remove:
        (playing.remove(chosen) if remove else playing.stop(chosen.id))
        click.echo(
            "The demo is gone from Harbour, and its cases are closed."
            if remove
            else "The demo has stopped."
        )
        return
    playing.start(chosen)
    address = f"{settings.HEARWELL_URL}/sandbox/{_address(chosen.id)}/"
    click.echo(f"Northwind Air is on: inbox at {settings.HEARWELL_URL}/, its network at {address}")
    if not no_wait:
        _follow(chosen.id)


def _address(workspace_id: object) -> str:
    from uuid import UUID

    from hearwell.kit.scope import scope
    from hearwell.sandbox.queries import open_page

    with scope(UUID(str(workspace_id))):
        page = open_page()
    return page.address if page else ""


def _follow(workspace_id: object) -> None:
    """Say how far it is until it is over; give up with a word if nothing moves at all."""
    from uuid import UUID

    from hearwell.sandbox.demo import playing

    began, told = time.monotonic(), -1
    while (state := playing.progress(UUID(str(workspace_id)))) and state.is_running:
        if state.done == 0 and time.monotonic() - began > _WAIT_S:
            message = "Nothing happens. Is Hearwell running? Start it with: hearwell up"
            raise click.ClickException(message)
        if state.done != told:
            click.echo(f"  {state.done} of {state.total} lines said")
            told = state.done
        time.sleep(_LOOK_EVERY_S)
    if state:
        click.echo(f"Over: {state.done} of {state.total} lines were said.")
