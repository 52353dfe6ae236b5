"""Which workspace we are in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from hearwell.kit.scope import current_workspace


class NoScopeError(RuntimeError):
    """A verb was called outside a workspace's scope."""


def here() -> UUID:
    """Return the workspace in scope, for the queries to name. Raises NoScopeError outside one."""
    workspace_id = current_workspace()
    if workspace_id is None:
        message = "call this inside scope(workspace_id)"
        raise NoScopeError(message)
    return workspace_id


_credit: ContextVar[dict[str, Any]] = ContextVar("hearwell_credit", default={})  # noqa: B039


@contextmanager
def credited(rule_id: UUID, name: str) -> Iterator[None]:
    """Let the lines that this block writes into stories say which rule of automation did it."""
    token = _credit.set({"rule_id": str(rule_id), "by_rule": name})
    try:
        yield
    finally:
        _credit.reset(token)


def credit() -> dict[str, Any]:
    """Return what a line of a story says of the rule that did it; nothing where a person did."""
    return _credit.get()
