"""Whether there is anything to prepare: most starts find everything as the last one left it.

Preparing takes a whole Django and some seconds. A note in the data folder says which
migrations and static files it was done for and what the database said afterwards; while
both still hold, the serving processes may start at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psycopg

import hearwell
from hearwell.config.addresses import database_url
from hearwell.config.environment import Environment, ProcessRole

NOTE = "prepared.json"
SOURCE = Path(hearwell.__file__).parent
WATCHED = ("*/migrations/*.py", "*/static/**/*.*", "ops/*.sql")
# Packages whose migrations or static files we use.
PACKAGES = ("hearwell", "django", "django-allauth", "procrastinate", "django-htmx")


def is_prepared(environment: Environment) -> bool:
    """Tell whether the note still describes these files and this database."""
    try:
        noted = json.loads((environment.data / NOTE).read_text())
    except (OSError, ValueError):
        return False
    known = {key: noted.get(key) for key in ("files", "database")}
    return known == _facts(environment)


def has_owner(environment: Environment) -> bool:
    """Tell whether the note says that the house has an owner; one is never without again."""
    try:
        noted = json.loads((environment.data / NOTE).read_text())
    except (OSError, ValueError):
        return False
    return bool(noted.get("has_owner"))


def note_prepared(environment: Environment, *, has_owner: bool) -> None:
    """Write down that everything is prepared now."""
    text = json.dumps({**_facts(environment), "has_owner": has_owner})
    (environment.data / NOTE).write_text(text)


def _facts(environment: Environment) -> dict[str, str]:
    return {"files": _files_digest(), "database": _database_state(environment)}


def _files_digest() -> str:
    digest = hashlib.sha256()
    for line in sorted(_file_lines()):
        digest.update(line.encode())
    return digest.hexdigest()


def _file_lines() -> Iterator[str]:
    for pattern in WATCHED:
        for path in SOURCE.glob(pattern):
            status = path.stat()
            yield f"{path} {status.st_size} {status.st_mtime_ns}\n"
    for package in PACKAGES:
        try:
            yield f"{package} {version(package)}\n"
        except PackageNotFoundError:
            yield f"{package} -\n"


def _database_state(environment: Environment) -> str:
    """Which database it is and what has been applied to it; "" for one without tables."""
    query = """
        SELECT concat_ws(' ', (SELECT oid FROM pg_database WHERE datname = current_database()),
                         count(*), max(applied)) FROM django_migrations
    """
    try:
        with psycopg.connect(database_url(environment, ProcessRole.MIGRATE)) as connection:
            row = connection.execute(query).fetchone()
    except psycopg.Error:
        return ""
    return str(row[0]) if row else ""
