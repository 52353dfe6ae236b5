"""Two agents at one desk: who is here, who is given what and why, and the next case by a key."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import watched
from tests.e2e.customers import SOON_MS, Customer, second_agent

pytestmark = pytest.mark.slow


def choose(page, presence: str) -> None:
    page.keyboard.press("v")
    menu = page.locator("#my-presence")
    expect(menu).to_have_attribute("open", "")
    menu.get_by_role("button", name=presence).press("Enter")
    expect(page.locator("#my-presence [data-my-presence] .w")).to_have_text(presence)


def make(page, url: str, name: str, **choices: str) -> None:
    page.goto(url)
    page.locator("#id_name").fill(name)
    for field, label in choices.items():
        page.locator(f"#id_{field}").select_option(label=label)


def make_the_desk(page) -> None:
    """A team that is given its cases, and a rule that is tried before it is kept."""
    make(page, "/settings/teams/new/", "Baggage desk", mode="Push: cases are given to people")
    # Other stories of the house have left people behind, some of whom are still available.
    for box in page.locator("input[name=members]").all():
        box.set_checked(checked=False)
    for name in ("Alice Adams", "Bob Desk"):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="Save").click()
    make(page, "/settings/routing/new/", "Posts at the Harbour", team="Baggage desk")
    page.get_by_role("checkbox", name="Harbour", exact=True).check()
    page.get_by_role("button", name="Try it on the last cases").click()
    expect(page.locator("#run")).to_contain_text(re.compile(r"\d+ of the last \d+ cases"))
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".rulelist")).to_contain_text("Posts at the Harbour")


def reload_until(page, wanted) -> None:
    for _ in range(60):
        if wanted.count():
            return
        page.wait_for_timeout(500)
        page.reload()


def test_presence_push_and_the_next_case(page, browser, live_house):
    gina = Customer.arrive(browser, live_house, "Gina Given")
    desk = second_agent(browser, live_house, "Bob Desk", "bob.desk@example.com")
    bob = desk.new_page()
    with watched(bob):
        bob.goto("/inbox/")
        choose(bob, "Available")
        page.goto("/inbox/")
        choose(page, "Busy")
        make_the_desk(page)
        is_given(bob, gina)
        sees_who_is_here(page, bob)
        waits_and_is_taken(page, gina)
        tidy(page)
    desk.close()


def is_given(bob, gina) -> None:
    """Given to Bob, for Alice is busy; the case says so."""
    gina.post("My suitcase is not on the belt, where is it?")
    bob.goto("/inbox/q/mine/")
    row = bob.locator(".case", has_text="suitcase is not on the belt")
    reload_until(bob, row)
    row.click()
    expect(bob.locator("#thread")).to_contain_text("Given to you:", timeout=SOON_MS)
    expect(bob.locator("#thread")).to_contain_text("rule “Posts at the Harbour”")


def sees_who_is_here(page, bob) -> None:
    """Alice sees who is here, and sees it change without loading anything."""
    page.goto("/team/")
    mark = page.locator("tr", has_text="Bob Desk").locator("[data-presence-of] .w")
    expect(mark).to_have_text("Available")
    choose(bob, "Away")
    expect(mark).to_have_text("Away", timeout=SOON_MS)


def waits_and_is_taken(page, gina) -> None:
    """Nobody is available: it waits, and the page says why. Alice takes it by a key."""
    gina.post("Can I take my bicycle on the flight to Alta?")
    waits = page.locator("section", has_text="Waiting without anybody")
    reload_until(page, waits.get_by_text("Nobody of the team is available"))
    expect(waits).to_contain_text("Nobody of the team is available")
    page.goto("/inbox/q/unassigned/?q=bicycle")
    expect(page.locator(".case", has_text="bicycle on the flight to Alta")).to_be_visible()
    page.goto("/inbox/q/unassigned/")
    page.keyboard.press("t")
    page.wait_for_url(re.compile(r"/c/"))
    expect(page.locator("#case-head")).to_contain_text("assigned to you")
    expect(page.locator("#thread")).to_contain_text("It was the next")


def tidy(page) -> None:
    """Leave the house as other tests expect it: one team, pull."""
    page.goto("/settings/routing/")
    page.get_by_role("button", name="Remove Posts at the Harbour").click()
    page.goto("/settings/teams/")
    page.get_by_role("link", name="Baggage desk").click()
    page.get_by_role("button", name="Remove the team").click()
    expect(page.locator("main")).to_contain_text("One team, one place")
