"""A grant can be taken back: what it was for was not done after all, or came back."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """Only a word more: the column stays as it is."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("powers", "0004_waiting")]
    operations: ClassVar[list[Operation]] = [
        migrations.AlterField(
            model_name="grant",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waits for a second person"),
                    ("granted", "Given"),
                    ("refused", "Not given"),
                    ("returned", "Taken back"),
                ],
                max_length=8,
            ),
        ),
    ]
