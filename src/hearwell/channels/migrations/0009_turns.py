"""Whose turn it is to call a host: a politeness that holds for all of our processes together."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# Names of public hosts and times only, of all workspaces: to a host they are one guest. Nobody
# reads or writes them but the function below.
_TABLE = """
CREATE TABLE channels_turn (
    host text PRIMARY KEY,
    free_at timestamptz NOT NULL
)
"""

# Takes the turn, or says how long it is until there is one; by the server's clock alone. Hosts that
# nobody has called for an hour are forgotten when a new one comes.
_TAKE = """
CREATE FUNCTION channels_take_turn(of_host text, spacing interval) RETURNS double precision
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    is_new boolean;
BEGIN
    INSERT INTO channels_turn AS t (host, free_at) VALUES (of_host, clock_timestamp() + spacing)
        ON CONFLICT (host) DO UPDATE SET free_at = clock_timestamp() + spacing
        WHERE t.free_at <= clock_timestamp()
        RETURNING xmax = 0 INTO is_new;
    IF is_new IS NULL THEN
        RETURN greatest(0.001, (SELECT extract(epoch FROM t.free_at - clock_timestamp())
            FROM channels_turn t WHERE t.host = of_host));
    END IF;
    IF is_new THEN
        DELETE FROM channels_turn t WHERE t.free_at < clock_timestamp() - interval '1 hour';
    END IF;
    RETURN 0;
END $$
"""


class Migration(migrations.Migration):
    """Add them."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("channels", "0008_searches_in_trouble")]
    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(_TABLE, "DROP TABLE channels_turn"),
        rls.unscoped_grant("channels_turn"),
        rls.definer_function("channels_take_turn(text, interval)", _TAKE),
    ]
