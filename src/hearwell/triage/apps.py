"""App configuration of triage."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig

# What the customer wrote last in, where that is known; "pt-BR" counts as "pt".
_SPOKEN: Final = """%(language)s = (
    SELECT split_part(lower(tv.language), '-', 1) FROM triage_verdict tv
    WHERE tv.workspace_id = c.workspace_id AND tv.case_id = c.id AND tv.language <> ''
    ORDER BY tv.message_id DESC LIMIT 1)"""


class TriageConfig(AppConfig):
    """Verdicts and corrections."""

    name = "hearwell.triage"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Say what it means to filter cases by language."""
        from hearwell.conversations import filtering

        filtering.register("language", _SPOKEN)
