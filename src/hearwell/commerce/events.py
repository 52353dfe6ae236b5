"""What tools tell the house."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hearwell.events.model import DomainEvent


@dataclass(frozen=True)
class ToolRunDone(DomainEvent):
    """An action was done in another system. `undoes_id`: it took back what that run had done."""

    case_id: UUID
    run_id: UUID
    tool_id: UUID
    tool: str
    user_id: UUID
    undoes_id: UUID | None = None


@dataclass(frozen=True)
class ToolRunFailed(DomainEvent):
    """An action was not done, surely: `code` says why (``rules.Code``)."""

    case_id: UUID
    run_id: UUID
    tool_id: UUID
    tool: str
    user_id: UUID
    code: str


@dataclass(frozen=True)
class ToolRunDoubted(DomainEvent):
    """Nobody knows whether an action was done: a person has to look in the other system."""

    case_id: UUID
    run_id: UUID
    tool_id: UUID
    tool: str
    user_id: UUID
    code: str
