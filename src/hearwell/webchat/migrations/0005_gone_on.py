"""To whom an answer went on by mail, and when: how many letters somebody gets is counted."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """Two columns beside each line; the process before this one goes on without them."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("webchat", "0004_whose_files")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            "line", "went_to", models.TextField(blank=True, db_default="", default="")
        ),
        migrations.AddField("line", "went_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "line",
            models.Index(
                fields=["workspace_id", "went_at"],
                condition=models.Q(went_at__isnull=False),
                name="webchat_line_gone_on",
            ),
        ),
    ]
