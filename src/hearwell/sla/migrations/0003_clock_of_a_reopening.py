"""One message may begin a clock again: its case was closed and taken back to work by hand."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """Let the moment tell clocks of one message apart."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("sla", "0002_rls")]
    operations: ClassVar[list[Operation]] = [
        migrations.RemoveConstraint("clock", "sla_clock_message"),
        migrations.AddConstraint(
            "clock",
            models.UniqueConstraint(
                fields=("workspace_id", "case_id", "kind", "started_by", "started_at"),
                name="sla_clock_message",
            ),
        ),
    ]
