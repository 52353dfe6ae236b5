"""Row-level security."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls


class Migration(migrations.Migration):
    """One row a workspace, seen by that workspace alone."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("guard", "0001_initial")]
    operations: ClassVar[list[Operation]] = [rls.protect("guard_policy")]
