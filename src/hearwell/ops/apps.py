"""Django app configuration: management of the running system."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    """Operations have no tables; the app exists for its addresses and one function."""

    name = "hearwell.ops"
