"""Reads of tools, looks and runs. In the caller's scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q

from hearwell.commerce.definition import Definition, definition_from, is_for
from hearwell.commerce.models import Lookup, Service, Tool, ToolRun, ToolVersion
from hearwell.commerce.rules import State
from hearwell.kit.clock import now

FRESH_FOR: Final = timedelta(seconds=60)
# A look whose worker died is not waited for any longer.
LOST_AFTER: Final = timedelta(seconds=60)
RUNS_SHOWN: Final = 12
PAGE: Final = 50
ALIKE_WITHIN: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class LiveTool:
    """A tool with the definition that is meant."""

    tool: Tool
    service: Service
    definition: Definition
    version: int


def live_tools(workspace_id: UUID, role: str | None = None) -> list[LiveTool]:
    """Return what can be used, in order; only what this role may use, if one is named.

    Two queries.
    """
    rows = Tool.objects.filter(workspace_id=workspace_id, live__isnull=False, gone_at=None)
    tools = list(rows.select_related("service").order_by("service__name", "position", "id"))
    if not tools:
        return []
    wanted = Q()
    for tool in tools:
        wanted |= Q(tool_id=tool.id, number=tool.live)
    kept = {
        one.tool_id: definition_from(one.definition)
        for one in ToolVersion.objects.filter(wanted, workspace_id=workspace_id)
    }
    found = [LiveTool(one, one.service, kept[one.id], one.live or 0) for one in tools]
    return [one for one in found if role is None or is_for(one.definition, role)]


def live_tool(workspace_id: UUID, tool_id: UUID) -> LiveTool | None:
    """Return one that can be used, or None. Two queries."""
    rows = Tool.objects.filter(
        workspace_id=workspace_id, id=tool_id, live__isnull=False, gone_at=None
    )
    tool = rows.select_related("service").first()
    return tool_at(tool, tool.live) if tool is not None and tool.live is not None else None


def tool_at(tool: Tool, number: int) -> LiveTool | None:
    """Return a tool as a version of it is, or None. One query."""
    rows = ToolVersion.objects.filter(workspace_id=tool.workspace_id, tool_id=tool.id)
    version = rows.filter(number=number).first()
    if version is None:
        return None
    return LiveTool(tool, tool.service, definition_from(version.definition), number)


def services_of(workspace_id: UUID) -> list[Service]:
    """Return the systems, by name."""
    rows = Service.objects.filter(workspace_id=workspace_id, gone_at=None)
    return list(rows.order_by("name"))


def service_by_id(workspace_id: UUID, service_id: UUID) -> Service | None:
    """Return a system, or None."""
    rows = Service.objects.filter(workspace_id=workspace_id, id=service_id, gone_at=None)
    return rows.first()


@dataclass(frozen=True, slots=True)
class ToolRow:
    """A tool as the settings list it: the version last kept, and what was done by it."""

    tool: Tool
    latest: ToolVersion
    runs: int


def tool_rows(workspace_id: UUID) -> list[ToolRow]:
    """Return all tools in order, with the version kept last and the actions of 30 days.

    Three queries.
    """
    tools = list(
        Tool.objects.filter(workspace_id=workspace_id, gone_at=None)
        .select_related("service")
        .order_by("service__name", "position", "id")
    )
    versions = ToolVersion.objects.filter(workspace_id=workspace_id, tool__in=tools)
    latest = {one.tool_id: one for one in versions.order_by("number")}
    since = now() - timedelta(days=30)
    rows = ToolRun.objects.filter(workspace_id=workspace_id, created_at__gte=since)
    counts = dict(rows.values_list("tool_id").annotate(n=Count("id")))
    return [ToolRow(one, latest[one.id], counts.get(one.id, 0)) for one in tools]


def tool_by_id(workspace_id: UUID, tool_id: UUID) -> Tool | None:
    """Return a tool that is not gone, with its system, or None."""
    rows = Tool.objects.filter(workspace_id=workspace_id, id=tool_id, gone_at=None)
    return rows.select_related("service").first()


def versions_of(tool: Tool, *, limit: int = 20) -> list[ToolVersion]:
    """Return what a tool was and is, the newest first."""
    rows = ToolVersion.objects.filter(workspace_id=tool.workspace_id, tool_id=tool.id)
    return list(rows.order_by("-number")[:limit])


def lookups_in(workspace_id: UUID, case_id: UUID) -> list[Lookup]:
    """Return what was looked up for a case today, the newest first, once for each question."""
    rows = Lookup.objects.filter(workspace_id=workspace_id, case_id=case_id)
    newest: dict[tuple[UUID, str], Lookup] = {}
    for one in rows.select_related("tool").order_by("-created_at", "-id")[:PAGE]:
        newest.setdefault((one.tool_id, one.digest), one)
    return list(newest.values())


def lookup_by_id(workspace_id: UUID, lookup_id: UUID) -> Lookup | None:
    """Return a look, or None."""
    rows = Lookup.objects.filter(workspace_id=workspace_id, id=lookup_id)
    return rows.select_related("tool", "tool__service").first()


def is_waited_for(one: Lookup) -> bool:
    """Whether a look is still to be waited for."""
    return one.as_of is None and one.created_at > now() - LOST_AFTER


def is_fresh(one: Lookup, done_at: datetime | None = None) -> bool:
    """Whether a look need not be made again yet: a minute, or until something was done."""
    if one.as_of is None:
        return is_waited_for(one)
    return one.as_of > now() - FRESH_FOR and (done_at is None or one.as_of > done_at)


def last_done(runs: Sequence[ToolRun]) -> datetime | None:
    """Return when the latest of these actions was done; None if none was."""
    return max((run.done_at for run in runs if run.done_at is not None), default=None)


def runs_in(workspace_id: UUID, case_ids: Collection[UUID]) -> list[ToolRun]:
    """Return what was done from these cases, the newest first."""
    rows = ToolRun.objects.filter(workspace_id=workspace_id, case_id__in=case_ids)
    return list(rows.order_by("-created_at", "-id")[:RUNS_SHOWN])


def run_by_id(workspace_id: UUID, run_id: UUID) -> ToolRun | None:
    """Return a run with its tool and system, or None."""
    rows = ToolRun.objects.filter(workspace_id=workspace_id, id=run_id)
    return rows.select_related("tool", "tool__service").first()


def undo_of(run: ToolRun) -> ToolRun | None:
    """Return the run that takes this one back, unless that failed."""
    rows = ToolRun.objects.filter(workspace_id=run.workspace_id, undoes_id=run.id)
    return rows.exclude(state=State.FAILED).first()


def runs(
    workspace_id: UUID, *, state: str = "", before: tuple[datetime, UUID] | None = None
) -> list[ToolRun]:
    """Return a page of runs and one more, the newest first."""
    rows = ToolRun.objects.filter(workspace_id=workspace_id)
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        at, run_id = before
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=run_id))
    return list(rows.order_by("-created_at", "-id")[: PAGE + 1])


def alike(workspace_id: UUID, digest: str) -> ToolRun | None:
    """Return the latest run of the same tool with the same values of the last day, if it holds."""
    rows = ToolRun.objects.filter(
        workspace_id=workspace_id, digest=digest, created_at__gte=now() - ALIKE_WITHIN,
        undone_at=None, undoes_id=None,
    )  # fmt: skip
    return rows.exclude(state=State.FAILED).order_by("-created_at").first()


def waiting_for_people(workspace_id: UUID) -> int:
    """Return how many runs a person has to look at."""
    return ToolRun.objects.filter(workspace_id=workspace_id, state=State.HUMAN).count()
