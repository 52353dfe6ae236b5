"""Envelopes in, items out; whatever the bytes are, nothing else is raised."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.connect.failures import BadSignature, ContractChanged
from hearwell.connect.model import (
    Authenticity,
    InboundMessage,
    IngressSecrets,
    MessageKind,
    Raw,
    Receipt,
    Unknown,
)
from hearwell.connect.rooms import SIGNATURE, TIMESTAMP, visitor_of
from hearwell.connectors.webchat import signing
from hearwell.connectors.webchat.fake import LENA, SITE, Fake
from hearwell.connectors.webchat.parse import parse
from tests.many import many

PAYLOADS = Path(__file__).parents[3] / "conformance" / "payloads" / "webchat"
RECORDED = [path.read_bytes() for path in sorted(PAYLOADS.iterdir())]
FAKE = Fake()

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["site", "items", "type", "id", "visitor", "text", "at", "files"])
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=4,
)


def raw(body: bytes) -> Raw:
    return Raw("POST", "/hooks/x", {}, body, datetime.now(UTC))


def one(name: str) -> Any:
    (item,) = parse(raw((PAYLOADS / name).read_bytes()))
    return item


def test_a_message_with_all_that_it_carries() -> None:
    item = one("message.json")
    assert isinstance(item, InboundMessage)
    assert item.kind is MessageKind.CHAT
    assert item.thread_key == f"chat:{LENA}"
    assert visitor_of(item.thread_key) == item.author.external_id == LENA
    assert item.external_id.startswith(f"{LENA}:")
    assert item.author.name == "Lena Vik"
    assert item.permalink == "https://www.northwind.example/baggage"
    assert item.authenticity is Authenticity.PROVEN


def test_nobody_is_called_by_a_number_and_proven_by_nobody() -> None:
    item = one("anonymous.json")
    assert item.author.name == "Visitor c3d4"
    assert item.authenticity is None
    assert item.permalink is None


def test_files_are_fetched_by_visitor_and_id() -> None:
    picture, paper = one("files.json").media
    assert (picture.kind, paper.kind) == ("image", "file")
    assert picture.ref == f"{LENA}/0199a000-0000-7000-8000-0000000000f1"
    assert picture.url == ""
    fetched = FAKE.connector.fetch_one(FAKE.account, f"{LENA}/f1")
    assert fetched is not None
    assert fetched.body == b"%PDF-1.7"
    assert FAKE.connector.fetch_one(FAKE.account, f"{LENA}/other") is None


def test_what_was_seen_and_what_nobody_knows() -> None:
    assert isinstance(one("seen.json"), Receipt)
    assert isinstance(one("unknown.json"), Unknown)


@pytest.mark.parametrize("page", ["javascript:alert(1)", "data:text/html,x", "//x", "https://[", 7])
def test_a_page_that_would_do_harm_is_left_out(page: Any) -> None:
    (item,) = parse(FAKE.raw(FAKE.visitor.write("hello", page=page)))
    assert isinstance(item, InboundMessage)
    assert item.permalink is None


def _holds(body: bytes) -> None:
    try:
        items = parse(raw(body))
    except ContractChanged:
        return
    assert all(item.account and item.occurred_at.tzinfo is UTC for item in items)


@given(st.binary(max_size=40))
@many(6_000)
def test_any_bytes_are_refused_or_give_items(body: bytes) -> None:
    _holds(body)


@given(JSON.map(json.dumps).map(str.encode))
@many(2_000)
def test_any_json_gives_items_or_the_failure_of_the_contract(body: bytes) -> None:
    _holds(body)


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """A recorded envelope with some of its values replaced."""
    envelope = json.loads(draw(st.sampled_from(RECORDED)))
    for _ in range(draw(st.integers(1, 3))):
        place: Any = draw(st.sampled_from([envelope, envelope["items"][0]]))
        place[draw(st.sampled_from(sorted(place)))] = draw(JSON)
        if not (isinstance(envelope.get("items"), list) and envelope["items"]):
            break
        if not isinstance(envelope["items"][0], dict) or not envelope["items"][0]:
            break
    return json.dumps(envelope).encode()


@given(mutants())
@many(2_000)
def test_mutated_recordings_give_items_or_the_failure_of_the_contract(body: bytes) -> None:
    _holds(body)


@given(
    st.binary(max_size=20),
    st.text(max_size=10),
    st.one_of(st.text(max_size=10), st.sampled_from(["9" * 5000, "1764000000", "²", "٣"])),
)
@many(10_000)
def test_no_forgery_passes_whatever_its_headers(body: bytes, signature: str, stamp: str) -> None:
    forged = replace(raw(body), headers={TIMESTAMP: stamp, SIGNATURE: signature})
    with pytest.raises(BadSignature):
        FAKE.connector.verify(forged, IngressSecrets(("known",)))


def test_what_a_site_signs_is_no_envelope() -> None:
    """The secret itself signs identities; envelopes have a key that the site cannot guess."""
    body, stamp = b"{}", str(int(datetime.now(UTC).timestamp()))
    mac = hmac.new(b"known", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    own = replace(raw(body), headers={TIMESTAMP: stamp, SIGNATURE: f"v1={mac}"})
    with pytest.raises(BadSignature):
        signing.verify(own, IngressSecrets(("known",)))


def test_an_old_envelope_is_refused() -> None:
    good = FAKE.raw(b"{}")
    assert FAKE.ingress is not None
    signing.verify(good, FAKE.ingress)
    later = replace(
        good, received_at=datetime.fromtimestamp(good.received_at.timestamp() + 400, UTC)
    )
    with pytest.raises(BadSignature):
        signing.verify(later, FAKE.ingress)


def test_the_site_is_where_it_goes() -> None:
    assert FAKE.connector.route(FAKE.raw(FAKE.visitor.write("x"))) == [SITE]
