"""The front door in a browser: browsers signed out from another one, a company's own sign-in."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.customers import SOON_MS
from tests.e2e.sight import looks_right
from tests.house import ALICE, House, running_house
from tests.oidc_provider import CLIENT_ID, SECRET, Provider, a_provider


@pytest.fixture(scope="module")
def company() -> Iterator[Provider]:
    """The company's own sign-in."""
    with a_provider() as made:
        yield made


@pytest.fixture(scope="module")
def live_house(company: Provider) -> Iterator[House]:
    """A house of its own: these stories change who may come in."""
    with running_house(variables={"HEARWELL_EGRESS_ALLOW": company.url}) as house:
        yield house


@pytest.fixture
def elsewhere(browser: Browser, live_house: House) -> Iterator[BrowserContext]:
    """A browser in which nobody is signed in."""
    made = browser.new_context(base_url=live_house.url, reduced_motion="reduce")
    yield made
    made.close()


def test_a_browser_is_signed_out_from_another_and_its_open_page_closes(
    page: Page, elsewhere: BrowserContext
) -> None:
    other = elsewhere.new_page()
    other.goto("/account/login/")
    other.get_by_label("E-mail").fill(ALICE["email"])
    other.get_by_label("Password").fill(ALICE["password"])
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.goto("/inbox/")
    expect(other.locator("#live-mark")).to_have_text("Live", timeout=SOON_MS)

    page.goto("/me/")
    page.get_by_role("link", name="Where you are signed in").click()
    expect(page.get_by_text("this one")).to_have_count(1)
    looks_right(page, "sign-ins")
    page.get_by_role("button", name=re.compile(r"^Sign out ?: ")).click()
    expect(page.get_by_text("That browser is signed out.")).to_be_visible()
    # Its live stream ended with the sign-in, and with that what it showed.
    expect(other).to_have_url(re.compile("/account/login/"), timeout=SOON_MS)


def test_an_invited_person_comes_by_the_companys_own_sign_in(
    page: Page, company: Provider, elsewhere: BrowserContext
) -> None:
    page.goto("/settings/sign-in/")
    page.get_by_label("Name on the button").fill("Example ID")
    page.get_by_label("Issuer").fill("http://127.0.0.1:9")
    page.get_by_label("Client id").fill(CLIENT_ID)
    page.get_by_label("Client secret").fill(SECRET)
    page.get_by_role("button", name="Check and save").click()
    expect(page.get_by_role("alert")).to_contain_text("must be an https address")
    page.get_by_label("Issuer").fill(company.url)
    page.get_by_label("Client secret").fill(SECRET)
    page.get_by_role("button", name="Check and save").click()
    expect(page.get_by_text("It answered as it should.")).to_be_visible()
    looks_right(page, "settings-sign-in")

    nia = elsewhere.new_page()
    nia.goto("/account/login/")
    looks_right(nia, "login")
    nia.get_by_role("link", name="Sign in with Example ID").click()
    nia.get_by_role("link", name="Stop").click()
    expect(nia.get_by_text("You stopped at Example ID.")).to_be_visible()
    nia.get_by_role("link", name="Try again").click()
    nia.get_by_role("link", name="Go on as nia@example.com").click()
    expect(nia.get_by_text("Nobody has invited the address")).to_be_visible()
    looks_right(nia, "provider-refused")

    page.goto("/settings/people/")
    page.get_by_label("Name", exact=True).last.fill("Nia New")
    page.get_by_label("E-mail").last.fill("nia@example.com")
    page.get_by_role("button", name="Make a sign-in link").click()
    expect(page.get_by_role("heading", name="Invited, not here yet")).to_be_visible()
    looks_right(page, "people-invited")
    nia.get_by_role("link", name="Try again").click()
    nia.get_by_role("link", name="Go on as nia@example.com").click()
    nia.goto("/me/")
    expect(nia.get_by_text("nia@example.com")).to_be_visible()
