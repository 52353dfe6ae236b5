"""What the eye and the screen reader get: axe is clean, nothing scrolls sideways, look is kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.customers import SOON_MS, Customer, open_new_case
from tests.e2e.sight import COLOURS, IS_LONG, RULES, SHAPES, axe, broken, clean, switch

pytestmark = pytest.mark.slow
PAGES = (
    "/inbox/",
    "/inbox/q/closed/",
    "/inbox/queues/",
    "/inbox/new/",
    "/inbox/views/",
    "/reports/response/",
    "/reports/service/",
    "/reports/methods/",
    "/reports/summary/",
    "/reports/scheduled/",
    "/reports/after-contact/",
    "/reports/after-contact/purchases/",
    "/reports/series/",
    "/reports/series/bring-in/",
    "/benchmarks/",
    "/reports/voice/",
    "/reports/voice/people/",
    "/reports/voice/together/",
    "/surveys/",
    "/settings/surveys/",
    "/settings/surveys/new/",
    "/expectation/",
    "/fairness/",
    "/spikes/",
    "/settings/spikes/",
    "/incidents/",
    "/escalations/",
    "/settings/escalation/",
    "/understanding/accuracy/",
    "/understanding/unshown/",
    "/understanding/teach/",
    "/understanding/quieted/",
    "/settings/understanding/",
    "/settings/topics/",
    "/settings/networks/",
    "/settings/networks/connect/",
    "/settings/networks/connect/sandbox/",
    "/settings/networks/abilities/",
    "/settings/listening/",
    "/settings/listening/new/",
    "/settings/people/",
    "/settings/teams/",
    "/settings/teams/new/",
    "/settings/routing/",
    "/settings/routing/new/",
    "/settings/automation/",
    "/quality/",
    "/quality/scores/",
    "/quality/agreement/",
    "/quality/calibrations/",
    "/quality/mine/",
    "/settings/quality/",
    "/settings/voice/",
    "/settings/automation/new/",
    "/team/",
    "/wallboard/",
    "/wallboard/screens/",
    "/settings/promises/",
    "/settings/guard/",
    "/settings/powers/",
    "/settings/approval/",
    "/inbox/approval/",
    "/grants/",
    "/me/powers/",
    "/settings/knowledge/",
    "/settings/knowledge/new/",
    "/settings/macros/",
    "/settings/model/",
    "/settings/model/calls/",
    "/settings/model/compare/",
    "/settings/imports/",
    "/settings/audit/",
    "/setup/",
    "/me/",
    "/me/keys/",
    "/me/push/",
    "/me/tokens/",
    "/me/digest/",
    "/account/2fa/",
    "/account/password/change/",
)
OPEN = ("/account/login/", "/login/link/none/", "/account/password/reset/")
SCHEMES = ("light", "dark")
WIDTHS = (1440, 1920, 1280, 1024, 768, 390, 360, 320) if IS_LONG else (1440, 768, 320)
WIDEST = """(direction) => {
  document.documentElement.dir = direction;
  return Math.max(document.documentElement.scrollWidth, document.body.scrollWidth);
}"""


IS_COVERED = """(target) => {
  const pop = document.querySelector("details.menu[open] .pop").getBoundingClientRect();
  const box = document.querySelector(target).getBoundingClientRect();
  const isBeside = box.left >= pop.right || pop.left >= box.right;
  return !isBeside && box.top < pop.bottom && pop.top < box.bottom;
}"""


def found_by_axe(page) -> list[dict]:
    return axe(page, options=RULES).response["violations"]


def clean_below_a_menu(page) -> None:
    """All of it again; only what the open menu lies on is no target for as long as it is open."""
    found = found_by_axe(page)
    left = [
        (rule["id"], node["target"])
        for rule in found
        for node in rule["nodes"]
        if rule["id"] != "target-size" or not page.evaluate(IS_COVERED, node["target"][0])
    ]
    assert not left, left


@pytest.fixture(scope="module")
def case_url(browser, live_house):
    """A case with everything in it: both sides, a note, a label, an edit."""
    context = browser.new_context(base_url=live_house.url, viewport={"width": 1440, "height": 900})
    context.add_cookies(live_house.owner_cookies())
    page = context.new_page()
    lena = Customer.arrive(browser, live_house, "Axel Axe")
    open_new_case(page, lena, "There is smoke in the cabin of NW 9, is anyone there?!")
    page.keyboard.press("n")
    page.keyboard.type("Called the tower")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg.note")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    page.keyboard.type("safety")
    page.keyboard.press("Enter")
    expect(page.locator("#case-chips")).to_contain_text("safety")
    page.locator("#composer input[value=public]").check()
    page.locator("#ed").fill("We see you. The crew is on it")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg.out")).to_be_visible(timeout=SOON_MS)
    url = page.url
    context.close()
    return url


def test_axe_would_find_something(page):
    """Else the tests below would prove nothing."""
    page.goto("/me/")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert [rule["id"] for rule in found_by_axe(page)] == ["button-name"]
    page.evaluate("document.querySelector('main button:empty').remove()")
    for scheme, colour in zip(SCHEMES, ("#999999", "#555555"), strict=True):
        switch(page, scheme)
        page.evaluate("c => document.querySelector('main').style.color = c", colour)
        assert [rule["id"] for rule in found_by_axe(page)] == ["color-contrast"]


def test_every_page_is_clean_in_both_schemes_and_fits(every_page):
    """Loaded wide and light, then made dark, then ever narrower.

    Half of the pages are made dark, all with TEST_LONG: the colours are the same few everywhere.
    """
    found = []
    for number, page in enumerate(every_page(WIDTHS[0])):
        found += broken(page, RULES)
        if IS_LONG or number % 2:
            switch(page, "dark")
            found += broken(page, COLOURS)
            switch(page, "light")
        found += too_wide(page, WIDTHS)
    assert not found, found


@pytest.mark.skipif(not IS_LONG, reason="TEST_LONG loads every page narrow, too")
def test_every_page_is_clean_at_a_phone_and_fits(every_page):
    """Loaded narrow, then made ever wider; of colours a width changes nothing."""
    found = []
    for page in every_page(390):
        found += broken(page, SHAPES)
        found += too_wide(page, WIDTHS[::-1])
    assert not found, found


@pytest.fixture
def every_page(browser, live_house, case_url):
    """Load one page after the other at a width."""
    with browser.new_context(base_url=live_house.url) as context:
        context.add_cookies(live_house.owner_cookies())
        page = context.new_page()

        def each(width):
            for url in (*PAGES, case_url):
                page.set_viewport_size({"width": width, "height": 844})
                page.goto(url)
                yield page

        yield each


def too_wide(page, widths) -> list[tuple[str, int, str, int]]:
    """Say where, how wide and in which direction of writing a page scrolls sideways."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        for direction in ("ltr", "rtl"):
            wide = page.evaluate(WIDEST, direction)
            if wide > width:
                found.append((page.url, width, direction, wide))
    return found


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_for_strangers(browser, live_house, scheme):
    context = browser.new_context(base_url=live_house.url, color_scheme=scheme)
    page = context.new_page()
    for url in (*OPEN, "/no/such/page/"):
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(url)
        clean(page)
        assert not too_wide(page, WIDTHS)
    context.close()


