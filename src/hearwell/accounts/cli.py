"""`hearwell audit`: whether anybody has altered the audit trail, and heads to keep elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from uuid import UUID

import click

from hearwell.accounts.models import AuditRow, Workspace
from hearwell.accounts.sealing import Break, Head, as_line, head_of
from hearwell.accounts.sealing import verify as verify_trail
from hearwell.kit.scope import scope


@click.group()
def audit() -> None:
    """Prove that the audit trail is as it was written."""


@audit.command()
@click.argument("workspace", required=False)
@click.option(
    "--heads",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file that `hearwell audit heads` wrote earlier.",
)
def verify(workspace: str | None, heads: Path | None) -> None:
    r"""Look at every line of the audit trail, of all workspaces or of the one named (its slug).

    Ends with 1 if a line was altered, removed or brought in from behind, and names the first. With
    --heads also if the end of the trail was cut off, or all of it was made anew.

    \b
    hearwell audit verify
    hearwell audit verify northwind-air --heads /mnt/elsewhere/heads.jsonl
    """
    kept = _read(heads) if heads else {}
    results = [_verify_one(found, kept) for found in _workspaces(workspace)]
    if workspace is None:
        results += [_is_gone(head) for head in _without_workspace(kept)]
    if not all(results):
        click.get_current_context().exit(1)


def _verify_one(workspace: Workspace, kept: Mapping[UUID, Head]) -> bool:
    verdict = verify_trail(workspace.id, kept.get(workspace.id))
    if verdict.broken is None:
        said = f"whole: {verdict.lines:,} lines in {verdict.blocks:,} blocks"
        click.echo(f"{workspace.slug}: {said}.")
        return True
    click.echo(f"{workspace.slug}: BROKEN after {verdict.lines:,} whole lines.")
    click.echo(f"  {verdict.broken.why}.")
    click.echo(f"  {_place(workspace, verdict.broken)}")
    return False


def _place(workspace: Workspace, broken: Break) -> str:
    """Say which line it is, with what it says now."""
    words = [f"block {broken.seq}"] * (broken.seq is not None)
    if broken.row_id:
        with scope(workspace.id):
            row = AuditRow.objects.filter(workspace_id=workspace.id, id=broken.row_id).first()
        words.append(f"line {broken.row_id}")
        words += [f"{row.at:%Y-%m-%d %H:%M:%S} UTC", row.action] if row else []
    return ", ".join(words)


@audit.command()
def heads() -> None:
    r"""Print where each workspace's audit trail ends, one JSON object a line.

    Keep it where nobody who runs this house can write, each day: `hearwell audit verify --heads`
    then also finds a trail whose end was cut off or that was made anew.

    \b
    hearwell audit heads > /mnt/elsewhere/heads-2026-03-02.jsonl
    """
    for workspace in _workspaces(None):
        with scope(workspace.id):
            head = head_of(workspace.id)
        if head:
            click.echo(as_line(head, workspace.slug))


def _read(file: Path) -> Mapping[UUID, Head]:
    try:
        rows = [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
        found = [Head(UUID(row["workspace_id"]), int(row["seq"]), row["digest"]) for row in rows]
    except (ValueError, KeyError, TypeError) as error:
        message = f"{file} does not hold heads: write it with `hearwell audit heads`."
        raise click.ClickException(message) from error
    return {head.workspace_id: head for head in found}


def _workspaces(slug: str | None) -> Iterable[Workspace]:
    found = list(Workspace.objects.order_by("slug"))
    if slug is None:
        return found
    named = [workspace for workspace in found if workspace.slug == slug]
    if not named:
        message = f"There is no workspace {slug}. There are: {', '.join(w.slug for w in found)}"
        raise click.ClickException(message)
    return named


def _without_workspace(kept: Mapping[UUID, Head]) -> Iterable[Head]:
    there = set(Workspace.objects.values_list("id", flat=True))
    return [head for workspace_id, head in kept.items() if workspace_id not in there]


def _is_gone(head: Head) -> bool:
    click.echo(f"{head.workspace_id}: BROKEN. The workspace is gone, and its trail with it.")
    return False
