"""Reads of panels. All run in the caller's scope and name its workspace."""

from __future__ import annotations

from uuid import UUID

from hearwell.benchmarks.models import Panel


def panels_of(workspace_id: UUID) -> list[Panel]:
    """Return the panels, by name."""
    found = Panel.objects.filter(workspace_id=workspace_id, is_removed=False)
    return list(found.order_by("name", "id"))


def panel_by_id(workspace_id: UUID, panel_id: UUID) -> Panel | None:
    """Return a panel of the workspace, or None; a removed or foreign one is none."""
    found = Panel.objects.filter(workspace_id=workspace_id, id=panel_id, is_removed=False)
    return found.first()
