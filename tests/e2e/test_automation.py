"""A rule of automation from its making to its undoing, between a desk and a customer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.customers import SOON_MS, Customer, open_new_case
from tests.e2e.sight import looks_right
from tests.house import House

pytestmark = pytest.mark.slow
PAGE = "/settings/automation/"


def test_a_rule_acts_says_so_and_is_taken_back(page: Page, browser: Browser, live_house: House):
    page.goto(f"{PAGE}new/")
    page.get_by_label("Name", exact=True).fill("Baggage first")
    page.get_by_label("The message contains").fill("suitcase, Koffer")
    page.get_by_label("Put on labels").fill("baggage")
    page.get_by_label("Write a note for the team").fill("Ask for the number of the tag.")
    page.get_by_role("button", name="Try it on the last cases").click()
    expect(page.get_by_text("This is a preview.")).to_be_visible()
    expect(page.locator("#run")).to_contain_text("would match")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It holds for what happens from now on.")).to_be_visible()

    lena = Customer.arrive(browser, live_house, "Lena Lost")
    open_new_case(page, lena, "My suitcase did not arrive in Lisbon")
    case = page.url
    for _ in range(SOON_MS // 250):
        if "baggage" in page.locator("#case-chips").inner_text():
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(page.locator("#case-chips")).to_contain_text("baggage")
    expect(page.locator(".msg.note")).to_contain_text("Ask for the number of the tag.")
    expect(page.get_by_text("Rule “Baggage first”").first).to_be_visible()

    page.goto(PAGE)
    page.get_by_role("link", name="Baggage first").click()
    rule = page.url
    expect(page.locator("#log")).to_contain_text("put on a label “baggage”; write a note")
    for address in (PAGE, rule):
        page.goto(address)
        looks_right(page)
    page.get_by_role("button", name=re.compile("Take back on HW-")).first.click()
    expect(page.get_by_text("Taken back. What stays says why.")).to_be_visible(timeout=SOON_MS)
    expect(page.locator("#log")).to_contain_text("a note stays")
    page.goto(case)
    expect(page.locator("#case-chips")).not_to_contain_text("baggage")


def test_a_rule_that_would_loop_is_refused_at_its_field(page: Page):
    page.goto(f"{PAGE}new/")
    page.get_by_label("Name", exact=True).fill("Round and round")
    page.get_by_label("When", exact=True).select_option("tagged")
    page.get_by_label("Which labels").fill("vip")
    page.get_by_label("Put on labels").fill("vip")
    page.get_by_role("button", name="Save").click()
    field = page.get_by_label("Put on labels")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("This rule would set itself off")).to_be_visible()
    page.goto(PAGE)
    expect(page.get_by_text("Round and round")).to_have_count(0)
