"""Held back and the expected wait in a real browser: what marketing and customers see."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.customers import SOON_MS, Customer, open_new_case
from tests.e2e.sight import looks_right

pytestmark = pytest.mark.slow


def test_who_waits_is_held_back_until_it_is_settled_and_marketing_sees_it(
    page, browser, live_house
):
    lena = Customer.arrive(browser, live_house, "Patient Lena")
    page.goto("/inbox/")
    open_new_case(page, lena, "Where is my bag, please? It was not on the belt.")
    said = page.get_by_text("Promotions are held back since")
    expect(said).to_be_visible(timeout=SOON_MS)
    expect(said).to_contain_text("because they wait for our answer")

    page.goto("/settings/people/")
    page.get_by_label("Name", exact=True).last.fill("Mia Moss")
    page.get_by_label("E-mail").last.fill("mia@example.com")
    page.get_by_label("Role").last.select_option("marketing")
    page.get_by_role("button", name="Make a sign-in link").click()
    link = page.locator("code", has_text="/login/link/").inner_text()

    theirs = browser.new_context(base_url=live_house.url, viewport={"width": 1440, "height": 900})
    mia = theirs.new_page()
    mia.goto(link)
    mia.get_by_role("button", name="Sign in").click()
    expect(mia.get_by_role("heading", name="Promotions held back", level=1)).to_be_visible()
    expect(mia.get_by_role("table")).to_contain_text("waits for our answer")
    expect(mia.get_by_text("Where is my bag")).to_have_count(0)
    looks_right(mia, "held-back")
    mia.get_by_role("searchbox").fill("nobody-at-all")
    mia.get_by_role("searchbox").press("Enter")
    expect(mia.get_by_text("Nobody who goes by this is held back.")).to_be_visible()
    with mia.expect_download() as waited:
        mia.get_by_role("link", name="Whole list (CSV)").click()
    assert "network,network_id" in waited.value.path().read_text()
    mia.goto("/inbox/")
    expect(mia.get_by_text("Where is my bag")).to_have_count(0)
    mia.goto("/me/")
    looks_right(mia, "marketing-me")
    theirs.close()

    page.goto("/settings/promotions/")
    looks_right(page, "settings-promotions")
    page.get_by_label("Hours of peace").fill("0")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It holds at once.")).to_be_visible()


def test_an_owner_lets_customers_know_how_long_it_takes(page, browser, live_house):
    page.goto("/settings/waits/")
    expect(page.get_by_text("Nothing: it is switched off.")).to_be_visible()
    page.get_by_label("a page, a badge and open JSON").check()
    page.get_by_label("Who answers: initials").check()
    page.get_by_role("button", name="Save").click()
    address = page.get_by_role("link", name="/wait/").get_attribute("href")
    looks_right(page, "settings-waits")

    page.goto("/me/")
    page.get_by_label("Customers may know whose").check()
    page.get_by_label("First name").fill("Alice")
    page.get_by_role("button", name="Save my name").click()
    expect(page.get_by_text("Saved.")).to_be_visible()

    theirs = browser.new_context()
    visitor = theirs.new_page()
    visitor.goto(address)
    expect(visitor.get_by_role("heading", name="How long an answer takes")).to_be_visible()
    expect(visitor.get_by_text("Alice")).to_be_visible()
    looks_right(visitor, "wait-page")
    visitor.goto(f"{address}badge.svg")
    expect(visitor.locator("svg")).to_be_visible()
    theirs.close()
