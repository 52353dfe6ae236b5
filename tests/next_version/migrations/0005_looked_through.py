"""What takes long but keeps nobody waiting, outside any transaction."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from tests.next_version.changes import BUSY, looked_through


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("next_version", "0004_outbound_delivery")]
    operations: ClassVar = [one for table in BUSY for one in looked_through(table)]
