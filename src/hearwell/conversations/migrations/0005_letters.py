"""What letters have: a subject, all of their text, and what their network tells of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("conversations", "0004_reopenwindow")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="message",
            name="subject",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="message",
            name="full_text",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="message",
            name="about",
            field=models.JSONField(default=dict),
        ),
    ]
