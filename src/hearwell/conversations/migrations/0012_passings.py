"""How often customers were asked to go on in another channel, and why."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls


class Migration(migrations.Migration):
    """A table that is only added to."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("conversations", "0011_batch")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Passing",
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
                ("case_id", models.UUIDField()),
                ("channel_id", models.UUIDField(null=True)),
                ("network", models.CharField(max_length=32)),
                ("audience", models.CharField(max_length=8)),
                ("goes_to", models.CharField(max_length=32)),
                ("reason", models.CharField(max_length=24)),
                ("words", models.TextField(blank=True, default="")),
                ("known", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField(default=hearwell.kit.clock.now)),
                ("actor_id", models.UUIDField(null=True)),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["workspace_id", "at"], name="conversations_passing_at"),
                    models.Index(
                        fields=["workspace_id", "case_id"], name="conversations_passing_case"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="conversations_passing_ws_id"
                    )
                ],
            },
        ),
        rls.protect("conversations_passing", grant="SELECT, INSERT"),
        rls.composite_fk("conversations_passing", "case_id", "conversations_case"),
    ]
