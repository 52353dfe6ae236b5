"""Answers by case, so that what was asked later in a case is told from what came first."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """Without keeping writers waiting."""

    atomic = False
    dependencies: ClassVar[list[tuple[str, str]]] = [("reports", "0004_need_facts_and_rollups")]
    operations: ClassVar[list[Operation]] = [
        AddIndexConcurrently(
            "answerfact",
            models.Index(fields=["workspace_id", "case_id"], name="reports_answer_case"),
        ),
    ]
