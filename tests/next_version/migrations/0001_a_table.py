"""A table that the version before does not know."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    operations: ClassVar = [
        migrations.RunSQL(
            "CREATE TABLE next_thing (id bigint PRIMARY KEY)", "DROP TABLE next_thing"
        ),
    ]
