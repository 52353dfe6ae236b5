"""What calls cost, by day and name, and what a workspace decided about each network."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls


def _key() -> models.UUIDField[UUID, UUID]:
    return models.UUIDField(
        default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
    )


class Migration(migrations.Migration):
    """Add two tables."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("channels", "0009_turns")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Usage",
            fields=[
                ("id", _key()),
                ("workspace_id", models.UUIDField(editable=False)),
                ("channel_id", models.UUIDField()),
                ("network", models.TextField()),
                ("day", models.DateField()),
                ("what", models.TextField()),
                ("count", models.BigIntegerField(default=0)),
                ("units", models.BigIntegerField(default=0)),
                ("micros", models.BigIntegerField(default=0)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="channels_usage_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "network", "day", "channel_id", "what"),
                        name="channels_usage_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NetworkTerms",
            fields=[
                ("id", _key()),
                ("workspace_id", models.UUIDField(editable=False)),
                ("network", models.TextField()),
                ("cap_micros", models.BigIntegerField(null=True)),
                ("prices", models.JSONField(default=dict)),
                ("told", models.TextField(blank=True, default="")),
                ("changed_at", models.DateTimeField(default=hearwell.kit.clock.now)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="channels_networkterms_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "network"), name="channels_networkterms_network"
                    ),
                ],
            },
        ),
        rls.composite_fk("channels_usage", "channel_id", "channels_channel"),
        rls.protect("channels_usage", "channels_networkterms"),
    ]
