"""Acts on many cases at once, that can be undone."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls


class Migration(migrations.Migration):
    """A new table; nothing else is touched."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("conversations", "0010_savedview")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Batch",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("assign", "Assign"),
                            ("tag", "Label"),
                            ("close", "Solve"),
                            ("snooze", "Snooze"),
                        ],
                        max_length=8,
                    ),
                ),
                ("actor_id", models.UUIDField()),
                ("data", models.JSONField(default=dict)),
                ("rows", models.JSONField(default=list)),
                ("at", models.DateTimeField(default=hearwell.kit.clock.now)),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="conversations_batch_ws_id"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["workspace_id", "at"], name="conversations_batch_at"),
                ],
            },
        ),
        rls.protect("conversations_batch"),
    ]
