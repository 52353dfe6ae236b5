"""A log line carries only what is on the list."""

from __future__ import annotations

import io
import json
import logging
import logging.config

import pytest
import structlog

from hearwell.config import logs


@pytest.fixture
def said():
    """Configure logging as in production; give the text back; restore afterwards."""
    stream = io.StringIO()
    config = logs.configure(is_json=True)
    config["handlers"]["stderr"]["stream"] = stream
    before = logging.root.handlers[:], logging.root.level
    logging.config.dictConfig(config)
    yield stream
    logging.root.handlers[:], logging.root.level = before
    structlog.reset_defaults()


def test_a_token_in_the_context_does_not_get_out(said):
    structlog.get_logger("hearwell").warning("refused", token="canary-1", text="canary-2", code=403)
    line = json.loads(said.getvalue())
    assert line["code"] == 403
    assert "canary" not in said.getvalue()


@pytest.mark.parametrize(
    "path",
    [
        "/wallboard/b/AZrB-xK2c3BCanaryCanaryCanaryCanaryCanary012345678901234/",
        "/digest/off/WyJDYW5hcnki:1uCanary:Canary-Canary_Canary/",
        "/login/link/Canary_aWxhz0aZx0aZx0aZx0aZx0aZx0aZx0aZx0a",
    ],
)
def test_a_secret_in_the_address_does_not_get_out(said, path):
    logging.getLogger("django.request").warning("%s: %s", "Too Many Requests", path)
    assert "Canary" not in said.getvalue()
    assert path[:7] in said.getvalue()


@pytest.mark.parametrize(
    "address",
    [
        "https://api.telegram.org/bot123456:AACanary-Canary_CanaryCanaryCanaryCa/sendMessage",
        "https://graph.example.com/v1/me?access_token=Canary&fields=id",
    ],
)
def test_a_secret_in_an_address_that_failed_does_not_get_out(said, address):
    try:
        message = f"Client error '404 Not Found' for url '{address}'"
        raise RuntimeError(message)
    except RuntimeError:
        structlog.get_logger("hearwell").exception("connector_bug", reason=message)
    assert "Canary" not in said.getvalue()
    assert address[:20] in said.getvalue()


def test_an_address_without_a_secret_is_logged_whole(said):
    path = "/c/01a2177c-4457-739f-a103-30d6732eac37/"
    logging.getLogger("django.request").error("%s: %s", "Internal Server Error", path)
    assert path in said.getvalue()


def test_a_foreign_librarys_extra_does_not_get_out(said):
    logging.getLogger("elsewhere").warning("odd", extra={"password": "canary-3"})
    assert "odd" in said.getvalue()
    assert "canary" not in said.getvalue()
