"""An archive from the file to clocked cases: messages a second, and memory as the file grows.

Real processes: `hearwell import` on an embedded PostgreSQL with durable settings. Two archives are
imported, the second five times as long, each into a house of its own; memory is the sum of PSS of
the command and of every PostgreSQL process (bar shared pages counted twice), looked at four times
a second. Baseline in the same run: one COPY of the same rows into a bare table with the three
indexes an archive needs at least.

    python -m bench.imports [--rows 40000]
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg

from bench.study import write_archive
from hearwell.config.scratch import Ground, ground

TIMES, BAR_PER_S, BAR_GROWTH = 5, 3000, 1.3
_LOOK_EVERY_S = 0.25
_TABLE = """
    CREATE TABLE bench_plain (id bigint PRIMARY KEY, author text, inbound boolean,
        sent_at timestamptz, body text, response text, parent text);
    CREATE INDEX ON bench_plain (author, sent_at); CREATE INDEX ON bench_plain (parent);
"""
_WORKSPACE = """
import django; django.setup()
from hearwell.accounts.services import create_workspace
create_workspace("Northwind Air")
"""


@dataclass
class Seen:
    """What an import took. Bytes and seconds."""

    seconds: float = 0.0
    processor_s: float = 0.0
    command: int = 0
    server: int = 0

    def look(self, command: psutil.Process, server: list[psutil.Process]) -> None:
        """Take note of the memory as it is now, and of the processor time so far."""
        try:
            self.command = max(self.command, command.memory_full_info().pss)
            self.processor_s = sum(command.cpu_times()[:2])
        except psutil.Error:
            return
        self.server = max(self.server, sum(map(_pss, server)))


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def imported(path: Path, rows: int) -> tuple[Seen, dict[str, Any]]:
    """Import a file into a new house; return what it took and the baseline beside it."""
    with ground() as made:
        base = _copy(made, path)
        environment = {**os.environ, **made.environment("worker")}
        subprocess.run([sys.executable, "-c", _WORKSPACE], env=environment, check=True)
        command = [str(Path(sys.executable).with_name("hearwell")), "import", str(path)]
        begun, seen = time.perf_counter(), Seen()
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as child:
            for _ in _while(child):
                seen.look(psutil.Process(child.pid), _server())
        seen.seconds = time.perf_counter() - begun
        if child.returncode:
            raise RuntimeError(path)
        there = _messages(made)
    if not there:
        raise RuntimeError(path)
    return seen, {"copy_per_s": round(rows / base), "messages": there}


def _messages(made: Ground) -> int:
    """Count what is in the house: its one workspace must be named, or no row is seen."""
    with psycopg.connect(made.worker) as worker:
        one = worker.execute("SELECT id FROM accounts_workspace").fetchone()
        worker.execute("SELECT set_config('app.workspace', %s, true)", [str(one and one[0])])
        found = worker.execute("SELECT count(*) FROM conversations_message").fetchone()
    return int(found[0]) if found else 0


def _while(child: subprocess.Popen[bytes]) -> Iterator[None]:
    while child.poll() is None:
        yield
        time.sleep(_LOOK_EVERY_S)


def _server() -> list[psutil.Process]:
    """Return the processes of the embedded server: it is a child of ours."""
    ours = psutil.Process().children(recursive=True)
    return [one for one in ours if one.name().startswith("postgres")]


def _copy(made: Ground, path: Path) -> float:
    """Return the seconds that a bare COPY of the same rows takes."""
    with psycopg.connect(made.owner) as owner, path.open(newline="") as file:
        owner.execute(_TABLE)
        begun = time.perf_counter()
        columns = "id, author, inbound, sent_at, body, response, parent"
        with (
            owner.cursor() as cursor,
            cursor.copy(f"COPY bench_plain ({columns}) FROM STDIN") as to,
        ):
            for row in list(csv.reader(file))[1:]:
                to.write_row(row)
        owner.commit()
        taken = time.perf_counter() - begun
        owner.execute("DROP TABLE bench_plain")
    return taken


def main() -> None:
    """Import both archives and print the result as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=40_000)
    asked = parser.parse_args()
    sizes = (asked.rows, TIMES * asked.rows)
    runs = []
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "archive.csv"
            write_archive(path, rows)
            runs.append((rows, *imported(path, rows)))
    print(json.dumps(_result(runs), indent=2))


def _result(runs: list[tuple[int, Seen, dict[str, Any]]]) -> dict[str, Any]:
    found = [
        {
            "rows": rows,
            "messages_per_s": round(base["messages"] / seen.seconds),
            "seconds": round(seen.seconds, 1),
            "processor_s": round(seen.processor_s, 1),
            "command_mb": round(seen.command / 1e6),
            "server_mb": round(seen.server / 1e6),
            **base,
        }
        for rows, seen, base in runs
    ]
    growth = runs[1][1].command / max(runs[0][1].command, 1)
    return {
        "benchmark": "imports",
        "runs": found,
        "ratio_to_copy": round(found[1]["messages_per_s"] / found[1]["copy_per_s"], 3),
        "memory_of_the_longer_to_the_shorter": round(growth, 2),
        "bar": {
            "messages_per_s": BAR_PER_S,
            "is_met": found[1]["messages_per_s"] >= BAR_PER_S,
            "memory_growth": BAR_GROWTH,
            "is_constant": growth <= BAR_GROWTH,
        },
    }


if __name__ == "__main__":
    main()
