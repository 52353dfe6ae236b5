"""Of an import people are told how many messages it brought with other words than before."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """None, for imports of before."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("channels", "0012_leftovers")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            "importrun", "changed", models.BigIntegerField(default=0, db_default=0)
        ),
    ]
