"""What people said a post is, kept apart by workspace."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7


class Migration(migrations.Migration):
    """A table that nothing else writes."""

    initial = True
    dependencies: ClassVar[list[tuple[str, str]]] = [("conversations", "0017_empty_passings")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Ruling",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                (
                    "klass",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("care", "care"),
                            ("information", "information"),
                            ("promotion", "promotion"),
                            ("entertainment", "entertainment"),
                        ],
                        default="",
                        max_length=14,
                    ),
                ),
                ("before", models.CharField(max_length=14, null=True)),
                ("by_id", models.UUIDField()),
                ("at", models.DateTimeField(default=now)),
                (
                    "message",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="conversations.message",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="voice_ruling_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "message"), name="voice_ruling_once"
                    ),
                ],
            },
        ),
        rls.protect("voice_ruling"),
        rls.composite_fk("voice_ruling", "message_id", "conversations_message"),
    ]
