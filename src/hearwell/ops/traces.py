"""Traces for an OpenTelemetry collector: requests, jobs and outgoing calls, nothing of anybody.

Needs the extra `tracing`; nothing imports this module where traces are not asked for. What a
stranger's `traceparent` says is not believed: every request begins a trace of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGISendCallable,
    ASGISendEvent,
    Scope,
)
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import StatusCode

from hearwell import __version__
from hearwell.kit import tracing
from hearwell.kit.tracing import ALLOWED, Note, Value
from hearwell.ops.doors import door_of

_EXPORT_S: Final = 5
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def begin(address: str, process: str) -> TracerProvider:
    """Send this process' spans to the collector at this origin from now on, in a thread.

    One that does not answer costs spans and nothing else.
    """
    about = {"service.name": f"hearwell-{process}", "service.version": __version__}
    provider = TracerProvider(resource=Resource(about))
    exporter = OTLPSpanExporter(endpoint=f"{address}/v1/traces", timeout=_EXPORT_S)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("hearwell", __version__)

    @contextmanager
    def opened(name: str, attributes: Mapping[str, Value]) -> Iterator[Note]:
        # Not what an exception says: that may be a customer's words.
        with tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False
        ) as span:

            def note(key: str, value: Value) -> None:
                if key in ALLOWED:
                    span.set_attribute(key, value)

            for key, value in attributes.items():
                note(key, value)
            try:
                yield note
            except BaseException as error:
                note("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise

    tracing.install(opened)
    return provider


def traced(application: ASGI3Application) -> ASGI3Application:
    """Wrap the web process' application so that each call is a span; lines held open are none."""

    async def inner(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http" or (door := door_of(scope["path"])) == "live":
            await application(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        with tracing.span(
            f"{method} {door}", http__request__method=method, hearwell__door=door
        ) as note:

            async def noting(event: ASGISendEvent) -> None:
                if event["type"] == "http.response.start":
                    note("http.response.status_code", event["status"])
                await send(event)

            await application(scope, receive, noting)

    return inner
