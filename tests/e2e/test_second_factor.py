"""An owner asks everybody for a second factor; who has none sees nothing until they have one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import watched
from tests.e2e.customers import SOON_MS, second_agent
from tests.e2e.sight import looks_right
from tests.house import ALICE, House, running_house

GATE = re.compile(r"/login/second-factor/$")


@pytest.fixture(scope="module")
def live_house() -> Iterator[House]:
    """A house of its own: afterwards nobody comes in by a password alone."""
    with running_house() as house:
        yield house


def with_a_key(page: Page) -> None:
    """Give the page's browser a security key that always agrees."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def code_for(secret: str) -> str:
    """Return what an app would show now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_an_owner_asks_everybody_for_a_second_factor(
    page: Page, browser: Browser, live_house: House
) -> None:
    theirs = second_agent(browser, live_house, "Bob Brown", "bob@example.com")
    bob = theirs.new_page()
    bob.goto("/me/")
    expect(bob.get_by_text("bob@example.com")).to_be_visible()

    page.goto("/settings/sign-in/")
    page.get_by_label("Asked for").select_option("0")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Set one up for yourself first")
    with_a_key(page)
    page.goto("/account/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(ALICE["password"])
        page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("My key")
    page.get_by_role("button", name="Add").click()
    expect(page).to_have_url(re.compile(r"/account/2fa/(?!webauthn/add)"))
    page.goto("/settings/sign-in/")
    page.get_by_label("Asked for").select_option("0")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()

    with watched(bob):
        bob.goto("/inbox/")
        expect(bob).to_have_url(GATE)
        looks_right(bob, "second-factor")
        for path in ("/me/", "/inbox/q/mine/", "/settings/", "/team/"):
            bob.goto(path)
            expect(bob).to_have_url(GATE)
        bob.get_by_role("link", name="Codes from an app").press("Enter")
        secret = bob.locator("#authenticator_secret, [name=authenticator_secret]").first
        expect(bob.get_by_role("link", name="Inbox")).to_have_count(0)
        looks_right(bob, "totp")
        bob.locator("input[name=code]").fill(code_for(secret.input_value()))
        bob.get_by_role("button", name="Activate").click()
        expect(bob).not_to_have_url(re.compile("activate"))
        bob.goto("/inbox/")
        expect(bob.locator("#live-mark")).to_have_text("Live", timeout=SOON_MS)
    theirs.close()
