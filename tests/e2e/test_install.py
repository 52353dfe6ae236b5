"""The app in a browser: installable, its worker keeps static files only, a kind page offline."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import watched

pytestmark = pytest.mark.slow
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) found.push(new URL(url).pathname);
  }
  return found;
}"""


def test_it_keeps_no_page_of_anybody_and_says_kindly_that_there_is_no_connection(
    browser, live_house
):
    context = browser.new_context(base_url=live_house.url)
    context.add_cookies(live_house.owner_cookies())
    page = context.new_page()
    with watched(page):
        page.goto("/inbox/")
        page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        page.goto("/me/")
        told = context.new_cdp_session(page).send("Page.getInstallabilityErrors")
        # A browser of the tests is a private window, in which nothing can be installed.
        assert [one["errorId"] for one in told["installabilityErrors"]] in ([], ["in-incognito"])
        page.goto("/wallboard/")
        expect(page.locator("#figures")).to_be_visible()
        kept = page.evaluate(KEPT)
        assert "/offline/" in kept
        assert any("/js/wall." in path for path in kept)
        assert {path for path in kept if not path.startswith("/static/")} == {"/offline/"}

        context.set_offline(True)
        page.goto("/inbox/")
        expect(page.locator("h1")).to_have_text("There is no connection just now")
        assert page.evaluate("getComputedStyle(document.querySelector('.gate')).display") == "grid"
        context.set_offline(False)
        page.get_by_role("link", name="Try again").click()
        expect(page.locator("h1").first).not_to_have_text("There is no connection just now")
        assert page.url.endswith("/inbox/")
    page.goto("about:blank")
    context.close()
