"""Purchases and series that were imported, kept apart by workspace."""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7


class Migration(migrations.Migration):
    """An import takes what came with it along."""

    initial = True
    dependencies: ClassVar[list[tuple[str, str]]] = [("accounts", "0001_initial")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                (
                    "what",
                    models.CharField(
                        choices=[("purchases", "Purchases"), ("series", "Series")], max_length=9
                    ),
                ),
                ("file_name", models.CharField(blank=True, default="", max_length=200)),
                ("taken", models.PositiveIntegerField(default=0)),
                ("known", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("has_agreed", models.BooleanField(default=False)),
                ("by_id", models.UUIDField()),
                ("at", models.DateTimeField(default=now)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by_id", models.UUIDField(null=True)),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "what", "-at"], name="outcomes_import_newest"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="outcomes_import_ws_id"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Point",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("name", models.CharField(max_length=80)),
                (
                    "grain",
                    models.CharField(
                        choices=[("d", "A day"), ("w", "A week, from Monday"), ("m", "A month")],
                        max_length=1,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("unit", models.CharField(max_length=20)),
                ("is_money", models.BooleanField(default=False)),
                ("value", models.FloatField()),
                (
                    "imported",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.DO_NOTHING,
                        related_name="+",
                        to="outcomes.import",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["workspace_id", "imported"], name="outcomes_point_import")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="outcomes_point_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "name", "starts_on", "unit"),
                        name="outcomes_point_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Purchase",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("order_id", models.CharField(max_length=100)),
                ("bought_on", models.DateField()),
                ("network", models.CharField(blank=True, default="", max_length=32)),
                ("network_id", models.TextField(blank=True, default="")),
                ("email_sha256", models.CharField(blank=True, default="", max_length=64)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "imported",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.DO_NOTHING,
                        related_name="+",
                        to="outcomes.import",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "imported"], name="outcomes_purchase_import"
                    ),
                    models.Index(
                        fields=["workspace_id", "bought_on"], name="outcomes_purchase_day"
                    ),
                    models.Index(
                        condition=models.Q(("network_id", ""), _negated=True),
                        fields=["workspace_id", "network_id"],
                        name="outcomes_purchase_network",
                    ),
                    models.Index(
                        condition=models.Q(("email_sha256", ""), _negated=True),
                        fields=["workspace_id", "email_sha256"],
                        name="outcomes_purchase_address",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="outcomes_purchase_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "order_id"), name="outcomes_purchase_once"
                    ),
                ],
            },
        ),
        rls.protect("outcomes_import", "outcomes_purchase", "outcomes_point"),
        rls.composite_fk("outcomes_purchase", "imported_id", "outcomes_import"),
        rls.composite_fk("outcomes_point", "imported_id", "outcomes_import"),
    ]
