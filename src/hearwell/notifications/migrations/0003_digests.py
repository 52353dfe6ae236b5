"""Wishes for digests, guarded by row-level security, and the look for those that are due."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls

_DUE = """
CREATE FUNCTION notifications_digests_due(moment timestamptz) RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT d.workspace_id FROM notifications_digest d WHERE d.next_at <= moment
$$
"""


class Migration(migrations.Migration):
    """One wish a member."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("notifications", "0002_row_security")]

    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Digest",
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
                ("user_id", models.UUIDField()),
                (
                    "every",
                    models.CharField(
                        choices=[("day", "Every day"), ("week", "Every Monday")],
                        default="day",
                        max_length=4,
                    ),
                ),
                ("hour", models.PositiveSmallIntegerField(default=8)),
                ("time_zone", models.CharField(max_length=64)),
                ("has_team", models.BooleanField(default=False)),
                ("next_at", models.DateTimeField()),
                ("since_at", models.DateTimeField(default=hearwell.kit.clock.now)),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["next_at"], name="notifications_digest_due")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="notifications_digest_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "user_id"), name="notifications_digest_once"
                    ),
                ],
            },
        ),
        rls.protect("notifications_digest"),
        rls.definer_function("notifications_digests_due(timestamptz)", _DUE),
    ]
