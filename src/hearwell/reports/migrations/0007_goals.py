"""What a figure is to reach by a day."""

from django.db import migrations, models

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls


class Migration(migrations.Migration):
    """One row a figure."""

    dependencies = [
        ("reports", "0006_cost_choice"),
    ]

    operations = [
        migrations.CreateModel(
            name="Goal",
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
                ("figure", models.CharField(max_length=20)),
                ("target", models.FloatField()),
                ("due_on", models.DateField()),
                ("owner_id", models.UUIDField()),
                ("removed_at", models.DateTimeField(null=True)),
                ("before", models.JSONField(default=dict)),
                ("by_id", models.UUIDField()),
                ("changed_at", models.DateTimeField(default=hearwell.kit.clock.now)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="reports_goal_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "figure"), name="reports_goal_one"
                    ),
                ],
            },
        ),
        rls.protect("reports_goal", grant="SELECT, INSERT, UPDATE"),
    ]
