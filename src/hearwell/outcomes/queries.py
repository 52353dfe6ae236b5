"""Reads of what was imported. All run in the caller's scope and name its workspace."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import Count, Sum

from hearwell.outcomes.models import Import, Purchase, What

_SHOWN: Final = 50


def imports_of(workspace_id: UUID, what: What) -> list[Import]:
    """Return the imports of a kind, the latest first, those taken back too."""
    found = Import.objects.filter(workspace_id=workspace_id, what=what)
    return list(found.order_by("-at", "-id")[:_SHOWN])


def sums_of(workspace_id: UUID) -> list[tuple[str, int, int]]:
    """Return (currency, orders, their sum in minor units) of what is kept; never added up."""
    kept = Purchase.objects.filter(workspace_id=workspace_id)
    counted = kept.values_list("currency").annotate(n=Count("id"), sum=Sum("amount_minor"))
    return list(counted.order_by("currency"))
