"""Handshake and signature: against Meta's own escaping examples and an oracle of another hand."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module

import pytest

from hearwell.connect.failures import BadSignature, ContractChanged
from hearwell.connect.model import IngressSecrets, Raw
from hearwell.connectors.meta import hook
from hearwell.connectors.meta.fake_graph import escaped

SECRETS = IngressSecrets(("app-secret",), "verify-me")
# The examples of Meta's pages on webhooks: non-ASCII in lower-case hex, then what else it escapes.
EXAMPLES = (
    ("äöå", rb"\u00e4\u00f6\u00e5"),
    ("/", rb"\/"),
    ("<", rb"\u003C"),
    ("%", rb"\u0025"),
    ("@", rb"\u0040"),
)


def _raw(body: bytes = b"", url: str = "https://care.example/hooks/x", **headers: str) -> Raw:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    method = "POST" if body else "GET"
    return Raw(method, url, named, body, datetime(2026, 11, 27, tzinfo=UTC))


@pytest.mark.parametrize(("text", "written"), EXAMPLES)
def test_bytes_are_signed_as_meta_writes_them(text: str, written: bytes) -> None:
    pywa = import_module("pywa.utils")
    body = escaped({"object": "page", "entry": [{"id": "1", "text": text}]})
    assert written in body
    signature = hook.signature_of("app-secret", body)
    # pywa is by another hand: it must find the same bytes signed in the same way.
    assert pywa.webhook_updates_validator(
        app_secret="app-secret",
        request_body=body,
        x_hub_signature=signature,
    )
    hook.verify(_raw(body, x_hub_signature_256=signature), SECRETS)


def test_the_same_json_written_otherwise_is_refused() -> None:
    signature = hook.signature_of("app-secret", rb'{"text":"\u00e4"}')
    with pytest.raises(BadSignature):
        hook.verify(_raw('{"text":"ä"}'.encode(), x_hub_signature_256=signature), SECRETS)


@pytest.mark.parametrize(
    "given", ["", "sha256=", "sha1=00", "00", "sha256=é", "sha256=\ud800"], ids=ascii
)
def test_anything_else_is_forged(given: str) -> None:
    with pytest.raises(BadSignature):
        hook.verify(_raw(b"{}", x_hub_signature_256=given), SECRETS)


def test_no_secret_verifies_nothing() -> None:
    signed = _raw(b"{}", x_hub_signature_256=hook.signature_of("", b"{}"))
    with pytest.raises(BadSignature):
        hook.verify(signed, IngressSecrets(("",)))


def _asked(given: str = "verify-me", mode: str = "subscribe") -> Raw:
    query = f"hub.mode={mode}&hub.verify_token={given}&hub.challenge=1158201444"
    return _raw(url=f"https://care.example/hooks/x?{query}")


def test_the_handshake_is_echoed_as_plain_text() -> None:
    answer = hook.challenge(_asked(), SECRETS)
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"1158201444")
    assert answer.content_type.startswith("text/plain")


@pytest.mark.parametrize("secrets", [SECRETS, IngressSecrets(("app-secret",))])
def test_a_handshake_with_the_wrong_token_is_refused(secrets: IngressSecrets) -> None:
    for token in ("wrong", "", "%C3%A9"):
        with pytest.raises(BadSignature):
            hook.challenge(_asked(token), secrets)


def test_what_is_no_handshake_is_left_alone() -> None:
    assert hook.challenge(_raw(), SECRETS) is None
    assert hook.challenge(_asked(mode="unsubscribe"), SECRETS) is None
    assert hook.challenge(_raw(b"{}", "https://x.example/?hub.challenge=1"), SECRETS) is None


def test_one_app_has_many_accounts() -> None:
    entries = [{"id": "1"}, {"id": 2}, {"id": "1"}]
    assert hook.accounts_in(_raw(escaped({"object": "page", "entry": entries})), "page") == [
        "1",
        "2",
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"object":"page"}',
        b'{"object":"instagram","entry":[]}',
        b'{"object":"page","entry":[{"id":true}]}',
        b"[" * 9000,
    ],
    ids=lambda body: body[:20].decode(),
)
def test_what_cannot_be_read_is_said_to_be(body: bytes) -> None:
    with pytest.raises(ContractChanged):
        hook.accounts_in(_raw(body), "page")
