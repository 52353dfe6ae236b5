"""App configuration of spikes."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig

# Whoever wrote one of the messages that a spike is made of.
_OF_SPIKE: Final = """c.id IN (
    SELECT sm.case_id FROM spikes_spike sp
    JOIN conversations_message sm
        ON sm.workspace_id = sp.workspace_id AND sm.id = ANY(sp.message_ids)
    WHERE sp.workspace_id = c.workspace_id AND sp.id = %(spike_id)s)"""


class SpikesConfig(AppConfig):
    """Counts, what is usual, and what was found."""

    name = "hearwell.spikes"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Say what it means to filter cases by a spike."""
        from hearwell.conversations import filtering

        filtering.register("spike_id", _OF_SPIKE)
