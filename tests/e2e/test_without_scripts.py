"""With JavaScript off, the list and a case can still be read and answered."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.customers import Customer, toast_of

pytestmark = pytest.mark.slow


@pytest.fixture
def plain(browser, live_house):
    context = browser.new_context(
        base_url=live_house.url, java_script_enabled=False, viewport={"width": 1280, "height": 800}
    )
    context.add_cookies(live_house.owner_cookies())
    yield context.new_page()
    context.close()


def wait_for_row(page, words: str):
    for _ in range(40):
        page.goto("/inbox/q/needs/?q=" + words.replace(" ", "+"))
        row = page.locator(".case", has_text=words)
        if row.count():
            return row.first
        page.wait_for_timeout(500)
    raise AssertionError(words)


def test_read_answer_and_take_back(plain, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Plain Petra")
    lena.post("Do you fly to Tromso in January?")
    wait_for_row(plain, "Tromso in January").click()
    expect(plain.locator(".msg.in")).to_contain_text("Do you fly to Tromso in January?")
    plain.fill("#ed", "Yes, daily")
    plain.get_by_role("button", name="Post publicly on Harbour").click()
    expect(plain.locator(".msg.out", has_text="Yes, daily")).to_have_count(1)
    toast_of(plain, "Yes, daily").get_by_role("button", name="Undo").click()
    expect(plain.locator("#said")).to_contain_text("Your text is a draft again")
    expect(plain.locator("#ed")).to_have_value("Yes, daily")


def test_a_note_is_chosen_by_its_own_button(plain, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Plain Paula")
    lena.post("Is there wifi on board NW 3?")
    wait_for_row(plain, "wifi on board").click()
    plain.check("input[value=team]")
    expect(plain.locator("[data-send=team]")).to_be_visible()
    expect(plain.locator("[data-send=public]")).to_be_hidden()
    plain.fill("#ed", "only on the new planes")
    plain.locator("[data-send=team]").click()
    expect(plain.locator(".msg.note", has_text="new planes")).to_have_count(1)


def test_queues_customer_and_list_are_links(plain, live_house):
    plain.set_viewport_size({"width": 390, "height": 844})
    plain.goto("/inbox/")
    plain.get_by_role("link", name="Queues").first.click()
    plain.wait_for_url("**/inbox/queues/")
    plain.get_by_role("link", name="Unassigned").click()
    plain.wait_for_url("**/inbox/q/unassigned/")
