"""Who asked for no more messages, and since when."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("contacts", "0005_links")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="identity",
            name="no_messages_since",
            field=models.DateTimeField(null=True),
        ),
    ]
