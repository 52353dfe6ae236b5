"""The key Django signs sessions with, kept in the data folder."""

from __future__ import annotations

import os
import secrets

from hearwell.config.environment import Environment

FILE = "secret-key"


def make_secret_key(environment: Environment) -> None:
    """Write a new key into the data folder unless there is one."""
    path = environment.data / FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(64))


def django_secret_key(environment: Environment) -> str:
    """Return HEARWELL_SECRET_KEY, else the key in the data folder, else one for this process.

    A process without either (a build, a linter) signs nothing that anybody reads later.
    """
    if environment.secret_key:
        return environment.secret_key
    try:
        return (environment.data / FILE).read_text().strip()
    except OSError:
        return secrets.token_urlsafe(64)
