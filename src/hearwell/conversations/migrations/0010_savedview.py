"""Saved views: lists that people come back to."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls


class Migration(migrations.Migration):
    """A new table; nothing else is touched."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("conversations", "0009_find")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=hearwell.kit.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("name", models.CharField(max_length=60)),
                ("owner_id", models.UUIDField(null=True)),
                ("made_by_id", models.UUIDField(null=True)),
                ("params", models.JSONField(default=dict)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "created_at",
                    models.DateTimeField(default=hearwell.kit.clock.now, editable=False),
                ),
                ("deleted_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="conversations_savedview_ws_id"
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "owner_id", "position"],
                        name="conversations_view_order",
                    ),
                ],
            },
        ),
        rls.protect("conversations_savedview"),
    ]
