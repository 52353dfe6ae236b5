"""How messages concern us that nobody addressed to us, and the cases they are in."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("conversations", "0005_letters")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="case",
            name="stage",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.AddField(
            model_name="message",
            name="stage",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(status="open", is_historic=False) & ~models.Q(stage=""),
                fields=["workspace_id", "last_message_at", "id"],
                name="conversations_case_heard",
            ),
        ),
    ]
