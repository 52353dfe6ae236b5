"""Raw deliveries: a table partitioned by day, and the few functions that reach it."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# Partitioned by id: a UUIDv7 begins with its time, so the primary key is the id alone and every
# look-up by id goes to one partition.
_TABLE = """
CREATE TABLE channels_rawdelivery (
    id uuid PRIMARY KEY,
    endpoint_id uuid NOT NULL,
    source text NOT NULL,
    method text NOT NULL,
    url text NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    received_at timestamptz NOT NULL,
    state smallint NOT NULL DEFAULT 0,
    reason text NOT NULL DEFAULT ''
) PARTITION BY RANGE (id);
CREATE INDEX channels_rawdelivery_stored
    ON channels_rawdelivery (endpoint_id, id) WHERE state = 0;
CREATE TABLE channels_rawdelivery_default PARTITION OF channels_rawdelivery DEFAULT;
"""

_KEEP = """
CREATE FUNCTION channels_keep(
    ids uuid[], endpoints uuid[], sources text[], methods text[], urls text[],
    all_headers jsonb[], bodies bytea[], times timestamptz[])
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO channels_rawdelivery
        (id, endpoint_id, source, method, url, headers, body, received_at)
    SELECT * FROM unnest(ids, endpoints, sources, methods, urls, all_headers, bodies, times)
$$
"""
_KEEP_SIGNATURE = (
    "channels_keep(uuid[], uuid[], text[], text[], text[], jsonb[], bytea[], timestamptz[])"
)

_COUNT = """
CREATE FUNCTION channels_count(endpoints uuid[], days date[], names text[], amounts bigint[])
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO channels_endpointcounter AS c (endpoint_id, day, name, count)
    SELECT * FROM unnest(endpoints, days, names, amounts)
    ON CONFLICT (endpoint_id, day, name) DO UPDATE SET count = c.count + excluded.count
$$
"""

# Owned by the owner of the table, because only it may add and drop partitions. A day's table is
# made apart and attached: unlike CREATE ... PARTITION OF, that never makes writers wait. Rows that
# arrived before their day existed lie in the default partition and are moved.
_MAKE = """
CREATE FUNCTION channels_make_partitions(from_day date, days integer)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    made integer := 0;
    day date;
    child text;
    low uuid;
    high uuid;
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);
    FOR offset_days IN 0 .. days - 1 LOOP
        day := from_day + offset_days;
        child := 'channels_rawdelivery_d' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass('public.' || child) IS NOT NULL;
        low := channels_first_id(day);
        high := channels_first_id(day + 1);
        EXECUTE format('CREATE TABLE %I (LIKE channels_rawdelivery INCLUDING ALL)', child);
        EXECUTE format(
            'WITH moved AS (DELETE FROM channels_rawdelivery_default
                            WHERE id >= %L AND id < %L RETURNING *)
             INSERT INTO %I SELECT * FROM moved', low, high, child);
        EXECUTE format(
            'ALTER TABLE channels_rawdelivery ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            child, low, high);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION channels_make_partitions(date, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION channels_make_partitions(date, integer) TO hearwell_worker;
"""

_FIRST_ID = """
CREATE FUNCTION channels_first_id(day date) RETURNS uuid
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT (lpad(to_hex((extract(epoch FROM day::timestamp AT TIME ZONE 'UTC') * 1000)::bigint),
                 12, '0') || '70008000000000000000')::uuid
$$;
"""

# A day that still holds something not taken in is never dropped.
_DROP = """
CREATE FUNCTION channels_drop_partitions(before_day date)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    dropped integer := 0;
    child text;
    is_waiting boolean;
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);
    FOR child IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.channels_rawdelivery'::regclass
          AND c.relname ~ '^channels_rawdelivery_d[0-9]{8}$'
          AND to_date(right(c.relname, 8), 'YYYYMMDD') < before_day
        ORDER BY c.relname
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE state = 0)', child) INTO is_waiting;
        CONTINUE WHEN is_waiting;
        EXECUTE format('DROP TABLE %I', child);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;
REVOKE ALL ON FUNCTION channels_drop_partitions(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION channels_drop_partitions(date) TO hearwell_worker;
"""

_BOTH = ("hearwell_app",)


class Migration(migrations.Migration):
    """The web role may add a delivery and count; only the worker reads and marks them."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("channels", "0001_initial")]
    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(_TABLE, "DROP TABLE channels_rawdelivery"),
        migrations.RunSQL(
            "GRANT SELECT, UPDATE (state, reason) ON channels_rawdelivery TO hearwell_worker;"
            "GRANT INSERT ON channels_rawdelivery TO hearwell_definer;",
            migrations.RunSQL.noop,
        ),
        rls.definer_function(_KEEP_SIGNATURE, _KEEP, grant_to=_BOTH),
        rls.unscoped_grant("channels_endpoint", app="SELECT, INSERT, UPDATE"),
        rls.unscoped_grant("channels_endpointcounter", app="SELECT"),
        rls.definer_function(
            "channels_count(uuid[], date[], text[], bigint[])", _COUNT, grant_to=_BOTH
        ),
        migrations.RunSQL(_FIRST_ID, "DROP FUNCTION channels_first_id(date)"),
        migrations.RunSQL(_MAKE, "DROP FUNCTION channels_make_partitions(date, integer)"),
        migrations.RunSQL(_DROP, "DROP FUNCTION channels_drop_partitions(date)"),
        migrations.RunSQL(
            "SELECT channels_make_partitions((now() AT TIME ZONE 'UTC')::date - 1, 9)",
            migrations.RunSQL.noop,
        ),
    ]
