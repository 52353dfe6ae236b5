"""App configuration of triage."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig

# What the customer wrote last in, where that is known; "pt-BR" counts as "pt".
_SPOKEN: Final = """%(language)s = (
    SELECT split_part(lower(tv.language), '-', 1) FROM triage_verdict tv
    WHERE tv.workspace_id = c.workspace_id AND tv.case_id = c.id AND tv.language <> ''
    ORDER BY tv.message_id DESC LIMIT 1)"""
_UNSURE: Final = """%(unsure)s = 'yes' AND EXISTS (
    SELECT FROM triage_verdict tv WHERE tv.workspace_id = c.workspace_id AND tv.case_id = c.id
        AND tv.is_unsure)"""
_ABOUT: Final = """EXISTS (
    SELECT FROM triage_verdict tv WHERE tv.workspace_id = c.workspace_id AND tv.case_id = c.id
        AND lower(%(topic)s) = ANY (lower(tv.topics::text)::text[]))"""


class TriageConfig(AppConfig):
    """Verdicts and corrections."""

    name = "hearwell.triage"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Say what it means to filter cases by what was thought of their messages."""
        from hearwell.conversations import filtering

        filtering.register("language", _SPOKEN)
        filtering.register("unsure", _UNSURE)
        filtering.register("topic", _ABOUT)
