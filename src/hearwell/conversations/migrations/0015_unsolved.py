"""When a customer said that it is not solved, and the index of those who said so and wait."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """The column is empty and nobody is in the index; the process before goes on without both."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("conversations", "0014_settled_lately")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField("case", "unsolved_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["workspace_id", "unsolved_at", "id"],
                condition=models.Q(
                    ("is_historic", False),
                    ("status", "open"),
                    ("turn", "ours"),
                    ("unsolved_at__isnull", False),
                ),
                name="conversations_case_unsolved",
            ),
        ),
    ]
