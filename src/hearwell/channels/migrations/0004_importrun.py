"""How far each import has come, and the one question about it across workspaces."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls

# Imports of the background that nothing has moved for a while: their worker was killed.
_STALLED = """
CREATE FUNCTION channels_stalled_imports(since timestamptz)
RETURNS TABLE (workspace_id uuid, run_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.workspace_id, r.id FROM channels_importrun r
    WHERE r.state IN ('queued', 'running') AND r.is_background AND r.moved_at < since
    ORDER BY r.id
$$
"""


class Migration(migrations.Migration):
    """Add the table of import runs."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("channels", "0003_row_security")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="ImportRun",
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
                ("fingerprint", models.TextField()),
                ("file_name", models.TextField()),
                ("path", models.TextField()),
                ("layout", models.TextField()),
                ("brands", models.JSONField(default=list)),
                ("open_since", models.DateTimeField(null=True)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("queued", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                    ),
                ),
                ("is_background", models.BooleanField(default=False)),
                ("rows", models.BigIntegerField(null=True)),
                ("position", models.BigIntegerField(default=0)),
                ("fresh", models.BigIntegerField(default=0)),
                ("left_out", models.BigIntegerField(default=0)),
                ("rejected", models.JSONField(default=dict)),
                ("rejects_path", models.TextField(blank=True, default="")),
                ("failure", models.TextField(blank=True, default="")),
                ("started_by_id", models.UUIDField(null=True)),
                ("started_at", models.DateTimeField(default=hearwell.kit.clock.now)),
                ("moved_at", models.DateTimeField(default=hearwell.kit.clock.now)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "-started_at"], name="channels_importrun_newest"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="channels_importrun_ws_id"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("workspace_id", "fingerprint"),
                        name="channels_importrun_unfinished",
                    ),
                ],
            },
        ),
        rls.protect("channels_importrun"),
        rls.definer_function("channels_stalled_imports(timestamptz)", _STALLED),
    ]
