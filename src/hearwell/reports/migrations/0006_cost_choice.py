"""What an hour of care costs."""

from django.db import migrations, models

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls


class Migration(migrations.Migration):
    """One row a workspace."""

    dependencies = [
        ("reports", "0005_answers_by_case"),
    ]

    operations = [
        migrations.CreateModel(
            name="CostChoice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=hearwell.kit.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("hourly_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("hours_a_week", models.PositiveIntegerField()),
                ("by_id", models.UUIDField()),
                ("changed_at", models.DateTimeField(default=hearwell.kit.clock.now)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="reports_costchoice_ws_id"
                    ),
                    models.UniqueConstraint(fields=("workspace_id",), name="reports_cost_one"),
                ],
            },
        ),
        rls.protect("reports_costchoice", grant="SELECT, INSERT, UPDATE"),
    ]
