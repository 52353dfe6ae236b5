"""Database roles and rights: who may do what, and who may not serve people at all."""

from __future__ import annotations

import time
from importlib.resources import files

import psycopg
from psycopg import sql

DATABASE = "hearwell"
OLDEST_SERVER, BUILTIN_LOCALES = 150000, 170000


class UnfitDatabaseError(RuntimeError):
    """The database or the role we were given must not be used; text for the operator."""


def prepare_roles(admin: str) -> None:
    """Make the four roles where they are missing. `admin`: connection of an administrator."""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(_statements("roles.sql"))


def prepare_database(admin: str, name: str = DATABASE) -> None:
    """Make the database where it is missing and set the rights on its schema.

    `admin` is a connection to the maintenance database of the server.
    """
    with psycopg.connect(admin, autocommit=True) as connection:
        if not _has_database(connection, name):
            create_database(connection, name)
    with psycopg.connect(admin, dbname=name, autocommit=True) as connection:
        connection.execute(_statements("schema.sql"))


def create_database(connection: psycopg.Connection, name: str, template: str = "template0") -> None:
    """Create a database owned by hearwell_owner; from template0 with an explicit locale.

    The locale decides what `lower('Ä')` is; the built-in C.UTF-8 knows all of Unicode and
    does not change with the system's libraries.
    """
    statement = sql.SQL("CREATE DATABASE {} OWNER hearwell_owner TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(template)
    )
    if template == "template0" and connection.info.server_version >= BUILTIN_LOCALES:
        statement += sql.SQL(
            " ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
        )
    connection.execute(statement)


def grant_foreign_tables(owner: str) -> None:
    """Set our roles' rights on the tables of other packages. `owner`: connection as owner."""
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(_statements("grants.sql"))


def refuse_unfit(conninfo: str) -> None:
    """Refuse a role that could pass row-level security, and a server that cannot fold letters.

    Raises UnfitDatabaseError with a line for the operator.
    """
    with psycopg.connect(conninfo) as connection:
        problem = _role_problem(connection) or _server_problem(connection)
    if problem:
        raise UnfitDatabaseError(problem)


def wait_until_fit(conninfo: str, seconds: float = 60) -> None:
    """Wait for the database, then refuse as `refuse_unfit` does."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return refuse_unfit(conninfo)
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                message = f"The database does not answer: {str(error).strip()}"
                raise UnfitDatabaseError(message) from error
        time.sleep(0.25)


def _role_problem(connection: psycopg.Connection) -> str:
    row = connection.execute(
        """
        SELECT current_user, rolsuper, rolbypassrls,
               EXISTS (SELECT FROM pg_database WHERE datname = current_database()
                       AND pg_has_role(current_user, datdba, 'MEMBER')),
               EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace
                       AND relkind = 'r' AND pg_has_role(current_user, relowner, 'MEMBER'))
        FROM pg_roles WHERE rolname = current_user
        """
    ).fetchone()
    assert row is not None
    name, is_superuser, bypasses, owns_database, owns_tables = row
    if is_superuser or bypasses:
        return f"Role '{name}' passes row-level security; serve as hearwell_app instead."
    if owns_database or owns_tables:
        return f"Role '{name}' owns the data; serve as hearwell_app instead."
    return ""


def _server_problem(connection: psycopg.Connection) -> str:
    if connection.info.server_version < OLDEST_SERVER:
        return "PostgreSQL is older than 15, which Hearwell needs at least."
    row = connection.execute("SELECT lower('Ä')").fetchone()
    if row != ("ä",):
        return (
            "This database does not fold letters beyond ASCII (lower('Ä') is not 'ä'); "
            "create it with a UTF-8 locale such as C.UTF-8."
        )
    return ""


def _has_database(connection: psycopg.Connection, name: str) -> bool:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return found.fetchone() is not None


def _statements(name: str) -> bytes:
    """Return one of our own SQL files (bytes: it is ours, and holds no parameters)."""
    return files("hearwell.ops").joinpath(name).read_bytes()
