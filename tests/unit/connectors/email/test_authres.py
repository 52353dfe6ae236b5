"""Whose word on a sender counts, and what it comes to."""

from __future__ import annotations

import pytest

from hearwell.connect.model import Authenticity
from hearwell.connectors.email.authres import NO_ID, checked

MX, LENA = "mx.northwind.test", "lena@example.test"
PROVEN, UNPROVEN, FORGED = Authenticity.PROVEN, Authenticity.UNPROVEN, Authenticity.FORGED


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ("dmarc=pass header.from=example.test", PROVEN),
        ("spf=fail smtp.mailfrom=x.test; dkim=pass header.d=example.test; dmarc=pass", PROVEN),
        ("dmarc=fail (p=none dis=none) header.from=example.test", FORGED),
        ("dkim=pass header.i=@example.test header.s=a", PROVEN),
        ("dkim=pass header.d=mail.example.test", PROVEN),
        ("dkim=pass header.d=evil.test", UNPROVEN),
        ("dkim=pass header.d=test", UNPROVEN),
        ("dkim=fail header.d=x.test; dkim=pass header.d=example.test", PROVEN),
        ("spf=pass smtp.mailfrom=bounce@example.test", PROVEN),
        ("spf=pass smtp.mailfrom=evil.test", UNPROVEN),
        ("spf=softfail smtp.mailfrom=example.test", UNPROVEN),
        ("spf=fail smtp.mailfrom=example.test", UNPROVEN),  # every forwarded mail
        ("spf=fail smtp.mailfrom=example.test; dkim=fail header.d=example.test", FORGED),
        ("spf=none; dkim=none; dmarc=none", UNPROVEN),
        ("dmarc=pass (a (nested) comment; dmarc=fail)", PROVEN),
        ("DMARC=PASS", PROVEN),
    ],
)
def test_verdicts(results: str, verdict: Authenticity) -> None:
    found = checked([f"{MX}; {results}"], MX, LENA)
    assert found is not None
    assert found.verdict is verdict
    assert "=" in found.detail


@pytest.mark.parametrize(
    "header",
    [
        "mx.evil.test; dmarc=pass",
        "mx.northwind.test.evil.test; dmarc=pass",
        "(mx.northwind.test) mx.evil.test; dmarc=pass",
        "dmarc=pass; mx.northwind.test",
        "",
        ";;;",
    ],
)
def test_nobody_else_is_believed(header: str) -> None:
    assert checked([header], MX, LENA) is None
    assert checked([header], "", LENA) is None


def test_the_topmost_word_of_the_trusted_server_counts() -> None:
    headers = ["other.test; dmarc=pass", f"{MX} 1; dmarc=fail", f"{MX}; dmarc=pass"]
    found = checked(headers, MX, LENA)
    assert found is not None
    assert found.verdict is FORGED


def test_a_provider_that_writes_no_name_is_believed_at_the_top_only() -> None:
    """As Microsoft 365 does it."""
    top = "spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=example.test; dkim=none; dmarc=fail"
    found = checked([top], NO_ID, LENA)
    assert found is not None
    assert found.verdict is FORGED
    assert checked(["mx.other.test; dmarc=pass", "dmarc=pass"], NO_ID, LENA) is None
