"""People who go by one e-mail address in several networks are found by it."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.functions.text
from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("contacts", "0003_tier")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddIndex(
            model_name="identity",
            index=models.Index(
                models.F("workspace_id"),
                django.db.models.functions.text.Lower("handle"),
                condition=models.Q(("network__in", ["email", "webchat"])),
                name="contacts_identity_address",
            ),
        ),
    ]
