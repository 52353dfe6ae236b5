"""E-mails to people who are waited for by name; notices about incidents."""

from django.db import migrations, models

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls

_DUE = """
CREATE FUNCTION notifications_letters_due(moment timestamptz) RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT l.workspace_id FROM notifications_letter l
    WHERE l.state = 'waiting' AND l.look_at <= moment
$$
"""
# Sent e-mails are forgotten with the notices of the same age.
_FORGET = """
CREATE OR REPLACE FUNCTION notifications_forget(before timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH letters AS (DELETE FROM notifications_letter WHERE made_at < before RETURNING 1),
    gone AS (DELETE FROM notifications_notice WHERE made_at < before RETURNING 1)
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM letters)
$$
"""
_FORGET_NOTICES = """
CREATE OR REPLACE FUNCTION notifications_forget(before timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM notifications_notice WHERE made_at < before RETURNING 1)
    SELECT count(*) FROM gone
$$
"""


class Migration(migrations.Migration):
    """A notice may be about an incident; a person may be written to."""

    dependencies = [
        ("notifications", "0003_digests"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="about",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AlterField(
            model_name="notice",
            name="case_id",
            field=models.UUIDField(null=True),
        ),
        migrations.CreateModel(
            name="Letter",
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
                ("user_id", models.UUIDField()),
                ("key", models.CharField(max_length=120)),
                ("topic", models.CharField(max_length=12)),
                ("case_id", models.UUIDField(null=True)),
                ("about", models.CharField(blank=True, default="", max_length=40)),
                ("due_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("taken", "Taken"),
                            ("told", "Told"),
                            ("dropped", "Dropped"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("made_at", models.DateTimeField(default=hearwell.kit.clock.now)),
                ("look_at", models.DateTimeField(default=hearwell.kit.clock.now)),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["look_at"],
                        name="notifications_letter_due",
                    ),
                    models.Index(fields=["made_at"], name="notifications_letter_made"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="notifications_letter_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "user_id", "key"), name="notifications_letter_once"
                    ),
                ],
            },
        ),
        rls.protect("notifications_letter"),
        rls.definer_function("notifications_letters_due(timestamptz)", _DUE),
        migrations.RunSQL(_FORGET, _FORGET_NOTICES),
    ]
