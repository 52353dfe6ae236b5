"""Row-level security and composite foreign keys."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls


class Migration(migrations.Migration):
    """What people said about a verdict can be added but not altered."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("triage", "0001_initial"),
        ("conversations", "0002_rls"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect("triage_verdict"),
        rls.protect("triage_correction", grant="SELECT, INSERT"),
        rls.composite_fk("triage_verdict", "message_id", "conversations_message"),
        rls.composite_fk("triage_correction", "message_id", "conversations_message"),
    ]
