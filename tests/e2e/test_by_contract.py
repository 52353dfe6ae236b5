"""Networks that no test machine can reach, each on its stand-in, as a person uses them.

A customer writes, we answer, they edit and delete; the access dies, an answer is held, the account
is connected again, and nothing of the history is lost. What each network does beyond that is
walked without a browser in tests/domain/bycontract.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from hearwell.config.standin import CONTROL, StandIn, network_named
from hearwell.connectors.whatsapp.fake_network import Network as WhatsApp
from tests.e2e.customers import SOON_MS, answer, show_case
from tests.e2e.sight import IS_LONG, looks_right
from tests.house import House, running_house

pytestmark = pytest.mark.slow
META = {"App ID": "1000200030004", "App secret": "app-secret-canary-51d0"}
GOOGLE = {"Client ID": "1234-abc.apps.googleusercontent.com", "Client secret": "GOCSPX-canary"}
SECRET = {"Client secret": "client-secret-canary"}
# What the form of each asks for that has to be filled in.
FORMS: dict[str, dict[str, str]] = {
    "facebook": META,
    "instagram": META,
    "x": {"Client ID": "x-client", **SECRET},
    "linkedin": {"Client ID": "77northwind", **SECRET},
    "sms": {
        "Telephone number": "+15005550006",
        "Account SID": "AC00000000000000000000000000000001",
        "Auth Token": "sms-canary-token-71c4",
    },
    "youtube": GOOGLE,
    "googlereviews": GOOGLE,
    "reddit": {"Client ID": "q3northwind", **SECRET, "Whom Reddit can turn to": "northwind_care"},
    "phone": {
        "Telephone number": "+493012345678",
        "Token of the switchboard": "phone-canary-token-58a1",
    },
    "whatsapp": {},
}
# What WhatsApp's form asks for is made anew each time: a token that has not been used up.
WHATSAPP = {
    "Phone number ID": "phone_number_id",
    "WhatsApp Business Account ID": "waba_id",
    "Access token": "token",
    "App ID": "app_id",
    "App secret": "app_secret",
}
BY_FORM = ("sms", "phone", "whatsapp")
# Meta's three, told at once; X, asked each minute; by consent at Google, which is asked more seldom
# than a test would wait. TEST_LONG=1 walks the others, too: text messages by their form, LinkedIn
# calls nobody without HTTPS, and the last three are asked for what is new since they are connected.
TELLS, ASKED, SEEN = ("facebook", "instagram", "whatsapp"), ("x",), ("googlereviews",)
if IS_LONG:
    TELLS, SEEN = (*TELLS, "sms"), (*SEEN, "linkedin", "youtube", "reddit")
# What the others say of edits and deletions is walked without a browser.
TELLS_OF_CHANGES = ("facebook", "whatsapp")


@dataclass
class Harbours:
    """One house, and the stand-in of each network."""

    house: House
    at: dict[str, StandIn]


@pytest.fixture(scope="module")
def harbours() -> Iterator[Harbours]:
    """A house that speaks to stand-ins."""
    with ExitStack() as stack:
        at = {name: StandIn(network_named(name)) for name in FORMS}
        for one in at.values():
            one.start()
            stack.callback(one.close)
        # Nobody asks a switchboard anything: it calls us.
        said = " ".join(f"{name}={one.origin}" for name, one in at.items() if name != "phone")
        house = stack.enter_context(running_house(variables={"HEARWELL_NETWORKS_AT": said}))
        yield Harbours(house, at)


@pytest.fixture(scope="module")
def live_house(harbours: Harbours) -> House:
    """The house of this file, where Alice is signed in."""
    return harbours.house


def control(page: Page, stand_in: StandIn) -> Page:
    """The page where a customer of the network sits, and its troubles are switched."""
    made = page.context.new_page()
    made.goto(stand_in.origin + CONTROL)
    return made


def say(there: Page, words: str) -> None:
    there.locator("form[action$=say] input[name=text]").fill(words)
    there.get_by_role("button", name="Say").click()


def connect(page: Page, network: str, stand_in: StandIn | None = None) -> str:
    """Fill in the form and agree at the network; return the account's page."""
    form = FORMS[network]
    if network == "whatsapp":
        assert stand_in is not None
        assert isinstance(stand_in.network, WhatsApp)
        fresh = stand_in.network.form()
        form = {label: fresh[name] for label, name in WHATSAPP.items()}
    for label, given in form.items():
        page.get_by_label(label, exact=True).first.fill(given)
    page.get_by_role("button", name=re.compile("Go on|Check and connect")).click()
    agree = page.get_by_role("link", name="Go to 127.0.0.1")
    if network not in BY_FORM:
        agree.click()
    page.wait_for_url(re.compile("/ready/"))
    return page.url.split("ready/")[0]


def is_sent(page: Page, words: str) -> None:
    """Wait until our words have left and nothing more is said of their way."""
    ours = page.locator(".msg.out", has_text=words)
    expect(ours).to_be_visible(timeout=SOON_MS)
    expect(ours.locator("[data-state]")).to_have_count(0, timeout=SOON_MS)


