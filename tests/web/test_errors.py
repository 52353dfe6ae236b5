"""When something breaks: words, in our look, and never a traceback."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from hearwell.web import errors


@pytest.mark.parametrize(
    ("view", "status", "words"),
    [
        (errors.bad_request, 400, "did not arrive whole"),
        (errors.forbidden, 403, "not open to you"),
        (errors.not_found, 404, "Not found"),
        (errors.server_error, 500, "broke on our side"),
        (errors.csrf_failed, 403, "load the page again"),
    ],
)
def test_each_error_has_its_words(view, status, words):
    answer = view(RequestFactory().get("/"))
    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert "tokens.css" in page
    assert "Traceback" not in page


def test_the_page_for_a_database_that_is_away_asks_nothing_of_it():
    assert "Back in a moment" in errors.unavailable_page()


def test_an_unknown_address_is_our_404(client, db):
    answer = client.get("/no/such/place/")
    assert answer.status_code == 404
    assert "Nothing is kept at this address" in answer.content.decode()


def test_an_error_inside_is_our_500_without_its_message(signed_in, alice, monkeypatch):
    def broken(*_args: object) -> None:
        message = "secret detail"
        raise RuntimeError(message)

    monkeypatch.setattr("hearwell.web.agent.inbox.views._rows", broken)
    client = Client(raise_request_exception=False)
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get("/inbox/")
    assert answer.status_code == 500
    assert "secret detail" not in answer.content.decode()
