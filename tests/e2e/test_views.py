"""By keyboard: narrow a list, keep it as a view, act on several cases and take it back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.customers import SOON_MS, Customer, open_new_case
from tests.e2e.sight import clean

pytestmark = pytest.mark.slow


def test_a_list_is_narrowed_kept_and_worked_on_at_once(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Vera Views")
    page.goto("/inbox/q/all/")
    for words in ("Is the zebra lounge open?", "Where is the zebra gate?"):
        open_new_case(page, lena, words)

    page.goto("/inbox/q/all/?q=zebra")
    expect(page.locator("#cases mark").first).to_have_text("zebra")
    page.keyboard.press("f")
    page.get_by_label("Network").select_option("sandbox")
    page.get_by_role("button", name="Filter", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?q=zebra&network=sandbox$"))
    clean(page)

    page.get_by_text("Save as a view").click()
    page.get_by_label("Name", exact=True).fill("Zebras")
    page.keyboard.press("Enter")
    expect(page.locator("#queue-nav [aria-current]")).to_contain_text("Zebras")

    expect(page.locator("#live-mark")).to_have_text("Live", timeout=SOON_MS)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#batch")).to_contain_text("1")
    page.get_by_role("button", name="All of this list").click()
    expect(page.locator("#batch .w")).to_contain_text("2")
    clean(page)
    page.locator("#batch summary", has_text="Label").click()
    page.locator("#batch-tag").fill("stripes")
    page.keyboard.press("Enter")
    toast = page.locator("#toasts [data-undo]")
    expect(toast).to_contain_text("2 cases labelled.")
    clean(page)
    page.locator("#list-scroll").focus()
    page.keyboard.press("z")
    expect(page.locator("#toasts")).to_contain_text("2 cases are as they were.")
    page.goto("/inbox/q/all/?tag=stripes")
    expect(page.locator("#list-empty")).to_be_visible()

    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("/inbox/views/")
    page.get_by_role("button", name="Delete: Zebras").click()
    page.get_by_role("button", name="Take back: Zebras").click()
    expect(page.locator(".rulelist")).to_contain_text("Zebras")
    clean(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320


def test_a_late_answer_begins_with_a_press(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Late Lou")
    page.goto("/inbox/")
    open_new_case(page, lena, "Did anybody read my letter of Monday?")
    url = page.locator("#composer").get_attribute("action").replace("/reply/", "/late/")
    page.goto(url)
    expect(page.locator("#ed")).to_have_value("Sorry that you had to wait for our answer today.")
