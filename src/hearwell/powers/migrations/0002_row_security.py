"""Row-level security and composite foreign keys."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls


class Migration(migrations.Migration):
    """What was handed in goes with its delivery and its case; what was given, with its case."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("powers", "0001_initial"),
        ("conversations", "0006_stages"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect("powers_reviewrule", "powers_review", "powers_rolepower", "powers_purse"),
        rls.protect("powers_grant", grant="SELECT, INSERT, UPDATE"),
        rls.composite_fk("powers_review", "delivery_id", "outbound_delivery"),
        rls.composite_fk("powers_review", "case_id", "conversations_case"),
        rls.composite_fk("powers_grant", "case_id", "conversations_case"),
        rls.composite_fk("powers_grant", "contact_id", "contacts_contact", on_delete="SET NULL"),
    ]
