"""Cases that were merged into others, and the moves of conversations that can be undone."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls


class Migration(migrations.Migration):
    """A column that no row of before needs, and a table; nothing is rewritten."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("conversations", "0007_draft_has_files")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="case",
            name="merged_into_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("merged_into_id__isnull", False)),
                fields=["workspace_id", "merged_into_id"],
                name="conversations_case_merged",
            ),
        ),
        migrations.CreateModel(
            name="Move",
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
                        choices=[("merge", "Merge"), ("split", "Split")], max_length=5
                    ),
                ),
                ("from_case_id", models.UUIDField()),
                ("to_case_id", models.UUIDField()),
                ("conversation_ids", models.JSONField(default=list)),
                ("kept_ids", models.JSONField(default=list)),
                ("stray_ids", models.JSONField(default=list)),
                ("before", models.JSONField(default=dict)),
                ("why", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField(default=hearwell.kit.clock.now)),
                ("actor_id", models.UUIDField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by_id", models.UUIDField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="conversations_move_ws_id"
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "from_case_id"], name="conversations_move_from"
                    ),
                    models.Index(
                        fields=["workspace_id", "to_case_id"], name="conversations_move_to"
                    ),
                ],
            },
        ),
        rls.protect("conversations_move"),
        rls.composite_fk("conversations_move", "from_case_id", "conversations_case"),
        rls.composite_fk("conversations_move", "to_case_id", "conversations_case"),
        rls.composite_fk(
            "conversations_case", "merged_into_id", "conversations_case", on_delete="SET NULL"
        ),
    ]
