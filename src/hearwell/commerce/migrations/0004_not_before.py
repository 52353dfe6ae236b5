"""When an action may be called again is told apart from when the sweep looks at it."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """Empty for what waits already: it is called when the sweep looks at it."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("commerce", "0003_runs_by_card")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField("toolrun", "not_before", models.DateTimeField(null=True)),
    ]
