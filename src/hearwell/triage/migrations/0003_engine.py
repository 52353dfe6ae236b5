"""What the learned engine says beside duty, kind and urgency. Old rows keep none of it."""

from __future__ import annotations

from typing import ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """Columns that need no rewriting of the table: with a default of the database, or null."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("triage", "0002_rls")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            "verdict",
            "sentiment",
            models.CharField(
                blank=True,
                choices=[
                    ("negative", "negative"),
                    ("neutral", "neutral"),
                    ("positive", "positive"),
                ],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            "verdict",
            "chances",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(), default=None, null=True, size=None
            ),
        ),
        migrations.AddField(
            "verdict", "is_unsure", models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField(
            "verdict",
            "personal",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=8), default=None, null=True, size=None
            ),
        ),
        migrations.AddField("verdict", "near", models.BigIntegerField(default=None, null=True)),
    ]
