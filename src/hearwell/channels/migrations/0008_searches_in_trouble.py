"""Why a polled thing of a channel could not be read, kept beside how far it was read."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """Three columns; empty where all is well."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("channels", "0007_leases")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField("streamcursor", "failure_code", models.TextField(default="")),
        migrations.AddField("streamcursor", "failure_message", models.TextField(default="")),
        migrations.AddField("streamcursor", "failing_since", models.DateTimeField(null=True)),
    ]
