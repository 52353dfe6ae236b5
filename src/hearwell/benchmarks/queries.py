"""Reads of panels. All run in the caller's scope and name its workspace."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from hearwell.benchmarks.models import Panel
from hearwell.kit.clock import now

BRING_BACK: Final = timedelta(days=30)


def panels_of(workspace_id: UUID) -> list[Panel]:
    """Return the panels, by name."""
    found = Panel.objects.filter(workspace_id=workspace_id, is_removed=False)
    return list(found.order_by("name", "id"))


def panel_by_id(workspace_id: UUID, panel_id: UUID) -> Panel | None:
    """Return a panel of the workspace, or None; a removed or foreign one is none."""
    found = Panel.objects.filter(workspace_id=workspace_id, id=panel_id, is_removed=False)
    return found.first()


def removed_of(workspace_id: UUID) -> list[Panel]:
    """Return what can be brought back: removed in the last thirty days, the newest first."""
    found = Panel.objects.filter(
        workspace_id=workspace_id, is_removed=True, changed_at__gt=now() - BRING_BACK
    )
    return list(found.exclude(before={}).order_by("-changed_at"))
