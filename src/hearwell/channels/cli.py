"""`hearwell listeners`: which processes hear which share of the accounts."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table


@click.command()
def listeners() -> None:
    """Print the listening processes, how many accounts each hears, and when it was last seen."""
    from hearwell.channels.services import leases
    from hearwell.kit.clock import now

    found = leases.listeners()
    if not found:
        click.echo("Nobody listens.")
        return
    table = Table("Listener", "Accounts", "Since", "Seen", box=None)
    for row in found:
        seen = f"{max(0.0, (now() - row.seen_at).total_seconds()):.0f} s ago"
        table.add_row(row.label, str(row.accounts), f"{row.begun_at:%Y-%m-%d %H:%M} UTC", seen)
    Console().print(table)
