"""Two people who are one, by somebody's word; it can be undone."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("contacts", "0004_addresses")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Link",
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
                ("kept_id", models.UUIDField()),
                ("other_id", models.UUIDField()),
                ("identity_ids", models.JSONField(default=list)),
                ("note_ids", models.JSONField(default=list)),
                ("why", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField(default=hearwell.kit.clock.now)),
                ("actor_id", models.UUIDField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by_id", models.UUIDField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="contacts_link_ws_id"
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=["workspace_id", "kept_id"],
                        name="contacts_link_kept",
                    ),
                ],
            },
        ),
        rls.protect("contacts_link"),
        rls.composite_fk("contacts_link", "kept_id", "contacts_contact"),
        rls.composite_fk("contacts_link", "other_id", "contacts_contact"),
    ]
