"""Facts of what needs an answer, roll-ups of all facts, and who has something to count."""

from django.db import migrations, models

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls

_DUE = """
CREATE FUNCTION reports_due(moment timestamptz) RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.workspace_id FROM reports_rollupdue d
    UNION
    SELECT w.id FROM accounts_workspace w
    LEFT JOIN reports_rollupclock k ON k.workspace_id = w.id
    WHERE k.time_zone IS DISTINCT FROM w.time_zone
        OR k.months_before < date_trunc('month', moment AT TIME ZONE w.time_zone)::date
        OR EXISTS (SELECT FROM channels_importrun i WHERE i.workspace_id = w.id
            AND i.finished_at > k.made_at)
$$
"""


class Migration(migrations.Migration):
    """Facts are added, roll-ups replaced."""

    dependencies = [
        ("reports", "0003_board_links"),
        ("accounts", "__first__"),
        ("channels", "0005_import_control"),
        ("conversations", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="NeedFact",
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
                ("message_id", models.UUIDField()),
                ("revision", models.PositiveIntegerField()),
                ("needs", models.BooleanField()),
                ("case_id", models.UUIDField()),
                ("channel_id", models.UUIDField(null=True)),
                ("team_id", models.UUIDField(null=True)),
                ("kind", models.CharField(blank=True, default="", max_length=8)),
                ("language", models.CharField(blank=True, default="", max_length=16)),
                ("asked_at", models.DateTimeField()),
                ("replied_at", models.DateTimeField(null=True)),
                ("wait_s", models.BigIntegerField(null=True)),
                ("recorded_at", models.DateTimeField(default=hearwell.kit.clock.now)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Rollup",
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
                ("grain", models.CharField(max_length=1)),
                ("starts_on", models.DateField()),
                ("cut", models.CharField(max_length=10)),
                ("measure", models.CharField(max_length=8)),
                ("channel_id", models.UUIDField(null=True)),
                ("kind", models.CharField(blank=True, default="", max_length=8)),
                ("language", models.CharField(blank=True, default="", max_length=16)),
                ("team_id", models.UUIDField(null=True)),
                ("total_s", models.BigIntegerField()),
                ("counts", models.BinaryField()),
                ("waits", models.BinaryField()),
                ("since", models.BinaryField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RollupClock",
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
                ("time_zone", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField(default=hearwell.kit.clock.now)),
                ("months_before", models.DateField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RollupDue",
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
                ("at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="needfact",
            index=models.Index(fields=["workspace_id", "asked_at"], name="reports_need_asked"),
        ),
        migrations.AddIndex(
            model_name="needfact",
            index=models.Index(fields=["workspace_id", "case_id"], name="reports_need_case"),
        ),
        migrations.AddConstraint(
            model_name="needfact",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "id"), name="reports_needfact_ws_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="needfact",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "message_id", "revision"), name="reports_need_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rollup",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "id"), name="reports_rollup_ws_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="rollup",
            constraint=models.UniqueConstraint(
                fields=(
                    "workspace_id",
                    "grain",
                    "starts_on",
                    "cut",
                    "measure",
                    "channel_id",
                    "kind",
                    "language",
                    "team_id",
                ),
                name="reports_rollup_cell",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="rollupclock",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "id"), name="reports_rollupclock_ws_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="rollupclock",
            constraint=models.UniqueConstraint(
                fields=("workspace_id",), name="reports_rollup_clock"
            ),
        ),
        migrations.AddConstraint(
            model_name="rollupdue",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "id"), name="reports_rollupdue_ws_id"
            ),
        ),
        rls.protect("reports_needfact", grant="SELECT, INSERT"),
        rls.protect("reports_rollup", "reports_rollupclock"),
        rls.protect("reports_rollupdue", grant="SELECT, INSERT, DELETE"),
        rls.definer_function("reports_due(timestamptz)", _DUE),
    ]
