"""Figures for Prometheus, on a port of their own: counts, ages and times, nothing of anybody.

Labels are states, networks, queues, sweeps and doors alone: never a workspace, a person, a path.
Needs the extra `metrics`; nothing imports this module where it is not asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

import psycopg
from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGISendCallable,
    ASGISendEvent,
    Scope,
)
from prometheus_client import (
    REGISTRY,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    start_http_server,
)
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hearwell.kit.sweep import SWEEPS
from hearwell.ops.doors import door_of
from hearwell.ops.figures import Figures, count

# What the label of a figure is, and what the figure means; in the order of the page.
FIGURES: Final = {
    "deliveries": ("state", "Replies, posts and acts that are not settled yet."),
    "deliveries_oldest_seconds": ("state", "How long the oldest of them has been in its state."),
    "deliveries_overdue_seconds": ("", "How long the oldest queued delivery has been due."),
    "switches_on": ("", "Stop switches that are on."),
    "parked_items": ("", "Items that could not be taken in."),
    "parked_oldest_seconds": ("", "How long the oldest of them has waited."),
    "raw_waiting": ("", "Deliveries of networks that are kept and not taken in yet."),
    "raw_waiting_oldest_seconds": ("", "How long the oldest of them has waited."),
    "channels": ("state", "Connected accounts."),
    "channels_failing": ("network", "Active accounts whose network refuses us."),
    "last_event_age_seconds": ("network", "How long ago anything came from a network."),
    "jobs_waiting": ("queue", "Jobs whose time has come."),
    "jobs_running": ("queue", "Jobs under way."),
    "jobs_failed": ("queue", "Jobs that failed in the last two weeks."),
    "jobs_oldest_seconds": ("queue", "How long the oldest waiting job has waited."),
    "queues_beating": ("", "Queues of workers with a heartbeat."),
    "listeners_beating": ("", "Listeners with a heartbeat."),
}
_CONNECT_S, _ASK_S = 3, 5

# A second line for each, that nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]
_requests = Counter("hearwell_http_requests", "Answered calls.", ["door", "status"])
_seconds = Histogram("hearwell_http_seconds", "From a call to the end of its answer.", ["door"])
_streams = Gauge("hearwell_live_streams", "Screens that hold a line open.")


def serve(host: str, port: int, *, worker: str | None) -> None:
    """Answer Prometheus on a port, in a thread; raises OSError where the port is taken.

    `worker` is a connection of hearwell_worker, for a process that may look across workspaces.
    """
    if worker is not None:
        REGISTRY.register(HouseCollector(lambda: ask(worker)))
        REGISTRY.register(SweepCollector())
    start_http_server(port, host)


def ask(address: str) -> Figures:
    """Count on a connection of its own, which gives up soon: a monitor must not pile up."""
    with psycopg.connect(address, connect_timeout=_CONNECT_S, autocommit=True) as connection:
        connection.execute(f"SET statement_timeout = '{_ASK_S}s'")
        return count(connection)


class HouseCollector(Collector):
    """What the database says, asked at each scrape."""

    def __init__(self, source: Callable[[], Figures]) -> None:
        self._source = source

    def collect(self) -> Iterator[Metric]:
        """Yield every figure; without a database only that there is none."""
        up = GaugeMetricFamily("hearwell_database_up", "Whether the database answers the worker.")
        try:
            figures = self._source()
        except psycopg.Error:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        for name, (label, meaning) in FIGURES.items():
            family = GaugeMetricFamily(f"hearwell_{name}", meaning, labels=[label] if label else [])
            for value_of, number in figures.by_label(name):
                family.add_metric([value_of] if label else [], number)
            yield family

    def describe(self) -> Iterator[Metric]:
        """Say nothing before the first scrape: the database is not asked at the start."""
        return iter(())


class SweepCollector(Collector):
    """How this worker's sweeps fare: one that stopped is a stuck house."""

    def collect(self) -> Iterator[Metric]:
        """Yield age, time taken and failures of every sweep that ran."""
        age = GaugeMetricFamily(
            "hearwell_sweep_age_seconds", "Since it last went well.", labels=["sweep"]
        )
        took = GaugeMetricFamily(
            "hearwell_sweep_seconds", "How long it took then.", labels=["sweep"]
        )
        failed = CounterMetricFamily(
            "hearwell_sweep_failures", "How often it failed.", labels=["sweep"]
        )
        for sweep in SWEEPS.values():
            failed.add_metric([sweep.name], sweep.failures)
            if sweep.done_at is not None:
                age.add_metric([sweep.name], time.monotonic() - sweep.done_at)
                took.add_metric([sweep.name], sweep.took_s)
        yield from (age, took, failed)


def counted(application: ASGI3Application) -> ASGI3Application:
    """Wrap the web process' application so that its answers are counted, by door and status."""

    async def inner(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        door, begin, status = door_of(scope["path"]), time.perf_counter(), 500

        async def noting(event: ASGISendEvent) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
            await send(event)

        streams = _streams if door == "live" else None
        if streams:
            streams.inc()
        try:
            await application(scope, receive, noting)
        finally:
            _requests.labels(door, f"{status // 100}xx").inc()
            if streams:
                streams.dec()
            else:
                _seconds.labels(door).observe(time.perf_counter() - begin)

    return inner
