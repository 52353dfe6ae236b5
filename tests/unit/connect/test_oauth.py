"""Consent and tokens by the standards' own examples, and by what networks make of them."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from hearwell.connect import failures, oauth
from hearwell.connect.connecting import FieldRefused
from hearwell.kit import clock

CONSENT = oauth.Consent("https://n.test/authorize", "app-1", "read,write", {"duration": "long"})
BACK = "https://care.example/back?x=1&y=ä"
DOOR = oauth.Door(url="https://n.test/token", dead=frozenset({"invalid_grant", "401"}))


def test_what_is_asked_for_comes_back_as_it_was_written() -> None:
    url = urlsplit(CONSENT.url(BACK, "state/+&="))
    assert url.geturl().startswith("https://n.test/authorize?")
    assert dict(parse_qsl(url.query, strict_parsing=True)) == {
        "response_type": "code",
        "client_id": "app-1",
        "redirect_uri": BACK,
        "scope": "read,write",
        "state": "state/+&=",
        "duration": "long",
    }


def test_the_challenge_is_the_digest_of_a_verifier_that_stays_here() -> None:
    leaving, again = (CONSENT.departure(BACK, "s", {"client_id": "app-1"}) for _ in range(2))
    verifier = leaving.keep[oauth.VERIFIER]
    # RFC 7636, 4.1: 43 to 128 characters.
    assert 43 <= len(verifier) <= 128
    assert verifier != again.keep[oauth.VERIFIER]
    assert verifier not in leaving.url
    assert leaving.keep["client_id"] == "app-1"
    query = dict(parse_qsl(urlsplit(leaving.url).query))
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    assert query["code_challenge_method"] == "S256"
    assert base64.urlsafe_b64decode(query["code_challenge"] + "=") == digest
    assert "=" not in query["code_challenge"]


def test_who_says_no_is_told_so_in_words() -> None:
    assert oauth.code_in({"code": "c"}, "You said no.") == "c"
    with pytest.raises(failures.NeedsReauth, match="You said no") as caught:
        oauth.code_in({"error": "access_denied" * 9}, "You said no.")
    assert caught.value.network_code == ("access_denied" * 9)[:60]


@pytest.mark.parametrize(
    ("code", "status", "expects"),
    [
        ("invalid_client", 400, FieldRefused),
        ("unauthorized_client", 401, FieldRefused),
        ("invalid_grant", 400, failures.NeedsReauth),
        ("", 401, failures.NeedsReauth),
        ("invalid_request", 400, failures.Unavailable),
        ("", 200, failures.Unavailable),
        ("", 302, failures.Unavailable),
    ],
)
def test_a_refusal_is_told_by_its_code_and_its_status(
    code: str, status: int, expects: type[failures.Failure]
) -> None:
    assert type(DOOR.refusal(code, status)) is expects


def test_any_code_may_be_the_end_of_a_token() -> None:
    door = oauth.Door(url="", dead=frozenset({oauth.ANY}))
    assert isinstance(door.refusal("odd", 200), failures.NeedsReauth)
    assert isinstance(door.refusal("", 200), failures.Unavailable)


def test_rights_come_with_commas_or_spaces_or_as_asked() -> None:
    assert oauth.scopes_in({"scope": "a,b c, d"}, "x") == {"a", "b", "c", "d"}
    assert oauth.scopes_in({}, "x y") == {"x", "y"}
    assert oauth.scopes_in({"scope": 7}, "") == frozenset()


@pytest.mark.parametrize("told", [None, 0, -1, True, "3600", 3.5, 10**12])
def test_a_token_whose_end_nobody_understands_has_none(told: object) -> None:
    assert oauth.ends({"expires_in": told}) is None
    assert oauth.told(None) == ""


def test_a_token_ends_when_it_says() -> None:
    moment = oauth.ends({"expires_in": 3600})
    assert moment is not None
    assert abs(moment - clock.now() - timedelta(hours=1)) < timedelta(minutes=1)


def test_what_is_empty_replaces_nothing() -> None:
    token = {"access_token": "new", "refresh_token": ""}
    assert oauth.kept(token, until="") == {"access": "new"}
    with pytest.raises(failures.ContractChanged):
        oauth.kept({"access_token": ""})
