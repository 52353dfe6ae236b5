"""Comments can be hidden by the brand."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """One column."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("sandbox", "0005_a_second_account")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField("post", "hidden_at", models.DateTimeField(null=True)),
    ]
