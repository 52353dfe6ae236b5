"""The whole way, as two people walk it: a customer on the network, an agent in the inbox."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.customers import SOON_MS, toast_of
from tests.house import House

STILL = 5  # readings, a second apart: a delivery and its fact take less
COMPLAINT = "My bag from NW 310 has been missing since Monday. Who can help me?"
ANSWER = "Sorry about the wait, Nora. Your bag is in Oslo and flies to you tonight."


@pytest.fixture
def harbour(page: Page) -> str:
    """Open the sandbox as the owner; return the path of the brand's public page."""
    page.goto("/settings/networks/")
    page.get_by_role("button", name="Open it").click()
    path = page.get_by_role("link", name="/sandbox/").get_attribute("href")
    assert path
    return path


@pytest.fixture
def nora(browser: Browser, live_house: House, harbour: str) -> Iterator[Page]:
    """Nora, a customer, in a browser of her own, on the brand's page."""
    context = browser.new_context(base_url=live_house.url)
    page = context.new_page()
    page.goto(f"{harbour}join/")
    page.get_by_label("A new name").fill("Nora Berg")
    page.get_by_role("button", name="Be this person").click()
    yield page
    context.close()


def say(page: Page, harbour: str, text: str) -> None:
    page.goto(harbour)
    page.get_by_label("What would you like to say?").fill(text)
    page.get_by_role("button", name="Post").click()
    expect(page.get_by_text(text).first).to_be_visible()


def answered(page: Page) -> int:
    """How many answers the report counts, by the method that counts every reply."""
    page.goto("/reports/response/?method=any-reply")
    found = re.search(r"n (\d+) answered", page.inner_text("main"))
    assert found
    return int(found.group(1))


def answered_before(page: Page) -> int:
    """The same, once the answers of the stories before this one are out and counted."""
    page.goto("/inbox/")
    expect(page.locator(".toast[data-undo]")).to_have_count(0, timeout=SOON_MS)
    counts = [answered(page)]
    while len(counts) < STILL or len(set(counts[-STILL:])) > 1:
        assert len(counts) < 10 * STILL, counts
        page.wait_for_timeout(1000)
        counts.append(answered(page))
    return counts[-1]


def test_from_the_customers_post_to_the_report(page: Page, nora: Page, harbour: str) -> None:
    """Post, pill, row, claim, reply, public page, clock, fact, report."""
    before = answered_before(page)
    page.goto("/inbox/")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    rows = page.locator("a.case[data-case]")
    there = rows.count()

    say(nora, harbour, COMPLAINT)

    pill = page.get_by_role("button", name=re.compile(r"^1 new"))
    expect(pill).to_be_visible()
    assert rows.count() == there, "the list must not move by itself"
    page.keyboard.press(".")
    row = rows.filter(has_text="Nora Berg")
    expect(row).to_be_visible()

    row.click()
    work = page.locator("#work")
    expect(work.get_by_text(COMPLAINT).last).to_be_visible()
    page.keyboard.press("a")
    expect(work.get_by_text("assigned to you")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type(ANSWER)
    page.keyboard.press("Control+Enter")
    expect(
        toast_of(page, ANSWER[:40]).get_by_role("button", name=re.compile("Undo"))
    ).to_be_visible()

    nora.goto(harbour)
    nora.locator("article", has_text=COMPLAINT).locator("a[href*='/p/']").first.click()
    expect(nora.get_by_role("heading", name="Post by Nora Berg")).to_be_attached()
    thread = nora.get_by_text(f"{ANSWER} ^AA")
    expect(thread).to_be_visible(timeout=SOON_MS)

    expect(page.get_by_text(f"{ANSWER} ^AA")).to_have_count(1)
    clocks = page.locator(".clocks")
    expect(clocks.locator("[data-due]")).to_have_count(0, timeout=SOON_MS)
    expect(clocks).to_contain_text(
        re.compile(r"First reply.*\d+ (s|min).*Answer.*\d+ (s|min)", re.DOTALL)
    )
    assert answered(page) == before + 1
