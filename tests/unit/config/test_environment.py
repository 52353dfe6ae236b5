"""What the operator may say from outside, and what is refused in one line."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from hearwell.config import wiring
from hearwell.config.environment import (
    MOVABLE,
    VARIABLES,
    EnvironmentRefusedError,
    ProcessRole,
    read_environment,
)
from hearwell.config.mail import LOG, SMTP, mail_settings
from hearwell.config.wiring import one_place


def test_defaults_are_a_house_on_this_machine():
    found = read_environment({})
    assert (found.port, found.bind, found.url) == (8000, "127.0.0.1", "http://localhost:8000")
    assert found.is_embedded
    assert not found.is_https
    assert found.role is ProcessRole.WORKER


def test_the_url_follows_the_port_unless_it_is_given():
    assert read_environment({"PORT": "8080"}).url == "http://localhost:8080"
    given = read_environment({"PORT": "8080", "HEARWELL_URL": "https://Care.Example.com/"})
    assert given.url == "https://care.example.com"
    assert given.host == "care.example.com"
    assert given.is_https


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "٨٠٠٠"),
        ("HEARWELL_ROLE", "owner"),
        ("HEARWELL_URL", "care.example.com"),
        ("HEARWELL_URL", "https://example.com/care"),
        ("HEARWELL_EGRESS_ALLOW", "*"),
        ("HEARWELL_SANDBOX_PER_MINUTE", "-1"),
        ("HEARWELL_SMTP_URL", "mail.example.com"),
        ("HEARWELL_SMTP_URL", "smtp://mail.example.com:port"),
    ],
)
def test_a_bad_value_is_refused_by_name(name, value):
    with pytest.raises(EnvironmentRefusedError, match=name):
        read_environment({name: value})


def test_egress_origins_come_as_a_list():
    found = read_environment({"HEARWELL_EGRESS_ALLOW": "http://a:1, https://B.example"})
    assert found.egress_allow == ("http://a:1", "https://b.example")


def test_mail_servers_may_be_let_inside_and_nothing_else_but_the_web():
    found = read_environment({"HEARWELL_EGRESS_ALLOW": "imap://Mail.lan:143 smtps://mail.lan"})
    assert found.egress_allow == ("imap://mail.lan:143", "smtps://mail.lan")
    with pytest.raises(EnvironmentRefusedError):
        read_environment({"HEARWELL_EGRESS_ALLOW": "ftp://mail.lan:21"})
    with pytest.raises(EnvironmentRefusedError):
        read_environment({"HEARWELL_URL": "imap://mail.lan:143"})


def test_networks_may_be_spoken_to_at_this_machine_and_where_it_is_allowed():
    given = "x=http://127.0.0.1:9001, reddit=http://Lab:2"
    found = read_environment(
        {"HEARWELL_NETWORKS_AT": given, "HEARWELL_EGRESS_ALLOW": "http://lab:2"}
    )
    assert found.networks_at == {"x": "http://127.0.0.1:9001", "reddit": "http://lab:2"}
    for refused in (
        "x=http://elsewhere:1", "http://127.0.0.1:1", "x", "x=ftp://127.0.0.1",
        "twiter=http://127.0.0.1:1", "bluesky=http://127.0.0.1:1", "x=http://127.0.0.1@evil:1",
        "x=http://127.0.0.1:1 x=http://127.0.0.1:2", "x=http://127.0.0.1.evil:1",
    ):  # fmt: skip
        with pytest.raises(EnvironmentRefusedError, match="HEARWELL_NETWORKS_AT"):
            read_environment({"HEARWELL_NETWORKS_AT": refused})


def test_a_house_that_others_reach_takes_no_stand_in_unless_it_is_let_inside():
    given = {"HEARWELL_NETWORKS_AT": "x=http://127.0.0.1:9001"}
    public = given | {"HEARWELL_URL": "https://care.example.com"}
    with pytest.raises(EnvironmentRefusedError, match="HEARWELL_EGRESS_ALLOW"):
        read_environment(public)
    let_in = public | {"HEARWELL_EGRESS_ALLOW": "http://127.0.0.1:9001"}
    assert read_environment(let_in).networks_at == {"x": "http://127.0.0.1:9001"}
    assert read_environment(given | {"HEARWELL_URL": "http://localhost:8123"}).networks_at


def test_just_the_networks_in_one_place_can_be_stood_for(monkeypatch):
    built = []
    monkeypatch.setattr(wiring, "one_place", lambda kind, *_: built.append(kind))
    monkeypatch.setattr(wiring, "register", lambda _: None)
    monkeypatch.setattr(wiring, "register_entry_points", list)
    wiring.wire(read_environment({}))
    assert {kind.manifest.network for kind in built} == MOVABLE


def test_a_connector_is_built_at_the_place_that_stands_for_its_network():
    class Kind:
        manifest = SimpleNamespace(network="reddit")

        def __init__(self, client, at="its own"):
            self.told = client, at

    env = read_environment({"HEARWELL_EGRESS_ALLOW": "http://a:1"})
    assert one_place(Kind, tuple, env).told == (("http://a:1",), "its own")
    env = read_environment({"HEARWELL_NETWORKS_AT": "reddit=http://127.0.0.1:9"})
    assert one_place(Kind, tuple, env).told == (("http://127.0.0.1:9",), "http://127.0.0.1:9")


def test_root_never_uses_a_folder_below_a_home(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert read_environment({}).data == Path("/var/lib/hearwell")
    assert read_environment({"DATA": "/srv/x"}).data == Path("/srv/x")


def test_a_plain_user_has_a_folder_of_their_own(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert read_environment({"XDG_DATA_HOME": "/home/a/share"}).data == Path(
        "/home/a/share/hearwell"
    )


def test_every_variable_is_read_and_none_besides():
    """What is not in VARIABLES cannot be documented."""
    asked: set[str] = set()

    class Heard(dict[str, str]):
        def get(self, name, default=None):
            asked.add(name)
            return default

    read_environment(Heard())
    assert asked == {variable.name for variable in VARIABLES} | {"XDG_DATA_HOME"}


def test_a_variable_without_a_value_is_one_that_was_not_said():
    assert read_environment({"PORT": "", "HEARWELL_BIND": ""}) == read_environment({})


def test_mail_goes_to_the_log_until_a_server_is_named():
    assert mail_settings(read_environment({}))["EMAIL_BACKEND"] == LOG
    assert not read_environment({}).has_mail
    url = "smtps://care%40example.com:p%3Aw@mail.example.com"
    told = mail_settings(read_environment({"HEARWELL_SMTP_URL": url}))
    assert told["EMAIL_BACKEND"] == SMTP
    assert (told["EMAIL_HOST"], told["EMAIL_PORT"]) == ("mail.example.com", 465)
    assert (told["EMAIL_HOST_USER"], told["EMAIL_HOST_PASSWORD"]) == ("care@example.com", "p:w")
    assert told["DEFAULT_FROM_EMAIL"] == "hearwell@localhost"


@pytest.mark.parametrize(
    ("url", "has_tls"),
    [("smtp://mail.example.com", True), ("smtp://localhost:25", False), ("smtp://10.0.0.1", True)],
)
def test_only_a_mail_server_on_this_machine_may_lack_tls(url, has_tls):
    assert mail_settings(read_environment({"HEARWELL_SMTP_URL": url}))["EMAIL_USE_TLS"] is has_tls
