"""Find what was done to the same order: its amount bounds all of that together."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models.fields.json import KT


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("commerce", "0002_row_security")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddIndex(
            model_name="toolrun",
            index=models.Index(models.F("workspace_id"), KT("card__ref"), name="commerce_run_card"),
        ),
    ]
