"""Seal the secrets of browsers that were stored in the clear until now.

There is no way back: whoever migrates can seal with the public key and not open. The version
before cannot tell these devices anything; they are switched on anew.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import StateApps

from hearwell.kit.scope import scope
from hearwell.notifications.rules import AUTH_BYTES


def _seal(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    from hearwell.notifications.sealing import sealed

    devices = apps.get_model("notifications", "Device").objects
    for workspace_id in apps.get_model("accounts", "Workspace").objects.values_list(
        "id", flat=True
    ):
        with scope(workspace_id):
            rows = devices.filter(workspace_id=workspace_id).select_for_update()
            clear = [row for row in rows if len(row.auth) == AUTH_BYTES]
            for row in clear:
                row.auth = sealed(workspace_id, row.id, bytes(row.auth))
            devices.bulk_update(clear, ["auth"], batch_size=500)


class Migration(migrations.Migration):
    """Workers of the version before reach nobody whose secret is sealed until they are new."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("notifications", "0004_letters"),
        ("accounts", "0007_front_door"),
    ]
    operations: ClassVar[list[Operation]] = [
        migrations.RunPython(_seal, migrations.RunPython.noop, elidable=True)
    ]
