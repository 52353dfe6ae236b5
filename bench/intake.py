"""From a webhook to a conversation with its clocks, in bursts of 1, 50 and 500 messages.

Real processes: a web process accepts over HTTP (verified and on disk before the 200), a worker
takes in. One message a webhook, as networks send them. A burst ends when the last of its messages
has its case and its clocks; the rate is messages through seconds from the first byte sent.

Baselines in the same run, on the same server: pgbench's plain INSERT of the same bytes from eight
clients, each row its own commit, and one COPY of them.

    python -m bench.intake [--messages 5000]
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import tempfile
import time
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bench._hooks import Desk, connect, entry, post, web, webhooks
from bench._processes import process
from hearwell.config.scratch import Ground, ground

BURSTS = (1, 50, 500)
BAR_PER_S, BAR_BURST = 2000, 500
# Longer than a wake-up keeps the next one back, so that each burst is one that comes by itself.
BETWEEN_S = 0.15
_WAITING = "SELECT EXISTS (SELECT FROM channels_rawdelivery WHERE state = 0)"


def bursts(made: Ground, desk: Desk, port: int, messages: int) -> dict[str, Any]:
    """Send bursts of each size, one after the other, and time each to its last clock."""
    with psycopg.connect(made.worker, autocommit=True) as look:
        post(port, webhooks(500, desk.token))  # warm: plans, caches, compiled code
        _until_taken(look)
        return {
            str(size): _burst(port, desk, look, size, max(5, min(60, messages // size)))
            for size in BURSTS
        }


def _burst(port: int, desk: Desk, look: Any, size: int, times: int) -> dict[str, Any]:
    accepted, taken = [], []
    for _ in range(times):
        requests = webhooks(size, desk.token)
        begun = time.perf_counter()
        post(port, requests)
        accepted.append(time.perf_counter() - begun)
        _until_taken(look)
        taken.append(time.perf_counter() - begun)
        time.sleep(BETWEEN_S)
    return {
        "bursts": times,
        "accepted_ms": round(statistics.median(accepted) * 1000, 1),
        "clocked_ms": round(statistics.median(taken) * 1000, 1),
        "messages_per_s": round(size / statistics.median(taken)),
    }


def stream(made: Ground, desk: Desk, port: int, messages: int) -> dict[str, Any]:
    """Send everything without a pause and time it to the last clock."""
    requests = webhooks(messages, desk.token)
    with psycopg.connect(made.worker, autocommit=True) as look:
        begun = time.perf_counter()
        accepted = post(port, requests)
        _until_taken(look)
        taken = time.perf_counter() - begun
    return {
        "messages": messages,
        "accepted_per_s": round(messages / accepted),
        "messages_per_s": round(messages / taken),
    }


def _until_taken(look: Any) -> None:
    deadline = time.monotonic() + 300
    while look.execute(_WAITING).fetchone()[0]:
        if time.monotonic() > deadline:
            message = "the worker does not take in"
            raise RuntimeError(message)
        time.sleep(0.002)


def drain_alone(desk: Desk) -> dict[str, Any]:
    """Take 500 kept deliveries in, in this process, with nobody else at work: the story itself."""
    from hearwell.channels.models import Endpoint
    from hearwell.channels.services import keep
    from hearwell.channels.services.draining import drain_endpoint
    from hearwell.config import collector

    collector.settle()  # as the worker does
    endpoint = Endpoint.objects.get(token=desk.token)
    rates, processor = [], []
    for _ in range(6):
        keep([raw_row(endpoint.id, request) for request in webhooks(500, desk.token)])
        begun, busy = time.perf_counter(), time.process_time()
        drain_endpoint(endpoint.id)
        rates.append(500 / (time.perf_counter() - begun))
        processor.append(time.process_time() - busy)
    return {
        "messages_per_s": round(statistics.median(rates)),
        "python_ms_per_500": round(statistics.median(processor) * 1000),
    }


def raw_row(endpoint_id: Any, request: bytes) -> Any:
    """Return a delivery as it is kept, of one webhook's bytes."""
    from hearwell.channels.services import RawRow
    from hearwell.connect.model import Raw
    from hearwell.kit.clock import now

    return RawRow.of(endpoint_id, Raw("POST", "", {}, request.partition(b"\r\n\r\n")[2], now()))


def baselines(made: Ground) -> dict[str, Any]:
    """Return rows a second of pgbench's INSERT and of COPY, with bytes like those of a webhook."""
    body = json.dumps({"page": "p", "entries": [entry(0)]})
    table = "CREATE TABLE bench_plain (id bigserial PRIMARY KEY, body bytea NOT NULL)"
    with psycopg.connect(made.owner, autocommit=True) as owner:
        owner.execute(table)
        insert = _pgbench(made, f"INSERT INTO bench_plain (body) VALUES ('{body}');")
        begun = time.perf_counter()
        with owner.cursor() as cursor, cursor.copy("COPY bench_plain (body) FROM STDIN") as copy:
            for _ in range(50_000):
                copy.write_row([body.encode()])
        rows = 50_000 / (time.perf_counter() - begun)
        owner.execute("DROP TABLE bench_plain")
    return {"pgbench_insert_per_s": insert, "copy_per_s": round(rows)}


def _pgbench(made: Ground, statement: str) -> int:
    from hearwell.ops.binaries import installed_folder

    where = conninfo_to_dict(made.owner)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(statement)
        script.flush()
        command = [str(installed_folder() / "bin" / "pgbench"), "-n", "-c", "8", "-T", "5"]
        done = subprocess.run(
            [*command, "-f", script.name, "-h", str(where["host"]), "-U", str(where["user"]),
             str(where["dbname"])],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    return round(float(found.group(1))) if found else 0


def _checked(desk: Desk) -> dict[str, int]:
    """Count what there is at the end: every message has a case and clocks, none twice."""
    from hearwell.conversations.models import Case, Message
    from hearwell.kit.scope import scope
    from hearwell.sla.models import Clock

    with scope(desk.workspace_id):
        return {
            "messages": Message.objects.count(),
            "cases": Case.objects.count(),
            "clocks": Clock.objects.count(),
        }


def main() -> None:
    """Run and print the result as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=5000)
    asked = parser.parse_args()
    with ground() as made:
        desk = connect(made)
        base = baselines(made)
        alone = drain_alone(desk)
        with web(made) as port, process(["-m", "hearwell", "worker"], made.environment("worker")):
            found = bursts(made, desk, port, asked.messages)
            steady = stream(made, desk, port, asked.messages)
        there = _checked(desk)
    rate = found[str(BAR_BURST)]["messages_per_s"]
    result = {
        "benchmark": "intake",
        "baselines": base,
        "bursts": found,
        "stream": steady,
        "drain_alone": alone,
        "ratio_to_pgbench_insert": round(rate / base["pgbench_insert_per_s"], 3),
        "ratio_to_copy": round(rate / base["copy_per_s"], 4),
        "bar": {"messages_per_s_in_bursts_of_500": BAR_PER_S, "is_met": rate >= BAR_PER_S},
        "in_the_end": there,
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
