"""Raw deliveries that hold somebody who was erased, to be emptied when they are done with."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
from hearwell.kit import rls


class Migration(migrations.Migration):
    """Ids alone, of no workspace, as the deliveries themselves; for the worker only."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("channels", "0011_forget_raws")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Leftover",
            fields=[
                ("raw_id", models.UUIDField(primary_key=True, serialize=False)),
                ("noted_at", models.DateTimeField(default=hearwell.kit.clock.now)),
            ],
        ),
        rls.unscoped_grant("channels_leftover", worker="SELECT, INSERT, DELETE"),
        migrations.RunSQL(
            "GRANT UPDATE (url, headers, body) ON channels_rawdelivery TO hearwell_worker",
            "REVOKE UPDATE (url, headers, body) ON channels_rawdelivery FROM hearwell_worker",
        ),
    ]
