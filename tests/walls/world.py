"""Two workspaces with a row in every table: each table's foreign row has the same id.

So whatever an id in an address, a form or a query may stand for, `FOREIGN` is a thing of that kind
in the other workspace, and nobody has to say for a new route or table what that is. The words in
those rows are `CANARY`: where it shows, something was seen.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models

from hearwell.accounts.models import ApiToken, LoginLink, Membership, SignIn, User, Workspace
from hearwell.kit.clock import now
from hearwell.kit.models import Scoped

OWN: Final = UUID("01970000-0000-7000-8000-000000000001")
FOREIGN: Final = UUID("01970000-0000-7000-8000-0000000000f0")
ABSENT: Final = UUID("01970000-0000-7000-8000-0000000000ab")
# As numbers where things are known by theirs, and as words.
NUMBERS: Final = {OWN: 1717, FOREIGN: 4711, ABSENT: 9999}
CANARY: Final = "contoso-canary"
WORDS: Final = {OWN: "northwind-own", FOREIGN: CANARY, ABSENT: "nobodys-word"}
# What is drawn by what is in it: an invented one would only be a broken page.
_NOT_INVENTED: Final = {
    "sandbox_tradehouse", "sandbox_tradething", "spikes_spike", "escalation_escalation",
    "sla_policy", "board_statusversion",
}  # fmt: skip
_REAL: Final = {"time_zone": "UTC", "calendar_key": ""}
_PLAIN: Final[dict[type[models.Field], Any]] = {
    models.BooleanField: False,
    models.DurationField: dt.timedelta(hours=1),
    models.BinaryField: b"contoso",
    models.JSONField: {},
    models.FloatField: 1.0,
    models.DecimalField: 1,
    ArrayField: [],
    models.TimeField: dt.time(8),
}


def scoped_models() -> list[type[Scoped]]:
    """Return every model whose rows belong to a workspace."""
    return [m for m in apps.get_models() if issubclass(m, Scoped) and m._meta.managed]


@contextmanager
def as_superuser() -> Iterator[None]:
    """Let Django be whom no guard holds, for a while."""
    user = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = "postgres"
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = user


def fill(workspace: Workspace, one: UUID) -> None:
    """Put one row with the id `one` into every table, in this workspace."""
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no keys to look up, no triggers
        _people(workspace, one)
        for model in scoped_models():
            if one == OWN and model._meta.db_table in _NOT_INVENTED:
                continue
            row = model(**{f.attname: _value(f, workspace, one) for f in _columns(model)})
            model._base_manager.bulk_create([row])


def _people(workspace: Workspace, one: UUID) -> None:
    word = WORDS[one]
    user = User(id=one, email=f"{word}@example.org", name=word)
    User.objects.bulk_create([user])
    later = now() + dt.timedelta(days=1)
    kept = Membership(
        id=one, user=user, workspace=workspace, role="owner", initials=word[0].upper() + "Y"
    )
    for row in (
        kept,
        ApiToken(
            id=one, workspace=workspace, membership=kept, name=word, prefix="hw_x", digest=one.bytes
        ),
        SignIn(id=one, user=user, session_key=word, agent=word),
        LoginLink(
            id=one, digest=one.bytes, purpose="invitation", expires_at=later, workspace=workspace,
            email=user.email, name=word, role="agent",
        ),
    ):  # fmt: skip
        type(row).objects.bulk_create([row])


def _columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    kinds = (models.GeneratedField, SearchVectorField)
    return [f for f in model._meta.concrete_fields if not isinstance(f, kinds)]


def _value(field: models.Field[Any, Any], workspace: Workspace, one: UUID) -> Any:
    """Return what makes a row that could be true: the canary wherever there may be words."""
    if field.name == "workspace_id":
        return workspace.id
    if field.name in _REAL:
        return _REAL[field.name]
    if isinstance(field, models.UUIDField | models.ForeignKey):
        return None if field.null else one
    if isinstance(field, models.CharField | models.TextField) and not field.choices:
        return WORDS[one][: field.max_length or None]
    return _usual(field, one)


def _usual(field: models.Field[Any, Any], one: UUID) -> Any:
    if field.has_default():
        return field.get_default()
    if field.choices:
        return field.choices[0][0]
    if field.null:
        return None
    return _made(field, one)


def _made(field: models.Field[Any, Any], one: UUID) -> Any:
    if isinstance(field, models.DateTimeField):
        return now()
    if isinstance(field, models.DateField):
        return now().date()
    if isinstance(field, models.SmallIntegerField):
        return 1
    if isinstance(field, models.IntegerField):
        return NUMBERS[one]
    return next(value for kind, value in _PLAIN.items() if isinstance(field, kind))


def state_of(workspace: Workspace) -> dict[str, str]:
    """Return a digest of all that is in a workspace, table by table."""
    found = {}
    with as_superuser(), connection.cursor() as cursor:
        for model in scoped_models():
            table = model._meta.db_table
            cursor.execute(
                f"SELECT t::text FROM {table} t WHERE workspace_id = %s ORDER BY id",
                [workspace.id],
            )
            text = repr(cursor.fetchall())
            found[table] = hashlib.sha256(text.encode()).hexdigest()
        for table in ("accounts_membership", "accounts_apitoken", "accounts_loginlink"):
            cursor.execute(f"SELECT t::text FROM {table} t WHERE id = %s", [FOREIGN])
            found[table] = repr(cursor.fetchall())
    return found
