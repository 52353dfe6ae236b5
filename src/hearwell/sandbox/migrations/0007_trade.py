"""A shop and an airline: what they know, and what was done there."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls


class Migration(migrations.Migration):
    """Three tables of the sandbox's own."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("sandbox", "0006_hidden")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="TradeHouse",
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
                ("house", models.CharField(max_length=8)),
                ("digest", models.BinaryField(default=bytes)),
                ("faults", models.JSONField(default=list)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="sandbox_tradehouse_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "house"), name="sandbox_house_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TradeThing",
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
                ("house", models.CharField(max_length=8)),
                ("kind", models.CharField(max_length=10)),
                ("number", models.CharField(max_length=20)),
                ("body", models.JSONField()),
                ("pay_code", models.CharField(blank=True, default="", max_length=40)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="sandbox_tradething_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "house", "number"), name="sandbox_thing_number"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TradeAct",
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
                ("house", models.CharField(max_length=8)),
                ("key", models.CharField(max_length=80)),
                ("verb", models.CharField(max_length=20)),
                ("before", models.JSONField(default=dict)),
                ("asked", models.JSONField(default=dict)),
                ("result", models.JSONField(default=dict)),
                ("undoes_id", models.UUIDField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(default=hearwell.kit.clock.now)),
                (
                    "thing",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="sandbox.tradething",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="sandbox_tradeact_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "house", "key"), name="sandbox_act_key"
                    ),
                ],
            },
        ),
        rls.protect("sandbox_tradehouse", "sandbox_tradething", "sandbox_tradeact"),
        rls.composite_fk("sandbox_tradeact", "thing_id", "sandbox_tradething"),
    ]
