"""A PostgreSQL server that is not ours: which addresses our roles have there.

Three ways: all three addresses are given; one address of hearwell_app, and the other roles
have the same password at the same place; or one address of an administrator, and we make
roles and database ourselves and keep the addresses in the data folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hearwell.config.environment import Environment, ProcessRole
from hearwell.ops.cluster import LOGIN_ROLES
from hearwell.ops.roles import UnfitDatabaseError, prepare_database, prepare_roles

FILE = "database.json"
APP = "hearwell_app"
ROLES = {
    ProcessRole.WEB: APP,
    ProcessRole.WORKER: "hearwell_worker",
    ProcessRole.LISTEN: "hearwell_worker",
    ProcessRole.MIGRATE: "hearwell_owner",
}
HOW_TO = "docs/how-to/use-your-own-postgresql.md says how."


def external_url(environment: Environment, role: ProcessRole) -> str:
    """Return the address a role has on the server that DATABASE_URL names."""
    own = {
        ProcessRole.WEB: "",
        ProcessRole.MIGRATE: environment.database_owner_url,
    }.get(role, environment.database_worker_url)
    if own:
        return own
    made = _made_addresses(environment)
    if made:
        return made[ROLES[role]]
    return environment.database_url.replace(APP, ROLES[role], 1)


def adopt(environment: Environment) -> None:
    """Make our roles and database, if DATABASE_URL is an administrator's address.

    Safe to call again. Raises UnfitDatabaseError with a line for the operator.
    """
    given = environment.database_url
    is_complete = environment.database_owner_url and environment.database_worker_url
    if is_complete or _user_of(given) == APP:
        return
    try:
        with psycopg.connect(_maintenance(given), autocommit=True) as server:
            _make_addresses(environment, server)
        prepare_database(_maintenance(given), _database_of(given))
    except psycopg.Error as error:
        message = f"DATABASE_URL cannot be used: {str(error).strip()}. {HOW_TO}"
        raise UnfitDatabaseError(message) from error


def _make_addresses(environment: Environment, server: psycopg.Connection) -> None:
    missing = set(LOGIN_ROLES) - _roles_there(server)
    known = _made_addresses(environment)
    if not known and len(missing) < len(LOGIN_ROLES):
        message = (
            "The roles of Hearwell exist on this server, but their passwords are not in "
            f"{environment.data}: set DATABASE_URL, DATABASE_WORKER_URL and DATABASE_OWNER_URL. "
            f"{HOW_TO}"
        )
        raise UnfitDatabaseError(message)
    prepare_roles(_maintenance(environment.database_url))
    if known:
        return
    passwords = {role: secrets.token_urlsafe(24) for role in LOGIN_ROLES}
    for role, password in passwords.items():
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
        server.execute(statement.format(sql.Identifier(role), sql.Literal(password)))
    _save(environment, {role: _address(environment, role, passwords[role]) for role in passwords})


def _address(environment: Environment, role: str, password: str) -> str:
    parts = conninfo_to_dict(environment.database_url)
    host, port = quote(str(parts.pop("host", "")), safe=""), str(parts.pop("port", "") or "")
    name = quote(str(parts.pop("dbname", "") or "hearwell"), safe="")
    for ours in ("user", "password"):
        parts.pop(ours, None)
    options = "&".join(f"{key}={quote(str(value), safe='')}" for key, value in parts.items())
    place = f"{host}:{port}" if port else host
    return f"postgresql://{role}:{quote(password)}@{place}/{name}" + (f"?{options}" * bool(options))


def _save(environment: Environment, addresses: dict[str, str]) -> None:
    path = environment.data / FILE
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"given": _digest(environment.database_url), **addresses}, file)


def _made_addresses(environment: Environment) -> dict[str, str]:
    path: Path = environment.data / FILE
    try:
        found: dict[str, str] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if found.pop("given", "") == _digest(environment.database_url) else {}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _roles_there(server: psycopg.Connection) -> set[str]:
    found = server.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)", [[*LOGIN_ROLES]]
    )
    return {str(row[0]) for row in found}


def _maintenance(url: str) -> str:
    return make_conninfo(url, dbname="postgres")


def _user_of(url: str) -> str:
    return str(conninfo_to_dict(url).get("user") or "")


def _database_of(url: str) -> str:
    return str(conninfo_to_dict(url).get("dbname") or "hearwell")
