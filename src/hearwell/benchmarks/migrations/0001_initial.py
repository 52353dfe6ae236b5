"""Panels of brands, kept apart by workspace."""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar[list[tuple[str, str]]] = [("accounts", "0001_initial")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Panel",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("name", models.CharField(max_length=80)),
                ("industry", models.CharField(max_length=60)),
                ("brands", models.JSONField(default=list)),
                ("before", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                ("is_removed", models.BooleanField(default=False)),
                ("by_id", models.UUIDField()),
                ("made_at", models.DateTimeField(default=now)),
                ("changed_at", models.DateTimeField(default=now)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="benchmarks_panel_ws_id"
                    )
                ],
            },
        ),
        rls.protect("benchmarks_panel"),
    ]
