"""Files that go out, with row-level security, and the sweep's window on those never sent."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls

_IDLE = """
CREATE FUNCTION outbound_idle_files(before timestamptz)
RETURNS TABLE (workspace_id uuid, key uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT f.workspace_id, f.key FROM outbound_file f
    WHERE f.delivery_id IS NULL AND f.added_at < before
$$
"""


class Migration(migrations.Migration):
    """One table and its guards."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("outbound", "0002_row_security")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="File",
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
                ("key", models.UUIDField(editable=False)),
                ("added_by_id", models.UUIDField(editable=False, null=True)),
                ("added_at", models.DateTimeField(default=hearwell.kit.clock.now)),
                ("name", models.TextField()),
                ("mime", models.CharField(max_length=80)),
                ("size", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("alt", models.TextField(blank=True, default="")),
                ("handle", models.TextField(blank=True, default="")),
                ("handed_at", models.DateTimeField(null=True)),
                ("is_prepared", models.BooleanField(default=False)),
                ("body", models.BinaryField()),
                (
                    "delivery",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="files",
                        to="outbound.delivery",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("delivery__isnull", False)),
                        fields=["workspace_id", "delivery"],
                        name="outbound_file_delivery",
                    ),
                    models.Index(
                        condition=models.Q(("delivery__isnull", True)),
                        fields=["added_at"],
                        name="outbound_file_unsent",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="outbound_file_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "key", "digest"), name="outbound_file_once"
                    ),
                ],
            },
        ),
        rls.protect("outbound_file"),
        rls.composite_fk("outbound_file", "delivery_id", "outbound_delivery"),
        rls.definer_function("outbound_idle_files(timestamptz)", _IDLE),
    ]
