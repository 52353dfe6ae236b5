"""The content policy in a real browser: no page of ours breaks it, and it does bite."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import watched
from tests.house import House

PAGES = (
    "/setup/",
    "/inbox/",
    "/me/",
    "/me/keys/",
    "/settings/networks/",
    "/settings/people/",
    "/settings/promises/",
    "/settings/teams/",
    "/settings/routing/new/",
    "/team/",
    "/settings/audit/",
    "/reports/response/",
    "/account/email/",
    "/account/password/change/",
    "/account/2fa/",
    "/api/docs",
    "/sandbox/control/",
    "/not-a-page/",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_to_it(page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_load_state("load")


@pytest.mark.parametrize("path", ["/login/", "/account/password/reset/"])
def test_a_strangers_page_keeps_to_it(stranger_page: Page, path: str) -> None:
    stranger_page.goto(path)
    stranger_page.wait_for_load_state("load")


def test_a_breach_would_be_seen(browser: Browser, live_house: House) -> None:
    """Else the tests above would prove nothing."""
    with browser.new_context(base_url=live_house.url) as context:
        page = context.new_page()
        seen = watched(page)
        page.goto("/login/")
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"top: 0\">x</p>')")
        page.wait_for_timeout(200)
        assert seen.found
