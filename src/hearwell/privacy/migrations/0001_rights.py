"""Functions that empty, of an erased customer, what nobody may change otherwise.

Append-only tables stay that for every role: the worker may call these, which put nothing in the
place of what they take, in the workspace in scope.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_HEAD = "LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$"
_HERE = "workspace_id = nullif(current_setting('app.workspace', true), '')::uuid"
_TRANSITIONS = f"""
CREATE FUNCTION privacy_empty_transitions(deliveries uuid[]) RETURNS void {_HEAD}
    UPDATE outbound_transition SET remote_id = '', reason = ''
    WHERE {_HERE} AND delivery_id = ANY(deliveries)
$$
"""  # noqa: S608 -- of our own words
_PASSINGS = f"""
CREATE FUNCTION privacy_empty_passings(cases uuid[]) RETURNS void {_HEAD}
    UPDATE conversations_passing SET words = '', known = ''
    WHERE {_HERE} AND case_id = ANY(cases)
$$
"""  # noqa: S608 -- of our own words
# Codes, ids of ours and figures stay: webhooks and the live view count on them.
_EVENTS = f"""
CREATE FUNCTION privacy_empty_events(cases uuid[], contacts uuid[], names text[])
RETURNS void {_HEAD}
    UPDATE events_event SET payload = (
        SELECT coalesce(jsonb_object_agg(e.key, CASE
            WHEN e.key = ANY ('{{remote_id,permalink,network_id,email_sha256,message,text,title}}')
                AND jsonb_typeof(e.value) = 'string' THEN '""'::jsonb
            ELSE e.value END), '{{}}'::jsonb)
        FROM jsonb_each(payload) AS e)
    WHERE {_HERE} AND (payload ->> 'case_id' = ANY (cases::text[])
        OR payload ->> 'contact_id' = ANY (contacts::text[])
        OR payload ->> 'network_id' = ANY (names))
$$
"""  # noqa: S608 -- of our own words


class Migration(migrations.Migration):
    """Add functions."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("conversations", "0012_passings"),
        ("events", "0002_row_security"),
        ("outbound", "0002_row_security"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.definer_function("privacy_empty_transitions(uuid[])", _TRANSITIONS),
        rls.definer_function("privacy_empty_passings(uuid[])", _PASSINGS),
        rls.definer_function("privacy_empty_events(uuid[], uuid[], text[])", _EVENTS),
    ]
