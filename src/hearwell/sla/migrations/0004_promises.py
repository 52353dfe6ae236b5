"""Several promises, tried in order; clocks that stand still; warnings before it is too late."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_LATE = """
CREATE OR REPLACE FUNCTION sla_late(moment timestamptz, at_most integer)
RETURNS TABLE (workspace_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.workspace_id, c.id FROM sla_clock c
    WHERE c.state = 'running' AND c.breached_at IS NULL AND c.due_at <= moment
        AND c.paused_at IS NULL
    ORDER BY c.due_at LIMIT at_most
$$
"""
_SOON = """
CREATE FUNCTION sla_soon(moment timestamptz, at_most integer)
RETURNS TABLE (workspace_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.workspace_id, c.id FROM sla_clock c
    WHERE c.state = 'running' AND c.warn_at IS NOT NULL AND c.warn_at <= moment
        AND c.paused_at IS NULL
    ORDER BY c.warn_at LIMIT at_most
$$
"""
_BEFORE = _LATE.replace("\n        AND c.paused_at IS NULL", "")
_KINDS = [(kind, kind) for kind in ("first_reply", "answer", "resolution")]


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("sla", "0003_clock_of_a_reopening"),
        ("contacts", "0003_tier"),
    ]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField("clock", "paused_at", models.DateTimeField(null=True)),
        migrations.AddField("clock", "paused_s", models.BigIntegerField(default=0, db_default=0)),
        migrations.AddField("clock", "warn_at", models.DateTimeField(null=True)),
        migrations.AlterField("clock", "kind", models.CharField(choices=_KINDS, max_length=12)),
        migrations.AddField("policy", "conditions", models.JSONField(default=dict, db_default={})),
        migrations.AddField(
            "policy", "position", models.PositiveSmallIntegerField(default=0, db_default=0)
        ),
        migrations.AddField("policy", "warn_roles", models.JSONField(default=list, db_default=[])),
        migrations.AddField(
            "policy", "warn_share", models.PositiveSmallIntegerField(default=0, db_default=0)
        ),
        migrations.AddIndex(
            "clock",
            models.Index(
                fields=["warn_at"],
                condition=models.Q(state="running", warn_at__isnull=False),
                name="sla_clock_warn",
            ),
        ),
        migrations.RunSQL(_LATE, _BEFORE),
        rls.definer_function("sla_soon(timestamptz, integer)", _SOON),
    ]
