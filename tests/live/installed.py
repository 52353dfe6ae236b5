"""Servers from npm, installed once below the user's cache, never into this repository."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HEADERS = Path("/usr/include/node/node.h")
INSTALL_S = 1800


def cache_folder() -> Path:
    """Where servers for live tests are kept between runs."""
    named = os.environ.get("HEARWELL_LIVE_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "hearwell-live"


def node_modules(name: str, manifest: Path) -> Path:
    """The installed packages of a package.json; installs them if need be.

    Skips the test, saying why, where there is no node. Raises CalledProcessError.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed: the real server cannot be run here")
    folder = cache_folder() / name
    done = folder / f".installed-{hashlib.sha256(manifest.read_bytes()).hexdigest()[:16]}"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(manifest, folder / "package.json")
        sys.stderr.write(f"\nInstalling {name} from npm into {folder}: some minutes, once\n")
        _npm(folder, "install", "--no-audit", "--no-fund")
        if not list(folder.glob("node_modules/better-sqlite3/build/Release/*.node")):
            _npm(folder, "rebuild", "better-sqlite3")
        done.touch()
    return folder / "node_modules"


def _npm(folder: Path, *arguments: str) -> None:
    environment = dict(os.environ)
    if HEADERS.exists():  # compile against these rather than fetch them
        environment["npm_config_nodedir"] = str(HEADERS.parents[2])
    subprocess.run(["npm", *arguments], cwd=folder, env=environment, check=True, timeout=INSTALL_S)
