"""Calls: errors by their table, whatever status they come with; and the pace from the headers."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connectors.meta import pace
from hearwell.connectors.meta.failing import COMMON, Meaning
from hearwell.connectors.meta.fake_graph import error, throttled
from hearwell.connectors.meta.wire import BASE, VERSION, Graph, Meta
from hearwell.kit import clock

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
Reply = httpx.Response | httpx.TransportError


def _line(reply: Reply, seen: list[httpx.Request] | None = None) -> Graph:
    def handler(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        if isinstance(reply, httpx.TransportError):
            raise reply
        return reply

    client = httpx.Client(transport=httpx.MockTransport(handler))
    return Meta(client).line("token-canary", proof="app-secret")


CODES: tuple[tuple[int, int, type[failures.Failure]], ...] = (
    (190, 0, failures.NeedsReauth),
    (190, 463, failures.NeedsReauth),
    (190, 460, failures.NeedsReauth),
    (102, 0, failures.NeedsReauth),
    (4, 0, failures.Throttled),
    (17, 0, failures.Throttled),
    (32, 0, failures.Throttled),
    (613, 0, failures.Throttled),
    (80001, 0, failures.Throttled),
    (80006, 0, failures.Throttled),
    (10, 0, failures.ScopeMissing),
    (200, 0, failures.ScopeMissing),
    (230, 0, failures.ScopeMissing),
    (1, 99, failures.ScopeMissing),
    (10, 2018278, failures.WindowClosed),
    (10, 2534022, failures.WindowClosed),
    (10, 1893063, failures.AccountDisabled),
    (368, 0, failures.AccountDisabled),
    (100, 33, failures.TargetGone),
    (100, 2534025, failures.NotAllowed),
    (551, 1545041, failures.NotAllowed),
    (10900, 0, failures.NotAllowed),
    (506, 0, failures.Duplicate),
    (100, 0, failures.Refused),
    (987654, 0, failures.Refused),
)

CALLS: tuple[Callable[[Graph], object], ...] = (
    lambda line: line.get("me"),
    lambda line: line.post("me/messages"),
    lambda line: line.delete("1_2"),
)


@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
@pytest.mark.parametrize(("code", "subcode", "expected"), CODES)
def test_the_code_decides_and_not_the_status(
    code: int, subcode: int, expected: type[failures.Failure], status: int
) -> None:
    for call in CALLS:
        with pytest.raises(failures.Failure) as raised:
            call(_line(error(code, subcode, status=status)))
        assert type(raised.value) is expected
        assert raised.value.network_code.startswith(str(code))
        assert raised.value.request_id == "AFakeTrace"


DOUBTS: tuple[Reply, ...] = (
    error(2, status=500),
    error(1),
    httpx.Response(502, text="<html>"),
    httpx.Response(408),
    httpx.ReadTimeout("slow"),
    httpx.RemoteProtocolError("gone"),
)


@pytest.mark.parametrize("reply", DOUBTS, ids=repr)
def test_a_doubt_is_one_only_where_something_was_to_be_done(reply: Reply) -> None:
    with pytest.raises(failures.Unavailable):
        _line(reply).get("me")
    with pytest.raises(failures.OutcomeUnknown):
        _line(reply).post("me/messages")
    with pytest.raises(failures.OutcomeUnknown):
        _line(reply).delete("1_2")


def test_what_never_left_was_surely_not_done() -> None:
    with pytest.raises(failures.Unavailable):
        _line(httpx.ConnectError("refused")).post("me/messages")


def test_a_withdrawn_version_is_told_and_nothing_was_done() -> None:
    with pytest.raises(failures.ContractChanged, match="update Hearwell"):
        _line(error(2635)).get("me")
    with pytest.raises(failures.Refused, match="update Hearwell"):
        _line(error(2635)).post("me/messages")


@pytest.mark.parametrize("reply", [httpx.Response(200, text="<html>"), httpx.Response(302)])
def test_a_yes_that_cannot_be_read(reply: httpx.Response) -> None:
    with pytest.raises(failures.ContractChanged):
        _line(reply).get("me")
    with pytest.raises(failures.OutcomeUnknown):
        _line(reply).post("me/messages")


def test_true_alone_is_a_yes() -> None:
    assert _line(httpx.Response(200, json=True)).delete("1_2").fields == {"success": True}


def test_a_network_lays_its_own_codes_over_the_common_ones() -> None:
    own = {**COMMON, (131047, 0): Meaning(failures.WindowClosed, "Too late; use a template.")}
    client = httpx.Client(transport=httpx.MockTransport(lambda _: error(131047)))
    with pytest.raises(failures.WindowClosed, match="template"):
        Meta(client).line("t", table=own).post("1/messages")


def test_the_token_is_in_no_address_and_each_call_proves_the_app() -> None:
    seen: list[httpx.Request] = []
    _line(httpx.Response(200, json={}), seen).get("1/feed", {"limit": 5})
    url = seen[0].url
    assert str(url).startswith(f"{BASE}/{VERSION.name}/1/feed?limit=5")
    assert "token-canary" not in str(url)
    proof = hmac.new(b"app-secret", b"token-canary", hashlib.sha256).hexdigest()
    assert url.params["appsecret_proof"] == proof
    assert seen[0].headers["authorization"] == "Bearer token-canary"


def test_all_hosts_may_lie_at_one_place() -> None:
    meta = Meta(httpx.Client(), "http://127.0.0.1:9000/")
    assert meta.origin("graph.instagram.com") == "http://127.0.0.1:9000"
    assert meta.hosts({"graph.facebook.com"}) == {"127.0.0.1:9000"}
    assert Meta(httpx.Client()).hosts({"a.example"}) == {"a.example"}


def test_minutes_until_we_may_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with pytest.raises(failures.Throttled) as raised:
        _line(throttled(80001, minutes=7)).get("me")
    assert raised.value.retry_at == NOW + timedelta(minutes=7)
    used = pace.allowance(throttled().headers)
    assert used is not None
    assert (used.used, used.limit, used.share) == (100, 100, 1.0)


HEADERS: tuple[str, ...] = ("", "{", "[]", "null", '{"1":[7,{"call_count":"x"}]}', "[" * 9000)


@pytest.mark.parametrize("text", HEADERS, ids=lambda text: text[:12])
@pytest.mark.parametrize("read", [pace.allowance, pace.come_again_at])
def test_headers_that_say_nothing(text: str, read: Callable[[httpx.Headers], object]) -> None:
    headers = httpx.Headers({pace.APP_USAGE: text, pace.BUSINESS_USAGE: text})
    assert read(headers) in (None, pace.allowance(headers))
    assert pace.come_again_at(headers) is None
