"""The reply sent last is the one that is taken back, and its words are never lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.customers import SOON_MS, Customer, answer, open_new_case, show_case, toast_of

pytestmark = pytest.mark.slow


class Held:
    """Requests to an address that are kept back until let go."""

    def __init__(self, page: Page, address: str = "**/reply/") -> None:
        self.page, self.address, self.routes, self.is_open = page, address, [], False
        page.route(address, self.hold)

    def hold(self, route: Route) -> None:
        if self.is_open:
            route.continue_()
        else:
            self.routes.append(route)

    def wait(self) -> None:
        for _ in range(200):
            if self.routes:
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(self.address)

    def let_go(self) -> None:
        self.is_open = True
        for route in self.routes:
            route.continue_()


def two_cases(page, browser, live_house, name: str) -> tuple[Customer, Customer]:
    """Two customers of that name write; the second one's case is open at the end."""
    one, two = (Customer.arrive(browser, live_house, f"{name} {n}") for n in ("One", "Two"))
    page.goto("/inbox/q/all/")
    expect(page.locator("#live-mark")).to_have_text("Live", timeout=SOON_MS)
    one.post(f"{name} one asks: when do we land?")
    open_new_case(page, two, f"{name} two asks: where is the gate?")
    return one, two


def test_undo_waits_for_the_reply_that_is_on_its_way(page, browser, live_house):
    two_cases(page, browser, live_house, "Wait")
    show_case(page, "Wait one asks")
    answer(page, "We land at ten, One")
    show_case(page, "Wait two asks")
    held = Held(page)
    page.keyboard.press("r")
    page.keyboard.type("Gate B4, Two")
    page.keyboard.press("Control+Enter")
    held.wait()
    page.locator("#case-head h2").click()
    page.keyboard.press("z")
    page.wait_for_timeout(200)
    expect(toast_of(page, "We land at ten")).to_be_visible()
    held.let_go()
    expect(page.locator("#ed")).to_have_value("Gate B4, Two")
    expect(page.locator(".msg.out")).to_have_count(0)
    expect(toast_of(page, "Gate B4")).to_have_count(0)
    expect(toast_of(page, "We land at ten").get_by_role("button")).to_be_enabled()
    show_case(page, "Wait one asks")
    expect(page.locator(".msg.out")).to_have_count(1)


def test_undo_of_a_reply_that_was_stopped_takes_nothing_back(page, browser, live_house):
    two_cases(page, browser, live_house, "Stop")
    show_case(page, "Stop one asks")
    answer(page, "We land at noon, One")
    show_case(page, "Stop two asks")
    held = Held(page)
    page.keyboard.press("r")
    page.locator("#ed").fill("x" * 900)
    page.keyboard.press("Control+Enter")
    held.wait()
    page.locator("#case-head h2").click()
    page.keyboard.press("z")
    held.let_go()
    expect(page.locator("#stop")).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("nothing to take back")
    expect(toast_of(page, "We land at noon").get_by_role("button")).to_be_enabled()


def test_undo_from_another_case_says_where_the_text_is(page, browser, live_house):
    two_cases(page, browser, live_house, "Link")
    show_case(page, "Link one asks")
    answer(page, "We land at six, One")
    show_case(page, "Link two asks")
    page.keyboard.press("z")
    told = page.locator("#toasts .toast", has_text="Link One: Not sent")
    expect(told).to_be_visible()
    told.get_by_role("link").click()
    expect(page.locator("#convo")).to_contain_text("Link one asks")
    expect(page.locator("#ed")).to_have_value("We land at six, One")
    assert re.search(r"/c/[\w-]+/\?as=public$", page.url)


def test_the_answer_to_a_reply_is_not_shown_in_another_case(page, browser, live_house):
    two_cases(page, browser, live_house, "Other")
    held = Held(page)
    page.keyboard.press("r")
    page.keyboard.type("Gate C1, Two")
    page.keyboard.press("Control+Enter")
    held.wait()
    show_case(page, "Other one asks")
    page.keyboard.press("r")
    page.keyboard.type("I am still typing")
    held.let_go()
    expect(toast_of(page, "Gate C1, Two")).to_be_visible()
    expect(page.locator("#convo")).to_contain_text("Other one asks")
    expect(page.locator("#case-head")).to_contain_text("Other One")
    expect(page.locator("#ed")).to_have_value("I am still typing")


def test_a_stop_of_another_case_is_said_and_the_text_is_there(page, browser, live_house):
    two_cases(page, browser, live_house, "Aside")
    held = Held(page)
    page.keyboard.press("r")
    page.locator("#ed").fill("y" * 900)
    page.keyboard.press("Control+Enter")
    held.wait()
    show_case(page, "Aside one asks")
    held.let_go()
    told = page.locator("#toasts .toast", has_text="Aside Two: Not sent")
    expect(told).to_be_visible()
    expect(page.locator("#stop")).to_have_count(0)
    told.get_by_role("link").click()
    expect(page.locator("#ed")).to_have_value("y" * 900)


def test_undo_loses_nothing_that_was_begun_since(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Begun Berit")
    open_new_case(page, lena, "Is there a meal on NW 7?")
    answer(page, "There is")
    page.keyboard.press("r")
    page.keyboard.type("And coffee")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.locator("#ed")).to_have_value("There is\n\nAnd coffee")


def test_what_is_typed_while_a_reply_is_on_its_way_stays(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Fast Frida")
    open_new_case(page, lena, "Can I bring skis?")
    held = Held(page)
    page.keyboard.press("r")
    page.keyboard.type("You can.")
    page.keyboard.press("Control+Enter")
    held.wait()
    page.keyboard.press("Control+Enter")
    page.keyboard.type(" Two pairs")
    held.let_go()
    expect(page.locator(".msg.out")).to_have_count(1)
    expect(page.locator("#ed")).to_have_value("Two pairs")
    expect(page.locator("#draft-state")).to_have_text("Draft saved")
    page.wait_for_timeout(500)
    expect(page.locator(".msg.out")).to_have_count(1)


def test_the_last_words_are_kept_when_another_case_is_opened(page, browser, live_house):
    two_cases(page, browser, live_house, "Quick")
    page.keyboard.press("r")
    page.keyboard.type("Half a thought")
    show_case(page, "Quick one asks")
    show_case(page, "Quick two asks")
    expect(page.locator("#ed")).to_have_value("Half a thought")


def test_a_case_opened_again_waits_for_its_last_words(page, browser, live_house):
    two_cases(page, browser, live_house, "Slow")
    held = Held(page, "**/draft/")
    page.keyboard.press("r")
    page.keyboard.type("Half a thought")
    show_case(page, "Slow one asks")
    held.wait()
    page.locator(".case", has_text="Slow two asks").first.click()
    page.wait_for_timeout(300)
    expect(page.locator("#convo")).to_contain_text("Slow one asks")
    held.let_go()
    expect(page.locator("#convo")).to_contain_text("Slow two asks")
    expect(page.locator("#ed")).to_have_value("Half a thought")


def test_a_draft_on_its_way_does_not_bring_back_what_was_sent(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Late Lone")
    open_new_case(page, lena, "May I take my tuba?")
    held = Held(page, "**/draft/")
    page.keyboard.press("r")
    page.keyboard.type("Your tuba flies free")
    held.wait()
    page.keyboard.press("Control+Enter")
    expect(toast_of(page, "Your tuba flies free")).to_be_visible()
    with page.expect_response("**/draft/") as answered:
        held.let_go()
    assert answered.value.status == 409
    page.reload()
    expect(page.locator(".msg.out")).to_have_count(1)
    expect(page.locator("#ed")).to_have_value("")
