"""Row-level security and composite foreign keys."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls


class Migration(migrations.Migration):
    """A person's identities and notes go with the person."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("contacts", "0001_initial")]
    operations: ClassVar[list[Operation]] = [
        rls.protect("contacts_contact", "contacts_identity", "contacts_contactnote"),
        rls.composite_fk("contacts_identity", "contact_id", "contacts_contact"),
        rls.composite_fk("contacts_contactnote", "contact_id", "contacts_contact"),
    ]
