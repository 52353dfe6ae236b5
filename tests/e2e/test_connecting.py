"""A first channel is connected as the README says, word for word; and let go again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import watched
from tests.e2e.customers import SOON_MS
from tests.e2e.sight import COLOURS, IS_LONG, RULES, SHAPES, clean
from tests.house import House

README = Path(__file__).parents[2] / "README.md"
FORM = "/settings/networks/connect/sandbox/"


class Guide:
    """What the README tells to press, in its order; the test may press nothing else."""

    def __init__(self) -> None:
        text = README.read_text("utf-8")
        section = text.split("## Connect a first channel")[1].split("\n## ")[0]
        steps = "\n".join(line for line in section.splitlines() if re.match(r"\d+\. ", line))
        self.left = re.findall(r"\*\*([^*]+)\*\*", steps)

    def __call__(self, words: str) -> str:
        """Return the words, if they are what comes next."""
        assert self.left, f"the README does not say “{words}”"
        assert self.left.pop(0) == words
        return words


def make_keys(page: Page, rights: str = "may read and answer") -> tuple[str, str]:
    """Make keys on Harbour's control page; return address and access key."""
    page.goto("/sandbox/control/")
    page.get_by_label(rights).check()
    page.get_by_role("button", name="Make keys").click()
    address = page.get_by_label("Address").input_value()
    return address, page.get_by_label("Access key").input_value()


def fill(page: Page, address: str, key: str) -> None:
    page.get_by_label("Address").fill(address)
    page.get_by_label("Access key", exact=True).fill(key)


def test_as_the_readme_says_word_for_word(page: Page, browser: Browser, live_house: House) -> None:
    readme = Guide()
    page.goto("/inbox/")
    page.get_by_role("link", name=readme("Settings")).first.click()
    page.get_by_role("link", name=readme("Networks"), exact=True).first.click()
    page.get_by_role("link", name=readme("Connect a channel")).click()
    page.get_by_role("link", name=readme("Harbour")).click()

    with page.expect_popup() as opened:
        page.get_by_role("link", name=readme("Open the page")).click()
    harbour = opened.value
    harbour.get_by_role("button", name=readme("Make keys")).click()
    address = harbour.get_by_label(readme("Address")).input_value()
    key = harbour.get_by_label(readme("Access key")).input_value()
    public = harbour.get_by_role("link", name="/sandbox/").get_attribute("href")
    harbour.close()

    fill(page, address, key)
    page.get_by_label(readme("Care"), exact=False).first.check()
    page.get_by_role("button", name=readme("Check and connect")).click()
    expect(page.get_by_role("heading", name="northwindair is connected")).to_be_visible()
    for check in ("The network can be reached", "Signed in", "Rights"):
        expect(page.locator("#health li", has_text=check)).to_contain_text("good")
    page.get_by_role("link", name=readme("To the inbox"), exact=True).click()
    assert not readme.left

    words = "Is the lounge in Bergen open on Sundays?"
    nora = browser.new_context(base_url=live_house.url).new_page()
    nora.goto(f"{public}join/")
    nora.get_by_label("A new name").fill("Nora Nord")
    nora.get_by_role("button", name="Be this person").click()
    nora.goto(str(public))
    nora.get_by_label("What would you like to say?").fill(words)
    nora.get_by_role("button", name="Post").click()
    nora.context.close()
    expect(page.get_by_role("button", name=re.compile("new"))).to_be_visible(timeout=SOON_MS)
    page.keyboard.press(".")
    expect(page.locator("a.case[data-case]", has_text="Nora Nord")).to_be_visible()


def test_what_is_wrong_is_said_at_its_place_and_a_missing_right_by_its_name(page: Page) -> None:
    address, key = make_keys(page, "may only read")
    page.goto(FORM)
    fill(page, address, "not the key")
    page.get_by_role("button", name="Check and connect").click()
    field = page.get_by_label("Access key", exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#f-access-error")).to_contain_text("Harbour did not accept this key.")
    expect(page.get_by_label("Address")).to_have_value(address)
    expect(field).to_have_value("")
    clean(page)

    field.fill("shown while it is typed")
    page.get_by_role("button", name="Show").first.click()
    expect(field).to_have_attribute("type", "text")
    field.fill(key)
    page.get_by_role("button", name="Try again").click()
    rights = page.locator("#health li", has_text="Rights")
    expect(rights).to_contain_text("The right “write” is missing: this account may read")
    expect(page.locator("#health")).to_contain_text("59 d")
    clean(page)


def test_an_account_is_checked_let_go_and_connected_again(page: Page) -> None:
    address, key = make_keys(page)
    page.goto(FORM)
    fill(page, address, key)
    page.get_by_role("button", name="Check and connect").click()
    page.get_by_role("link", name="Open the account").click()
    account = page.url

    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("Asking the network")).to_be_hidden(timeout=SOON_MS)
    expect(page.locator("#health")).to_contain_text(re.compile(r"Checked\s*just now"))
    clean(page)

    page.get_by_role("link", name="Disconnect").click()
    expect(page.get_by_role("link", name="Keep it")).to_be_visible()
    clean(page)
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text("This account is disconnected.")).to_be_visible()
    clean(page)

    address, key = make_keys(page)
    page.goto(account)
    page.get_by_role("link", name="Connect again").click()
    expect(page.get_by_role("heading", name="Connect northwindair again")).to_be_visible()
    expect(page.get_by_label("Address")).to_have_value(address)
    fill(page, address, key)
    page.get_by_role("button", name="Check and connect").click()
    expect(page.get_by_text("It was known already")).to_be_visible()


