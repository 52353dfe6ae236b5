"""Tokens: one algorithm, one spelling, an end, and nothing that a stranger can choose."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.kit.tokens import TokenRefusedError, claims_of, derived, signed

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = int(NOW.timestamp()) + 60
SECRET = "site secret"


def packed(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def made(header: Any, claims: Any, secret: str = SECRET) -> str:
    """A token as any library makes it."""
    head = f"{packed(header)}.{packed(claims)}"
    mac = hmac.new(secret.encode(), head.encode(), hashlib.sha256).digest()
    return f"{head}.{packed(mac)}"


def test_what_is_signed_is_read_back_also_with_an_older_secret() -> None:
    token = signed({"sub": "7", "name": "Lena Vík", "exp": LATER}, SECRET)
    assert claims_of(token, ["new", SECRET], NOW)["name"] == "Lena Vík"


def test_a_token_of_another_library_is_read() -> None:
    token = made({"typ": "JWT", "alg": "HS256", "kid": "1"}, {"exp": LATER, "sub": "7"})
    assert claims_of(token, [SECRET], NOW)["sub"] == "7"


def test_the_specification_s_own_example() -> None:
    """RFC 7515, appendix A.1."""
    key = base64.urlsafe_b64decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow=="
    )
    head = (
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
        ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    )
    mac = hmac.new(key, head.encode(), hashlib.sha256).digest()
    assert packed(mac) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert made({"alg": "HS256"}, {"exp": LATER}).count(".") == 2


@pytest.mark.parametrize(
    "token",
    [
        "", ".", "..", "a.b.c", "a.b.c.d", "é.b.c", "x" * 5000,
        made({"alg": "none"}, {"exp": LATER}),
        made({"alg": "HS512"}, {"exp": LATER}),
        made({}, {"exp": LATER}),
        made([], {"exp": LATER}),
        made({"alg": "HS256"}, {"exp": LATER}, "another secret"),
        made({"alg": "HS256"}, {"sub": "no end"}),
        made({"alg": "HS256"}, {"exp": str(LATER)}),
        made({"alg": "HS256"}, {"exp": True}),
        made({"alg": "HS256"}, {"exp": LATER, "nbf": "x"}),
        made({"alg": "HS256"}, [LATER]),
        made({"alg": "HS256"}, b"no json"),
        made({"alg": "HS256"}, {"exp": LATER})[:-1],
        made({"alg": "HS256"}, {"exp": LATER}) + "=",
        made({"alg": "none"}, {"exp": LATER}).rpartition(".")[0] + ".",
    ],
)  # fmt: skip
def test_everything_else_is_refused(token: str) -> None:
    with pytest.raises(TokenRefusedError) as refused:
        claims_of(token, [SECRET], NOW)
    assert not refused.value.is_expired


@pytest.mark.parametrize("claims", [{"exp": LATER - 60}, {"exp": LATER, "nbf": LATER}])
def test_a_token_outside_its_time_says_so(claims: dict[str, int]) -> None:
    with pytest.raises(TokenRefusedError) as refused:
        claims_of(signed(claims, SECRET), [SECRET], NOW)
    assert refused.value.is_expired


def test_no_secret_is_no_secret() -> None:
    token = made({"alg": "HS256"}, {"exp": LATER}, "")
    for secrets in ([], [""]):
        with pytest.raises(TokenRefusedError):
            claims_of(token, secrets, NOW)


def test_keys_for_two_purposes_differ() -> None:
    assert len({SECRET, derived(SECRET, "a"), derived(SECRET, "b"), derived("x", "a")}) == 4


@given(st.text(max_size=200))
@settings(max_examples=500)
def test_no_text_is_taken_for_a_token(text: str) -> None:
    with pytest.raises(TokenRefusedError):
        claims_of(text, [SECRET], NOW)
