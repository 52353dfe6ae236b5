"""Row-level security and composite foreign keys."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls


class Migration(migrations.Migration):
    """A version goes with its article; a macro outlives the reply that it had."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("knowledge", "0001_initial"),
        ("conversations", "0006_stages"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect(
            "knowledge_article", "knowledge_articleversion", "knowledge_macro", "knowledge_use"
        ),
        rls.composite_fk("knowledge_articleversion", "article_id", "knowledge_article"),
        rls.composite_fk(
            "knowledge_macro", "article_id", "knowledge_article", on_delete="SET NULL"
        ),
        rls.composite_fk("knowledge_use", "version_id", "knowledge_articleversion"),
        rls.composite_fk("knowledge_use", "case_id", "conversations_case"),
    ]
