"""`hearwell doctor`: is this house well, and if not, what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import click
import psycopg

from hearwell.config.addresses import database_url
from hearwell.config.cli import environment
from hearwell.config.environment import Environment, ProcessRole
from hearwell.ops.doctor import inside, outside, work
from hearwell.ops.doctor.finding import Finding, Level
from hearwell.ops.figures import count
from hearwell.ops.health import known_migrations

_MARKS = {Level.GOOD: ("ok  ", "green"), Level.LOOK: ("LOOK", "yellow"), Level.BAD: ("BAD ", "red")}


@click.command()
@click.option("--json", "is_json", is_flag=True, help="Print the findings as JSON.")
def doctor(*, is_json: bool) -> None:
    r"""Look at everything that has to be right, and say what to do about what is not.

    Changes nothing. Ends with 1 if something is BAD, with 0 where at most something should be
    LOOKed at. Say the same DATA and DATABASE_URL as for `hearwell up`.

    \b
    hearwell doctor
    hearwell doctor --json
    """
    findings = list(examine(environment()))
    if is_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            _print(finding)
    if any(finding.level is Level.BAD for finding in findings):
        click.get_current_context().exit(1)


def examine(here: Environment) -> Iterator[Finding]:
    """Yield what is found, the outside first; the database is asked where it answers."""
    yield from outside.addresses(here.url, here.bind, is_debug=here.debug)
    if not here.data.is_dir():
        yield Finding(
            "Data",
            Level.BAD,
            f"There is no folder {here.data}.",
            "Say the DATA that `hearwell up` has, or start it first.",
        )
        return
    yield from outside.keys(here.data, has_secret_key=bool(here.secret_key))
    yield from outside.disk(here.data)
    yield from outside.clock()
    yield from outside.backups(here.data)
    yield from work.web(here.bind, here.port, is_needed=here.is_embedded)
    yield from _database(here)


def _database(here: Environment) -> Iterator[Finding]:
    names = {
        "web": database_url(here, ProcessRole.WEB),
        "worker": database_url(here, ProcessRole.WORKER),
    }
    reached = list(inside.reach(names))
    yield from reached
    if any(finding.level is Level.BAD for finding in reached):
        return
    with psycopg.connect(names["worker"], autocommit=True) as worker:
        yield from inside.skew(worker)
        found = list(inside.tables(worker, known_migrations()))
        yield from found
        if any(finding.level is Level.BAD for finding in found):
            return
        yield from inside.guards(worker)
        yield from inside.partitions(worker)
        figures = count(worker)
    for judged in (work.processes, work.queues, work.outbound, work.inbound):
        yield from judged(figures)


def _print(finding: Finding) -> None:
    mark, colour = _MARKS[finding.level]
    click.echo(f"{click.style(mark, fg=colour)}  {finding.topic}: {finding.text}")
    if finding.todo:
        click.echo(f"      {finding.todo}")
