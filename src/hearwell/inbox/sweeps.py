"""Sweeps of the inbox: unread chats go on by mail, imports of a killed worker go on.

Files that nobody needs any more are removed. Cases find their people.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from hearwell.inbox import attaching, onward, placing, retention, uploading
from hearwell.inbox.importing import defer_import
from hearwell.kit.clock import now
from hearwell.kit.sweep import every

# Longer than any single step of an import takes.
STALLED_AFTER = timedelta(minutes=10)


@every(seconds=60.0, name="inbox.imports")
def wake_stalled_imports() -> int:
    """Queue every background import that nothing has moved for a while."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM channels_stalled_imports(%s)", [now() - STALLED_AFTER])
        found = cursor.fetchall()
    return sum(defer_import(workspace_id, run_id) for workspace_id, run_id in found)


@every(seconds=3600.0, name="inbox.unsent_files")
def remove_unsent_files() -> int:
    """Remove what was attached to words that nobody writes any more."""
    return attaching.remove_unsent()


@every(seconds=1800.0, name="inbox.import_files")
def remove_idle_files() -> int:
    """Remove what uploads left that never came to their end, and what no import needs."""
    return uploading.remove_leftovers()


@every(seconds=5.0, name="inbox.onward")
def hand_over_unread() -> int:
    """Send on what visitors of our chat have not read there in time."""
    return onward.hand_over_due()


every(seconds=1.0, name="inbox.place_due")(placing.place_due)
every(seconds=3.0, name="inbox.place_rounds")(placing.make_rounds)
every(seconds=30.0, name="inbox.place_missed")(placing.look_for_missed)
every(seconds=3600.0, name="inbox.retention")(retention.keep_to_rules)
