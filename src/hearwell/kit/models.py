"""Abstract models: every table's key, and the column that keeps workspaces apart."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hearwell.kit.ids import uuid7


class Unscoped(models.Model):
    """A global row. The few tables of this kind are listed in docs/reference/tables.md."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class Scoped(models.Model):
    """A row of one workspace.

    UNIQUE (workspace_id, id) is what composite foreign keys point at (kit.rls.composite_fk), so
    that no row can name a row of another workspace.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace_id = models.UUIDField(editable=False)

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["workspace_id", "id"], name="%(app_label)s_%(class)s_ws_id"
            ),
        ]
