"""Which pages may show a chat: addresses as browsers write them, and none that is a pattern."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hearwell.connect.connecting import FieldRefused, filled_in
from hearwell.connect.health import HealthState
from hearwell.connectors.webchat.fake import Fake


@pytest.fixture
def fake() -> Fake:
    return Fake()


def connected(fake: Fake, origins: str) -> dict[str, str]:
    filled = filled_in(fake.connector.fields, {"origins": origins})
    assert not filled.refused
    return dict(fake.connector.connect(filled.given).settings)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("northwind.example", "https://northwind.example"),
        ("https://WWW.Northwind.example/help?x=1", "https://www.northwind.example"),
        ("https://a.example:443, http://b.example:8080", "https://a.example http://b.example:8080"),
        ("https://münchen.example", "https://xn--mnchen-3ya.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("a.example a.example", "https://a.example"),
    ],
)
def test_addresses_are_kept_as_browsers_send_them(fake: Fake, typed: str, kept: str) -> None:
    assert connected(fake, typed)["origins"] == kept


@pytest.mark.parametrize(
    "typed",
    ["*", "https://*.example", "ftp://a.example", "javascript:x", "https://", "http://a:99999",
     "null", "https://" + "a" * 70 + ".example"],
)  # fmt: skip
def test_what_is_no_address_is_refused_at_its_field(fake: Fake, typed: str) -> None:
    if typed == "null":
        assert connected(fake, typed)["origins"] == "https://null"  # a name, never `Origin: null`
        return
    with pytest.raises(FieldRefused) as refused:
        connected(fake, typed)
    assert refused.value.field_name == "origins"


def test_twenty_sites_share_a_chat_and_no_more(fake: Fake) -> None:
    many = [f"s{n}.example" for n in range(20)]
    assert len(connected(fake, " ".join(many))["origins"].split()) == 20
    with pytest.raises(FieldRefused):
        connected(fake, " ".join([*many, "one.example"]))


def test_a_chat_without_a_site_is_not_healthy(fake: Fake) -> None:
    assert fake.connector.health(fake.account).state is HealthState.OK
    bare = replace(fake.account, settings={})
    assert fake.connector.health(bare).state is HealthState.BAD
