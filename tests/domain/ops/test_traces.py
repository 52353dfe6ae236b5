"""Traces, as a collector gets them: of requests, jobs and calls, and of nobody."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from hearwell.config import measuring
from hearwell.config.environment import ProcessRole, read_environment
from hearwell.kit import http, tracing
from hearwell.kit.jobs import job_span

pytest.importorskip("opentelemetry.sdk", reason="the extra `tracing` is not installed")
CANARY = "canary-7f3a"


class Collector(BaseHTTPRequestHandler):
    """A collector: keeps what comes. It answers other calls too, for something to call."""

    bodies: list[bytes]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        packed = self.headers.get("content-encoding") == "gzip"
        self.bodies.append(gzip.decompress(body) if packed else body)
        self.do_GET()

    def do_GET(self) -> None:
        self.send_response(404 if CANARY in self.path else 200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    handler = type("Handler", (Collector,), {"bodies": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", handler.bodies
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        tracing.remove()


def spans(bodies: list[bytes]) -> dict[str, Any]:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    return {
        span.name: span
        for body in bodies
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scoped in resource.scope_spans
        for span in scoped.spans
    }


def attributes(span: Any) -> dict[str, Any]:
    return {a.key: a.value.string_value or a.value.int_value for a in span.attributes}


async def page(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})


async def broken(scope: Any, receive: Any, send: Any) -> None:
    raise LookupError(CANARY)


def call(application: Any, method: str, path: str) -> None:
    async def nothing(*_: Any) -> None:
        """Send it nowhere."""

    scope = {"type": "http", "method": method, "path": path, "query_string": CANARY.encode()}
    headers = [(b"traceparent", b"00-11111111111111111111111111111111-2222222222222222-01")]
    asyncio.run(application({**scope, "headers": headers}, nothing, nothing))


def test_a_collector_is_told_of_requests_jobs_and_calls_and_of_nobody():
    from hearwell.ops import traces

    with collector() as (origin, bodies):
        provider = traces.begin(origin, "worker")
        call(traces.traced(page), "GET", f"/hooks/{CANARY}")
        call(traces.traced(page), CANARY, f"/{CANARY}/")
        call(traces.traced(page), "GET", "/live")
        with pytest.raises(LookupError):
            call(traces.traced(broken), "POST", f"/api/{CANARY}")
        job = SimpleNamespace(task_name="outbound.deliver", queue="outbound", args=CANARY)

        def work() -> None:
            with http.client((), origins=[origin]) as client:
                client.get(f"{origin}/{CANARY}?q={CANARY}", headers={"x": CANARY})

        job_span(work, SimpleNamespace(job=job), None)
        with tracing.span("any", hearwell__customer=CANARY) as note:
            note("text", CANARY)
        provider.shutdown()

    found = spans(bodies)
    host = "127.0.0.1"
    assert set(found) == {
        "GET hooks", "_OTHER pages", "POST api", "outbound.deliver", f"GET {host}", "any",
    }  # fmt: skip
    assert attributes(found["GET hooks"]) == {
        "http.request.method": "GET", "hearwell.door": "hooks", "http.response.status_code": 204,
    }  # fmt: skip
    assert attributes(found["POST api"])["error.type"] == "LookupError"
    assert attributes(found[f"GET {host}"])["http.response.status_code"] == 404
    assert found[f"GET {host}"].parent_span_id == found["outbound.deliver"].span_id
    assert found["GET hooks"].parent_span_id == b"", "a stranger's trace was believed"
    assert not found["POST api"].events
    assert CANARY.encode() not in b"".join(bodies)


def test_where_messages_point_at_is_nobodys_business():
    from hearwell.ops import traces

    with collector() as (origin, bodies):
        provider = traces.begin(origin, "worker")
        with http.client(None, origins=[origin]) as client:
            client.get(origin)
        provider.shutdown()
    assert set(spans(bodies)) == {"GET anywhere"}


def test_a_collector_that_is_gone_costs_spans_and_nothing_else():
    from hearwell.ops import traces

    with collector() as (origin, _bodies):
        pass
    provider = traces.begin(origin, "worker")
    with tracing.span("any"):
        pass
    tracing.remove()
    provider.shutdown()
    with pytest.raises(httpx.ConnectError):
        httpx.get(origin)


def test_traces_are_off_until_they_are_asked_for():
    off = read_environment({"DATA": "/nowhere"})
    assert measuring.traces_module(off) is None
    measuring.begin(off, ProcessRole.WORKER)
    assert not tracing._opened