def test_axe_finds_nothing_in_dialogs_menus_and_stops(page, case_url):
    page.goto(case_url)
    page.keyboard.press("?")
    expect(page.locator("#keys-dialog")).to_be_visible()
    clean(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    clean(page)
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    clean_below_a_menu(page)
    page.keyboard.press("Escape")
    page.locator("#case-chips summary.tri").click()
    expect(page.locator("#why")).to_contain_text("Judged by")
    clean_below_a_menu(page)
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.locator("#ed").fill("x" * 900)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#stop")).to_be_visible()
    clean(page)


def test_targets_can_be_touched(browser, live_house, case_url):
    context = browser.new_context(
        base_url=live_house.url, viewport={"width": 390, "height": 844}, has_touch=True
    )
    context.add_cookies(live_house.owner_cookies())
    page = context.new_page()
    page.goto(case_url)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, a, summary, input, select')]
        .filter(e => e.offsetParent && !e.closest('.msg, p, .sr, .modes, .hold, .skip'))
        .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.width < 24 || box.height < 24))
        .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
    )
    assert small == []
    context.close()


def test_at_a_phone_a_case_opens_over_the_list_and_closes_again(browser, live_house, case_url):
    context = browser.new_context(base_url=live_house.url, viewport={"width": 390, "height": 844})
    context.add_cookies(live_house.owner_cookies())
    page = context.new_page()
    page.goto("/inbox/q/all/")
    page.locator(".case").first.click()
    expect(page.locator("#convo")).to_be_visible()
    expect(page.locator("#list-pane")).to_be_hidden()
    page.get_by_role("link", name="Customer").click()
    expect(page.locator("#person")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Back to list").click()
    expect(page.locator("#list-pane")).to_be_visible()
    context.close()


def test_no_motion_for_those_who_want_none(browser, live_house):
    context = browser.new_context(base_url=live_house.url, reduced_motion="reduce")
    context.add_cookies(live_house.owner_cookies())
    page = context.new_page()
    page.goto("/inbox/")
    assert page.evaluate("document.getAnimations().length") == 0
    context.close()
