"""The `hearwell` command. Commands of capabilities are found by name and loaded when called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import copy
from dataclasses import dataclass
from importlib import import_module
from typing import Final

import click

from hearwell import __version__
from hearwell.config.environment import (
    Environment,
    EnvironmentRefusedError,
    ProcessRole,
    read_environment,
)


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
        "Measure how brands answered, without importing.",
        needs_django=False,
        needs_database=False,
    ),
    "backup": Lazy(
        "hearwell.config.operating:backup",
        "Write all data and keys to one file.",
        needs_django=False,
    ),
    "restore": Lazy(
        "hearwell.config.operating:restore",
        "Fill a new, empty house from a backup.",
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
        "hearwell.inbox.cli:import_archive", "Bring past messages in as cases.", is_heavy=True
    ),
    "doctor": Lazy(
        "hearwell.config.examining:doctor",
        "Say whether all is well, and what to do if not.",
        needs_database=False,
    ),
    "keys": Lazy(
        "hearwell.config.changingkeys:keys", "Seal all secrets with new keys; remove the old ones."
    ),
    "audit": Lazy("hearwell.accounts.cli:audit", "Prove that nobody altered the audit trail."),
    "reports": Lazy(
        "hearwell.reports.cli:reports", "Make the reports' figures anew; write facts as Parquet."
    ),
    "login-link": Lazy("hearwell.config.operating:login_link", "Print a one-time sign-in link."),
    "embed": Lazy(
        "hearwell.triage.weights.cli:embed",
        "Make a sentence model ready, and say whether it is.",
        needs_database=False,
    ),
    "openapi": Lazy(
        "hearwell.api.cli:openapi", "Print the API's description (OpenAPI).", needs_database=False
    ),
    "listeners": Lazy(
        "hearwell.channels.cli:listeners", "Show which process listens to how many accounts."
    ),
    "demo": Lazy("hearwell.sandbox.cli:demo", "Let an invented brand and its customers play."),
    "stand-in": Lazy(
        "hearwell.config.standin:stand_in",
        "Let something on this machine stand for a network.",
        needs_database=False,
    ),
    "simulate": Lazy(
        "hearwell.config.simulating:simulate",
        "Play a day at the desk, and say how it went.",
        needs_django=False,
        needs_database=False,
    ),
    "triage": Lazy(
        "hearwell.triage.training.cli:triage",
        "Measure how well messages are understood.",
        needs_django=False,
        needs_database=False,
    ),
    "events": Lazy(
        "hearwell.events.cli:events", "Show which event is heard by what.", needs_database=False
    ),
}


# What a newcomer needs stands first; what no list names is for `hearwell` itself.
SECTIONS: Final = (
    ("Run it", ("up", "demo", "login-link")),
    ("Past messages", ("import", "study")),
    ("What if", ("simulate", "triage")),
    ("Look after it", ("doctor", "backup", "restore", "audit", "reports", "keys", "embed")),
    (
        "Parts of `up`, for several machines",
        ("prepare", "web", "worker", "listen", "listeners"),
    ),
    ("For developers", ("events", "openapi", "stand-in")),
)


class Commands(click.Group):
    """Our own commands and the lazy ones, listed together."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by what they are for, and any that has no section yet."""
        named = {name for _, names in SECTIONS for name in names}
        others = [name for name in self.list_commands(ctx) if name not in named]
        for title, names in (*SECTIONS, ("More", others)):
            found = [(name, self.get_command(ctx, name)) for name in names]
            rows = [
                (name, command.get_short_help_str(formatter.width))
                for name, command in found
                if command is not None and not command.hidden
            ]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

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
        # A copy: who imports the command itself gets it without the database around it.
        command: click.Command = copy(getattr(import_module(module), attribute))
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
    from hearwell.config import serving

    environment()
    serving.set_django_up(role)


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
    r"""Hearwell: open, self-hosted social customer care.

    \b
    Start with:   hearwell up
    Each command: hearwell COMMAND --help

    Settings are environment variables, the same for all commands: DATA is the folder with
    everything (the default is /var/lib/hearwell for root, else ~/.local/share/hearwell), PORT the
    port of the pages (8000), HEARWELL_URL the address people use. All of them:
    docs/reference/settings.md
    """


@main.command(short_help="Run everything on this machine.")
def up() -> None:
    r"""Run everything on this machine: database, web, worker, listener.

    Prints the address of the pages and, while there is no owner yet, a link to sign in with that
    works once, for 15 minutes. Ctrl-C stops everything cleanly. What ends unexpectedly is started
    again.

    \b
    hearwell up
    PORT=8080 DATA=/srv/hearwell hearwell up
    """
    from hearwell.config import up as story
    from hearwell.ops.running import AlreadyRunningError

    try:
        with operator_errors():
            story.up(environment(), click.echo)
    except AlreadyRunningError as error:
        where = f"at {error.running.url} (pid {error.running.pid})" if error.running else ""
        click.echo(f"Hearwell is already running {where}".rstrip() + ".")


@main.command(short_help="Serve pages, webhooks and live updates.")
@click.option("--fd", type=int, hidden=True, help="A listening socket handed down.")
def web(fd: int | None) -> None:
    """Serve pages, webhooks and live updates, in the foreground.

    `hearwell up` starts one. Run more of them on other machines against the same DATABASE_URL,
    after `hearwell prepare`.
    """
    serve_as(ProcessRole.WEB)
    from hearwell.config.processes import serve_web

    serve_web(environment(), fd)


@main.command(short_help="Take messages in, send answers, import archives.")
@click.option("--queue", "queues", multiple=True, help="Only this queue; may be said repeatedly.")
def worker(queues: tuple[str, ...]) -> None:
    r"""Work off the queues: take messages in, send answers, import archives, watch the clocks.

    `hearwell up` starts one. As many as you like may run against the same DATABASE_URL; together
    they must serve every queue.

    \b
    hearwell worker --queue outbound      a sender, and nothing else
    """
    from hearwell.config.processes import QUEUES, run_worker

    unknown = set(queues) - {name for name, _places in QUEUES}
    if unknown:
        known = ", ".join(dict(QUEUES))
        message = f"There is no queue {', '.join(sorted(unknown))}; there are {known}."
        raise click.BadParameter(message, param_hint="--queue")
    serve_as(ProcessRole.WORKER)
    run_worker(queues)


@main.command(short_help="Ask networks for news, hold their streams.")
def listen() -> None:
    """Ask networks for news, hold their streams, and number events for the live screens.

    `hearwell up` starts one. Several share the channels among them.
    """
    serve_as(ProcessRole.LISTEN)
    from hearwell.config.processes import run_listener

    run_listener()


@main.command(short_help="Bring database and files to this version.")
@click.option("--with-link", is_flag=True, help="Print the path of the first owner's link.")
@click.option("--only-link", is_flag=True, hidden=True, help="All else is known to be done.")
def prepare(*, with_link: bool, only_link: bool) -> None:
    """Bring database and files to this version: migrate, set rights, make keys, collect files.

    `hearwell up` does it at each start. Safe to run again.
    """
    become(ProcessRole.MIGRATE)
    from hearwell.config import prepare as story

    if not only_link:
        with operator_errors():
            story.prepare(environment())
    if with_link:
        click.echo(story.first_sign_in_path())


def serve_as(role: ProcessRole) -> None:
    """Become a serving process, or end with one line."""
    from hearwell.config import serving

    environment()
    with operator_errors():
        serving.serve_as(role)


def become(role: ProcessRole) -> None:
    """Make this process one of the house's own, whatever HEARWELL_ROLE said."""
    from hearwell.config import serving

    environment()
    serving.become(role)
