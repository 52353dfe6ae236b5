"""A webhook by keyboard, on a screen and a phone, light and dark: made, tested, sent again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.customers import SOON_MS
from tests.e2e.sight import looks_right

pytestmark = pytest.mark.slow
NOWHERE = "https://hooks.northwind.invalid/in"


def test_made_tested_looked_at_and_sent_again_by_keyboard(page: Page):
    page.goto("/settings/webhooks/new/")
    page.get_by_label("Address").focus()
    page.keyboard.type(NOWHERE)
    page.keyboard.press("Tab")
    page.keyboard.type("Our warehouse")
    page.get_by_label("A clock ran out").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("#secret")).to_contain_text("whsec_")
    page.get_by_role("button", name="Send a test").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("A test is on its way")).to_be_visible()
    expect(page.locator("#secret")).to_have_count(0)
    address = page.url

    def has_ended() -> bool:
        page.goto(address)
        return page.get_by_text("The name could not be resolved").count() > 0

    for _ in range(60):
        if has_ended():
            break
        page.wait_for_timeout(250)
    expect(page.get_by_text("Given up", exact=True).last).to_be_visible(timeout=SOON_MS)
    page.get_by_role("link", name="A test", exact=True).first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send it again").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is sent again, under the same id.")).to_be_visible()
    delivery = page.url
    for one in ("/settings/webhooks/", "/settings/webhooks/new/", address, delivery):
        page.goto(one)
        looks_right(page)
