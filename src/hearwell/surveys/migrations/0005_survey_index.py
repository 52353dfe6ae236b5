"""Answers of one survey by when they were asked for, found without reading all questions."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar[list[tuple[str, str]]] = [("surveys", "0004_surveys")]
    operations: ClassVar[list[Operation]] = [
        AddIndexConcurrently(
            model_name="question",
            index=models.Index(
                condition=models.Q(("survey_id__isnull", False)),
                fields=["workspace_id", "survey_id", "asked_at"],
                name="surveys_question_survey",
            ),
        ),
    ]
