"""Watched brands, kept apart by workspace; the sweep finds what is due in any of them."""

from django.db import migrations, models

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls


_DUE = """
CREATE FUNCTION watching_due(until timestamptz, most integer)
RETURNS TABLE (workspace_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT w.workspace_id, w.id FROM watching_watch w
    WHERE w.state IN ('looking', 'active') AND w.next_at <= until
    ORDER BY w.next_at LIMIT most
$$
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Pace",
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
                ("hours", models.PositiveSmallIntegerField(default=6)),
                ("by_id", models.UUIDField()),
                ("changed_at", models.DateTimeField(default=hearwell.kit.clock.now)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="watching_pace_ws_id"
                    ),
                    models.UniqueConstraint(fields=("workspace_id",), name="watching_pace_one"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Watch",
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
                ("panel_id", models.UUIDField()),
                ("brand_name", models.CharField(max_length=80)),
                ("via_id", models.UUIDField()),
                ("network", models.CharField(max_length=32)),
                ("typed", models.CharField(max_length=200)),
                ("handle", models.TextField(blank=True, default="")),
                ("author_id", models.TextField(blank=True, default="")),
                ("channel_id", models.UUIDField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("looking", "Being looked up"),
                            ("refused", "Not found"),
                            ("active", "Watched"),
                            ("paused", "Paused"),
                            ("stopped", "Stopped"),
                        ],
                        default="looking",
                        max_length=8,
                    ),
                ),
                ("hears_all", models.BooleanField(default=False)),
                ("phase", models.CharField(blank=True, default="", max_length=4)),
                ("cursor", models.TextField(null=True)),
                ("pass_at", models.DateTimeField(null=True)),
                ("pass_items", models.PositiveIntegerField(default=0)),
                ("cut_at", models.DateTimeField(null=True)),
                ("begins_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("last_read_at", models.DateTimeField(null=True)),
                ("read_on", models.DateField(null=True)),
                ("read_items", models.PositiveIntegerField(default=0)),
                ("items", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("failure_code", models.CharField(blank=True, default="", max_length=40)),
                ("failure_message", models.TextField(blank=True, default="")),
                ("failing_since", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("left", models.JSONField(default=list)),
                ("purge_at", models.DateTimeField(null=True)),
                ("by_id", models.UUIDField()),
                ("made_at", models.DateTimeField(default=hearwell.kit.clock.now)),
                ("changed_at", models.DateTimeField(default=hearwell.kit.clock.now)),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["looking", "active"])),
                        fields=["next_at"],
                        name="watching_watch_due",
                    ),
                    models.Index(
                        fields=["workspace_id", "channel_id"], name="watching_watch_record"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="watching_watch_ws_id"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("author_id", ""), _negated=True),
                        fields=("workspace_id", "network", "author_id"),
                        name="watching_watch_account",
                    ),
                ],
            },
        ),
        rls.protect("watching_watch", "watching_pace"),
        rls.definer_function("watching_due(timestamptz, integer)", _DUE),
    ]
