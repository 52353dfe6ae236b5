"""Let the worker remove the raw deliveries of networks that let nobody keep them for so long."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# By the primary key, which begins with the time: a range of days, whatever else lies there.
_FORGET = """
CREATE FUNCTION channels_forget_raws(endpoints uuid[], since uuid, until uuid, most integer)
RETURNS integer LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH old AS (
        SELECT id FROM channels_rawdelivery
        WHERE id >= since AND id < until AND endpoint_id = ANY(endpoints) AND state <> 0
        ORDER BY id LIMIT most
    ), gone AS (
        DELETE FROM channels_rawdelivery r USING old
        WHERE r.id = old.id AND r.id >= since AND r.id < until RETURNING r.id
    )
    SELECT count(*)::integer FROM gone
$$
"""


class Migration(migrations.Migration):
    """Add a function."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("channels", "0010_usage")]
    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(
            "GRANT SELECT, DELETE ON channels_rawdelivery TO hearwell_definer;",
            migrations.RunSQL.noop,
        ),
        rls.definer_function(
            "channels_forget_raws(uuid[], uuid, uuid, integer)",
            _FORGET,
            grant_to=("hearwell_worker",),
        ),
    ]
