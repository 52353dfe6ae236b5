"""What every network whose tokens are renewed has to tell apart at the door of its tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.contract import Refreshes
from hearwell.connectors.email.connector import EmailConnector
from hearwell.connectors.email.fake import Fake as EmailFake
from hearwell.connectors.googlereviews.connector import GooglereviewsConnector
from hearwell.connectors.googlereviews.fake import Fake as GooglereviewsFake
from hearwell.connectors.linkedin.connector import LinkedinConnector
from hearwell.connectors.linkedin.fake import Fake as LinkedinFake
from hearwell.connectors.reddit.connector import RedditConnector
from hearwell.connectors.reddit.fake import Fake as RedditFake
from hearwell.connectors.x.connector import XConnector
from hearwell.connectors.x.fake import Fake as XFake
from hearwell.connectors.youtube.connector import YoutubeConnector
from hearwell.connectors.youtube.fake import Fake as YoutubeFake

Answer = Callable[[httpx.Request], httpx.Response]
Renews = Callable[[Answer], object]


def _by(connector: type, fake: type) -> Renews:
    def renew(answer: Answer) -> object:
        client = httpx.Client(transport=httpx.MockTransport(answer))
        renewing = connector(client)
        assert isinstance(renewing, Refreshes)
        return renewing.refresh(fake().account)

    return renew


def _by_mail(answer: Answer) -> object:
    account = EmailFake().account
    settings = {**account.settings, "sign_in": "oauth2", "renews_at": "https://t.test/token"}
    open_client = lambda _: httpx.Client(transport=httpx.MockTransport(answer))  # noqa: E731
    connector = EmailConnector(open_client=open_client)
    known = replace(account, settings=settings, secrets={"refresh": "r", "client_secret": "s"})
    return connector.refresh(known)


NETWORKS: dict[str, Renews] = {
    "email": _by_mail,
    "googlereviews": _by(GooglereviewsConnector, GooglereviewsFake),
    "linkedin": _by(LinkedinConnector, LinkedinFake),
    "reddit": _by(RedditConnector, RedditFake),
    "x": _by(XConnector, XFake),
    "youtube": _by(YoutubeConnector, YoutubeFake),
}
pytestmark = pytest.mark.parametrize("network", NETWORKS)


def _failure(network: str, answer: Answer) -> failures.Failure:
    with pytest.raises(failures.Failure) as caught:
        NETWORKS[network](answer)
    return caught.value


def _said(status: int, **more: object) -> Answer:
    return lambda _: httpx.Response(status, **more)  # type: ignore[arg-type]


def test_an_outage_asks_nobody_to_connect_again(network: str) -> None:
    for answer in (_said(503, json={"error": 503}), _said(500, text="<html>"), _said(502)):
        assert isinstance(_failure(network, answer), failures.Unavailable)


def test_an_app_that_is_not_known_any_more_needs_a_person(network: str) -> None:
    failure = _failure(network, _said(401, json={"error": "invalid_client"}))
    assert isinstance(failure, failures.NeedsReauth)


def test_a_token_that_is_dead_needs_a_person(network: str) -> None:
    failure = _failure(network, _said(400, json={"error": "invalid_grant"}))
    assert isinstance(failure, failures.NeedsReauth)
    assert failure.network_code == "invalid_grant"


@pytest.mark.parametrize("wait", ["7", "9" * 30, "²", "soon", ""])
def test_too_fast_is_tried_again_later(network: str, wait: str) -> None:
    headers = {b"retry-after": wait.encode("latin-1")}
    failure = _failure(network, _said(429, headers=headers))
    assert isinstance(failure, failures.Throttled)


@pytest.mark.parametrize("body", ["[" * 100_000, "<html>", "[]", "{}", '{"access_token": 1}'])
def test_what_is_no_token_is_kept_as_none(network: str, body: str) -> None:
    failure = _failure(network, _said(200, text=body))
    assert isinstance(failure, failures.Unavailable | failures.ContractChanged)


def test_a_line_that_breaks_shows_no_secret(network: str) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        message = "broken on purpose"
        raise httpx.ReadTimeout(message, request=request)

    failure = _failure(network, broken)
    assert isinstance(failure, failures.Unavailable)
    assert failure.__cause__ is None
    assert failure.network_code == "ReadTimeout"
