"""Facts of hand-offs, replies, grants and surveys; who has a grant that is no fact is due."""

from django.db import migrations, models

import hearwell.kit.ids
from hearwell.kit import rls

_BEFORE = """
CREATE OR REPLACE FUNCTION reports_due(moment timestamptz) RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.workspace_id FROM reports_rollupdue d
    UNION
    SELECT w.id FROM accounts_workspace w
    LEFT JOIN reports_rollupclock k ON k.workspace_id = w.id
    WHERE k.time_zone IS DISTINCT FROM w.time_zone
        OR k.form IS DISTINCT FROM {form}
        OR k.months_before < date_trunc('month', moment AT TIME ZONE w.time_zone)::date
        OR EXISTS (SELECT FROM channels_importrun i WHERE i.workspace_id = w.id
            AND i.finished_at > k.made_at)
"""
_GRANTS = """
    UNION
    SELECT g.workspace_id FROM powers_grant g WHERE NOT EXISTS (SELECT FROM reports_grantfact f
        WHERE f.workspace_id = g.workspace_id AND f.grant_id = g.id AND f.state = g.state)
"""


class Migration(migrations.Migration):
    """Tables that are only added to, beside what was."""

    dependencies = [
        ("reports", "0008_rollup_blocks"),
        ("events", "__first__"),
        ("knowledge", "__first__"),
        ("powers", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="GrantFact",
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
                ("grant_id", models.UUIDField()),
                ("revision", models.PositiveIntegerField()),
                ("case_id", models.UUIDField()),
                ("kind", models.CharField(max_length=10)),
                ("reason", models.CharField(blank=True, default="", max_length=20)),
                ("state", models.CharField(max_length=8)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("giver_id", models.UUIDField()),
                ("approver_id", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["workspace_id", "at"], name="reports_grant_at"),
                    models.Index(fields=["workspace_id", "case_id"], name="reports_grant_case"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="reports_grantfact_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "grant_id", "revision"), name="reports_grant_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandFact",
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
                ("event_id", models.UUIDField()),
                ("case_id", models.UUIDField()),
                ("kind", models.CharField(max_length=8)),
                ("holder_id", models.UUIDField(null=True)),
                ("actor_id", models.UUIDField(null=True)),
                ("why", models.CharField(blank=True, default="", max_length=16)),
                ("at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["workspace_id", "at"], name="reports_hand_at")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="reports_handfact_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "case_id", "event_id"), name="reports_hand_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReplyFact",
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
                ("case_id", models.UUIDField()),
                ("channel_id", models.UUIDField(null=True)),
                ("agent_id", models.UUIDField(null=True)),
                ("kind", models.CharField(blank=True, default="", max_length=8)),
                ("language", models.CharField(blank=True, default="", max_length=16)),
                ("at", models.DateTimeField()),
                ("is_holding", models.BooleanField(default=False)),
                ("is_outside", models.BooleanField(default=False)),
                ("has_initials", models.BooleanField(default=False)),
                ("has_name", models.BooleanField(default=False)),
                ("is_own_words", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["workspace_id", "at"], name="reports_reply_at"),
                    models.Index(fields=["workspace_id", "case_id"], name="reports_reply_case"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="reports_replyfact_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "message_id"), name="reports_reply_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyFact",
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
                ("event_id", models.UUIDField()),
                ("question_id", models.UUIDField()),
                ("survey_id", models.UUIDField()),
                ("case_id", models.UUIDField()),
                ("channel_id", models.UUIDField(null=True)),
                ("network", models.CharField(blank=True, default="", max_length=32)),
                ("item", models.CharField(blank=True, default="", max_length=40)),
                ("value", models.IntegerField(null=True)),
                ("times", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["workspace_id", "at"], name="reports_survey_at")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="reports_surveyfact_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "event_id", "item"), name="reports_survey_once"
                    ),
                ],
            },
        ),
        rls.protect(
            "reports_handfact",
            "reports_replyfact",
            "reports_grantfact",
            "reports_surveyfact",
            grant="SELECT, INSERT",
        ),
        migrations.RunSQL(
            _BEFORE.format(form="2") + _GRANTS + "$$", _BEFORE.format(form="1") + "$$"
        ),
    ]
