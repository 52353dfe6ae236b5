"""Row-level security, and the two questions asked before any workspace is known."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# What a page's key stands for. A chat that was disconnected is none; a paused one takes in.
_SITE = """
CREATE FUNCTION webchat_site(wanted text)
RETURNS TABLE (endpoint_id uuid, workspace_id uuid, channel_id uuid, external_id text,
    settings jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.id, c.workspace_id, c.id, c.external_id, c.settings
    FROM channels_endpoint e JOIN channels_channel c ON c.endpoint_id = e.id
    WHERE e.token = wanted AND e.network = 'webchat' AND c.network = 'webchat'
        AND c.state IN ('active', 'paused')
    ORDER BY c.id LIMIT 1
$$
"""

# Where a visitor belongs: a reply knows the visitor and the site, and no workspace.
_HOME = """
CREATE FUNCTION webchat_home(visitor uuid)
RETURNS TABLE (workspace_id uuid, external_id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT v.workspace_id, c.external_id
    FROM webchat_visitor v
    JOIN channels_channel c ON c.workspace_id = v.workspace_id AND c.id = v.channel_id
    WHERE v.id = visitor
$$
"""

# Which workspaces have something to sweep: visitors who came, and never wrote; files never sent.
_STALE = """
CREATE FUNCTION webchat_stale(moment timestamptz) RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT v.workspace_id FROM webchat_visitor v WHERE v.last_seq = 0 AND v.seen_at < moment
    UNION
    SELECT f.workspace_id FROM webchat_file f WHERE NOT f.is_sent AND f.at < moment
$$
"""


class Migration(migrations.Migration):
    """Keep the workspaces apart."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("webchat", "0001_initial"),
        ("channels", "0003_row_security"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect("webchat_visitor", "webchat_line", "webchat_file"),
        rls.composite_fk("webchat_visitor", "channel_id", "channels_channel"),
        rls.composite_fk("webchat_line", "visitor_id", "webchat_visitor"),
        rls.composite_fk("webchat_file", "visitor_id", "webchat_visitor"),
        rls.definer_function("webchat_site(text)", _SITE, grant_to=("hearwell_app",)),
        rls.definer_function("webchat_home(uuid)", _HOME),
        rls.definer_function("webchat_stale(timestamptz)", _STALE),
    ]
