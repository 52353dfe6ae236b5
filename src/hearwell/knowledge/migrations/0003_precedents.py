"""Which answer a question got, so that the next one like it is offered that."""

from __future__ import annotations

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls


class Migration(migrations.Migration):
    """Goes with its case, its reply and its article."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("knowledge", "0002_row_security"),
        ("conversations", "0006_stages"),
    ]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Precedent",
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
                ("case_id", models.UUIDField()),
                ("message_id", models.UUIDField(null=True)),
                ("user_id", models.UUIDField(null=True)),
                (
                    "stems",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("is_helpful", models.BooleanField(default=True)),
                ("at", models.DateTimeField(default=hearwell.kit.clock.now)),
                (
                    "article",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="knowledge.article",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "-at", "-id"], name="knowledge_precedent_newest"
                    ),
                    models.Index(
                        fields=["workspace_id", "case_id"], name="knowledge_precedent_case"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="knowledge_precedent_ws_id"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_helpful", True)),
                        fields=("workspace_id", "message_id"),
                        name="knowledge_precedent_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_helpful", False), ("message_id__isnull", True)),
                        fields=("workspace_id", "case_id", "article"),
                        name="knowledge_precedent_no_article",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("article__isnull", True), ("is_helpful", False)),
                        fields=("workspace_id", "case_id", "message_id"),
                        name="knowledge_precedent_no_answer",
                    ),
                ],
            },
        ),
        rls.protect("knowledge_precedent"),
        rls.composite_fk("knowledge_precedent", "case_id", "conversations_case"),
        rls.composite_fk("knowledge_precedent", "message_id", "conversations_message"),
        rls.composite_fk("knowledge_precedent", "article_id", "knowledge_article"),
    ]
