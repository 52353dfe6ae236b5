"""A person's own keys: set by pressing them, used at once, and all of it without a mouse."""

from __future__ import annotations

from itertools import count

import pytest
from playwright.sync_api import expect

from hearwell.web.keyboard import read_key
from tests.e2e.customers import Customer, open_new_case, second_agent

pytestmark = pytest.mark.slow
# What is pressed -> what stands in the field.
PRESSED = {
    "y": "y",
    "Shift+y": "Shift+Y",
    "?": "?",
    "Control+k": "Ctrl+K",
    "Control+Shift+Enter": "Ctrl+Shift+Enter",
    "Control+.": "Ctrl+.",
    "F2": "F2",
    "ArrowUp": "ArrowUp",
}


NUMBERS = count(1)


@pytest.fixture
def kim(browser, live_house):
    """Somebody whose keys are nobody else's business."""
    number = next(NUMBERS)
    context = second_agent(browser, live_house, f"Kim {number}", f"kim{number}@example.com")
    page = context.new_page()
    page.goto("/me/keys/")
    yield page
    context.close()


def test_a_field_takes_the_key_that_is_pressed_in_it(kim):
    field = kim.get_by_label("Label", exact=True)
    field.focus()
    for pressed, written in PRESSED.items():
        kim.keyboard.press("Backspace")
        expect(field).to_have_value("")
        kim.keyboard.press(pressed)
        expect(field).to_have_value(written)
        if written != "ArrowUp":
            assert read_key(written)
    kim.keyboard.press("Backspace")
    kim.keyboard.press("g")
    kim.keyboard.press("x")
    expect(field).to_have_value("g x")
    kim.keyboard.press("Tab")
    expect(field).not_to_be_focused()
    expect(kim.locator("#palette")).to_be_hidden()


def test_keys_are_changed_used_and_reset_without_a_mouse(kim, browser, live_house):
    kim.get_by_label("Next case", exact=True).focus()
    kim.keyboard.press("k")
    kim.keyboard.press("Enter")
    told = kim.get_by_role("alert")
    expect(told).to_contain_text("2 keys cannot be taken")
    expect(kim.locator("#key-next-error")).to_contain_text("k is the key of “Previous case”, too")
    kim.get_by_label("Previous case", exact=True).focus()
    kim.keyboard.press("j")
    kim.get_by_label("Solve", exact=True).focus()
    kim.keyboard.press("d")
    kim.keyboard.press("Enter")
    expect(kim.locator("#said")).to_contain_text("Your keys are saved.")

    lena = Customer.arrive(browser, live_house, "Keys Karin")
    open_new_case(kim, lena, "Which key opens the door?")
    solve = kim.locator('[data-command-menu="solve"]')
    kim.keyboard.press("e")
    assert solve.get_attribute("open") is None
    expect(solve.locator(".kb")).to_have_text("D")
    kim.keyboard.press("d")
    assert solve.get_attribute("open") is not None
    kim.keyboard.press("Escape")
    kim.keyboard.press("?")
    expect(kim.locator("#keys-dialog li", has_text="Solve").first.locator("kbd")).to_have_text("d")
    kim.keyboard.press("Escape")
    kim.keyboard.press("Control+k")
    kim.keyboard.type("next case")
    expect(kim.locator('#palette [aria-selected="true"] kbd')).to_have_text("k")
    kim.keyboard.press("Escape")

    kim.goto("/me/keys/")
    kim.get_by_role("button", name="Solve: back to e").press("Enter")
    expect(kim.get_by_label("Solve", exact=True)).to_have_value("e")
    expect(kim.get_by_label("Next case", exact=True)).to_have_value("k")


def test_a_letter_of_another_script_does_what_stands_on_its_key(kim):
    kim.goto("/inbox/")
    kim.evaluate(
        """() => document.body.dispatchEvent(new KeyboardEvent("keydown",
        { key: "/", code: "Slash", bubbles: true }))"""
    )
    assert kim.evaluate("document.activeElement.id") == "search"
    kim.keyboard.press("Escape")
    for key, code in (("п", "KeyG"), ("ы", "KeyS")):
        kim.evaluate(
            """([key, code]) => document.body.dispatchEvent(new KeyboardEvent("keydown",
            { key, code, bubbles: true }))""",
            [key, code],
        )
    kim.wait_for_url("**/settings/**")


def test_keys_are_changed_without_scripts(browser, live_house):
    context = second_agent(browser, live_house, "Nils Noscript", "nils@example.com")
    state = context.storage_state()
    context.close()
    plain = browser.new_context(
        base_url=live_house.url, java_script_enabled=False, storage_state=state
    )
    page = plain.new_page()
    page.goto("/me/")
    page.get_by_role("link", name="Change my keys").click()
    page.get_by_label("Next case", exact=True).fill("Ctrl+T")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#key-next-error")).to_contain_text("Ctrl+T opens a tab.")
    page.get_by_label("Next case", exact=True).fill("shift+n")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#said")).to_contain_text("Your keys are saved.")
    expect(page.get_by_label("Next case", exact=True)).to_have_value("Shift+N")
    page.get_by_role("button", name="All keys back").click()
    expect(page.get_by_label("Next case", exact=True)).to_have_value("j")
    plain.close()
