"""Indexes of what was closed lately and reopened, for those who must look at nothing else."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """They take about a second a million cases, in which none can be written."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("conversations", "0013_facets")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["workspace_id", "closed_at"],
                condition=models.Q(status="closed", is_historic=False),
                name="conversations_case_settled",
            ),
        ),
        migrations.AddIndex(
            "caselog",
            models.Index(
                fields=["workspace_id", "case", "at"],
                condition=models.Q(verb="reopened"),
                name="conversations_log_reopened",
            ),
        ),
    ]