@pytest.mark.parametrize("network", TELLS)
def test_from_connecting_to_connecting_again(page: Page, harbours: Harbours, network: str) -> None:
    page.goto(f"/settings/networks/connect/{network}/")
    account = connect(page, network, harbours.at[network])
    page.goto(account)
    expect(page.get_by_text("by contract").first).to_be_visible()
    there = control(page, harbours.at[network])
    there.get_by_label("Address").fill(page.get_by_label("Webhook address").input_value())
    there.get_by_role("button", name="Keep").click()

    words = f"Who has seen my bag, {network}?"
    say(there, words)
    page.goto("/inbox/q/all/")
    show_case(page, words)
    case = page.url
    answer(page, "We have found it.")
    is_sent(page, "We have found it.")

    if network in TELLS_OF_CHANGES:
        there.reload()
        there.get_by_label("New text").first.fill("Who has seen my blue bag?")
        there.get_by_role("button", name="Edit").first.click()
        expect(page.locator("#convo")).to_contain_text("blue bag", timeout=SOON_MS)
        expect(page.locator("#convo")).to_contain_text("1 earlier version")

    there.get_by_role("button", name="Switch on: token_expired").click()
    answer(page, "It leaves tonight.")
    held = page.locator(".msg.out", has_text="It leaves tonight.")
    expect(held).to_contain_text("Held back", timeout=SOON_MS)

    there.get_by_role("button", name="Switch off: token_expired").click()
    page.goto(account)
    page.get_by_role("link", name="Connect again").click()
    assert connect(page, network, harbours.at[network]) == account
    page.goto(case)
    page.get_by_role("button", name="Release").click()
    is_sent(page, "It leaves tonight.")
    expect(page.locator("#convo")).to_contain_text("We have found it.")

    if network in TELLS_OF_CHANGES:
        there.reload()
        there.get_by_role("button", name="Delete").first.click()
        expect(page.locator("#convo")).not_to_contain_text("blue bag", timeout=SOON_MS)
    looks_right(page)


@pytest.mark.parametrize("network", SEEN)
def test_by_consent_and_what_it_allows(page: Page, network: str) -> None:
    page.goto(f"/settings/networks/connect/{network}/")
    account = connect(page, network)
    page.goto(account)
    expect(page.get_by_text("by contract").first).to_be_visible()
    page.goto(f"/settings/networks/{network}/terms/")
    looks_right(page)


@pytest.mark.parametrize("network", ASKED)
def test_who_is_asked_brings_what_was_there(page: Page, harbours: Harbours, network: str) -> None:
    there = control(page, harbours.at[network])
    words = f"Who has seen my bag, {network}?"
    say(there, words)
    page.goto(f"/settings/networks/connect/{network}/")
    connect(page, network)
    page.goto("/inbox/q/all/")
    show_case(page, words)
    answer(page, "We have found it.")
    is_sent(page, "We have found it.")


@pytest.mark.skipif(not IS_LONG, reason="TEST_LONG listens to a switchboard, too")
def test_calls_are_heard_again_once_the_switchboards_token_is_known(
    page: Page, harbours: Harbours
) -> None:
    page.goto("/settings/networks/connect/phone/")
    account = connect(page, "phone")
    page.goto(account)
    expect(page.get_by_text("by contract").first).to_be_visible()
    there = control(page, harbours.at["phone"])
    there.get_by_label("Address").fill(page.get_by_label("Webhook address").input_value())
    there.get_by_role("button", name="Keep").click()

    say(there, "My bag is still in Oslo, please call me back")
    page.goto("/inbox/q/all/")
    show_case(page, "still in Oslo")
    case = page.url
    page.goto("/inbox/new/call/")
    page.get_by_label("Who called", exact=True).select_option("out")
    page.get_by_label("Their number").fill("+351912345678")
    page.get_by_label("How long").fill("1:30")
    page.get_by_label("Notes").fill("Told them it comes with the 18:40")
    page.get_by_role("button", name="Note the call").click()
    expect(page.locator("#convo")).to_contain_text("Told them it comes")
    assert page.url == case.partition("?")[0]

    there.get_by_role("button", name="Switch on: token_expired").click()
    say(there, "Nobody hears this yet")
    page.goto(account)
    page.get_by_role("link", name="Connect again").click()
    page.get_by_label("Telephone number", exact=True).fill("+493012345678")
    page.get_by_label("Token of the switchboard", exact=True).fill("phone-canary-token-next")
    page.get_by_role("button", name=re.compile("Go on|Check and connect")).click()
    page.wait_for_url(re.compile("/ready/"))
    looks_right(page)
    say(there, "I am calling about my bag again")
    page.goto(case)
    expect(page.locator("#convo")).to_contain_text("calling about my bag again", timeout=SOON_MS)
    expect(page.locator("#convo")).to_contain_text("still in Oslo")
