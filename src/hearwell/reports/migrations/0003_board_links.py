"""Links of screens to the wallboard, guarded by row-level security."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls


class Migration(migrations.Migration):
    """An ended link stays, so that the audit trail's id still leads somewhere."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("reports", "0002_rls")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="BoardLink",
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
                ("name", models.CharField(max_length=80)),
                ("digest", models.BinaryField()),
                ("made_by", models.UUIDField()),
                (
                    "created_at",
                    models.DateTimeField(default=hearwell.kit.clock.now, editable=False),
                ),
                ("last_seen_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="reports_boardlink_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "digest"), name="reports_board_digest"
                    ),
                ],
            },
        ),
        rls.protect("reports_boardlink", grant="SELECT, INSERT, UPDATE"),
    ]
