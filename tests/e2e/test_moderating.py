"""Praise is liked, abuse hidden, an answer deleted: on the screen and on the network."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.customers import SOON_MS, Customer, answer, open_new_case, second_agent
from tests.e2e.sight import axe

pytestmark = pytest.mark.slow


def clean(page: Page) -> None:
    found = axe(page, context=".msg", options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
    assert found.violations_count == 0, found.generate_report()


def open_menu(message: Locator) -> None:
    """By key alone."""
    message.locator("summary.ib").focus()
    message.page.keyboard.press("Enter")
    expect(message.locator(".pop")).to_be_visible()


def test_liking_hiding_and_deleting(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Kind Karla")
    post = open_new_case(page, lena, "You are the best airline! May my cat fly with me?")
    case_url = page.url.split("?")[0]
    context = second_agent(browser, live_house, "Mona Acts", "mona.acts@example.com")
    mona = context.new_page()
    mona.goto(case_url)

    praise = page.locator(".msg.in", has_text="best airline").first
    expect(praise.locator("summary.ib")).to_have_count(1)
    open_menu(praise)
    clean(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(praise).to_contain_text("Liked: You", timeout=SOON_MS)
    expect(mona.locator(".msg.in").first).to_contain_text("Liked: ", timeout=SOON_MS)
    lena.page.goto(post)
    expect(lena.page.locator("button.act.like").first).to_contain_text("1")

    lena.comment(post, "and you are a bunch of crooks")
    abuse = page.locator(".msg.in", has_text="bunch of crooks").first
    expect(abuse).to_be_visible(timeout=SOON_MS)
    open_menu(abuse)
    reason = abuse.get_by_label("Why shall it be hidden?")
    reason.fill("Insult")
    lena.comment(post, "I mean it")
    expect(page.locator(".msg.in", has_text="I mean it")).to_be_visible(timeout=SOON_MS)
    expect(reason).to_have_value("Insult")
    clean(page)
    abuse.get_by_role("button", name="Hide it").click()
    expect(abuse).to_contain_text("Reason: Insult", timeout=SOON_MS)
    tom = Customer.arrive(browser, live_house, "Curious Tom")
    tom.page.goto(post)
    expect(tom.page.locator("article.comment").first).to_contain_text("has hidden this comment")

    answer(page, "Thank you, Karla")
    ours = page.locator(".msg.out", has_text="Thank you, Karla").first
    expect(ours.locator("summary.ib")).to_have_count(1, timeout=2 * SOON_MS)
    open_menu(ours)
    clean(page)
    for width in (320, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    ours.get_by_role("button", name="Delete it on the network").click()
    expect(page.locator(".msg.out.deleted")).to_contain_text(
        "Deleted on the network: You", timeout=SOON_MS
    )
    tom.page.goto(post)
    expect(tom.page.locator("main")).not_to_contain_text("Thank you, Karla")
    context.close()
