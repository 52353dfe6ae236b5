"""`make check`: everything that needs no database, side by side, in under a minute."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parent.parent
CHECKS: dict[str, list[str]] = {
    "lint": [str(BIN / "ruff"), "check", "--quiet"],
    "format": [str(BIN / "ruff"), "format", "--check", "--quiet", "src", "tests", "tools", "bench"],
    "types": [str(BIN / "mypy")],
    "imports": [str(BIN / "lint-imports"), "--verbose"],
    "house rules": [sys.executable, "tools/house_rules.py"],
    "translations": [sys.executable, "tools/texts.py"],
    "Dockerfile": [str(BIN / "hadolint"), "--failure-threshold", "style", "Dockerfile"],
    "compose.yaml": [
        str(BIN / "check-jsonschema"),
        "--builtin-schema",
        "vendor.compose-spec",
        "compose.yaml",
    ],
}


def run(command: list[str]) -> tuple[int, str, float]:
    """Run one check; return its exit code, what it said and the seconds it took."""
    begin = time.monotonic()
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    return done.returncode, done.stdout + done.stderr, time.monotonic() - begin


def main() -> int:
    """Run all checks; print what failed, and the figures of style in any case."""
    with ThreadPoolExecutor(len(CHECKS)) as pool:
        results = dict(zip(CHECKS, pool.map(run, CHECKS.values()), strict=True))
    for name, (code, said, seconds) in results.items():
        print(f"{'ok  ' if code == 0 else 'FAIL'}  {name} ({seconds:.1f} s)")
        if code or name == "house rules":
            print(said.rstrip())
    return int(any(code for code, _said, _seconds in results.values()))


if __name__ == "__main__":
    sys.exit(main())
