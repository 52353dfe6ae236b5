"""An agent works in Arabic, then in German, then in English: by keyboard, and axe is clean."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.customers import SOON_MS, Customer, open_new_case, second_agent, toast_of
from tests.e2e.sight import IS_LONG, SHAPES, clean

pytestmark = pytest.mark.slow
PAGES = (
    "/inbox/",
    "/status-board/",
    "/status-board/new/",
    "/reports/response/",
    "/settings/networks/",
    "/settings/promises/",
    "/settings/solved/",
    "/settings/routing/",
    "/settings/knowledge/",
    "/quality/",
    "/me/",
)
# As they stand in the list, below "As the browser".
CHOICES = ("", "en", "de", "ar")
IS_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def nadia(browser, live_house):
    context = second_agent(browser, live_house, "Nadia Noor", "nadia@example.com")
    yield context.new_page()
    context.close()


def read_in(page: Page, language: str) -> None:
    """Choose a language in one's own settings, with the keyboard alone."""
    page.goto("/me/")
    page.locator("#language").focus()
    page.keyboard.press("Home")
    for _ in range(CHOICES.index(language)):
        page.keyboard.press("ArrowDown")
    page.locator("#initials").focus()
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", language)


def check(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    clean(page, SHAPES)  # a language changes no colour
    assert not page.evaluate(IS_WIDE), page.url


def test_a_day_in_three_languages(nadia, browser, live_house):
    customer = Customer.arrive(browser, live_house, "Samir S.")
    open_new_case(nadia, customer, "أين حقيبتي؟ Flight NW117.")
    url = nadia.url
    read_in(nadia, "ar")
    expect(nadia.locator("html")).to_have_attribute("dir", "rtl")
    nadia.goto(url)
    rail, convo = (nadia.locator(name).bounding_box() for name in (".rail", "#convo"))
    assert rail["x"] > convo["x"]  # the page is mirrored
    nadia.keyboard.press("a")
    expect(nadia.locator("#person")).to_contain_text("Nadia Noor")
    nadia.keyboard.press("r")
    nadia.keyboard.type("وصلت الحقيبة")
    nadia.keyboard.press("Control+Enter")
    expect(toast_of(nadia, "وصلت الحقيبة")).to_be_visible()
    expect(nadia.locator(".msg.out")).to_contain_text("وصلت الحقيبة", timeout=SOON_MS)
    nadia.keyboard.press("Escape")
    expect(nadia.locator("#ed")).not_to_be_focused()
    nadia.keyboard.press("e")
    solve = nadia.locator('[data-command-menu="solve"]')
    expect(solve).to_have_attribute("open", "")
    # The reply that has left renews the bar: then the menu is opened, and has the focus, again.
    expect(solve.locator(":focus")).to_be_visible()
    nadia.keyboard.press("Enter")
    expect(nadia.locator("#person")).to_contain_text("مغلقة: حُلّت")
    for size in ((1440, 900), (320, 800)):
        check(nadia, size)
    nadia.set_viewport_size({"width": 1440, "height": 900})
    read_in(nadia, "de")
    expect(nadia.locator("html")).to_have_attribute("dir", "ltr")
    nadia.goto(url)
    expect(nadia.locator("#person")).to_contain_text("Geschlossen: Gelöst")
    read_in(nadia, "en")
    nadia.goto(url)
    expect(nadia.locator("#person")).to_contain_text("Closed: Solved")


# German is longer than English, Arabic runs the other way round, which is the harder of the two.
@pytest.mark.parametrize("language", ["ar", "de"] if IS_LONG else ["ar"])
def test_every_page_fits_and_axe_finds_nothing(browser, live_house, language):
    context = browser.new_context(base_url=live_house.url, locale=language)
    context.add_cookies(live_house.owner_cookies())
    page = context.new_page()
    for url in PAGES:
        page.goto(url)
        expect(page.locator("html")).to_have_attribute("lang", language)
        for size in ((1440, 900), (320, 800)):
            check(page, size)
    context.close()
