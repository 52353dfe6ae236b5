"""Without a connection, an answer or a session: the text is safe, and it goes out once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import watched
from tests.e2e.customers import SOON_MS, Customer, answer, open_new_case, toast_of
from tests.house import wait_until

pytestmark = pytest.mark.slow


def cut(page: Page, *, off: bool) -> None:
    """Take the connection away or give it back, as a browser notices it."""
    page.context.set_offline(off)
    page.evaluate("name => dispatchEvent(new Event(name))", "offline" if off else "online")


def write(page: Page, words: str) -> None:
    page.keyboard.press("r")
    page.keyboard.type(words)


def is_once(lena: Customer, post: str, words: str) -> None:
    """The customer reads it, and only once."""
    lena.sees(post, words)
    lena.page.wait_for_timeout(2000)
    lena.page.goto(post)
    assert lena.page.get_by_text(words).count() == 1


def test_a_reply_without_a_connection_is_kept_and_offered_again(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Tunnel Tora")
    post = open_new_case(page, lena, "Do you hear me in the tunnel?")
    cut(page, off=True)
    write(page, "We do, Tora")
    page.keyboard.press("Control+Enter")
    stop = page.locator("#stop")
    expect(stop).to_contain_text(re.compile(r"Not sent\. There is no connection since \d"))
    bar = page.locator("#netbar")
    expect(bar).to_contain_text("No connection since")
    expect(bar).to_contain_text("Not sent yet: 1.")
    expect(page.locator("#live-mark")).to_contain_text("behind")
    expect(page.locator("#ed")).to_have_value("We do, Tora")
    page.keyboard.type(", loud and clear")

    cut(page, off=False)
    expect(bar).to_be_hidden(timeout=SOON_MS)
    expect(page.locator("#toasts")).to_contain_text("Connected again after")
    expect(page.locator("#toasts")).to_contain_text("Replies that wait for you: 1.")
    expect(page.locator("#ed")).to_have_value("We do, Tora, loud and clear")
    expect(page.locator(".msg.out")).to_have_count(0)
    stop.get_by_role("button", name="Send now").click()
    expect(page.locator(".msg.out")).to_have_count(1)
    expect(page.locator("#ed")).to_have_value("")
    is_once(lena, post, "We do, Tora, loud and clear")


def test_a_reply_that_arrived_though_its_answer_was_lost_goes_out_once(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Echo Eira")
    post = open_new_case(page, lena, "Did you get my claim?")

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/reply/", lose_the_answer)
    write(page, "We have it, Eira")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("This was sent already", timeout=SOON_MS)
    expect(page.locator(".msg.out")).to_have_count(1)
    expect(page.locator("#ed")).to_have_value("")
    page.unroute("**/reply/")
    is_once(lena, post, "We have it, Eira")


def test_a_server_that_stumbles_costs_nothing(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Gate Gro")
    post = open_new_case(page, lena, "Is the desk at gate 4 open?")
    page.route("**/reply/", lambda route: route.fulfill(status=502, body="Bad gateway"))
    write(page, "Until nine, Gro")
    page.keyboard.press("Control+Enter")
    stop = page.locator("#stop")
    expect(stop).to_contain_text("502")
    expect(page.locator("#ed")).to_have_value("Until nine, Gro")
    page.unroute("**/reply/")
    stop.get_by_role("button", name="Send now").click()
    expect(toast_of(page, "Until nine, Gro")).to_be_visible()
    expect(page.locator("#stop")).to_have_count(0)
    is_once(lena, post, "Until nine, Gro")


def test_what_was_written_without_a_connection_outlives_the_page(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Closed Clara")
    open_new_case(page, lena, "Can I rebook on board?")
    case = page.url
    cut(page, off=True)
    write(page, "You can, Clara")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#stop")).to_be_visible()
    context = page.context
    page.close()
    context.set_offline(False)

    other = context.new_page()
    with watched(other):
        other.goto("/inbox/q/closed/")
        told = other.locator("#toasts .toast", has_text="Your reply to Closed Clara was not sent")
        expect(told).to_be_visible(timeout=SOON_MS)
        told.get_by_role("link").click()
        expect(other.locator("#ed")).to_have_value("You can, Clara")
        other.goto(case)
        expect(other.locator("#ed")).to_have_value("You can, Clara")
        expect(other.locator(".msg.out")).to_have_count(0)


def test_replies_with_the_server_are_counted_in_the_bar(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Held Hulda")
    open_new_case(page, lena, "Is there a train to the airport?")
    answer(page, "Every ten minutes, Hulda")
    cut(page, off=True)
    expect(page.locator("#netbar")).to_contain_text(
        re.compile(r"going out by themselves: [1-9]"), timeout=SOON_MS
    )
    page.keyboard.press("z")
    expect(page.locator("#toasts")).to_contain_text("could not be taken back")
    cut(page, off=False)
    expect(page.locator("#netbar")).to_be_hidden(timeout=SOON_MS)
    expect(page.locator("#toasts")).to_contain_text("Connected again after")


def test_what_came_meanwhile_is_in_the_pill_and_the_list_stands_still(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Mean Mia")
    open_new_case(page, lena, "Where do I check in?")
    cut(page, off=True)
    expect(page.locator("#netbar")).to_be_visible(timeout=SOON_MS)
    before = page.locator("#cases .case").count()
    other = Customer.arrive(browser, live_house, "Mean Moa")
    other.post("And where do I check out?")
    with live_house.owner() as client:
        wait_until(
            lambda: "Mean Moa" in client.get("/inbox/q/all/?q=check").text, what="the new case"
        )
    page.locator("#list-scroll").hover()
    cut(page, off=False)
    expect(page.locator("#newpill")).to_contain_text("1 new", timeout=SOON_MS)
    expect(page.locator("#toasts")).to_contain_text("New cases: 1.")
    assert page.locator("#cases .case").count() == before
    page.keyboard.press(".")
    expect(page.locator(".case", has_text="check out")).to_be_visible()


def test_a_session_that_is_over_does_not_take_the_text_along(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Out Olga")
    open_new_case(page, lena, "Is my seat by the window?")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    write(page, "It is, Olga")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#stop")).to_contain_text("Your session is over")
    expect(page.locator("#netbar")).to_contain_text("You are signed out")
    expect(page.locator("#ed")).to_have_value("It is, Olga")
    link = page.locator("#netbar").get_by_role("link", name="Sign in")
    assert "next=%2Fc%2F" in str(link.get_attribute("href"))
    page.context.add_cookies(cookies)
    page.reload()
    expect(page.locator("#ed")).to_have_value("It is, Olga")
    expect(page.locator(".msg.out")).to_have_count(0)
