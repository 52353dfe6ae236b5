"""A burst of Meta's deliveries, many of them twice and out of order, against the real front door.

A web process accepts over HTTP (signature over the raw bytes, on disk before the 200), a worker
takes in. Every answer must be 200, and afterwards there must be exactly the distinct messages. The
time of each answer is measured at the caller, over connections that are kept open.

The baseline, in the same run: the same requests against a bare handler that stores nothing.

    python -m bench.meta [--deliveries 10000] [--duplicates 0.3] [--connections 16]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg

from bench._hooks import WORDS, web
from bench._processes import process
from hearwell.config.scratch import Ground, ground, set_up_django

PAGE, APP, SECRET = "1784001", "1000200030004", "bench-app-secret"
BAR_P99_MS, SEED = 250.0, 20261127
PATIENCE_S = 600.0
_WAITING = "SELECT EXISTS (SELECT FROM channels_rawdelivery WHERE state = 0)"


def connect(made: Ground) -> tuple[Any, str]:
    """Make a workspace with a Page; return its id and the secret part of the Page's address."""
    set_up_django(made, "worker")
    from hearwell.accounts.services import create_workspace
    from hearwell.channels.models import Endpoint
    from hearwell.channels.services import connect_channel
    from hearwell.connect.model import IngressSecrets
    from hearwell.kit.scope import scope
    from hearwell.sla.services import ensure_defaults

    workspace = create_workspace("Northwind Air")
    with scope(workspace.id):
        ensure_defaults(workspace)
        channel = connect_channel(
            workspace_id=workspace.id,
            network="facebook",
            handle="Northwind Air",
            external_id=PAGE,
            brand="Northwind Air",
            settings={"app_id": APP},
            ingress=IngressSecrets((SECRET,), "bench-verify"),
        )
    return workspace.id, Endpoint.objects.get(id=channel.endpoint_id).token


def requests(token: str, deliveries: int, duplicates: float) -> tuple[list[bytes], int]:
    """Return whole HTTP requests, shuffled, and how many distinct messages are in them."""
    chance = random.Random(SEED)  # noqa: S311 -- reproducible
    distinct = max(1, round(deliveries * (1 - duplicates)))
    told = [_request(token, number) for number in range(distinct)]
    again = [chance.choice(told) for _ in range(deliveries - distinct)]
    burst = told + again
    chance.shuffle(burst)
    return burst, distinct


def _request(token: str, number: int) -> bytes:
    """One delivery: two of three are comments, one is a private message."""
    from hearwell.connectors.meta.fake_graph import escaped
    from hearwell.connectors.meta.hook import HEADER, signature_of

    at = 1796000000 + number
    about = _private(number, at) if number % 3 == 0 else _public(number, at)
    body = escaped({"object": "page", "entry": [{"id": PAGE, "time": at, **about}]})
    head = (
        f"POST /hooks/{token} HTTP/1.1\r\nhost: localhost\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
        f"{HEADER}: {signature_of(SECRET, body)}\r\n\r\n"
    )
    return head.encode() + body


def _public(number: int, at: int) -> dict[str, Any]:
    value = {
        "item": "comment", "verb": "add", "created_time": at,
        "comment_id": f"5001_{number}", "post_id": f"{PAGE}_5001", "parent_id": f"{PAGE}_5001",
        "from": {"id": f"7{number % 997}", "name": "Lena Vik"},
        "message": f"{WORDS[number % len(WORDS)]} äöå <b>@you</b> ({number})",
    }  # fmt: skip
    return {"changes": [{"field": "feed", "value": value}]}


def _private(number: int, at: int) -> dict[str, Any]:
    said = {"mid": f"m_Bench-{number}", "text": f"{WORDS[number % len(WORDS)]} ({number})"}
    sides = {"sender": {"id": f"7{number % 997}"}, "recipient": {"id": PAGE}}
    return {"messaging": [{**sides, "timestamp": at * 1000, "message": said}]}


def post(port: int, burst: Sequence[bytes], connections: int) -> list[tuple[int, float]]:
    """Send all over some kept-alive connections; return each status and its seconds."""
    return asyncio.run(_post(port, iter(burst), connections))


async def _post(port: int, burst: Iterator[bytes], connections: int) -> list[tuple[int, float]]:
    found: list[tuple[int, float]] = []

    async def call() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in burst:
            begun = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_length(head))
            found.append((int(head[9:12]), time.perf_counter() - begun))
        writer.close()

    await asyncio.gather(*(call() for _ in range(connections)))
    return found


def _length(head: bytes) -> int:
    lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
    return next((int(value) for name, _, value in lines if name == b"content-length"), 0)


def _until_taken(look: Any) -> float:
    begun = time.monotonic()
    while look.execute(_WAITING).fetchone()[0]:
        if time.monotonic() - begun > PATIENCE_S:
            message = "the worker does not keep up"
            raise RuntimeError(message)
        time.sleep(0.05)
    return time.monotonic() - begun


def counted(workspace_id: Any) -> tuple[int, int, int]:
    """Count messages, how many of them are distinct, and what could not be taken in."""
    from hearwell.channels.models import ParkedDelivery
    from hearwell.conversations.models import Message
    from hearwell.kit.scope import scope

    with scope(workspace_id):
        messages = Message.objects.all()
        distinct = messages.values("remote_id").distinct().count()
        return messages.count(), distinct, ParkedDelivery.objects.count()


def percentile(seconds: Sequence[float], share: float) -> float:
    """Return the time within which this share was answered, in ms."""
    ordered = sorted(seconds)
    return round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)


def measure(made: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    """Send the burst and look at what came of it."""
    workspace_id, token = connect(made)
    burst, distinct = requests(token, asked.deliveries, asked.duplicates)
    worker = ["-m", "hearwell", "worker"]
    with web(made) as port, web(made, "bench._bare:app") as bare:
        baseline = post(bare, burst, asked.connections)
        with process(worker, made.environment("worker")):
            begun = time.perf_counter()
            answers = post(port, burst, asked.connections)
            sent_s = time.perf_counter() - begun
            with psycopg.connect(made.worker, autocommit=True) as look:
                _until_taken(look)
                taken_s = time.perf_counter() - begun
    kept, kept_distinct, parked = counted(workspace_id)
    times, plain = [one[1] for one in answers], [one[1] for one in baseline]
    return {
        "benchmark": "a burst of Meta's deliveries",
        "deliveries": len(burst),
        "connections": asked.connections,
        "distinct": distinct,
        "not_200": sum(status != 200 for status, _ in answers),
        "messages": kept,
        "messages_distinct": kept_distinct,
        "parked": parked,
        "is_exact": kept == kept_distinct == distinct and not parked,
        "ack_p50_ms": percentile(times, 0.5),
        "ack_p99_ms": percentile(times, 0.99),
        "bare_p99_ms": percentile(plain, 0.99),
        "bar_p99_ms": BAR_P99_MS,
        "accepted_per_s": round(len(burst) / sent_s),
        "taken_per_s": round(len(burst) / taken_s),
    }


def main() -> None:
    """Run and print the result as JSON; a lost, doubled or refused delivery is a failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--duplicates", type=float, default=0.3)
    parser.add_argument("--connections", type=int, default=16)
    asked = parser.parse_args()
    with ground() as made:
        result = measure(made, asked)
    print(json.dumps(result, indent=2))
    if result["not_200"] or not result["is_exact"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