def test_by_keys_alone(page: Page) -> None:
    address, key = make_keys(page)
    page.goto("/settings/networks/connect/?q=harb")
    page.get_by_role("searchbox").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{FORM}")
    page.get_by_label("Address").focus()
    page.keyboard.insert_text(address)
    page.keyboard.press("Tab")
    page.keyboard.insert_text(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="northwindair is connected")).to_be_visible()


def test_the_networks_are_searched_while_typing(page: Page) -> None:
    page.goto("/settings/networks/connect/")
    page.get_by_role("searchbox").press_sequentially("no such network")
    expect(page.get_by_text("No network of that name")).to_be_visible()
    page.get_by_role("searchbox").fill("harbour")
    expect(page.get_by_role("link", name="Harbour")).to_be_visible()


@pytest.fixture
def plain(browser: Browser, live_house: House) -> Iterator[Page]:
    """Alice's page without scripts, as narrow as it gets."""
    context = browser.new_context(
        base_url=live_house.url, java_script_enabled=False, viewport={"width": 320, "height": 700}
    )
    context.add_cookies(live_house.owner_cookies())  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def test_without_scripts_at_320_pixels(plain: Page, page: Page) -> None:
    address, key = make_keys(page)
    plain.goto("/settings/networks/connect/")
    plain.get_by_role("searchbox").fill("harb")
    plain.get_by_role("button", name="Search").click()
    plain.get_by_role("link", name="Harbour").click()
    fill(plain, address, key)
    plain.get_by_role("button", name="Check and connect").click()
    expect(plain.get_by_role("heading", name="northwindair is connected")).to_be_visible()
    plain.get_by_role("link", name="Open the account").click()
    plain.get_by_role("button", name="Check now").click()
    # The check is the worker's: it may be done before the page is drawn.
    again = plain.get_by_role("link", name="Look again")
    expect(again.or_(plain.get_by_text("Healthy")).first).to_be_visible()
    plain.get_by_role("link", name="Disconnect").click()
    plain.get_by_role("link", name="Keep it").click()
    expect(plain.get_by_role("button", name="Pause")).to_be_visible()


@pytest.mark.parametrize(("width", "rules"), [(320, RULES), *([(1440, SHAPES)] if IS_LONG else [])])
def test_every_network_has_a_page_that_all_can_use(
    browser: Browser, live_house: House, width: int, rules: dict[str, Any]
) -> None:
    context = browser.new_context(base_url=live_house.url, viewport={"width": width, "height": 900})
    context.add_cookies(live_house.owner_cookies())  # type: ignore[arg-type]
    page = context.new_page()
    with watched(page):
        page.goto("/settings/networks/connect/")
        clean(page, rules)
        choices = page.locator("#choices a").all()
        addresses = [str(choice.get_attribute("href")) for choice in choices]
        assert len(addresses) > 1
        for address in addresses:
            page.goto(address)
            for fold in page.locator("form details:not([open]) summary").all():
                fold.click()
            clean(page, rules)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
            button = page.get_by_role("button", name=re.compile("Check and connect|Go on"))
            expect(button).to_be_visible()
    context.close()


@pytest.mark.parametrize(("scheme", "rules"), [("light", RULES), ("dark", COLOURS)])
def test_axe_finds_nothing_on_the_way(
    browser: Browser, live_house: House, scheme: str, rules: dict[str, Any]
) -> None:
    context = browser.new_context(
        base_url=live_house.url,
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": 390, "height": 844},
    )
    context.add_cookies(live_house.owner_cookies())  # type: ignore[arg-type]
    page = context.new_page()
    with watched(page):
        address, key = make_keys(page)
        clean(page, rules)
        page.goto(FORM)
        fill(page, address, key)
        page.get_by_text("More settings").click()
        clean(page, rules)
        # Each page must be there before it is looked at: a click does not wait for the next one.
        page.get_by_role("button", name="Check and connect").click()
        expect(page.get_by_role("heading", name="is connected")).to_be_visible()
        clean(page, rules)
        page.get_by_role("link", name="Open the account").click()
        expect(page.get_by_role("link", name="Disconnect")).to_be_visible()
        clean(page, rules)
        page.get_by_role("link", name="Disconnect").click()
        expect(page.get_by_role("link", name="Keep it")).to_be_visible()
        clean(page, rules)
    context.close()
