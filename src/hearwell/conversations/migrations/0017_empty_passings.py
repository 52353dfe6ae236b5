"""Empty, of an erased customer, what was said when their case was passed on.

The table stays append-only for every role: the worker may call this, which puts nothing in the
place of what it takes, in the workspace in scope.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_EMPTY = """
CREATE FUNCTION conversations_empty_passings(cases uuid[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE conversations_passing SET words = '', known = ''
    WHERE workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        AND case_id = ANY(cases)
$$
"""


class Migration(migrations.Migration):
    """Add a function."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("conversations", "0016_version_rating")]
    operations: ClassVar[list[Operation]] = [
        rls.definer_function("conversations_empty_passings(uuid[])", _EMPTY),
    ]
