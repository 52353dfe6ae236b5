"""Which case an answer brought back: after a merge another one than was asked."""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("surveys", "0002_row_security")]

    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="question",
            name="answered_in_id",
            field=models.UUIDField(null=True),
        ),
    ]
