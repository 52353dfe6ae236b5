"""A trainee's day in a browser: warned, read by somebody else, sent; more given than one may."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.customers import Customer, open_new_case, second_agent
from tests.e2e.sight import looks_right

pytestmark = pytest.mark.slow


def test_a_trainee_is_warned_read_and_helped(page, browser, live_house):
    tia = second_agent(browser, live_house, "Tia Trainee", "tia@x.example").new_page()
    page.goto("/settings/approval/")
    page.get_by_label("Whose replies").select_option(label="In training: Tia Trainee")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Tia Trainee is in training")).to_be_visible()
    pia = Customer.arrive(browser, live_house, "Pia Powers")
    post = open_new_case(tia, pia, "My bag did not come, who has it?")
    tia.keyboard.press("r")
    tia.keyboard.type("It is with pia@mail.example now.")
    tia.keyboard.press("Control+Enter")
    stop = tia.locator("#stop")
    expect(stop).to_contain_text("Everybody would read this e-mail address: pia@mail.example.")
    expect(tia.locator("#ed")).to_have_value("It is with pia@mail.example now.")
    looks_right(tia)
    stop.get_by_role("button", name="Send it all the same").click()
    expect(tia.locator("#thread")).to_contain_text("Waiting for approval")
    expect(tia.locator("#ed")).to_have_value("")
    expect(tia.locator('#queues [data-count="approval"]')).to_have_text("1")

    page.goto("/inbox/")
    expect(page.locator('#queues [data-count="approval"]')).to_have_text("1")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/inbox/approval/")
    looks_right(page)
    page.get_by_label("Or say what should be changed").fill("Leave out the address.")
    page.get_by_role("button", name="Ask for changes").click()
    expect(page.get_by_text("No reply of a colleague waits to be read.")).to_be_visible()

    tia.goto("/inbox/approval/")
    expect(tia.get_by_text("Leave out the address.")).to_be_visible()
    tia.get_by_role("link", name="Change it").click()
    expect(tia.locator("#ed")).to_have_value("It is with pia@mail.example now.")
    tia.fill("#ed", "It is with our courier now.")
    tia.keyboard.press("Control+Enter")
    expect(tia.locator("#thread")).to_contain_text("Waiting for approval")
    page.goto("/inbox/approval/")
    page.get_by_role("button", name="Approve and send").click()
    pia.sees(post, "It is with our courier now.")

    page.goto("/settings/approval/")
    page.get_by_role("button", name="Remove: Tia Trainee is in training").click()
    expect(page.get_by_text("Every reply goes by itself.")).to_be_visible()


def test_more_is_given_than_one_may_by_two_persons(page, browser, live_house):
    gil = second_agent(browser, live_house, "Gil Giver", "gil@x.example").new_page()
    pia = Customer.arrive(browser, live_house, "Pia Purse")
    open_new_case(gil, pia, "You broke my guitar, what now?")
    case = gil.locator("#convo").get_attribute("data-case")
    gil.locator("#thread-scroll").focus()
    gil.keyboard.press("Shift+G")
    gil.wait_for_url(f"**/c/{case}/give/")
    gil.get_by_label("Amount, EUR").fill("40")
    gil.get_by_label("Why", exact=True).select_option("damage")
    gil.get_by_role("button", name="Give").click()
    expect(gil.get_by_text("Asked for 40.00 EUR.")).to_be_visible()
    looks_right(gil)
    page.goto("/grants/")
    page.get_by_role("button", name="Give it").click()
    expect(page.get_by_role("table")).to_contain_text("40.00 EUR")
    looks_right(page)
