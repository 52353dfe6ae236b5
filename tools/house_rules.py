"""The rules of this house that no common linter knows, and the figures of style.

Hard: who may write a table, who may call out, files of at most 400 lines, templates that people
and the content security policy can live with. Reported, never gamed: lengths of functions,
tests : code.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import bare_words
import egress
import figures
import templates
import writers

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "hearwell"
LONGEST_FILE = 400
CODE_FOLDERS = ("src", "tests", "tools", "bench")


def python_files(*folders: str) -> list[Path]:
    """Return every Python file below the folders of the project."""
    return sorted(path for name in folders for path in (ROOT / name).rglob("*.py"))


def long_files(files: list[Path]) -> Iterator[str]:
    """Yield a complaint for each file that is too long to be read in one go."""
    for path in files:
        lines = len(path.read_text().splitlines())
        if lines > LONGEST_FILE:
            yield f"{path.relative_to(ROOT)}: {lines} lines (at most {LONGEST_FILE})"


def complaints() -> Iterator[str]:
    """Yield one line for every broken rule."""
    yield from long_files(python_files(*CODE_FOLDERS))
    for path in python_files("src"):
        tree = ast.parse(path.read_text())
        yield from writers.complaints(path, SOURCE, tree)
        yield from egress.complaints(path, SOURCE, tree)
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        yield from templates.complaints(path, ROOT)
        yield from bare_words.complaints(path, ROOT)


def main() -> int:
    """Print complaints and figures; return an exit code."""
    found = list(complaints())
    for line in found:
        print(line)
    print(figures.summary(python_files("src"), python_files("tests")))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
