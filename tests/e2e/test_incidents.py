"""A bad afternoon in a browser: escalated, accepted, an incident opened, stopped, said, ended."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.customers import SOON_MS, Customer, open_new_case, second_agent
from tests.e2e.sight import looks_right

pytestmark = pytest.mark.slow


def test_a_case_is_escalated_by_a_key_and_accepted_by_a_press(page, browser, live_house):
    eva = second_agent(browser, live_house, "Eva Escalates", "eva@x.example").new_page()
    pia = Customer.arrive(browser, live_house, "Pia Boss")
    open_new_case(eva, pia, "I want to speak to whoever is in charge, now")
    case = eva.locator("#convo").get_attribute("data-case")
    eva.locator("#thread-scroll").focus()
    eva.keyboard.press("Shift+E")
    eva.wait_for_url(f"**/c/{case}/escalate/")
    looks_right(eva)
    eva.get_by_label("What they should know").fill("She has waited since Monday.")
    eva.get_by_role("button", name="Escalate").click()
    eva.wait_for_url(f"**/c/{case}/")
    standing = eva.locator("#case-standing")
    expect(standing).to_contain_text("Waits for somebody to accept", timeout=SOON_MS)
    looks_right(eva)

    page.goto("/inbox/")
    page.keyboard.press("g")
    page.keyboard.press("e")
    page.wait_for_url("**/escalations/")
    looks_right(page)
    card = page.locator(f"#case-{case}")
    expect(card).to_contain_text("She has waited since Monday.")
    card.get_by_role("button", name="Accept").click()
    expect(page.locator(f"#case-{case}")).to_contain_text("sees to it.")

    eva.reload()
    expect(eva.locator("#case-standing")).to_contain_text("sees to it.", timeout=SOON_MS)
    card = page.locator(f"#case-{case}")
    card.get_by_role("textbox").fill("Phoned her, rebooked.")
    card.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Whoever signs it off is asked now.")).to_be_visible()


def test_an_incident_is_led_from_the_first_case_to_what_was_learned(page, browser, live_house):
    mia = second_agent(browser, live_house, "Mia Member", "mia@x.example").new_page()
    pia = Customer.arrive(browser, live_house, "Pia Pier")
    open_new_case(mia, pia, "Nobody lets us out of the plane at pier seven")
    case = mia.locator("#convo").get_attribute("data-case")

    page.goto("/incidents/")
    looks_right(page)
    page.get_by_label("What it is about").fill("Pier 7: nobody may leave")
    page.get_by_role("button", name="Open the incident").click()
    expect(page.get_by_text("Live incident")).to_be_visible()
    looks_right(page)

    mia.reload()
    join = mia.locator("#case-standing").get_by_role("button", name="Join INC-").last
    join.click(timeout=SOON_MS)
    mia.wait_for_url(f"**/c/{case}/")
    expect(mia.locator("#case-standing")).to_contain_text("Pier 7", timeout=SOON_MS)

    page.get_by_label("Log a fact or a decision").fill("The doors stay shut until 15:40.")
    page.get_by_role("button", name="Fact", exact=True).click()
    expect(page.locator("#log")).to_contain_text("The doors stay shut until 15:40.")
    page.get_by_role("button", name="Name the incident lead").click()
    expect(page.get_by_role("button", name="Name the incident lead")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("button", name="Stop planned posts").click()
    expect(page.get_by_role("heading", name="Planned posts are stopped")).to_be_visible()
    page.get_by_role("button", name="Allow posts again").click()
    expect(page.get_by_role("heading", name="Planned posts go out")).to_be_visible()

    page.get_by_label("What is said", exact=True).fill("We are sorry. More at five.")
    page.get_by_role("button", name="Have it signed").click()
    expect(page.locator("#statement")).to_contain_text("You cannot sign your own text.")
    expect(page.locator("#statement")).to_contain_text("Waits for")
    looks_right(page)

    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="It is over").click()
    expect(page.get_by_text("Within two days, write down what you learned.")).to_be_visible()
    page.get_by_role("link", name="What we learned").click()
    looks_right(page)
    page.get_by_label("What we change, who does it, by when").fill("A phone at every pier.")
    page.get_by_role("button", name="Keep, and the review was held").click()
    expect(page.get_by_label("What we change, who does it, by when")).to_have_value(
        "A phone at every pier."
    )


def test_paths_and_levels_are_chosen(page, live_house):
    page.goto("/settings/escalation/")
    looks_right(page)
    page.get_by_text("3 Crisis").first.click()
    form = page.locator("form", has=page.get_by_role("button", name="Save the path")).locator(
        "visible=true"
    )
    form.get_by_label("Minutes for each to accept").first.fill("7")
    form.get_by_role("button", name="Save the path").first.click()
    expect(page.get_by_text("Saved as a new version.")).to_be_visible()
    expect(page.get_by_text("7 minutes each")).to_be_visible()
