"""The wheel, in an empty environment, as a plain user: the same as `make up`."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.house import clean_environment, running_house

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]
UV = Path(sys.executable).parent / "uv"
PYTHONS = ("python3", "python3.14", "python3.13", "python3.12", "python3.11")
NOBODY = "nobody"


def run(*command: str | Path) -> None:
    done = subprocess.run(
        command, check=False, env=clean_environment(), capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def python_for_everybody() -> str | None:
    """An interpreter that a plain user may run too (one in /root they may not)."""
    for name in PYTHONS:
        path = shutil.which(name, path="/usr/local/bin:/usr/bin")
        check = "import sys, ensurepip; sys.exit(sys.version_info < (3, 11))"
        if path and subprocess.run([path, "-c", check], check=False).returncode == 0:
            return path
    return None


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that everybody may enter."""
    folder = Path(tempfile.mkdtemp(prefix="hw-wheel-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def installed(place: Path) -> Path:
    """The bin/ folder of an environment that holds the wheel and what it needs, no more."""
    python = python_for_everybody() or sys.executable
    run(UV, "build", "--quiet", "--wheel", "--out-dir", place / "dist", ROOT)
    (wheel,) = (place / "dist").glob("hearwell-*.whl")
    run(UV, "export", "--quiet", "--locked", "--no-dev", "--no-emit-project", "--no-hashes",
        "-o", place / "locked.txt")  # fmt: skip
    run(UV, "venv", "--quiet", "--python", python, place / "env")
    target = place / "env" / "bin" / "python"
    run(UV, "pip", "install", "--quiet", "--python", target, "-r", place / "locked.txt")
    run(UV, "pip", "install", "--quiet", "--python", target, "--no-deps", wheel)
    return place / "env" / "bin"


def as_plain_user() -> list[str]:
    """A prefix that makes a command run as nobody, where we are root."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("setpriv is not here to become a plain user with")
    if python_for_everybody() is None:
        pytest.skip("no Python of 3.11 or newer that a plain user may run")
    entry = pwd.getpwnam(NOBODY)
    ids = [f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
    return [shutil.which("setpriv") or "setpriv", *ids]


def test_a_plain_user_runs_it_from_the_wheel(installed, place):
    folder = place / "home"
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        entry = pwd.getpwnam(NOBODY)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    with running_house(
        command=[str(installed / "hearwell")],
        wrapper=as_plain_user(),
        parent=folder,
        is_new=True,
    ) as house:
        page = httpx.get(house.link(), follow_redirects=True)
        assert page.status_code == httpx.codes.OK
        style = httpx.get(f"{house.url}{first_style_sheet(page.text)}")
        assert style.status_code == httpx.codes.OK
        assert "immutable" in style.headers["cache-control"]
        assert stat.S_IMODE(house.data.stat().st_mode) == 0o700
        assert house.stop() == 0


def first_style_sheet(page: str) -> str:
    """The address of the first style sheet of a page."""
    start = page.index('href="/static/') + len('href="')
    return page[start : page.index('"', start)]
