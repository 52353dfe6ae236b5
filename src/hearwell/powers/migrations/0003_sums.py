"""What one person gave today and what the month's surprises come to, each by an index."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models import Q


class Migration(migrations.Migration):
    """Grants are few: the indexes are made at once."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("powers", "0002_row_security")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                fields=["workspace_id", "approver_id", "decided_at"],
                condition=Q(state="granted"),
                name="powers_grant_day",
            ),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                fields=["workspace_id", "decided_at"],
                condition=Q(state="granted", kind="surprise"),
                name="powers_grant_surprise",
            ),
        ),
    ]
