"""The app that carries templates, static files and template tags."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Screens; no tables."""

    name = "hearwell.web"
    label = "web"

    def ready(self) -> None:
        """Offer the reports of the screens for sending by e-mail."""
        from hearwell.scheduledreports.kinds import register
        from hearwell.web.ordered import KINDS

        register(*KINDS)
