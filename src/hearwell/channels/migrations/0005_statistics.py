"""Fresh statistics for the planner while an archive comes in."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

# The server looks at a table once a minute at best. Until then it plans for empty tables: for each
# batch it then reads all that the workspace has (measured: 0.09 ms a message with statistics,
# 0.52 ms at 150,000 messages without). Owned by the owner of the tables, who alone may do this.
_REFRESH = """
CREATE FUNCTION channels_refresh_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    grown text;
BEGIN
    FOR grown IN
        SELECT s.relname FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
        WHERE s.schemaname = 'public' AND c.relkind = 'r'
            AND s.n_mod_since_analyze > 200 + 0.2 * greatest(c.reltuples, 0)
    LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) %I', grown);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION channels_refresh_statistics() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION channels_refresh_statistics() TO hearwell_worker;
"""


class Migration(migrations.Migration):
    """Let an import tell the server that its tables have grown."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("channels", "0004_importrun")]
    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(_REFRESH, "DROP FUNCTION channels_refresh_statistics()"),
    ]
