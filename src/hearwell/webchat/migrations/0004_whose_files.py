"""Whose a file is: what we send takes no room of a visitor's."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

# The rows of all workspaces, of which row security shows the owner none.
_NOTE_OURS = """
ALTER TABLE webchat_file NO FORCE ROW LEVEL SECURITY;
ALTER TABLE webchat_line NO FORCE ROW LEVEL SECURITY;
UPDATE webchat_file f SET is_ours = true
FROM webchat_line l CROSS JOIN LATERAL jsonb_array_elements(l.files) AS one
WHERE l.side = 'out' AND f.workspace_id = l.workspace_id AND f.visitor_id = l.visitor_id
    AND f.id = (one->>'id')::uuid;
ALTER TABLE webchat_file FORCE ROW LEVEL SECURITY;
ALTER TABLE webchat_line FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """A mark beside each file; the process before this one goes on without it."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("webchat", "0003_onward")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            "file", "is_ours", models.BooleanField(default=False, db_default=False)
        ),
        migrations.RunSQL(_NOTE_OURS, migrations.RunSQL.noop),
    ]
