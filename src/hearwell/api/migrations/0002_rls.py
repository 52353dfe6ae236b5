"""Row-level security, and forgetting old keys across workspaces."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_FORGET = """
CREATE FUNCTION api_forget(before timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM api_remembered r WHERE r.created_at < before RETURNING 1)
    SELECT count(*) FROM gone
$$
"""


class Migration(migrations.Migration):
    """Keep the workspaces apart."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("api", "0001_initial")]
    operations: ClassVar[list[Operation]] = [
        rls.protect("api_remembered"),
        rls.definer_function("api_forget(timestamptz)", _FORGET),
    ]
