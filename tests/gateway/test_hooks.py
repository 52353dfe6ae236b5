"""What the webhook door answers, and what is stored when it says 200."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db import DataError, OperationalError, connection

from hearwell.channels.models import Channel, Endpoint, EndpointCounter, RawDelivery
from hearwell.channels.services import RawRow, keep
from hearwell.gateway.hooks import MAX_BODY
from tests.gateway.conftest import Door, serving
from tests.pigeon import body_of, message, signed


def test_delivery_is_stored_byte_for_byte_before_it_is_answered(door: Door) -> None:
    body = b'  {"items": [ ]}\r\n\x00\xff'

    answer = door.post(body)

    assert answer.status_code == 200
    assert door.kept() == [body]
    row = RawDelivery.objects.get()
    assert row.endpoint_id == door.endpoint.id
    assert row.source == "webhook"
    assert door.endpoint.token not in row.url


def test_forged_signature_is_refused_counted_and_not_stored(door: Door) -> None:
    body = body_of(message("1"))
    for headers in (signed(body, "stolen"), {"x-other": "1"}):
        assert door.post(body, headers=headers).status_code == 401
    altered = door.post(body + b" ", headers=signed(body))

    assert altered.status_code == 401
    assert door.kept() == []
    door.flush()
    assert EndpointCounter.objects.get(name="forged").count == 3


def test_malformed_json_is_kept(door: Door) -> None:
    assert door.post(b'{"items": [').status_code == 200
    assert door.kept() == [b'{"items": [']


def test_body_announced_as_too_large_is_refused_unread(door: Door) -> None:
    body = b"x" * (MAX_BODY + 1)

    assert door.post(body).status_code == 413
    assert door.kept() == []
    door.flush()
    assert EndpointCounter.objects.get(name="oversized").count == 1


def test_body_that_grows_too_large_is_cut_off(door: Door) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1 << 20
            yield b"x" * (1 << 20)

    try:
        answer = httpx.post(door.hook, content=endless(), timeout=20)
        assert answer.status_code == 413
    except httpx.TransportError:
        pass  # the door was shut while we were still talking
    assert sent < 100 << 20
    assert door.kept() == []


def test_largest_body_that_is_allowed_is_stored(door: Door) -> None:
    body = b"x" * MAX_BODY

    assert door.post(body).status_code == 200
    assert door.kept() == [body]


@pytest.mark.parametrize("token", ["nobody", "", "a/b", "x" * 500, "%00", "%ff"])
def test_unknown_token(door: Door, token: str) -> None:
    assert httpx.post(f"{door.url}/hooks/{token}", content=b"{}").status_code == 404


def test_other_methods_are_refused(door: Door) -> None:
    for method in ("PUT", "DELETE", "PATCH", "HEAD"):
        assert httpx.request(method, door.hook).status_code == 405
    assert httpx.get(door.hook).status_code == 405


def test_handshake_is_answered_and_a_wrong_one_refused(door: Door) -> None:
    assert httpx.get(f"{door.hook}?coo=hello.42").text == "42"
    assert httpx.get(f"{door.hook}?coo=wrong.42").status_code == 401


def test_same_endpoint_is_looked_up_once_and_forgotten_when_its_secret_changes(
    door: Door,
) -> None:
    body = body_of(message("1"))
    assert door.post(body).status_code == 200
    Endpoint.objects.filter(id=door.endpoint.id).update(sealed=b"")

    assert door.post(body).status_code == 200
    door.endpoints.forget()
    assert door.post(body).status_code == 401


def test_burst_shares_commits_and_every_caller_waits_for_its_own(endpoint: Endpoint) -> None:
    batches: list[int] = []

    def store(rows: Sequence[RawRow]) -> None:
        batches.append(len(rows))
        keep(rows)

    with (
        serving(endpoint, store=store) as door,
        httpx.Client(limits=httpx.Limits(max_connections=20)) as client,
        ThreadPoolExecutor(20) as pool,
    ):

        def post(number: int) -> int:
            body = body_of(message(str(number)))
            return client.post(door.hook, content=body, headers=signed(body)).status_code

        assert set(pool.map(post, range(200))) == {200}
        assert len(door.kept()) == 200
    assert sum(batches) == 200
    assert max(batches) > 1
    assert set(door.woken) == {endpoint.id}
    # At most one wake-up each 100 ms, not one a delivery.
    assert len(door.woken) < 60


def test_database_error_is_503_and_the_next_delivery_is_taken(endpoint: Endpoint) -> None:
    is_down = True

    def store(rows: Sequence[RawRow]) -> None:
        if is_down:
            raise OperationalError
        keep(rows)

    with serving(endpoint, store=store) as door:
        answer = door.post(b"{}")
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        is_down = False
        assert door.post(b"{}").status_code == 200
        assert door.kept() == [b"{}"]


def test_one_row_that_cannot_be_stored_does_not_cost_its_neighbours(endpoint: Endpoint) -> None:
    def store(rows: Sequence[RawRow]) -> None:
        if any(row.body == b"bad" for row in rows):
            raise DataError
        keep(rows)

    with serving(endpoint, store=store) as door, ThreadPoolExecutor(8) as pool:
        bodies = [b"bad", *(str(n).encode() for n in range(30))]
        answers = list(pool.map(lambda body: door.post(body).status_code, bodies))
        assert answers == [503, *[200] * 30]
        assert len(door.kept()) == 30


def test_database_that_cannot_be_reached_for_the_endpoint_is_503(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_: str) -> None:
        raise OperationalError

    monkeypatch.setattr("hearwell.gateway.endpoints.load_door", down)

    assert door.post(b"{}").status_code == 503


def test_headers_that_are_secrets_are_not_kept(door: Door) -> None:
    body = b"{}"
    headers = {**signed(body), "authorization": "Bearer x", "cookie": "a=b", "x-api-token": "t"}

    assert door.post(body, headers=headers).status_code == 200
    kept = RawDelivery.objects.get().headers
    assert "x-pigeon-signature" in kept
    assert not {"authorization", "cookie", "x-api-token"} & set(kept)


def test_the_web_role_can_keep_and_read_nothing(endpoint: Endpoint) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE hearwell_app")
        try:
            cursor.execute("SELECT has_table_privilege('channels_rawdelivery', 'SELECT')")
            assert cursor.fetchone() == (False,)
            cursor.execute(
                "SELECT has_table_privilege('channels_rawdelivery', 'INSERT, UPDATE, DELETE')"
            )
            assert cursor.fetchone() == (False,)
        finally:
            cursor.execute("RESET ROLE")
    assert Channel.objects.count() == 0  # out of scope, nothing is seen
