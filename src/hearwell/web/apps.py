"""The app that carries templates, static files and template tags."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Screens; no tables."""

    name = "hearwell.web"
    label = "web"
