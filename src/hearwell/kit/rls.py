"""Migration operations for row-level security, grants and composite foreign keys.

Roles: the owner runs migrations; ``hearwell_app`` serves people; ``hearwell_worker`` inherits
from it and may also read raw deliveries and secrets; ``hearwell_definer`` cannot log in, bypasses
row security and owns the few SECURITY DEFINER functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from django.db.migrations.operations import RunSQL

APP, WORKER, DEFINER = "hearwell_app", "hearwell_worker", "hearwell_definer"
_POLICY = "nullif(current_setting('app.workspace', true), '')::uuid"
_ALL = "SELECT, INSERT, UPDATE, DELETE"
OnDelete = Literal["CASCADE", "RESTRICT", "SET NULL"]


def _protect_one(table: str, grant: str) -> str:
    return f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY workspace ON {table}
            USING (workspace_id = (SELECT {_POLICY}))
            WITH CHECK (workspace_id = (SELECT {_POLICY}));
        GRANT {grant} ON {table} TO {APP};
        GRANT {_ALL} ON {table} TO {DEFINER};
    """


def _unprotect_one(table: str) -> str:
    return f"""
        DROP POLICY workspace ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        REVOKE ALL ON {table} FROM {APP}, {DEFINER};
    """


def protect(*tables: str, grant: str = _ALL) -> RunSQL:
    """Let the application see only rows of the workspace in scope.

    Parameters
    ----------
    tables: table names, each with a ``workspace_id`` column.
    grant: what the application may do; append-only tables pass ``"SELECT, INSERT"``.
    """
    return RunSQL(
        "".join(_protect_one(table, grant) for table in tables),
        "".join(_unprotect_one(table) for table in tables),
    )


def unscoped_grant(table: str, *, app: str = "", worker: str = "", definer: str = _ALL) -> RunSQL:
    """Grant rights on a global table (docs/reference/tables.md lists them all)."""
    rights = ((app, APP), (worker, WORKER), (definer, DEFINER))
    return RunSQL(
        "".join(f"GRANT {what} ON {table} TO {who};" for what, who in rights if what),
        f"REVOKE ALL ON {table} FROM {APP}, {WORKER}, {DEFINER};",
    )


def composite_fk(
    child: str, column: str, parent: str, *, on_delete: OnDelete = "CASCADE"
) -> RunSQL:
    """Point (workspace_id, column) of the child at (workspace_id, id) of the parent.

    The model declares its ForeignKey with ``db_constraint=False``; this is the constraint. It is
    deferred to the commit, so that a batch may be written in any order.
    """
    action = f"SET NULL ({column})" if on_delete == "SET NULL" else on_delete
    name = f"{child}_{column}_ws_fk"
    return RunSQL(
        f"""ALTER TABLE {child} ADD CONSTRAINT {name}
            FOREIGN KEY (workspace_id, {column}) REFERENCES {parent} (workspace_id, id)
            ON DELETE {action} DEFERRABLE INITIALLY DEFERRED""",
        f"ALTER TABLE {child} DROP CONSTRAINT {name}",
    )


def definer_function(
    signature: str, create_sql: str, *, grant_to: Sequence[str] = (WORKER,)
) -> RunSQL:
    """Create a SECURITY DEFINER function owned by the role that bypasses row security.

    Parameters
    ----------
    signature: ``name(argument types)``, as DROP FUNCTION takes it.
    create_sql: the whole CREATE FUNCTION statement; it must say SECURITY DEFINER and
        ``SET search_path = public, pg_temp``.
    grant_to: the roles that may call it; nobody else may.
    """
    if "SECURITY DEFINER" not in create_sql or "search_path" not in create_sql:
        message = f"{signature}: a definer function must pin its search_path"
        raise ValueError(message)
    return RunSQL(
        f"""{create_sql};
        ALTER FUNCTION {signature} OWNER TO {DEFINER};
        REVOKE ALL ON FUNCTION {signature} FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION {signature} TO {", ".join(grant_to)};""",
        f"DROP FUNCTION {signature}",
    )
