"""Which listening process hears which account: a lease an account, kept by a heartbeat."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# Ids and times only, and of all workspaces: a listener holds accounts whatever workspace they
# belong to. Nobody reads or writes them but the functions below.
_TABLES = """
CREATE TABLE channels_listener (
    id uuid PRIMARY KEY,
    label text NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at timestamptz NOT NULL
);
CREATE TABLE channels_lease (
    channel_id uuid PRIMARY KEY,
    listener_id uuid NOT NULL,
    since timestamptz NOT NULL
);
CREATE INDEX channels_lease_listener ON channels_lease (listener_id);
"""

# One call is a heartbeat and the whole of the balancing. Times are the server's alone, so that no
# two machines have to agree on theirs. Whoever was not seen for `patience` is dead: its leases are
# free, save for one that it holds locked in this very moment, which the next call finds. A fair
# share is what there is by those who are alive, rounded up; who holds more lets the newest go, at
# its own pace (`is_leaving`), and only then another takes it: no account is ever heard by two.
_HOLD = """
CREATE FUNCTION channels_hold(me uuid, me_label text, patience interval)
RETURNS TABLE (workspace_id uuid, channel_id uuid, network text, connected_at timestamptz,
    is_leaving boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    share bigint;
    mine bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('channels.hold', 0));
    INSERT INTO channels_listener (id, label, seen_at) VALUES (me, me_label, clock_timestamp())
        ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp();
    DELETE FROM channels_listener p WHERE p.seen_at < clock_timestamp() - patience AND p.id <> me;
    DELETE FROM channels_lease f WHERE f.channel_id IN (
        SELECT l.channel_id FROM channels_lease l
        WHERE NOT EXISTS (SELECT FROM channels_listener p WHERE p.id = l.listener_id)
        FOR UPDATE SKIP LOCKED);
    SELECT ceil(count(*)::numeric / (SELECT count(*) FROM channels_listener)) INTO share
        FROM channels_channel c WHERE c.state = 'active';
    SELECT count(*) INTO mine FROM channels_lease l WHERE l.listener_id = me;
    INSERT INTO channels_lease (channel_id, listener_id, since)
        SELECT c.id, me, clock_timestamp() FROM channels_channel c
        WHERE c.state = 'active'
            AND NOT EXISTS (SELECT FROM channels_lease l WHERE l.channel_id = c.id)
        ORDER BY c.id LIMIT greatest(0, share - mine);
    RETURN QUERY
        SELECT c.workspace_id, l.channel_id, c.network, c.connected_at,
            c.state <> 'active' OR row_number() OVER (
                PARTITION BY c.state = 'active' ORDER BY l.since, l.channel_id) > share
        FROM channels_lease l JOIN channels_channel c ON c.id = l.channel_id
        WHERE l.listener_id = me;
END $$
"""

_LET_GO = """
CREATE FUNCTION channels_let_go(me uuid, channel_ids uuid[]) RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM channels_lease l
        WHERE l.listener_id = me AND l.channel_id = ANY (channel_ids) RETURNING 1)
    SELECT count(*)::integer FROM gone
$$
"""

_LEAVE = """
CREATE FUNCTION channels_leave(me uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM channels_listener p WHERE p.id = me;
    DELETE FROM channels_lease l WHERE l.listener_id = me;
$$
"""

# Asked in the transaction that moves a cursor: the row is locked, so that nobody else can take the
# account before that transaction has ended.
_IS_HELD = """
CREATE FUNCTION channels_is_held(me uuid, wanted uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM channels_lease l WHERE l.channel_id = wanted AND l.listener_id = me FOR SHARE;
    RETURN FOUND;
END $$
"""

_LISTENERS = """
CREATE FUNCTION channels_listeners()
RETURNS TABLE (id uuid, label text, begun_at timestamptz, seen_at timestamptz, accounts bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id, p.label, p.begun_at, p.seen_at,
        (SELECT count(*) FROM channels_lease l WHERE l.listener_id = p.id)
    FROM channels_listener p ORDER BY p.begun_at
$$
"""


class Migration(migrations.Migration):
    """Add them."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("channels", "0006_connecting")]
    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(_TABLES, "DROP TABLE channels_lease, channels_listener"),
        rls.unscoped_grant("channels_listener"),
        rls.unscoped_grant("channels_lease"),
        rls.definer_function("channels_hold(uuid, text, interval)", _HOLD),
        rls.definer_function("channels_let_go(uuid, uuid[])", _LET_GO),
        rls.definer_function("channels_leave(uuid)", _LEAVE),
        rls.definer_function("channels_is_held(uuid, uuid)", _IS_HELD),
        rls.definer_function("channels_listeners()", _LISTENERS),
    ]
