"""The operating-system user that PostgreSQL runs as.

PostgreSQL refuses to run as root. As root we therefore use a dedicated user,
made once; as a plain user everything runs as that user.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEDICATED_USER = "hearwell"
# Debian, Fedora and their kin; then the small systems on BusyBox.
MAKE_USER = (
    "useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /bin/false",
    "adduser -S -D -H",
)


class SystemUserMissingError(RuntimeError):
    """The dedicated user is missing and could not be made; text for the operator."""


@dataclass(frozen=True, slots=True)
class SystemUser:
    """Who a child process shall be; `is_other` when it is not who we are."""

    name: str
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Tell whether a change of user is needed to become this user."""
        return self.uid != os.geteuid()

    def popen_options(self) -> dict[str, Any]:
        """Options for subprocess that make the child this user."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take_over(self, path: Path) -> None:
        """Give a file or folder that we have just made ourselves to this user."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)


def database_user() -> SystemUser:
    """Return the user PostgreSQL shall run as; as root, make it where missing.

    Raises SystemUserMissingError.
    """
    uid = os.geteuid()
    if uid != 0:
        return SystemUser(_name_of(uid), uid, os.getegid())
    try:
        entry = pwd.getpwnam(DEDICATED_USER)
    except KeyError:
        _make_user()
        entry = pwd.getpwnam(DEDICATED_USER)
    return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        message = f"User id {uid} has no name in /etc/passwd; PostgreSQL needs one."
        raise SystemUserMissingError(message) from None


def _make_user() -> None:
    for command in MAKE_USER:
        name, *options = command.split()
        program = shutil.which(name, path=f"{os.defpath}:/usr/sbin:/sbin")
        if program and _succeeds([program, *options, DEDICATED_USER]):
            return
    message = (
        f"PostgreSQL may not run as root and the user '{DEDICATED_USER}' could not be made. "
        f"Make it (useradd --system {DEDICATED_USER}) or start Hearwell as a plain user."
    )
    raise SystemUserMissingError(message)


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
