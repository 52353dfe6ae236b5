"""What connecting in the browser keeps: consents under way, secrets laid over, news of health."""

from __future__ import annotations

from typing import ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls

# A consent that nobody came back from holds sealed secrets: it goes after its hour, everywhere.
_FORGET = """
CREATE FUNCTION channels_forget_consents(before timestamptz) RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM channels_consent WHERE begun_at < before RETURNING 1)
    SELECT count(*)::integer FROM gone
$$
"""

# Channels that were disconnected and whose secrets are still there: the job that says goodbye to
# the network has not run, or was killed.
_PARTING = """
CREATE FUNCTION channels_parting()
RETURNS TABLE (workspace_id uuid, channel_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.workspace_id, c.id FROM channels_channel c
    JOIN channels_credential s ON s.workspace_id = c.workspace_id AND s.channel_id = c.id
    WHERE c.state = 'disconnected' ORDER BY c.id
$$
"""


class Migration(migrations.Migration):
    """Add them."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("channels", "0005_import_control")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="channelhealth",
            name="allowance",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="channelhealth",
            name="asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="channelhealth",
            name="expires_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="channelhealth",
            name="hook_message",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="channelhealth",
            name="hook_state",
            field=models.TextField(
                blank=True,
                choices=[
                    ("", ""),
                    ("waiting", "Being switched on"),
                    ("on", "Switched on"),
                    ("failed", "Could not be switched on"),
                    ("unreachable", "Not possible at this address"),
                ],
                default="",
            ),
        ),
        migrations.AddField(
            model_name="channelhealth",
            name="lag_s",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="channelhealth",
            name="last_item_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="credential",
            name="laid_over",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BinaryField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="streamcursor",
            name="reconciled_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="channel",
            name="state",
            field=models.TextField(
                choices=[
                    ("active", "Active"),
                    ("paused", "Paused"),
                    ("read_only", "Read only"),
                    ("disconnected", "Disconnected"),
                ],
                default="active",
            ),
        ),
        migrations.CreateModel(
            name="Consent",
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
                ("session_digest", models.BinaryField()),
                ("state_digest", models.BinaryField()),
                ("network", models.TextField()),
                ("wish", models.JSONField(default=dict)),
                ("sealed", models.BinaryField()),
                ("begun_at", models.DateTimeField(default=hearwell.kit.clock.now)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="channels_consent_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "state_digest"), name="channels_consent_state"
                    ),
                ],
            },
        ),
        rls.protect("channels_consent"),
        rls.definer_function("channels_forget_consents(timestamptz)", _FORGET),
        rls.definer_function("channels_parting()", _PARTING),
    ]
