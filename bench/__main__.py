"""Run the benchmarks, one process each, and print one JSON object of all results.

    python -m bench              all of them
    python -m bench study pages  some

Each is a module of this folder whose last line of output is its JSON: figures, and their ratio to
a baseline measured in the same run. Machines differ and are noisy; ratios are what counts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NOT_BENCHMARKS = {"__main__", "__init__", "seed"}


def names() -> list[str]:
    """Return the benchmarks of this folder."""
    found = sorted(path.stem for path in HERE.glob("*.py"))
    return [name for name in found if name not in NOT_BENCHMARKS and not name.startswith("_")]


def run(name: str) -> dict[str, Any]:
    """Run one benchmark; a failure is part of the result and does not stop the others."""
    print(f"{name} …", file=sys.stderr, flush=True)
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}"],
        cwd=HERE.parent,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        return {"error": f"exit code {done.returncode}"}
    return _last_object(done.stdout)


def _last_object(printed: str) -> dict[str, Any]:
    """Return the JSON object that the output ends with, on one line or on many."""
    decoder = json.JSONDecoder()
    start = printed.rfind("\n{") + 1
    result: dict[str, Any] = decoder.decode(printed[start:].strip())
    return result


def main() -> int:
    """Run what was asked for and print the results."""
    wanted = sys.argv[1:] or names()
    unknown = sorted(set(wanted) - set(names()))
    if unknown:
        print(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(names())}")
        return 2
    results = {name: run(name) for name in wanted}
    print(json.dumps(results, indent=2))
    return 1 if any("error" in result for result in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
