"""The `hearwell` command. Commands of capabilities are found by name and loaded when called."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module

import click

from hearwell import __version__
from hearwell.config.environment import (
    Environment,
    EnvironmentRefusedError,
    ProcessRole,
    read_environment,
)
from hearwell.ops.parent import follow_supervisor


@dataclass(frozen=True, slots=True)
class Lazy:
    """A command that lives in a capability: `module:attribute`, and what it needs.

    A heavy one makes millions of objects and lives by itself, as a worker does.
    """

    target: str
    help: str
    needs_django: bool = True
    needs_database: bool = True
    is_hidden: bool = False
    is_heavy: bool = False


LAZY: dict[str, Lazy] = {
    "study": Lazy(
        "hearwell.reports.study.cli:study",
        "Measure an archive without importing it.",
        needs_django=False,
        needs_database=False,
    ),
    "backup": Lazy(
        "hearwell.config.operating:backup", "Write everything to one file.", needs_django=False
    ),
    "restore": Lazy(
        "hearwell.config.operating:restore",
        "Fill a new house from a backup; outbound starts held.",
        needs_django=False,
        needs_database=False,
    ),
    "hold-outbound": Lazy(
        "hearwell.config.operating:hold_outbound",
        "Hold everything that waits to be sent.",
        needs_django=False,
        needs_database=False,
        is_hidden=True,
    ),
    "import": Lazy(
        "hearwell.inbox.cli:import_archive", "Bring an archive in as cases.", is_heavy=True
    ),
    "login-link": Lazy("hearwell.config.operating:login_link", "Make a one-time sign-in link."),
    "openapi": Lazy(
        "hearwell.api.cli:openapi", "Print the description of the API.", needs_database=False
    ),
    "demo": Lazy("hearwell.sandbox.cli:demo", "Play a lively invented brand in the sandbox."),
    "events": Lazy(
        "hearwell.events.cli:events", "Show which event is heard by whom.", needs_database=False
    ),
}


class Commands(click.Group):
    """Our own commands and the lazy ones, listed together."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every name; nothing is imported for it."""
        return sorted({*super().list_commands(ctx), *LAZY})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing it if it is lazy."""
        if cmd_name in LAZY:
            return _Deferred(cmd_name, LAZY[cmd_name])
        return super().get_command(ctx, cmd_name)


class _Deferred(click.Command):
    """Stands for a lazy command: its help text is known without importing it."""

    def __init__(self, name: str, lazy: Lazy) -> None:
        super().__init__(
            name,
            short_help=lazy.help,
            help=lazy.help,
            add_help_option=False,
            hidden=lazy.is_hidden,
        )
        self.lazy = lazy

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: object,
    ) -> click.Context:
        """Hand over to the real command."""
        return self._real().make_context(info_name, args, parent, **extra)

    def _real(self) -> click.Command:
        if self.lazy.needs_django:
            set_django_up(ProcessRole.WORKER)
        module, _, attribute = self.lazy.target.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        if self.lazy.is_heavy:
            from hearwell.config import collector

            collector.settle()
        _surround(command, needs_database=self.lazy.needs_database)
        return command


def _surround(command: click.Command, *, needs_database: bool) -> None:
    """Give a command one-line errors and, while it runs (not for --help), its database."""
    from hearwell.config.up import reachable_database

    invoke = command.invoke

    def invoke_inside(ctx: click.Context) -> object:
        with operator_errors(), ExitStack() as stack:
            if needs_database:
                stack.enter_context(reachable_database(environment()))
            return invoke(ctx)

    command.invoke = invoke_inside  # type: ignore[method-assign]


def environment() -> Environment:
    """Return the environment, or end with one line."""
    try:
        return read_environment()
    except EnvironmentRefusedError as error:
        raise click.ClickException(str(error)) from error


def set_django_up(role: ProcessRole) -> None:
    """Make Django usable in this process, as the given role unless the operator chose one."""
    os.environ.setdefault("HEARWELL_ROLE", role)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearwell.config.settings")
    environment()
    import django

    django.setup()


@contextmanager
def operator_errors() -> Iterator[None]:
    """Turn what the operator can do something about into one line without a traceback."""
    from hearwell.config.up import CannotStartError
    from hearwell.ops.backup import BackupError
    from hearwell.ops.binaries import BinariesMissingError
    from hearwell.ops.cluster import ClusterError
    from hearwell.ops.roles import UnfitDatabaseError
    from hearwell.ops.running import FolderRefusedError
    from hearwell.ops.system_user import SystemUserMissingError

    try:
        yield
    except (
        BackupError,
        BinariesMissingError,
        CannotStartError,
        ClusterError,
        FolderRefusedError,
        SystemUserMissingError,
        UnfitDatabaseError,
    ) as error:
        raise click.ClickException(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hearwell")
def main() -> None:
    """Hearwell: open, self-hosted social customer care."""


@main.command()
def up() -> None:
    """Run everything on this machine: database, web, worker, listener."""
    from hearwell.config import up as story
    from hearwell.ops.running import AlreadyRunningError

    try:
        with operator_errors():
            story.up(environment(), click.echo)
    except AlreadyRunningError as error:
        where = f"at {error.running.url} (pid {error.running.pid})" if error.running else ""
        click.echo(f"Hearwell is already running {where}".rstrip() + ".")


@main.command()
@click.option("--fd", type=int, hidden=True, help="A listening socket handed down.")
def web(fd: int | None) -> None:
    """Serve pages, webhooks and live updates."""
    serve_as(ProcessRole.WEB)
    from hearwell.config.processes import serve_web

    serve_web(environment(), fd)


@main.command()
def worker() -> None:
    """Work off the queues."""
    serve_as(ProcessRole.WORKER)
    from hearwell.config.processes import run_worker

    run_worker()


@main.command()
def listen() -> None:
    """Hold streams, poll networks, number events."""
    serve_as(ProcessRole.LISTEN)
    from hearwell.config.processes import run_listener

    run_listener()


@main.command()
@click.option("--with-link", is_flag=True, help="Print the path of the first owner's link.")
@click.option("--only-link", is_flag=True, hidden=True, help="All else is known to be done.")
def prepare(*, with_link: bool, only_link: bool) -> None:
    """Migrate, set rights, make keys, collect static files; then end."""
    become(ProcessRole.MIGRATE)
    from hearwell.config import prepare as story

    if not only_link:
        with operator_errors():
            story.prepare(environment())
    if with_link:
        click.echo(story.first_sign_in_path())


def serve_as(role: ProcessRole) -> None:
    """Become a serving process, unless the database role could pass row-level security."""
    follow_supervisor()
    from hearwell.config.addresses import database_url
    from hearwell.ops.roles import wait_until_fit

    with operator_errors():
        wait_until_fit(database_url(environment(), role))
    become(role)


def become(role: ProcessRole) -> None:
    """Make this process one of the house's own, whatever HEARWELL_ROLE said."""
    follow_supervisor()
    os.environ["HEARWELL_ROLE"] = role
    set_django_up(role)
