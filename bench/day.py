"""A day at the desk, and one with an hour in which ten times as many write; half an hour each.

Baseline: the same people and messages, first come, first served.

    python -m bench.day [--messages 10000] [--agents 20]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SPIKE_HOUR = "13"


def played(messages: int, agents: int, *more: str) -> dict[str, Any]:
    """Return the figures of one day and how long it took to play."""
    begun = time.perf_counter()
    command = [str(Path(sys.executable).with_name("hearwell")), "simulate", "day", "--json"]
    asked = ["--messages", str(messages), "--agents", str(agents), *more]
    done = subprocess.run([*command, *asked], stdout=subprocess.PIPE, check=True, text=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures | {"played_in_s": round(time.perf_counter() - begun)}


def main() -> None:
    """Play both and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--agents", type=int, default=20)
    asked = parser.parse_args()
    usual = played(asked.messages, asked.agents)
    spiked = played(asked.messages, asked.agents, "--spike-hour", SPIKE_HOUR)
    print(json.dumps({"usual": usual, "spike": spiked}, indent=2))


if __name__ == "__main__":
    main()
