"""The four questions in a real browser, by keyboard; what they end in, on every screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.customers import SOON_MS, Customer, open_new_case
from tests.e2e.sight import looks_right

pytestmark = pytest.mark.slow
KINDS = ("complaint", "question", "request", "praise", "idea", "prepurchase", "review")
ROLES = ("owner", "admin", "lead", "agent", "viewer")


def go_on(page) -> None:
    page.get_by_role("button", name="Save and go on").click()


def test_four_questions_end_in_a_playbook_and_leave_no_hour_open(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Strategic Lena")
    page.goto("/inbox/")
    open_new_case(page, lena, "Where is my bag, please?")
    page.goto("/settings/playbook/")
    expect(page.get_by_text("before you go live, answer the four questions")).to_be_visible()
    page.get_by_role("link", name="Begin").click()
    page.get_by_label("We answer here").first.check()
    expect(page.locator("#kept")).to_have_text("Saved")  # by itself, before anything is pressed
    looks_right(page, "step-networks")
    go_on(page)

    page.locator("[id='0-owner']").select_option(index=1)
    page.locator("[id='0-ends']").fill("08:00")
    page.locator("[id='0-ends']").press("Enter")
    expect(page.get_by_text("This has no length")).to_be_visible()
    page.locator("[id='0-starts']").fill("00:00")
    page.locator("[id='0-ends']").fill("24:00")
    page.locator("[id='0-backup']").select_option(index=1)
    for box in page.get_by_role("group", name="Days").first.get_by_role("checkbox").all():
        box.focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Save and add another").click()
    expect(page.get_by_text("Answered", exact=True)).to_be_visible()
    looks_right(page, "step-rota")
    go_on(page)

    for kind in KINDS:
        page.locator(f"#{kind}-words").fill("Apologise, look, tell them tomorrow")
        page.locator(f"#{kind}-team").select_option(index=1)
    looks_right(page, "step-paths")
    go_on(page)
    for role in ROLES:
        page.locator(f"#r-{role}").fill("Up to 100 a case, above that ask a lead")
    go_on(page)
    page.get_by_label("What changed, in a few words").fill("The first one")
    looks_right(page, "step-review")
    page.get_by_role("button", name="Make version 1").click()
    expect(page.get_by_text("Version 1 of the playbook holds")).to_be_visible()
    expect(page.get_by_text("before you go live")).to_have_count(0)
    looks_right(page, "playbook")

    page.get_by_role("link", name="Hours covered").first.click()
    expect(page.get_by_text("Every hour of this week has an owner.")).to_be_visible()
    looks_right(page, "coverage")
    page.get_by_role("link", name="Week after").click()
    expect(page.locator(".hourmap td.own")).to_have_count(168)


def test_a_customer_is_asked_to_go_on_and_it_is_counted(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Passing Pia")
    page.goto("/inbox/")
    open_new_case(page, lena, "My booking holds a wrong passport number, can you mend it?")
    page.locator("summary[aria-label=More]").click()
    page.get_by_role("link", name="Ask them to go on by").click()
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("Choose where they shall go on.")).to_be_visible()
    looks_right(page, "pass-on")
    page.get_by_label("in private, here").check()
    page.get_by_label("Why not here?").select_option("personal")
    page.get_by_label("What they have told us already").fill("It is the last digit")
    page.get_by_role("button", name="Note it").click()
    expect(page.locator("#convo")).to_contain_text("do not ask again", timeout=SOON_MS)
    assert page.locator("#ed").input_value().startswith("We would like to go on")
    page.goto("/reports/parity/")
    expect(page.locator("main")).to_contain_text("Personal data is needed (1)")
    looks_right(page, "parity")
