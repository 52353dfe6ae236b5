"""`hearwell events`: who listens to what."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table


@click.command()
def events() -> None:
    """Print every event and the handlers that listen to it.

    What each event carries is in docs/reference/events.md.
    """
    import django

    django.setup()
    from hearwell.events.model import EVENT_TYPES
    from hearwell.events.registry import handlers_of

    table = Table("Event", "Handlers", box=None)
    for name in sorted(EVENT_TYPES):
        table.add_row(name, "\n".join(sorted(handlers_of(name))) or "[dim]nobody[/dim]")
    Console().print(table)
