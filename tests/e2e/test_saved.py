"""A saved reply from its writing to its use, by keyboard; a macro that closes when it is sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.customers import SOON_MS, Customer, open_new_case
from tests.house import running_house

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def live_house():
    """A house whose owner is alone: where there are colleagues, one of them must read first."""
    with running_house() as house:
        yield house


def publish(page, title: str, reply: str) -> None:
    """Write an article with a saved reply and publish it: the owner of this house is alone."""
    page.goto("/settings/knowledge/")
    page.get_by_role("link", name="Write an article").first.click()
    page.get_by_label("Title").fill(title)
    page.locator("#k-reply").fill(reply)
    page.get_by_role("button", name="Keep draft").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published.")).to_be_visible()


def test_a_saved_reply_is_found_filled_and_sent(page, browser, live_house):
    publish(page, "Delayed bags", "Hi {customer.first_name|there}, we trace your bag.")
    lena = Customer.arrive(browser, live_house, "Sava Sund")
    page.goto("/inbox/")
    post = open_new_case(page, lena, "My delayed bag did not come, where are my bags?")
    page.keyboard.press("r")
    page.keyboard.type("Sorry! ")
    page.keyboard.press("Control+;")
    expect(page.locator("#saved")).to_be_visible()
    option = page.locator("#saved-list [role=option]").first
    expect(option).to_contain_text("Delayed bags")
    expect(option).to_contain_text("Speaks of: ")
    page.keyboard.type("trace")
    expect(option).to_contain_text("Hi Sava, we trace")
    page.keyboard.press("Enter")
    expect(page.locator("#ed")).to_have_value("Sorry! Hi Sava, we trace your bag.")
    expect(page.locator("#ed")).to_be_focused()
    page.locator("#ed").fill("Sorry! ")
    page.locator("#person [data-put]", has_text="Put in").click()
    expect(page.locator("#ed")).to_have_value("Sorry! Hi Sava, we trace your bag.")
    page.get_by_role("button", name="Does not help here: Delayed bags").click()
    expect(page.get_by_text("Hidden here")).to_be_visible()
    page.locator("#ed").press("Control+Enter")
    lena.sees(post, "Hi Sava, we trace your bag.")


def test_a_macro_closes_the_case_when_its_reply_is_sent(page, browser, live_house):
    publish(page, "Thanks and bye", "Thank you, {customer.first_name|dear guest}!")
    page.goto("/settings/macros/")
    new = page.locator("section", has=page.get_by_role("heading", name="A new macro"))
    new.get_by_label("Name").fill("Thank and close")
    new.get_by_label("Saved reply").select_option(label="Thanks and bye")
    new.get_by_label("Labels").fill("thanked")
    new.get_by_label("Close").select_option("solved")
    new.get_by_role("button", name="Keep macro").click()
    lena = Customer.arrive(browser, live_house, "Maca Moe")
    page.goto("/inbox/")
    post = open_new_case(page, lena, "Is the lounge open on Sunday evening?")
    page.locator("#saved-open").click()
    page.keyboard.type("and close")
    expect(page.locator("#saved-list [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#ed")).to_have_value("Thank you, Maca!")
    expect(page.locator("#case-chips")).to_contain_text("thanked")
    expect(page.locator("#case-head")).not_to_contain_text("Reopen")
    page.locator("[data-send=public]").click()
    expect(page.locator("#case-head")).to_contain_text("Reopen", timeout=SOON_MS)
    lena.sees(post, "Thank you, Maca!")
