"""The first thing a newcomer may meet: a Python that is too old."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def old_python(tmp_path: Path) -> Path:
    """A Python that fails every question, as an old one fails ours."""
    path = tmp_path / "python3.9"
    path.write_text("#!/bin/sh\nexit 1\n")
    path.chmod(0o755)
    return path


def test_an_old_python_gets_one_clear_line(old_python: Path, tmp_path: Path):
    done = subprocess.run(
        ["sh", ROOT / "tools" / "make-venv.sh", tmp_path / "venv", "0"],
        check=False,
        env={**os.environ, "PYTHON": str(old_python)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "3.11 or newer" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_the_lock_names_one_index_only():
    lock = (ROOT / "uv.lock").read_text()
    hosts = set(re.findall(r"https?://([^/\"]+)", lock))
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}


def test_continuous_integration_only_calls_make_test():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines[-1] == "exec make test"
