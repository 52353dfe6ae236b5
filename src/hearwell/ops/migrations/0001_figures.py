"""How the whole house fares, in numbers alone: for monitors and `hearwell doctor`."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# Across workspaces, hence a definer's; counts and ages only, so that it may cross them. Deliveries
# and parked items are looked up workspace by workspace, by their indexes: those tables are long.
_FIGURES = """
CREATE FUNCTION ops_figures() RETURNS TABLE (name text, label text, value double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH delivery AS (
    SELECT d.state, d.state_since, d.not_before
    FROM accounts_workspace w CROSS JOIN LATERAL (
        SELECT state, state_since, not_before FROM outbound_delivery
        WHERE workspace_id = w.id AND state = ANY (
            '{approval,queued,sending,unknown,pending,held,stale,needs_human}')
    ) AS d
), parked AS (
    SELECT p.parked_at FROM accounts_workspace w CROSS JOIN LATERAL (
        SELECT parked_at FROM channels_parkeddelivery
        WHERE workspace_id = w.id AND state IN ('open', 'replaying')
    ) AS p
), waiting AS (
    SELECT received_at FROM channels_rawdelivery WHERE state = 0
)
SELECT 'deliveries', state, count(*)::float8 FROM delivery GROUP BY state
UNION ALL
SELECT 'deliveries_oldest_seconds', state, extract(epoch FROM now() - min(state_since))::float8
FROM delivery GROUP BY state
UNION ALL
SELECT 'deliveries_overdue_seconds', '', extract(epoch FROM now() - min(not_before))::float8
FROM delivery WHERE state = 'queued' AND not_before < now() HAVING count(*) > 0
UNION ALL
SELECT 'switches_on', '', count(*)::float8 FROM outbound_killswitch WHERE off_at IS NULL
UNION ALL
SELECT 'parked_items', '', count(*)::float8 FROM parked
UNION ALL
SELECT 'parked_oldest_seconds', '', extract(epoch FROM now() - min(parked_at))::float8
FROM parked HAVING count(*) > 0
UNION ALL
SELECT 'raw_waiting', '', count(*)::float8 FROM waiting
UNION ALL
SELECT 'raw_waiting_oldest_seconds', '', extract(epoch FROM now() - min(received_at))::float8
FROM waiting HAVING count(*) > 0
UNION ALL
SELECT 'channels', state, count(*)::float8 FROM channels_channel GROUP BY state
UNION ALL
SELECT 'channels_failing', c.network, count(h.failing_since)::float8
FROM channels_channel c JOIN channels_channelhealth h
  ON h.workspace_id = c.workspace_id AND h.channel_id = c.id
WHERE c.state = 'active' GROUP BY c.network
UNION ALL
SELECT 'last_event_age_seconds', c.network,
       extract(epoch FROM now() - max(h.last_event_at))::float8
FROM channels_channel c JOIN channels_channelhealth h
  ON h.workspace_id = c.workspace_id AND h.channel_id = c.id
WHERE c.state = 'active' GROUP BY c.network HAVING max(h.last_event_at) IS NOT NULL
$$
"""


class Migration(migrations.Migration):
    """Only the worker may ask; the web process learns nothing across workspaces."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("accounts", "0004_marketing_role"),
        ("channels", "0010_usage"),
        ("outbound", "0006_origin"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.definer_function("ops_figures()", _FIGURES),
    ]
