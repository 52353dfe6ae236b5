"""What somebody got back and what is above their powers, each by an index."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models import Q


class Migration(migrations.Migration):
    """Reviews and grants are few: the indexes are made at once."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("powers", "0003_sums")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                fields=["workspace_id", "author_id"],
                condition=Q(state="returned"),
                name="powers_review_returned",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["workspace_id", "case_id"], name="powers_review_case"),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                fields=["workspace_id", "state"],
                condition=Q(is_above=True),
                name="powers_grant_above",
            ),
        ),
    ]
