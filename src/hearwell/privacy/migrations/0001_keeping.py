"""How long a workspace keeps what it holds about customers."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls


class Migration(migrations.Migration):
    """One row a workspace; none: until somebody erases them."""

    dependencies: ClassVar[list[tuple[str, str]]] = []
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Keeping",
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
                ("months", models.PositiveSmallIntegerField()),
                ("by_id", models.UUIDField()),
                ("changed_at", models.DateTimeField(default=hearwell.kit.clock.now)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="privacy_keeping_ws_id"
                    ),
                    models.UniqueConstraint(fields=("workspace_id",), name="privacy_keeping_one"),
                ],
            },
        ),
        rls.protect("privacy_keeping"),
    ]
