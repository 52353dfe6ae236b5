"""Connecting a mailbox: what is guessed, what is tried, what is said when it cannot be right."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hearwell.connect.connecting import FieldKind, FieldRefused
from hearwell.connect.failures import Failure, NeedsReauth
from hearwell.connect.model import Account
from hearwell.connectors.email import joining
from hearwell.connectors.email.connector import EmailConnector, opener_for
from hearwell.connectors.email.fake import ADDRESS, Fake
from hearwell.connectors.email.mailbox import (
    Security,
    known_provider,
    likely_imap,
    likely_smtp,
    mailbox_of,
)

GIVEN = {field.name: field.default for field in EmailConnector.fields}


def _given(fake: Fake, **changes: str) -> dict[str, str]:
    return GIVEN | {"address": ADDRESS, "password": fake.post.password} | changes


def _refused(fake: Fake, **changes: str) -> FieldRefused:
    with pytest.raises(FieldRefused) as caught:
        fake.connector.connect(_given(fake, **changes))
    return caught.value


def test_an_address_and_a_password_are_enough() -> None:
    fake = Fake()
    found = fake.connector.connect(_given(fake, name="Northwind Air"))
    assert (found.external_id, found.handle) == (ADDRESS, ADDRESS)
    assert found.settings["imap_host"] == "imap.northwind.test"
    assert found.settings["smtp_host"] == "smtp.northwind.test"
    assert found.settings["sent"] == "Sent"
    assert fake.post.contacted == {"imap.northwind.test:993", "smtp.northwind.test:465"}
    assert fake.post.taken == []
    account = Account(found.external_id, settings=found.settings, secrets=found.secrets)
    box = mailbox_of(account)
    assert box is not None
    assert (box.name, box.imap.security) == ("Northwind Air", Security.TLS)
    assert fake.connector.identity(account) == ADDRESS
    assert fake.connector.hosts(account) == {"imap.northwind.test:993", "smtp.northwind.test:465"}


def test_secrets_are_no_settings() -> None:
    fake = Fake()
    found = fake.connector.connect(_given(fake))
    assert fake.post.password not in repr(found)
    assert found.secrets["stamp"] not in repr(found)
    assert found.secrets["stamp"] != fake.connector.connect(_given(fake)).secrets["stamp"]


def test_since_now_what_comes_is_new_and_on_request_a_little_before() -> None:
    fake = Fake()
    for days in (0, 3):
        found = fake.connector.connect(_given(fake, open_days=str(days)))
        since = datetime.fromisoformat(found.settings["since"])
        age = datetime.now(UTC) - since
        assert timedelta(days=days) <= age < timedelta(days=days, minutes=5)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address": "nonsense"}, "address"),
        ({"address": "a@b.test\r\nX: y"}, "address"),
        ({"password": ""}, "password"),
        ({"imap_host": "bad host"}, "imap_host"),
        ({"imap_host": "imap.x.test", "imap_port": "70000"}, "imap_port"),
        ({"imap_host": "imap.x.test", "imap_port": "nine"}, "imap_port"),
        ({"smtp_host": "smtp.x.test", "smtp_security": "maybe"}, "smtp_security"),
        ({"history_days": "-1"}, "history_days"),
        ({"open_days": "many"}, "open_days"),
        ({"folders": "INBOX, Nowhere"}, "folders"),
        ({"sign_in": "magic"}, "sign_in"),
        ({"sign_in": "oauth2"}, "refresh"),
        ({"sign_in": "oauth2", "refresh": "r", "renews_at": "http://t.test"}, "renews_at"),
        ({"imap_host": "imap.x.test", "imap_security": "none"}, "imap_host"),
    ],
)
def test_what_cannot_be_right_is_said_at_its_field(changes: dict[str, str], field: str) -> None:
    refusal = _refused(Fake(), **changes)
    assert refusal.field_name == field
    assert refusal.message


def test_a_refused_password_names_the_server_that_refused_it() -> None:
    fake = Fake()
    with pytest.raises(NeedsReauth, match=r"imap\.northwind\.test"):
        fake.connector.connect(_given(fake, password="wrong"))
    fake.post.refusals = {"AUTH": "535 5.7.8 no"}
    with pytest.raises(NeedsReauth, match=r"smtp\.northwind\.test"):
        fake.connector.connect(_given(fake))


def test_servers_that_are_nowhere_are_asked_for() -> None:
    fake = Fake()
    fake.post.unreachable = ConnectionRefusedError()
    assert _refused(fake).field_name == "imap_host"


def test_a_named_server_that_is_nowhere_is_a_failure_with_its_name() -> None:
    fake = Fake()
    fake.post.unreachable = ConnectionRefusedError()
    with pytest.raises(Failure, match=r"mail\.x\.test:993"):
        fake.connector.connect(_given(fake, imap_host="mail.x.test", smtp_host="mail.x.test"))


@pytest.mark.parametrize(
    ("changes", "security", "port"),
    [
        ({}, Security.TLS, 993),
        ({"imap_port": "143"}, Security.STARTTLS, 143),
        ({"imap_security": "starttls"}, Security.STARTTLS, 143),
        ({"imap_port": "1993"}, Security.TLS, 1993),
    ],
)
def test_what_is_left_open_follows_what_is_said(
    changes: dict[str, str], security: Security, port: int
) -> None:
    server = joining._named(changes, "imap", "imap.x.test")
    assert (server.security, server.port) == (security, port)


def test_well_known_providers_are_known() -> None:
    google = known_provider("gmail.com")
    assert google is not None
    assert str(google.imap) == "imap.gmail.com:993"
    assert google.keeps_copies
    assert known_provider("northwind.test", "imap.gmail.com") is google
    assert known_provider("gmail.com", "imap.elsewhere.test") is None
    assert known_provider("northwind.test") is None


def test_guesses_begin_with_the_safest_door() -> None:
    for servers in (likely_imap("x.test"), likely_smtp("x.test")):
        assert servers[0].security is Security.TLS
        assert all(server.security is not Security.NONE for server in servers)


def test_the_form_asks_little_and_folds_the_rest_away() -> None:
    plain = [field.name for field in EmailConnector.fields if not field.is_advanced]
    assert plain == ["address", "name", "password"]
    secret = {field.name for field in EmailConnector.fields if field.kind is FieldKind.SECRET}
    assert secret == {"password", "client_secret", "refresh"}
    assert EmailConnector.steps


def test_tokens_are_tried_before_they_are_kept() -> None:
    fake = Fake()
    fake.post.password = "fresh"  # the access token that renewing gives
    given = _given(
        fake, sign_in="oauth2", refresh="r", renews_at="https://t.test/token", client_id="c"
    )
    found = fake.connector.connect(given)
    assert found.secrets["access"] == "fresh"
    assert "r" not in found.settings.values()
    account = Account(ADDRESS, settings=found.settings, secrets=found.secrets)
    assert "t.test" in fake.connector.hosts(account)


def test_inside_only_the_mail_servers_that_the_operator_names() -> None:
    opener = opener_for(["http://localhost:8000", "imap://mail.lan:143"])
    assert opener.may_lie_inside("mail.lan", 143)
    assert not opener.may_lie_inside("localhost", 8000)


@pytest.mark.parametrize(
    "changes",
    [{"imap_host": ""}, {"imap_port": "0"}, {"smtp_security": "x"}, {"address": "nobody"}],
)
def test_settings_that_are_not_whole_are_no_mailbox(changes: dict[str, str]) -> None:
    fake = Fake()
    settings = {**fake.account.settings, **changes}
    assert mailbox_of(replace(fake.account, settings=settings)) is None
    assert fake.connector.hosts(replace(fake.account, settings=settings)) == frozenset()
