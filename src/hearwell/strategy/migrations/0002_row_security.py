"""Row-level security; a version of the playbook can be added and never altered."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls


class Migration(migrations.Migration):
    """Keep the workspaces apart."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("strategy", "0001_initial")]
    operations: ClassVar[list[Operation]] = [
        rls.protect("strategy_answers"),
        rls.protect("strategy_playbook", grant="SELECT, INSERT"),
    ]
