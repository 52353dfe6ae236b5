"""The workspace scope, under the name by which the rest of the house knows it."""

from __future__ import annotations

from hearwell.kit.scope import current_workspace, scope

__all__ = ["current_workspace", "scope"]
