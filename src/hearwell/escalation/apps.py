"""App configuration of escalation."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig

_OF_INCIDENT: Final = """c.id IN (
    SELECT ic.case_id FROM escalation_incidentcase ic
    WHERE ic.workspace_id = c.workspace_id AND ic.incident_id = %(incident_id)s
        AND ic.unlinked_at IS NULL)"""


class EscalationConfig(AppConfig):
    """Paths, escalations, incidents."""

    name = "hearwell.escalation"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Say what it means to filter cases by an incident."""
        from hearwell.conversations import filtering

        filtering.register("incident_id", _OF_INCIDENT)
