"""Empty, of an erased customer, what networks said of the answers to them.

The table stays append-only for every role: the worker may call this, which puts nothing in the
place of what it takes, in the workspace in scope.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_EMPTY = """
CREATE FUNCTION outbound_empty_transitions(deliveries uuid[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE outbound_transition SET remote_id = '', reason = ''
    WHERE workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        AND delivery_id = ANY(deliveries)
$$
"""


class Migration(migrations.Migration):
    """Add a function."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("outbound", "0006_origin")]
    operations: ClassVar[list[Operation]] = [
        rls.definer_function("outbound_empty_transitions(uuid[])", _EMPTY),
    ]
