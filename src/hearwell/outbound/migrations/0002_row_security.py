"""Row-level security of outbound, and the constraints that keep a post on its own account."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# The sweep looks over all workspaces, sees nothing but ids, and then works in their scopes.
_DUE = """
CREATE FUNCTION outbound_due(at timestamptz, at_most integer)
RETURNS TABLE (workspace_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.workspace_id, d.id FROM outbound_delivery d
    WHERE d.wake_at <= at ORDER BY d.wake_at LIMIT at_most
$$
"""

# Wrong account, wrong channel: not even a bug can write such a row.
_ADDRESS = """
    ALTER TABLE outbound_delivery ADD CONSTRAINT outbound_delivery_address_fk
    FOREIGN KEY (workspace_id, lane_id, channel_id, account)
    REFERENCES outbound_lane (workspace_id, id, channel_id, account)
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    """Protect the tables, tie the rows together, open the sweep's window."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("outbound", "0001_initial"),
        ("channels", "0003_row_security"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect("outbound_lane", "outbound_delivery", "outbound_killswitch"),
        rls.protect("outbound_transition", grant="SELECT, INSERT"),
        rls.unscoped_grant("outbound_instancemark", app="SELECT, INSERT, UPDATE"),
        rls.composite_fk("outbound_lane", "channel_id", "channels_channel"),
        migrations.RunSQL(
            _ADDRESS,
            "ALTER TABLE outbound_delivery DROP CONSTRAINT outbound_delivery_address_fk",
        ),
        rls.composite_fk("outbound_transition", "delivery_id", "outbound_delivery"),
        rls.definer_function("outbound_due(timestamptz, integer)", _DUE),
    ]
