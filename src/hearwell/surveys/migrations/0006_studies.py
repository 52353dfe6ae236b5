"""Waves of the study of expectations, and what voices answer."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7

_SIDES = [("customers", "customers"), ("team", "team")]


_ID = models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("surveys", "0005_survey_index")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Study",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("name", models.CharField(max_length=80)),
                ("by_id", models.UUIDField()),
                ("made_at", models.DateTimeField(default=now)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="surveys_study_ws_id"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StudyAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("side", models.CharField(choices=_SIDES, max_length=9)),
                ("voice", models.CharField(max_length=64)),
                ("answers", models.JSONField(default=dict)),
                ("times", models.PositiveSmallIntegerField(default=1)),
                ("at", models.DateTimeField(default=now)),
                (
                    "study",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="surveys.study",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="surveys_studyanswer_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "study", "side", "voice"),
                        name="surveys_answer_once",
                    ),
                ],
            },
        ),
        rls.protect("surveys_study", "surveys_studyanswer"),
        rls.composite_fk("surveys_studyanswer", "study_id", "surveys_study"),
    ]
