"""The product's settings, a version later."""

from hearwell.config.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.next_version"]  # noqa: F405
