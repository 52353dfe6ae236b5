"""The app that puts the house together once Django has loaded everything else."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    """Has no tables; registers the connectors."""

    name = "hearwell.config"
    label = "house"

    def ready(self) -> None:
        """Wire the concrete connectors in."""
        from django.conf import settings

        from hearwell.config.wiring import wire

        wire(settings.ENVIRONMENT)
