"""How much of an order may still be given: what its card says, less what the card does not show.

A card is as old as its look, and what several people give of the same order from it counts
together. In the caller's scope.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models.fields.json import KT
from django.utils.dateparse import parse_datetime

from hearwell.commerce.cards import Card
from hearwell.commerce.definition import Definition, definition_from
from hearwell.commerce.models import ToolRun, ToolVersion
from hearwell.commerce.queries import LiveTool
from hearwell.commerce.rules import State
from hearwell.kit import rows


@dataclass(frozen=True, slots=True)
class Room:
    """What may still be given, and what was given that the card does not show: minor units."""

    left_minor: int
    given_minor: int


def lock_card(tool: LiveTool, card: Card) -> None:
    """Let those who act on the same thing wait for each other, until the transaction ends."""
    named = f"{tool.tool.workspace_id}:{tool.service.id}:{card.kind}:{card.ref}"
    number = int.from_bytes(hashlib.sha256(named.encode()).digest()[:8], "big", signed=True)
    rows.fetch("SELECT pg_advisory_xact_lock(%s)::text", [number])


def room_on(tool: LiveTool, card: Card) -> Room | None:
    """Return what is left of a card; None where it bounds nothing. Two queries at most."""
    if not tool.definition.bounded or card.amount_minor is None or not card.ref:
        return None
    hidden = [run for run in _runs_on(tool, card) if not _is_shown(run, card)]
    definitions = _definitions_of(tool.tool.workspace_id, hidden)
    given = sum(_given(run, definitions) for run in hidden)
    return Room(max(0, card.amount_minor - given), given)


def _runs_on(tool: LiveTool, card: Card) -> list[ToolRun]:
    """What was done to the same thing in the same system and holds, or may yet be done."""
    found = ToolRun.objects.filter(
        workspace_id=tool.tool.workspace_id, tool__service_id=tool.service.id, undoes_id=None,
        undone_at=None,
    ).exclude(state=State.FAILED)  # fmt: skip
    named = found.annotate(ref=KT("card__ref")).filter(ref=card.ref)
    return list(named.filter(card__kind=card.kind, card__currency=card.currency))


def _is_shown(run: ToolRun, card: Card) -> bool:
    """Whether what a card says is less for this run.

    Not for what was done after the look, and not where the card says what it said before: such a
    system tells what an order cost, and not what is left of it.
    """
    looked_at = parse_datetime(card.as_of) if card.as_of else None
    if run.done_at is None or looked_at is None or run.done_at >= looked_at:
        return False
    return (run.card or {}).get("amount_minor") != card.amount_minor


def _definitions_of(
    workspace_id: UUID, found: list[ToolRun]
) -> Mapping[tuple[UUID, int], Definition]:
    if not found:
        return {}
    versions = ToolVersion.objects.filter(
        workspace_id=workspace_id, tool_id__in={run.tool_id for run in found}
    )
    return {(one.tool_id, one.number): definition_from(one.definition) for one in versions}


def _given(run: ToolRun, definitions: Mapping[tuple[UUID, int], Definition]) -> int:
    amounts: list[Any] = [
        run.values.get(name) for name in definitions[run.tool_id, run.version].bounded
    ]
    return sum(one for one in amounts if isinstance(one, int))
