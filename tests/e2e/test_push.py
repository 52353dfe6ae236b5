"""Push in a browser as far as it goes without its maker's service: asked for, shown, opened."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import launched, watched
from tests.e2e.customers import SOON_MS
from tests.house import wait_until
from tools.browser import whole_browser

pytestmark = pytest.mark.slow
SHOWN = """async () => {
  const worker = await navigator.serviceWorker.ready;
  return (await worker.getNotifications()).map(({ title, data }) => ({ title, data }));
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser with a window, even if nobody sees it: the other one shows no notices."""
    path = whole_browser()
    if path is None:
        pytest.skip("no whole Chromium or Chrome is installed")
    with launched(path) as made:
        yield made


def shown(page: Page) -> list[tuple[str, str]]:
    return [(one["title"], one["data"]["url"]) for one in page.evaluate(SHOWN)]


def test_a_press_asks_the_push_service_and_a_push_is_shown(browser, live_house):
    context = browser.new_context(base_url=live_house.url, permissions=["notifications"])
    context.add_cookies(live_house.owner_cookies())
    page = context.new_page()
    with watched(page):
        cdp = context.new_cdp_session(page)
        workers = []

        def note(told):
            workers.append(told)

        cdp.on("ServiceWorker.workerRegistrationUpdated", note)
        cdp.send("ServiceWorker.enable")
        page.goto("/me/")
        page.get_by_role("link", name="Push to my devices").click()
        page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        page.get_by_role("button", name="Switch it on here").click()
        # The service of the browser's maker is not reached from here, and that is said.
        expect(page.get_by_role("status").filter(has_text="could not be reached")).to_be_visible(
            timeout=SOON_MS
        )

        registration = workers[-1]["registrations"][0]["registrationId"]
        told = {"title": "HW-7 was given to you.", "body": "", "tag": "given 7", "url": "/inbox/"}
        for data in (json.dumps(told), json.dumps(told), "not JSON"):
            cdp.send(
                "ServiceWorker.deliverPushMessage",
                {"origin": live_house.url, "registrationId": registration, "data": data},
            )
        # The second takes the place of the first: between the two, none stands.
        wait_until(lambda: shown(page) == [(told["title"], "/inbox/")], what="one notice")
        page.wait_for_timeout(500)
        assert shown(page) == [(told["title"], "/inbox/")]
    page.goto("about:blank")
    context.close()
