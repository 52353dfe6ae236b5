"""A survey is made and turned on, a wave is answered without scripts, and both are read."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.customers import open_network
from tests.e2e.sight import NARROWEST, PHONE, looks_right
from tests.house import House

pytestmark = pytest.mark.slow


def test_from_the_question_to_the_gap(page: Page, browser: Browser, live_house: House):
    open_network(live_house)
    a_survey(page)
    page.goto("/surveys/")
    looks_right(page, "surveys")
    page.goto("/expectation/")
    page.get_by_label("Name of a new wave").fill("2026")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Begun")
    answered(page.locator("dd a").first.get_attribute("href") or "", browser)
    page.reload()
    expect(page.get_by_role("row", name="At once").first).to_contain_text("100.0 %")
    looks_right(page, "expectation")
    page.goto("/fairness/")
    expect(page.get_by_text("Hearwell asks no network how many")).to_be_visible()
    looks_right(page, "fairness")


def a_survey(page: Page) -> None:
    """Make one, look at it as customers see it, turn it on, pause it, put that back."""
    page.goto("/settings/surveys/new/")
    page.get_by_label("Name, for you").fill("After a contact")
    page.get_by_label("Question 1").select_option("csat")
    page.get_by_label("Question 2").select_option("worth")
    page.get_by_role("group", name="In these accounts").get_by_role("checkbox").first.check()
    looks_right(page, "survey-new")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#pv-h")).to_be_visible()
    for press, state in (("Turn on", "On"), ("Pause", "Paused"), ("Undo the last change", "On")):
        page.get_by_role("button", name=press).click()
        expect(page.get_by_role("heading", name=state, exact=True)).to_be_visible()
    looks_right(page, "survey")
    page.get_by_role("button", name="Pause").click()
    page.goto("/settings/surveys/")
    looks_right(page, "survey-list")


def answered(link: str, browser: Browser) -> None:
    """Answer as a stranger on a phone whose browser runs no scripts; again, and the last stands."""
    width, height = PHONE
    phone = browser.new_context(
        java_script_enabled=False, viewport={"width": width, "height": height}
    )
    visit = phone.new_page()
    for rung, said in (("Within hours", "Thank you"), ("At once", "taken the place")):
        visit.goto(link)
        visit.get_by_label(rung).check()
        visit.get_by_label("To be heard and helped").check()
        visit.get_by_role("button", name="Send").click()
        expect(visit.get_by_text(said).first).to_be_visible()
    phone.close()
    stranger = browser.new_context()
    other = stranger.new_page()
    other.goto(link + "?lang=ar")
    expect(other.locator("html")).to_have_attribute("dir", "rtl")
    looks_right(other, "study", (PHONE, NARROWEST))
    stranger.close()
