"""Commands for who runs the house: backup, restore, sign-in links."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from hearwell.config.addresses import database_url
from hearwell.config.cli import become, environment, operator_errors
from hearwell.config.environment import Environment, ProcessRole
from hearwell.config.up import CannotStartError, process_variables, running_database
from hearwell.ops.running import AlreadyRunningError, make_data_folder, only_one

RESTORED = "restored from a backup"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    r"""Write everything (database, keys, media) to FILE; Hearwell may run meanwhile.

    FILE holds the keys too: keep it as you keep a key. `hearwell restore FILE` brings it back.

    \b
    hearwell backup hearwell-2026-03-02.backup
    """
    from hearwell.ops.backup import back_up

    here = environment()
    back_up(file.absolute(), owner=database_url(here, ProcessRole.MIGRATE), data=here.data)
    click.echo(f"Wrote {file} ({file.stat().st_size:,} bytes). It holds the keys: keep it safe.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    r"""Fill a new, empty Hearwell from FILE, which `hearwell backup` wrote.

    Choose the new one by DATA or DATABASE_URL; it must not be running. Answers that waited to be
    sent when the backup was made may have been sent since: they are held until somebody has looked
    (Settings, Stop switch).

    \b
    DATA=/srv/new hearwell restore hearwell-2026-03-02.backup
    """
    here = environment()
    make_data_folder(here.data)
    try:
        with only_one(here.data, here.url), running_database(here):
            _restore(file.absolute(), here)
    except AlreadyRunningError as error:
        message = f"Stop the Hearwell that works on {here.data} first."
        raise click.ClickException(message) from error
    click.echo("Restored. Nothing is sent until somebody releases it (Settings, Stop switch).")


def _restore(file: Path, here: Environment) -> None:
    from hearwell.ops.backup import bring_back

    bring_back(file, owner=database_url(here, ProcessRole.MIGRATE), data=here.data)
    # An older backup is brought up to this version's tables, then everything is held.
    for step in ("prepare", "hold-outbound"):
        done = subprocess.run(  # noqa: S603 -- our own command
            [sys.executable, "-m", "hearwell", step],
            check=False,
            env={**os.environ, **process_variables(here)},
        )
        if done.returncode:
            message = f"The data is in, but `hearwell {step}` failed (see above)."
            raise CannotStartError(message)


@click.command(hidden=True)
def hold_outbound() -> None:
    """Hold everything that waits to be sent: after a restore, before anything runs."""
    become(ProcessRole.WORKER)
    from hearwell.commerce.services import hold_all as hold_tools
    from hearwell.integrations.services import hold_everything as switch_webhooks_off
    from hearwell.outbound.services.instance import hold_everything
    from hearwell.secondopinion.services import switch_everywhere_off as switch_models_off

    with operator_errors():
        held = hold_everything(RESTORED)
        webhooks = switch_webhooks_off()
        models = switch_models_off()
        actions = hold_tools()
    click.echo(f"Held {held} messages that waited to be sent.")
    if webhooks:
        click.echo(f"Switched {webhooks} webhooks off (Settings, Webhooks).")
    if models:
        click.echo(f"Switched {models} language models off (Settings, Language model).")
    if actions:
        click.echo(f"Held {actions} actions in other systems: they are looked up first.")


@click.command()
@click.argument("email", required=False)
@click.option(
    "--forget-second-factor",
    "forgets",
    is_flag=True,
    help="For who lost theirs: remove passkeys, codes and recovery codes of EMAIL first.",
)
def login_link(email: str | None, *, forgets: bool) -> None:
    r"""Print a link that signs in once, within 15 minutes: for the person with this EMAIL.

    Without EMAIL it is for the first owner, and works only while there is none. Where somebody
    has a second factor, it is asked for all the same.

    \b
    hearwell login-link mara@example.com
    """
    from hearwell.accounts.models import User
    from hearwell.accounts.services import AlreadySetUpError, make_login_link
    from hearwell.accounts.services.factors import forget_factors

    user = User.objects.filter(email=email.lower()).first() if email else None
    if email and user is None:
        message = f"Nobody here has the address {email}."
        raise click.ClickException(message)
    if user is not None and forgets:
        click.echo(f"Removed second factors: {forget_factors(user)}.")
    try:
        secret = make_login_link(user)
    except AlreadySetUpError as error:
        message = "There is an owner already: say whose link, hearwell login-link EMAIL"
        raise click.ClickException(message) from error
    click.echo(f"{environment().url}/login/link/{secret}/")
