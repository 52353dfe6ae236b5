"""Empty, in the events of an erased customer, what names them or quotes them.

The table stays append-only for every role: the worker may call this, which puts nothing in the
place of what it takes, in the workspace in scope.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# Codes, ids of ours and figures stay: webhooks and the live view count on them.
_EMPTY = """
CREATE FUNCTION events_empty(cases uuid[], contacts uuid[], names text[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE events_event SET payload = (
        SELECT coalesce(jsonb_object_agg(e.key, CASE
            WHEN e.key = ANY ('{remote_id,permalink,network_id,email_sha256,message,text,title}')
                AND jsonb_typeof(e.value) = 'string' THEN '""'::jsonb
            ELSE e.value END), '{}'::jsonb)
        FROM jsonb_each(payload) AS e)
    WHERE workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        AND (payload ->> 'case_id' = ANY (cases::text[])
            OR payload ->> 'contact_id' = ANY (contacts::text[])
            OR payload ->> 'network_id' = ANY (names))
$$
"""


class Migration(migrations.Migration):
    """Add a function."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("events", "0002_row_security")]
    operations: ClassVar[list[Operation]] = [
        rls.definer_function("events_empty(uuid[], uuid[], text[])", _EMPTY),
    ]
