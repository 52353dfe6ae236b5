"""Surveys after a contact: what is asked of whom, and the answers beside the question."""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7

_STATES = [("draft", "Not yet on"), ("on", "On"), ("paused", "Paused")]


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("conversations", "0017_empty_passings"),
        ("surveys", "0003_answered_in"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Survey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("name", models.CharField(max_length=80)),
                ("items", models.JSONField(default=list)),
                ("channel_ids", models.JSONField(default=list)),
                ("kinds", models.JSONField(default=list)),
                ("share", models.PositiveSmallIntegerField(default=20)),
                ("cool_off_days", models.PositiveSmallIntegerField(default=90)),
                ("daily_quota", models.PositiveIntegerField(default=50)),
                ("delay_min", models.PositiveIntegerField(default=60)),
                ("has_unanswered", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Not yet on"), ("on", "On"), ("paused", "Paused")],
                        default="draft",
                        max_length=6,
                    ),
                ),
                ("before", models.JSONField(default=dict)),
                ("by_id", models.UUIDField()),
                ("made_at", models.DateTimeField(default=now)),
                ("changed_at", models.DateTimeField(default=now)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="question",
            name="answers",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="question",
            name="survey_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="question",
            name="times",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "id"), name="surveys_survey_ws_id"
            ),
        ),
        rls.protect("surveys_survey"),
    ]
