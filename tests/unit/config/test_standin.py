"""The stand-in of a network: its interface and its control page over real HTTP, its deliveries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import httpx
import pytest

from hearwell import connectors
from hearwell.config.standin import NoStandInError, StandIn, network_named


class Roost:
    """A small network: it counts calls and delivers what is said."""

    TROUBLES: ClassVar[Mapping[str, str]] = {"outage": "Nobody <answers>.", "twice": "All twice."}

    def __init__(self) -> None:
        self.trouble: set[str] = set()
        self.due: list[Any] = []

    def handle(self, request: httpx.Request) -> httpx.Response:
        if "outage" in self.trouble:
            return httpx.Response(503, headers={"retry-after": "7"})
        echoed = {"path": request.url.path, "q": request.url.query.decode()}
        return httpx.Response(201, json={**echoed, "body": request.content.decode()})

    def deliveries(self) -> list[httpx.Request]:
        due, self.due = self.due, []
        times = 2 if "twice" in self.trouble else 1
        return [
            httpx.Request("POST", "?sig=1", content=json.dumps(one), headers={"x-signed": "yes"})
            for one in due
            for _ in range(times)
        ]

    def customer_says(self, text: str, **where: Any) -> str:
        self.due.append(["said", text])
        return "m1"

    def edits(self, ref: str, text: str) -> None:
        self.due.append(["edited", ref, text])

    def deletes(self, ref: str) -> None:
        self.due.append(["deleted", ref])


@pytest.fixture
def hook() -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Our hook: its address, and what it was told (path, signature, body)."""
    told: list[tuple[str, str, str]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            told.append((self.path, self.headers["x-signed"], body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hooks/abc", told
    server.shutdown()
    server.server_close()


@pytest.fixture
def roost(hook: tuple[str, Any]) -> Iterator[StandIn]:
    made = StandIn(Roost(), hook=hook[0])
    made.start()
    yield made
    made.close()


def test_calls_reach_the_network_as_they_are(roost: StandIn) -> None:
    answer = httpx.post(f"{roost.origin}/v2/send?a=1", content="hello")
    assert (answer.status_code, answer.json()) == (
        201,
        {"path": "/v2/send", "q": "a=1", "body": "hello"},
    )


def test_what_customers_do_is_delivered_signed_and_in_order(roost: StandIn, hook: Any) -> None:
    for verb, given in (
        ("say", {"text": "Hi"}),
        ("edit", {"id": "m1", "text": "Ho"}),
        ("delete", {"id": "m1"}),
    ):
        assert httpx.post(f"{roost.origin}/_control/{verb}", data=given).status_code == 303
    path = "/hooks/abc?sig=1"
    assert hook[1] == [
        (path, "yes", '["said", "Hi"]'),
        (path, "yes", '["edited", "m1", "Ho"]'),
        (path, "yes", '["deleted", "m1"]'),
    ]


def test_each_trouble_is_switched_on_and_off(roost: StandIn, hook: Any) -> None:
    control = f"{roost.origin}/_control/"
    httpx.post(control + "trouble", data={"name": "outage", "on": "1"})
    answer = httpx.get(f"{roost.origin}/me")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    page = httpx.get(control).text
    assert "Nobody &lt;answers&gt;." in page
    assert "Switch off: outage" in page
    httpx.post(control + "trouble", data={"name": "outage"})
    assert httpx.get(f"{roost.origin}/me").status_code == 201
    httpx.post(control + "trouble", data={"name": "twice", "on": "1"})
    httpx.post(control + "say", data={"text": "Hi"})
    assert len(hook[1]) == 2


def test_what_it_has_not_is_refused_and_other_sites_press_nothing(roost: StandIn) -> None:
    control = f"{roost.origin}/_control/"
    assert httpx.post(control + "trouble", data={"name": "none"}).status_code == 400
    assert httpx.post(control + "dance").status_code == 400
    elsewhere = {"origin": "https://evil.example"}
    assert httpx.post(control + "say", data={"text": "x"}, headers=elsewhere).status_code == 403


def test_it_answers_by_its_own_name_and_on_this_machine_alone(roost: StandIn) -> None:
    assert roost._server.server_address[0] == "127.0.0.1"
    for path in ("/_control/", "/v2/me"):
        rebound = httpx.get(roost.origin + path, headers={"host": "evil.example:9001"})
        assert rebound.status_code == 403
    port = roost._server.server_port
    near = {"host": f"localhost:{port}", "origin": f"http://localhost:{port}"}
    told = httpx.post(f"{roost.origin}/_control/say", data={"text": "x"}, headers=near)
    assert told.status_code == 303


def test_a_hook_that_is_away_is_noted_and_harms_nothing(roost: StandIn) -> None:
    httpx.post(f"{roost.origin}/_control/hook", data={"url": "http://127.0.0.1:9/x"})
    httpx.post(f"{roost.origin}/_control/say", data={"text": "x"})
    assert "hook: ConnectError" in httpx.get(f"{roost.origin}/_control/").text


def test_only_networks_with_a_stand_in_have_one() -> None:
    with pytest.raises(NoStandInError):
        network_named("feeds")


def _with_a_stand_in() -> list[str]:
    folder = Path(connectors.__path__[0])
    found = [path.parent.name for path in folder.glob("*/fake_network.py")]
    return sorted(name for name in found if hasattr(_fake(name), "Network"))


def _fake(name: str) -> Any:
    return import_module(f"hearwell.connectors.{name}.fake_network")


@pytest.mark.parametrize("name", _with_a_stand_in())
def test_every_network_that_has_one_stands_there_with_all_its_troubles(
    name: str, hook: Any
) -> None:
    made = StandIn(network_named(name), hook=hook[0])
    made.start()
    try:
        control = f"{made.origin}/_control/"
        assert httpx.post(control + "say", data={"text": "Hello"}).status_code == 303
        assert made.said[0]
        for trouble in made.network.TROUBLES:
            for on in ("1", "0"):
                told = httpx.post(control + "trouble", data={"name": trouble, "on": on})
                assert told.status_code == 303
        assert httpx.get(f"{made.origin}/nothing/of/the/kind").status_code >= 400
        assert made.network.trouble == set()
    finally:
        made.close()
