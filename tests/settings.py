"""The product's settings with the few differences that tests need."""

import os

from tests import cluster_for_tests

# Before the product's settings are read: they ask where the data folder is.
cluster_for_tests.begin_session()
os.environ.setdefault("HEARWELL_SECRET_KEY", "for tests only")
os.environ.setdefault("HEARWELL_ROLE", "worker")

from hearwell.config.settings import *

# Hashed names need a collected folder; the running house of the end-to-end tests has one.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
# The real hasher is slow on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# While a capability is being taken apart, the tests of others can go on without it.
if _only := os.environ.get("HEARWELL_TEST_APPS"):
    _kept = {f"hearwell.{name}" for name in _only.split(",")}
    INSTALLED_APPS = [
        name
        for name in INSTALLED_APPS  # noqa: F405
        if not name.startswith("hearwell.") or name in _kept
    ]
# A thread of a test ends with it, and its connection must too.
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
