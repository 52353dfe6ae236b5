"""Seal the seeds of one-time and recovery codes that were stored in the clear until now.

Whoever goes back to the version before has them in the clear again: it cannot open them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import StateApps

from hearwell.accounts.factorsealing import each_secret, opened_text, sealed_text


def _change_all(apps: StateApps, change: Callable[[str], str]) -> None:
    factors = apps.get_model("mfa", "Authenticator").objects
    rows = list(factors.exclude(type="webauthn").select_for_update())
    for row in rows:
        row.data = each_secret(row.data, lambda stored: change(opened_text(stored)))
    factors.bulk_update(rows, ["data"], batch_size=500)


def _seal(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    _change_all(apps, sealed_text)


def _open(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    _change_all(apps, lambda plain: plain)


class Migration(migrations.Migration):
    """Web processes of the version before refuse codes until they are replaced, keys they take."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("accounts", "0007_front_door"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations: ClassVar[list[Operation]] = [migrations.RunPython(_seal, _open, elidable=True)]
