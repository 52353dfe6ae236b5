"""Until when somebody has time to read an answer in the chat, and how a chat goes on then."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.ids
from hearwell.kit import rls

# Who had time to read an answer and has not: their workspace and who they are, nothing more.
_UNREAD = """
CREATE FUNCTION webchat_unread(moment timestamptz)
RETURNS TABLE (workspace_id uuid, visitor_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.workspace_id, l.visitor_id FROM webchat_line l
    WHERE l.read_by <= moment
    GROUP BY l.workspace_id, l.visitor_id ORDER BY min(l.read_by) LIMIT 500
$$
"""


class Migration(migrations.Migration):
    """A time beside each line, and a row for each chat whose owner has chosen."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("webchat", "0002_row_security")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField("line", "read_by", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "line",
            models.Index(
                fields=["read_by"],
                condition=models.Q(read_by__isnull=False),
                name="webchat_line_unread",
            ),
        ),
        migrations.CreateModel(
            "Onward",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=hearwell.kit.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("channel_id", models.UUIDField()),
                ("is_on", models.BooleanField(default=True)),
                ("wait_s", models.PositiveIntegerField(default=120)),
                ("mailbox_id", models.UUIDField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="webchat_onward_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "channel_id"), name="webchat_onward_once"
                    ),
                ],
            },
        ),
        rls.protect("webchat_onward"),
        rls.composite_fk("webchat_onward", "channel_id", "channels_channel"),
        rls.composite_fk("webchat_onward", "mailbox_id", "channels_channel"),
        rls.definer_function("webchat_unread(timestamptz)", _UNREAD),
    ]
