"""Somebody names the brand and does not address it: heard, shown, and answered once allowed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.customers import SOON_MS, Customer, answer
from tests.e2e.sight import clean

pytestmark = pytest.mark.slow
# A term is noticed within twenty seconds and looked for every five.
FOUND_MS = 60_000


def add_term(page: Page, name: str, **lists: str) -> None:
    """Add a term as an owner does."""
    page.goto("/settings/listening/")
    page.get_by_role("link", name="Add a term").click()
    page.get_by_label("Name of the term").fill(name)
    for label, words in lists.items():
        page.locator(f"textarea[name={label}]").fill(words)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_have_text(name)


def wait_for_row(page: Page, words: str) -> None:
    """Wait until a case is in the list, showing what is new when there is something."""
    row = page.locator(".case", has_text=words).first
    for _ in range(FOUND_MS // 250):
        if row.count():
            return
        if page.locator("#newpill").is_visible():
            page.locator("#newpill").dispatch_event("click")
        page.wait_for_timeout(250)
    raise AssertionError(words)


def test_from_a_term_to_an_answer_that_an_owner_allowed(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Wander Wilma")
    add_term(page, "Zephyr Air", phrases="Zephyr Air\nZephir Air", exclusions="Zephyr Air guitar")

    page.goto("/inbox/q/heard/")
    expect(page.locator("#live-mark")).to_have_text("Live", timeout=SOON_MS)
    lena.post_elsewhere("My Zephyr Air guitar solo at the pub was a triumph")
    post = lena.post_elsewhere("Zephyr Air cancelled our flight and we sleep at the gate")
    wait_for_row(page, "we sleep at the gate")
    row = page.locator(".case", has_text="we sleep at the gate").first
    expect(row.locator(".stage")).to_contain_text("Named")
    assert page.locator(".case", has_text="guitar solo").count() == 0

    row.click()
    expect(page.locator("#case-chips .stage")).to_contain_text("Named")
    why = page.locator(".reading-only")
    expect(why).to_contain_text("They did not address us, so we do not answer")
    expect(why).to_contain_text("Alice Adams can allow it")
    expect(page.locator("#composer input[value=public]")).to_have_count(0)
    expect(page.locator("#case-chips .clk")).to_have_count(0)
    clean(page)
    case_url = page.url

    page.goto("/settings/listening/")
    page.get_by_role("button", name="Allow these answers").click()
    expect(page.get_by_text("Answers are allowed.")).to_be_visible()

    page.goto(case_url)
    answer(page, "So sorry, Wilma. A hotel is booked for you")
    lena.sees(post, "So sorry, Wilma. A hotel is booked for you")

    # What was left out is there to be looked at, with its reason; people judge what was taken in.
    page.goto("/settings/listening/")
    page.get_by_role("link", name="Zephyr Air").click()
    page.get_by_role("link", name=re.compile("Excluded 1")).click()
    expect(page.locator(".found mark")).to_have_text("Zephyr Air guitar")
    clean(page)
    page.get_by_role("link", name=re.compile("Taken in 1")).click()
    page.get_by_role("button", name="About us", exact=True).click()
    expect(page.get_by_role("button", name="About us", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )

    page.get_by_label("Exclusions, one a line").fill("")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Nothing is saved yet")).to_be_visible()
    expect(page.locator("#preview")).to_contain_text("Taken in 2")
    clean(page)

    page.goto("/settings/listening/")
    page.get_by_role("button", name="Stop these answers").click()
    expect(page.get_by_text("Answers are stopped.")).to_be_visible()
    page.get_by_role("button", name="Switch off Zephyr Air").click()


def test_not_about_us_is_one_press_and_can_be_taken_back(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Meadow Mats")
    add_term(page, "Larkspur Rail")
    page.goto("/inbox/q/heard/")
    expect(page.locator("#live-mark")).to_have_text("Live", timeout=SOON_MS)
    lena.post_elsewhere("Larkspur rail fence, freshly painted, what a sight")
    wait_for_row(page, "freshly painted")
    page.locator(".case", has_text="freshly painted").first.click()
    expect(page.locator("#case-chips")).to_contain_text("Not about us")
    page.locator("#case-chips").get_by_role("button", name="Not about us").click()
    reopen = page.locator("#case-head").get_by_role("button", name="Reopen")
    expect(reopen).to_be_visible()
    page.goto("/settings/listening/")
    expect(page.locator("tr", has_text="Larkspur Rail")).to_contain_text("0 of 1")
    page.go_back()
    page.locator("#case-head").get_by_role("button", name="Reopen").click()
    expect(page.locator("#case-chips")).to_contain_text("Not about us")
    page.goto("/settings/listening/")
    expect(page.locator("tr", has_text="Larkspur Rail")).to_contain_text("nobody has judged")
    page.get_by_role("button", name="Switch off Larkspur Rail").click()
