"""The child that sets a paper: no secrets, no files to write, little memory, little time.

Started by `printing` with an empty environment. JSON comes on its standard input, the PDF goes to
its standard output; what went wrong is said in one line on its standard error.
"""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from importlib import resources
from typing import Any

MEMORY, CPU_S, FILES = 3 << 30, 20, 128
MISSING, WRONG = 3, 4


def main() -> int:
    """Set one paper; returns the exit code."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, FILES),
    ):
        resource.setrlimit(what, (most, most))
    try:
        import typst
    except ImportError:
        return MISSING
    try:
        sys.stdout.buffer.write(_set(sys.stdin.buffer.read().decode()))
    except (typst.TypstError, UnicodeDecodeError, RuntimeError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}"[:2000])
        return WRONG
    return 0


def _set(paper: str) -> bytes:
    """Set a paper to PDF/UA-1. Of a sign that no font here has, that standard allows no paper.

    Then it is the same paper, tagged alike, with a box for that sign, and not called PDF/UA.
    """
    import typst

    # The folder of the template is all that it may read; fonts are found by the library itself.
    folder = str(resources.files(__package__).joinpath("setting"))
    asked: dict[str, Any] = {
        "input": f"{folder}/paper.typ",
        "root": folder,
        "format": "pdf",
        "sys_inputs": {"paper": paper},
        "package_path": "/nowhere",
        "package_cache_path": "/nowhere",
    }
    with suppress(typst.TypstError):
        return bytes(typst.compile(**asked, pdf_standards="ua-1"))
    return bytes(typst.compile(**asked))


if __name__ == "__main__":
    sys.exit(main())
