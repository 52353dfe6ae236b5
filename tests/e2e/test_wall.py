"""The wallboard on a screen of its own: live, honest about its age, and blank once it is over."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.customers import SOON_MS, Customer

pytestmark = pytest.mark.slow


def make_link(page, place: str) -> str:
    page.goto("/team/")
    page.get_by_role("link", name="Wallboard").click()
    expect(page.locator("main.wall h1")).to_have_text("Northwind Air")
    page.get_by_role("link", name="Screens").click()
    page.get_by_label("Where the screen is").fill(place)
    page.get_by_role("button", name="Make a link").click()
    return page.locator("#link-address").inner_text()


def test_a_screen_with_a_link_is_live_and_goes_blank_when_the_link_ends(
    page, stranger_page, browser, live_house
):
    address = make_link(page, "Hall, ground floor")
    board = stranger_page
    board.goto(address)
    waiting = board.locator("[data-figure=waiting]")
    before = int(waiting.inner_text())
    hugo = Customer.arrive(browser, live_house, "Hugo Hurry")
    hugo.post("Where is my bag? Nobody tells me anything!")
    expect(waiting).to_have_text(str(before + 1), timeout=SOON_MS)
    expect(board.locator("#age")).to_have_text("Live")
    assert "Hugo" not in board.content()

    board.get_by_role("button", name="How it is counted: Waiting for an answer").focus()
    expect(board.get_by_role("tooltip").filter(has_text="on every channel")).to_be_visible()

    page.goto("/wallboard/screens/")
    page.get_by_role("button", name="End the link of Hall, ground floor").click()
    expect(page.get_by_role("status").filter(has_text="is ended")).to_be_visible()
    expect(board.get_by_role("alert")).to_contain_text("ended by an owner", timeout=SOON_MS)
    expect(board.locator("#figures")).to_have_count(0)
    board.reload()
    expect(board.locator("h1")).to_have_text("This link opens no board")


def test_it_takes_a_new_version_up_by_itself(page):
    served = []

    def older(route):
        """The first page is of the version before."""
        answer = route.fetch()
        body = answer.text()
        served.append(1)
        if len(served) == 1:
            body = re.sub(r'data-build="\w+"', 'data-build="older"', body)
        route.fulfill(response=answer, body=body)

    page.route("**/wallboard/", older)
    page.goto("/wallboard/")
    expect(page.locator("#figures")).not_to_have_attribute("data-build", "older", timeout=SOON_MS)
    expect(page.locator("#age")).to_have_text("Live", timeout=SOON_MS)
    assert len(served) == 2


def test_old_figures_are_said_to_be_old(page):
    page.clock.install()
    page.route("**/live/wall?*", lambda route: route.abort())
    page.goto("/wallboard/")
    page.clock.run_for(40_000)
    expect(page.locator("#stale")).to_contain_text("These figures are 4")
    page.clock.run_for(80_000)
    expect(page.locator("#stale")).to_contain_text("These figures are 2 min old")
    page.unroute("**/live/wall?*")
    page.clock.run_for(60_000)
    expect(page.locator("#stale")).to_be_hidden(timeout=SOON_MS)
    expect(page.locator("#age")).to_contain_text("Live")
