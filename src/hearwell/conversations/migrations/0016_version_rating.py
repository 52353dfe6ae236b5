"""How many stars a review had at each of its versions."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """The column is empty for what was said before; the process before goes on without it."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("conversations", "0015_unsolved")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField("messageversion", "rating", models.SmallIntegerField(null=True)),
    ]
