"""What speaks against a reply is said while it is written, moves nothing, and goes when mended."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.customers import Customer, open_new_case
from tests.e2e.sight import looks_right

pytestmark = pytest.mark.slow


def test_a_card_number_is_noticed_before_anybody_presses_send(page, browser, live_house):
    nia = Customer.arrive(browser, live_house, "Nia Notice")
    post = open_new_case(page, nia, "You charged me twice, why?")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/check/" in one.url else None)
    page.keyboard.press("r")
    heed = page.locator("#heed")
    expect(heed).to_have_attribute("aria-live", "polite")
    page.keyboard.type("It was 4111 1111 1111 1111, write to nia@mail.example.", delay=5)
    before = page.locator("#ed").bounding_box()
    expect(heed).to_contain_text(
        "Blocked. Everybody would read this card number: 4111 1111 1111 1111."
    )
    expect(heed.get_by_role("listitem")).to_have_count(2)
    assert len(asked) == 1, "one look for one pause"
    assert page.locator("#ed").bounding_box() == before
    expect(page.locator("#ed")).to_be_focused()
    looks_right(page)
    page.locator("[name=audience][value=team]").check(force=True)
    expect(heed).to_have_text("")
    page.locator("[name=audience][value=public]").check(force=True)
    expect(heed.get_by_role("listitem")).to_have_count(2)
    page.fill("#ed", "Sorry, that was our mistake: it is back with you tomorrow.")
    expect(heed).to_have_text("")
    page.keyboard.press("Control+Enter")
    nia.sees(post, "it is back with you tomorrow")
