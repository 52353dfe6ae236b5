"""Each workspace may say how long a closed case can come back."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.ids
from hearwell.kit import rls


class Migration(migrations.Migration):
    """Add the table, one row a workspace at most."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("conversations", "0003_keys_of_composers")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="ReopenWindow",
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
                ("private_days", models.PositiveSmallIntegerField(default=30)),
                ("public_days", models.PositiveSmallIntegerField(default=7)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="conversations_reopenwindow_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id",), name="conversations_reopenwindow_one"
                    ),
                ],
            },
        ),
        rls.protect("conversations_reopenwindow"),
    ]
