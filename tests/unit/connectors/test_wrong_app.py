"""A wrong app at consent: the network does not know it, and the form says where to look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hearwell.connect.connecting import FieldRefused, filled_in
from hearwell.connectors.facebook.fake import Fake as Facebook
from hearwell.connectors.google import fake_doors
from hearwell.connectors.googlereviews.fake import Fake as GoogleReviews
from hearwell.connectors.instagram.fake import Fake as Instagram
from hearwell.connectors.linkedin import fake_network as linkedin
from hearwell.connectors.linkedin.fake import Fake as LinkedIn
from hearwell.connectors.reddit import fake_network as reddit
from hearwell.connectors.reddit.fake import Fake as Reddit
from hearwell.connectors.x import fake_network as x
from hearwell.connectors.x.fake import Fake as X
from hearwell.connectors.youtube.fake import Fake as YouTube

BACK = "https://care.example/settings/networks/authorize/"
GOOGLE = {"client_id": fake_doors.CLIENT, "client_secret": fake_doors.CLIENT_SECRET}
# What is right for each, but for Meta's app, which its network names.
APPS: Mapping[str, tuple[Callable[[], Any], Mapping[str, str]]] = {
    "facebook": (Facebook, {}),
    "instagram": (Instagram, {"way": "facebook"}),
    "instagram itself": (Instagram, {"way": "instagram"}),
    "linkedin": (
        LinkedIn,
        {"client_id": linkedin.CLIENT_ID, "client_secret": linkedin.CLIENT_SECRET},
    ),
    "reddit": (
        Reddit,
        {
            "client_id": reddit.CLIENT_ID,
            "client_secret": reddit.CLIENT_SECRET,
            "contact": "northwind",
        },
    ),
    "x": (X, {"client_id": x.CLIENT_ID, "client_secret": x.CLIENT_SECRET}),
    "youtube": (YouTube, GOOGLE),
    "googlereviews": (GoogleReviews, GOOGLE),
}
META = ("facebook", "instagram", "instagram itself")
IN_ID = {name: "app_id" if name in META else "client_id" for name in APPS}
IN_SECRET = {name: "app_secret" if name in META else "client_secret" for name in APPS}


def _given(name: str, fake: Any) -> dict[str, str]:
    given = dict(APPS[name][1])
    if name in META:
        given |= {"app_id": fake.network.app.id, "app_secret": fake.network.app.secret}
    return dict(filled_in(fake.connector.fields, given).given)


def _finish(fake: Any, given: Mapping[str, str]) -> Any:
    leaving = fake.connector.begin(given, BACK, "state-1")
    answer = fake.network.handle(httpx.Request("GET", leaving.url))
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return fake.connector.finish(leaving.keep, {k: v[0] for k, v in query.items()}, BACK)


def _labels(fake: Any) -> dict[str, str]:
    return {one.name: one.label for one in fake.connector.fields}


@pytest.mark.parametrize("name", APPS)
def test_the_right_app_connects(name: str) -> None:
    fake = APPS[name][0]()
    assert _finish(fake, _given(name, fake)).external_id


@pytest.mark.parametrize("name", APPS)
@pytest.mark.parametrize("wrong", [IN_ID, IN_SECRET], ids=["id", "secret"])
def test_a_wrong_app_names_the_fields_as_the_form_does(name: str, wrong: dict[str, str]) -> None:
    fake = APPS[name][0]()
    typed = _given(name, fake) | {wrong[name]: "4711"}
    with pytest.raises(FieldRefused) as refused:
        _finish(fake, typed)
    labels = _labels(fake)
    # Facebook alone says which of the two it is.
    tells = name in {"facebook", "instagram"}
    assert refused.value.field_name == (wrong[name] if tells else IN_SECRET[name])
    assert f"“{labels[wrong[name]]}”" in refused.value.message
    assert "expired" not in refused.value.message


@pytest.mark.parametrize("name", [name for name in APPS if name not in META])
def test_an_app_that_is_not_known_needs_no_words_to_be_told(name: str) -> None:
    fake = APPS[name][0]()
    leaving = fake.connector.begin(_given(name, fake), BACK, "state-1")
    where = fake.network if hasattr(fake.network, "next_answer") else fake
    where.next_answer = lambda _request: httpx.Response(401)
    with pytest.raises(FieldRefused) as refused:
        fake.connector.finish(leaving.keep, {"code": "code-1"}, BACK)
    assert refused.value.field_name == "client_secret"
