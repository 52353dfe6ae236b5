"""Row-level security, composite foreign keys, and the two questions asked across workspaces."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# Which channels an endpoint serves, whatever their workspace: the one question a drain has to ask
# before it knows whose scope to enter. No accounts means all of them.
_ROUTES = """
CREATE FUNCTION channels_routes(endpoint uuid, accounts text[])
RETURNS TABLE (workspace_id uuid, channel_id uuid, external_id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.workspace_id, c.id, c.external_id FROM channels_channel c
    WHERE c.endpoint_id = endpoint AND (accounts IS NULL OR c.external_id = ANY (accounts))
    ORDER BY c.workspace_id, c.id
$$
"""

_ACTIVE = """
CREATE FUNCTION channels_active()
RETURNS TABLE (workspace_id uuid, channel_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.workspace_id, c.id FROM channels_channel c WHERE c.state = 'active' ORDER BY c.id
$$
"""

_CHANNEL_TABLES = (
    "channels_credential",
    "channels_streamcursor",
    "channels_channelhealth",
    "channels_parkeddelivery",
)


class Migration(migrations.Migration):
    """Keep the workspaces apart."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("channels", "0002_deliveries")]
    operations: ClassVar[list[Operation]] = [
        rls.protect("channels_brand", "channels_channel", *_CHANNEL_TABLES),
        rls.composite_fk("channels_channel", "brand_id", "channels_brand", on_delete="RESTRICT"),
        *(rls.composite_fk(table, "channel_id", "channels_channel") for table in _CHANNEL_TABLES),
        rls.definer_function("channels_routes(uuid, text[])", _ROUTES),
        rls.definer_function("channels_active()", _ACTIVE),
    ]
