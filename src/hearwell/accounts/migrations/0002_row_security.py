"""Row-level security of the audit trail; grants on the global tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_WRITE = "SELECT, INSERT, UPDATE"
_GLOBAL = ("user", "workspace", "loginlink")


class Migration(migrations.Migration):
    """The trail is append-only: no role that serves people may alter or delete a line."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("accounts", "0001_initial")]
    operations: ClassVar[list[Operation]] = [
        rls.protect("accounts_auditrow", grant="SELECT, INSERT"),
        rls.unscoped_grant("accounts_membership", app=f"{_WRITE}, DELETE"),
        # Removing a member cascades to their tokens.
        rls.unscoped_grant("accounts_apitoken", app=f"{_WRITE}, DELETE"),
        *(rls.unscoped_grant(f"accounts_{name}", app=_WRITE) for name in _GLOBAL),
    ]
