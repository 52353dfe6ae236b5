"""A lane may lead to the thread of another from a second account of the same brand."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls


class Migration(migrations.Migration):
    """Add what a lane follows."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("outbound", "0003_files")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField("lane", "follows_id", models.UUIDField(editable=False, null=True)),
        migrations.AddIndex(
            "lane",
            models.Index(
                condition=models.Q(("follows_id__isnull", False)),
                fields=["workspace_id", "follows_id"],
                name="outbound_lane_follows",
            ),
        ),
        rls.composite_fk("outbound_lane", "follows_id", "outbound_lane"),
    ]
