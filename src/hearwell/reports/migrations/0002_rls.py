"""Row-level security. Facts can be added, not altered."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls


class Migration(migrations.Migration):
    """Facts outlive the rows they tell of, so they point at nothing."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("reports", "0001_initial")]
    operations: ClassVar[list[Operation]] = [
        rls.protect("reports_answerfact", "reports_resolutionfact", grant="SELECT, INSERT"),
    ]
