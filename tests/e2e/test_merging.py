"""Two cases of one matter, in a browser: seen together, joined, parted; both screens follow."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.customers import SOON_MS, Customer, open_new_case
from tests.e2e.sight import looks_right

pytestmark = pytest.mark.slow


def test_two_cases_become_one_and_two_again(page, context, browser, live_house):
    ida = Customer.arrive(browser, live_house, "Merge Ida")
    jon = Customer.arrive(browser, live_house, "Merge Jon")
    open_new_case(page, ida, "Our booking NW-7QX3K is gone, what now?")
    first = page.locator("#convo").get_attribute("data-case")
    open_new_case(page, jon, "My wife wrote already, it is NW-7QX3K. Any news?")
    second = page.locator("#convo").get_attribute("data-case")
    watching = context.new_page()
    watching.goto(f"/c/{second}/")
    watching.fill("#ed", "Half a thought")

    related = page.locator(f"[id^='related-{second}-']")
    expect(related).to_contain_text("Both name NW-7QX3K", timeout=SOON_MS)
    page.locator("#thread-scroll").focus()
    page.keyboard.press("m")
    page.wait_for_url(f"**/c/{second}/merge/")
    looks_right(page)
    page.get_by_role("link", name="Choose").first.click()
    expect(page.get_by_text("goes into")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Merge").click()
    page.wait_for_url(f"**/c/{first}/")
    expect(page.locator("#thread")).to_contain_text("My wife wrote already")

    # Whoever had the emptied case open is led on, with what they were writing.
    watching.wait_for_url(f"**/c/{first}/?from=*", timeout=SOON_MS)
    expect(watching.locator(".banner[role=note]")).to_contain_text("was merged into this case")
    expect(watching.locator("#ed")).to_have_value("Half a thought")

    page.goto(f"/c/{first}/split/")
    expect(page.locator("input[name=conversation]")).to_have_count(2)
    looks_right(page)
    page.goto(f"/c/{first}/")
    looks_right(page)
    page.locator("#thread").get_by_role("button", name="Undo").click()
    expect(page.locator("#thread")).to_contain_text("is by itself again")
    expect(page.locator("#thread")).not_to_contain_text("My wife wrote already")
    page.goto(f"/c/{second}/")
    expect(page.locator("#thread")).to_contain_text("My wife wrote already")
