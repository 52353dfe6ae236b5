"""Legal hold, erasure, and what erased people are known by again."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.ids
from hearwell.kit import rls


class Migration(migrations.Migration):
    """New columns are empty or have a default in the database: the version before writes on."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("contacts", "0006_no_messages")]
    operations: ClassVar[list[Operation]] = [
        *(
            migrations.AddField("contact", name, models.DateTimeField(null=True))
            for name in ("hold_since", "erasing_since", "erased_at")
        ),
        migrations.AddField("contact", "hold_by_id", models.UUIDField(null=True)),
        migrations.AddField(
            "contact", "hold_why", models.TextField(blank=True, db_default="", default="")
        ),
        migrations.CreateModel(
            name="Tombstone",
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
                ("digest", models.BinaryField()),
                ("erased_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="contacts_tombstone_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "digest"), name="contacts_tombstone_once"
                    ),
                ],
            },
        ),
        rls.protect("contacts_tombstone"),
    ]
