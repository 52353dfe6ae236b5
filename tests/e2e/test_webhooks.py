"""A webhook by keyboard, on a screen and a phone, light and dark: made, tested, sent again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.customers import SOON_MS
from tests.e2e.sight import axe

pytestmark = pytest.mark.slow
NOWHERE = "https://hooks.northwind.invalid/in"


def looks_well(page: Page, address: str) -> None:
    """Hold a page against axe in both schemes and three widths; nothing scrolls sideways."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width, height in ((1440, 900), (390, 844), (320, 800)):
            page.set_viewport_size({"width": width, "height": height})
            page.goto(address)
            found = axe(page, options={}).response["violations"]
            assert not found, (
                address,
                scheme,
                width,
                [(v["id"], v["nodes"][0]["html"]) for v in found],
            )
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, (address, width)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})


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
        looks_well(page, one)
