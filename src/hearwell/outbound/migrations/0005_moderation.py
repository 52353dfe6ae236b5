"""Acts on messages, with row-level security, and the sweep's window on those that are due."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls

_DUE = """
CREATE FUNCTION outbound_due_acts(at timestamptz, at_most integer)
RETURNS TABLE (workspace_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.workspace_id, m.id FROM outbound_moderation m
    WHERE m.wake_at <= at ORDER BY m.wake_at LIMIT at_most
$$
"""


class Migration(migrations.Migration):
    """One table and its guards."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("outbound", "0004_lanes_beside")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Moderation",
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
                ("channel_id", models.UUIDField(editable=False)),
                ("account", models.TextField(editable=False)),
                ("network", models.TextField(editable=False)),
                ("message_id", models.UUIDField(editable=False)),
                ("ref", models.TextField(editable=False)),
                ("root_id", models.TextField(blank=True, editable=False)),
                ("act", models.CharField(editable=False, max_length=10)),
                (
                    "topic",
                    models.CharField(
                        choices=[("like", "like"), ("hide", "hide"), ("delete", "delete")],
                        max_length=10,
                    ),
                ),
                ("why", models.TextField(blank=True, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("asked_by_id", models.UUIDField(editable=False, null=True)),
                ("asked_at", models.DateTimeField(default=hearwell.kit.clock.now, editable=False)),
                ("settled_at", models.DateTimeField(null=True)),
                ("not_before", models.DateTimeField(default=hearwell.kit.clock.now)),
                ("lease_until", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("failure_code", models.TextField(blank=True)),
                ("failure_message", models.TextField(blank=True)),
                ("wake_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "message_id", "id"], name="outbound_moderation_of"
                    ),
                    models.Index(
                        condition=models.Q(("wake_at__isnull", False)),
                        fields=["wake_at"],
                        name="outbound_moderation_wake",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="outbound_moderation_ws_id"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("workspace_id", "message_id", "topic"),
                        name="outbound_moderation_one_waits",
                    ),
                ],
            },
        ),
        rls.protect("outbound_moderation"),
        rls.composite_fk("outbound_moderation", "channel_id", "channels_channel"),
        rls.definer_function("outbound_due_acts(timestamptz, integer)", _DUE),
    ]
