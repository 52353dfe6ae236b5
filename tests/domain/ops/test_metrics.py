"""Figures for Prometheus: right, cheap to refuse, and of nobody."""

from __future__ import annotations

import asyncio
import urllib.request

import psycopg
import pytest
from django.db import connection
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from hearwell.accounts.services import create_workspace
from hearwell.config import measuring
from hearwell.config.environment import ProcessRole, read_environment
from hearwell.kit import sweep
from hearwell.kit.scope import scope
from hearwell.ops import metrics
from hearwell.ops.figures import Figures, count
from tests.factories import make_channel
from tests.house import free_port

CANARY = "Xylophone"


def shown(collector) -> dict[str, dict[str, float]]:
    registry = CollectorRegistry()
    registry.register(collector)
    text = generate_latest(registry).decode()
    return {
        family.name: {"".join(s.labels.values()): s.value for s in family.samples}
        for family in text_string_to_metric_families(text)
    }


def test_figures_become_gauges_with_their_label():
    values = {("deliveries", "queued"): 3.0, ("raw_waiting", ""): 7.0}
    found = shown(metrics.HouseCollector(lambda: Figures(values)))
    assert found["hearwell_database_up"] == {"": 1.0}
    assert found["hearwell_deliveries"] == {"queued": 3.0}
    assert found["hearwell_raw_waiting"] == {"": 7.0}


def test_without_a_database_only_that_is_said():
    def fail() -> Figures:
        raise psycopg.OperationalError

    assert shown(metrics.HouseCollector(fail)) == {"hearwell_database_up": {"": 0.0}}


@pytest.mark.django_db
def test_every_figure_that_is_counted_is_shown_and_none_tells_of_anybody():
    workspace = create_workspace(CANARY)
    with scope(workspace.id):
        make_channel(handle=CANARY)
    connection.ensure_connection()
    figures = count(connection.connection)
    assert {name for name, _ in figures.values} <= set(metrics.FIGURES)
    registry = CollectorRegistry()
    registry.register(metrics.HouseCollector(lambda: figures))
    text = generate_latest(registry).decode().lower()
    assert CANARY.lower() not in text
    assert str(workspace.id) not in text


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/hooks/meta/abc", "hooks"),
        ("/live/", "live"),
        ("/live", "live"),
        ("/health/ready", "health"),
        ("/customers/mara@example.com/", "pages"),
        ("/", "pages"),
        ("", "pages"),
        ("hooks", "pages"),
        ("//hooks", "pages"),
    ],
)
def test_of_a_path_only_the_door_is_counted(path, door):
    assert metrics.door_of(path) == door


def answered(application, scope) -> None:
    async def nothing(*_: object) -> dict[str, object]:
        return {}

    asyncio.run(metrics.counted(application)(scope, nothing, nothing))


def requests(door: str, status: str) -> float:
    return metrics._requests.labels(door, status)._value.get()


def test_answers_and_failures_are_counted_by_door_and_status():
    async def fine(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 204, "headers": []})

    async def failing(_scope, _receive, _send):
        raise RuntimeError

    before = requests("hooks", "2xx"), requests("live", "5xx")
    answered(fine, {"type": "http", "path": "/hooks/x"})
    with pytest.raises(RuntimeError):
        answered(failing, {"type": "http", "path": "/live/"})
    answered(fine, {"type": "lifespan"})
    assert (requests("hooks", "2xx"), requests("live", "5xx")) == (before[0] + 1, before[1] + 1)
    assert metrics._streams._value.get() == 0


def test_sweeps_tell_when_they_last_went_well_and_how_often_they_failed(monkeypatch, db):
    def fail() -> int:
        raise RuntimeError

    monkeypatch.setattr(sweep, "SWEEPS", {})
    monkeypatch.setattr(metrics, "SWEEPS", sweep.SWEEPS)
    sweep.every(seconds=1, name="good")(lambda: 0)
    sweep.every(seconds=1, name="failing")(fail)
    monkeypatch.setattr(sweep.connection, "close", lambda: None)
    sweep.run_due(1e12)
    found = shown(metrics.SweepCollector())
    assert found["hearwell_sweep_failures"] == {"good": 0.0, "failing": 1.0}
    assert set(found["hearwell_sweep_age_seconds"]) == {"good"}


def test_a_process_shows_its_figures_on_its_own_port_and_nothing_else():
    port = free_port()
    here = read_environment({"HEARWELL_METRICS": f"127.0.0.1:{port}"})
    measuring.begin(here, ProcessRole.WEB)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    assert "hearwell_live_streams" in text
    measuring.begin(here, ProcessRole.WEB)  # the port is taken: logged, and people are served


def test_nothing_is_shown_unless_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(metrics, "serve", lambda *_args, **_more: pytest.fail("served"))
    measuring.begin(read_environment({}), ProcessRole.WORKER)
    assert measuring.metrics_module(read_environment({})) is None
