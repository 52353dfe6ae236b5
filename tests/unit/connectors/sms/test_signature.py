"""Signatures of calls, against the provider's own validator, which shares no code with ours."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import pytest
from twilio.request_validator import RequestValidator

from hearwell.connect.failures import BadSignature
from hearwell.connect.formsig import FORM, SETTINGS, SIGNATURE, verify
from hearwell.connect.model import IngressSecrets, Raw

TOKEN = "a-token"
ORACLE = RequestValidator(TOKEN)
_HOSTS = (
    "care.example",
    "care.example:443",
    "care.example:8443",
    "10.0.0.7:8000",
    "xn--bcher.example",
)
_VALUES = (
    "",
    " ",
    "  two  ",
    "a+b",
    "a&b=c",
    "%20",
    "line\nbreak",
    "Wo ist mein Koffer? 🧳",
    "é",
    "\t",
)
_NAMES = ("Body", "From", "To", "body", "Z", "a b", "NumMedia", "MessageSid", "ß")


class Many(dict[str, list[str]]):
    """Fields that come more than once, as Flask hands them to the validator."""

    def getall(self, name: str) -> list[str]:
        return self[name]


def raw(url: str, body: bytes, kind: str, signature: str, **more: str) -> Raw:
    headers = {"content-type": kind, SIGNATURE: signature, **more}
    return Raw("POST", url, headers, body, datetime.now(UTC))


def good(one: Raw, *secrets: str) -> bool:
    try:
        verify(one, IngressSecrets(secrets or (TOKEN,)))
    except BadSignature:
        return False
    return True


def _url(rng: random.Random) -> str:
    query = rng.choice(("", "?a=1&b=2", "?line=%2B49301&x=", "?q=a%20b+c"))
    return (
        f"{rng.choice(('https', 'http'))}://{rng.choice(_HOSTS)}/hooks/t{rng.randrange(9)}{query}"
    )


@pytest.mark.parametrize("seed", range(300))
def test_forms_are_good_where_the_provider_says_so(seed: int) -> None:
    rng = random.Random(seed)
    pairs = [(rng.choice(_NAMES), rng.choice(_VALUES)) for _ in range(rng.randrange(8))]
    fields = Many()
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    called = _url(rng)
    # Behind a proxy the port is known to one side only: it may be signed with and without it.
    host = called.split("/")[2]
    port = "443" if called.startswith("https") else "80"
    signed = (
        called.replace(host, f"{host}:{port}") if ":" not in host and rng.random() < 0.5 else called
    )
    if rng.random() < 0.3:
        signed += "x"
    signature = ORACLE.compute_signature(signed, fields)
    encode = (
        urlencode(pairs)
        if rng.random() < 0.5
        else "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)
    )
    said = ORACLE.validate(called, fields, signature)
    assert good(raw(called, encode.encode(), FORM, signature)) == said
    assert not good(raw(called, encode.encode() + b"&More=1", FORM, signature))
    assert not good(raw(called, encode.encode(), FORM, signature), "another")


@pytest.mark.parametrize("seed", range(60))
def test_json_is_good_where_the_provider_says_so(seed: int) -> None:
    rng = random.Random(seed)
    body = f'{{"a": "{rng.choice(_VALUES)}"}}'
    digest = ORACLE.compute_hash(body if rng.random() < 0.7 else body + " ")
    url = f"https://care.example/hooks/x?bodySHA256={digest}"
    signature = ORACLE.compute_signature(url, {})
    said = ORACLE.validate(url, body, signature)
    assert good(raw(url, body.encode(), "application/json", signature)) == said


def test_json_that_nothing_vouches_for_is_refused() -> None:
    url = "https://care.example/hooks/x"
    signature = ORACLE.compute_signature(url, {})
    assert not good(raw(url, b'{"a": 1}', "application/json", signature))


def test_a_key_of_the_account_signs_with_sha256() -> None:
    url, fields = "https://care.example/hooks/x", {"Body": "hello"}
    signature = ORACLE.compute_signature(url, fields, "HMAC_SHA256")
    settings = {SETTINGS: "key=k1,algorithm=HMAC_SHA256"}
    assert good(raw(url, b"Body=hello", FORM, signature, **settings))
    assert not good(raw(url, b"Body=hello", FORM, signature))
    assert not good(raw(url, b"Body=hello", FORM, signature, **{SETTINGS: "algorithm=MD5"}))


def test_white_space_is_kept() -> None:
    url, fields = "https://care.example/hooks/x", {"Body": " hello "}
    signature = ORACLE.compute_signature(url, fields)
    assert good(raw(url, b"Body=+hello+", FORM, signature))
    assert not good(raw(url, b"Body=hello", FORM, signature))
