"""`hearwell openapi`: the API's description, for those who change the API."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--write", is_flag=True, help="Write src/hearwell/api/openapi.json anew.")
def openapi(*, write: bool) -> None:
    """Print the API's description (OpenAPI 3, JSON) as the code has it.

    The running system serves the same at /api/openapi.json, and for reading at /api/docs.
    """
    import django

    django.setup()
    from hearwell.api.description import FILE, described

    if not write:
        click.echo(described(), nl=False)
        return
    place = Path(__file__).with_name(FILE)
    place.write_text(described(), "utf-8")
    click.echo(f"{place} written.")
