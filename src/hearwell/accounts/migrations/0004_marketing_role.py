"""A role beside the others, for those who must not read messages."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """Known to the application alone: nothing changes in the database."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("accounts", "0003_workspace_language")]
    operations: ClassVar[list[Operation]] = [
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                max_length=10,
                default="agent",
                choices=[
                    ("owner", "Owner"),
                    ("admin", "Admin"),
                    ("lead", "Lead"),
                    ("agent", "Agent"),
                    ("viewer", "Viewer"),
                    ("marketing", "Marketing, without messages"),
                ],
            ),
        ),
    ]
