"""Tools by eye: an admin declares one and tries it, an agent acts in a shop and takes it back."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.e2e.customers import SOON_MS, Customer, show_case
from tests.e2e.shops import houses_open
from tests.e2e.sight import looks_right

pytestmark = pytest.mark.slow


def test_an_agent_sends_a_parcel_again_by_eye_and_takes_it_back(page, browser, live_house):
    houses_open(live_house)
    ruth = Customer.arrive(browser, live_house, "Ruth Returns")
    page.goto("/inbox/")
    expect(page.locator("#live-mark")).to_have_text("Live", timeout=SOON_MS)
    post = ruth.post("One sock of NS-10460 is missing, can you help?")
    show_case(page, "One sock of NS-10460")
    panel = page.locator("[id^=tools-]")
    expect(panel).to_contain_text("Wool scarf and gloves", timeout=SOON_MS)
    expect(panel).to_contain_text("NS-10460 (written in public)")
    looks_right(page)
    panel.get_by_role("link", name="Send again").click()
    page.get_by_label("What is missing").fill(f"One sock {uuid4().hex[:4]}")
    looks_right(page)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("This is sent to Northwind Shop, and nothing else:")).to_be_visible()
    looks_right(page)
    page.keyboard.press("Enter")  # the button has the focus
    expect(page.locator(".banner.ok")).to_contain_text("Done", timeout=SOON_MS)
    looks_right(page)
    run = page.url
    page.get_by_role("link", name="Put it into the reply").click()
    expect(page.locator("#ed")).to_have_value(re.compile("packed today"))
    page.keyboard.press("Control+Enter")
    ruth.sees(post, "packed today")
    page.goto(run)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".banner.ok")).to_contain_text("Done", timeout=SOON_MS)
    page.goto(run)
    expect(page.get_by_text("Done, and taken back")).to_be_visible()


def test_an_admin_declares_a_tool_and_tries_it(page, live_house):
    houses_open(live_house)
    page.goto("/settings/tools/")
    looks_right(page)
    page.get_by_role("link", name="Orders by e-mail").click()
    page.get_by_label("E-mail", exact=True).fill("mo.hassan@mail.example")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("It answered, and the answer could be read.")).to_be_visible(
        timeout=SOON_MS
    )
    expect(page.locator("article")).to_contain_text("Cabin case")
    looks_right(page)
    page.get_by_role("link", name="Back to the tool").click()
    looks_right(page)
    page.goto("/tools/done/")
    looks_right(page)
