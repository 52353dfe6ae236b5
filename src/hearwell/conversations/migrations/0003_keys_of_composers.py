"""Drafts and notes know the composer they were written in: what was sent is not kept again."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """Two columns without a default: no table is written anew."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("conversations", "0002_rls")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField("draft", "key", models.UUIDField(null=True)),
        migrations.AddField("message", "note_key", models.UUIDField(null=True)),
    ]
