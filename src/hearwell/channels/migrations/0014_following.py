"""How many follow our accounts, by day."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls
from hearwell.kit.ids import uuid7


class Migration(migrations.Migration):
    """A new table; nothing that stands is changed."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("channels", "0013_importrun_changed")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Following",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("channel_id", models.UUIDField()),
                ("day", models.DateField()),
                ("followers", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="channels_following_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "channel_id", "day"),
                        name="channels_following_once",
                    ),
                ],
            },
        ),
        rls.protect("channels_following"),
        rls.composite_fk("channels_following", "channel_id", "channels_channel"),
    ]
