"""Pictures that the brand shows in public and in private."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls


class Migration(migrations.Migration):
    """One table, and on what shows pictures a list of them."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("sandbox", "0003_keys")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField("post", "pictures", models.JSONField(default=list)),
        migrations.AddField("directmessage", "pictures", models.JSONField(default=list)),
        migrations.CreateModel(
            name="Picture",
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
                ("mime", models.CharField(max_length=40)),
                ("alt", models.TextField(blank=True, default="")),
                ("body", models.BinaryField()),
                ("uploaded_at", models.DateTimeField(default=hearwell.kit.clock.now)),
                (
                    "post",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="sandbox.post",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="sandbox.directmessage",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="sandbox_picture_ws_id"
                    ),
                ],
            },
        ),
        rls.protect("sandbox_picture"),
        rls.composite_fk("sandbox_picture", "post_id", "sandbox_post"),
        rls.composite_fk("sandbox_picture", "message_id", "sandbox_directmessage"),
    ]
