"""What people said in public by when, and who: reports read it without the texts.

It costs one entry of some 150 bytes for each public message that arrives, and nothing for others.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """Without keeping writers waiting."""

    atomic = False
    dependencies: ClassVar[list[tuple[str, str]]] = [("conversations", "0017_empty_passings")]
    operations: ClassVar[list[Operation]] = [
        AddIndexConcurrently(
            "message",
            models.Index(
                fields=["workspace_id", "sent_at"],
                include=["id", "author_identity", "case", "channel_id", "stage"],
                condition=models.Q(direction="in", audience="public", deleted_at=None),
                name="conversations_message_heard",
            ),
        ),
    ]
