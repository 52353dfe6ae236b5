"""`hearwell keys`: new keys for a house at work, and the end of the old ones."""

from __future__ import annotations

from pathlib import Path

import click

from hearwell.config.cli import become
from hearwell.config.environment import ProcessRole


@click.group()
def keys() -> None:
    """Seal all secrets with new keys, while people work and answers go out."""


@keys.command()
def announce() -> None:
    r"""Make new keys that nothing is sealed with yet.

    Only where DATA/keys is copied to several machines: copy the new files to all of them, then
    rotate. Where they share the folder, or there is one machine, rotating does it.
    """
    from hearwell.ops import rotation

    if rotation.announce(_folder()):
        click.echo(f"Made. Copy {_folder()} to every machine, then: hearwell keys rotate")
    else:
        click.echo("There are newer keys already. Go on with: hearwell keys rotate")


@keys.command()
def rotate() -> None:
    r"""Make new keys and seal everything with them; Hearwell goes on working meanwhile.

    Killed half-way, it goes on when it is called again. The old keys stay, for backups and for
    whoever looks back, until you remove them.

    \b
    hearwell keys rotate && hearwell backup FILE && hearwell keys remove-older
    """
    become(ProcessRole.WORKER)
    from hearwell.ops import rotation

    changed = rotation.rotate(
        _folder(), told=lambda count: click.echo(f"{count} rows sealed anew, looking once more …")
    )
    click.echo(f"Everything is sealed with the newest keys ({changed} rows were not).")


@keys.command("remove-older")
def remove_older() -> None:
    """Remove the keys that nothing is sealed with any more; ends with 1 if something was.

    A backup carries its own keys. A database that was copied some other way is unreadable then.
    """
    become(ProcessRole.WORKER)
    from hearwell.ops import rotation

    try:
        gone = rotation.remove_older(_folder())
    except rotation.OlderKeysNeededError as error:
        message = f"{error} Try again in a minute."
        raise click.ClickException(message) from error
    click.echo(f"Removed: {', '.join(gone)}." if gone else "There are no older keys.")


def _folder() -> Path:
    from django.conf import settings

    return Path(settings.HEARWELL_KEYS)
