"""Which workspace we are in."""

from __future__ import annotations

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
