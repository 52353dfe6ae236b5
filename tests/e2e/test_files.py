"""A file goes out: chosen, dropped or pasted, described, taken back, and seen by the customer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.customers import SOON_MS, Customer, open_new_case, toast_of
from tests.e2e.sight import RULES, axe
from tests.e2e.test_webchat import Visitor, case_of, site
from tests.e2e.test_without_scripts import plain, wait_for_row
from tests.house import House
from tests.pictures import picture

__all__ = ["plain", "site"]
pytestmark = pytest.mark.slow


def given(name: str, body: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": body}


def chips(page: Page) -> Locator:
    return page.locator("#composer .going-file")


def attach(page: Page, *files: dict[str, object]) -> None:
    field = page.locator("#composer .attach:visible input[type=file]")
    field.set_input_files(list(files))  # type: ignore[arg-type]


def look(page: Page, name: str) -> None:
    """Keep a picture of the page, for people, where somebody asked for them."""
    if folder := os.environ.get("HEARWELL_SHOTS"):
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=str(Path(folder) / f"{name}-{scheme}.png"))


def send(page: Page) -> None:
    page.locator("[data-send]:visible").click()


def test_a_picture_stands_on_the_public_page_with_its_description(
    page: Page, browser: Browser, live_house: House
) -> None:
    lena = Customer.arrive(browser, live_house, "Pia Picture")
    post = open_new_case(page, lena, "Which of your bags fits under the seat?")
    page.fill("#ed", "This one does")
    attach(page, given("bag.png", picture()), given("plan.pdf", b"%PDF-1.7 plan"))
    expect(chips(page)).to_have_count(2, timeout=SOON_MS)
    image = chips(page).first.locator("img")
    expect(image).to_have_js_property("naturalWidth", 96)
    expect(chips(page).nth(1)).to_contain_text("Harbour does not take this kind of file")
    look(page, "files-chips")
    found = axe(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()

    # What cannot go is said, and nothing is lost.
    send(page)
    expect(page.locator("#stop")).to_contain_text("does not take this kind of file")
    expect(page.locator("#ed")).to_have_value("This one does")
    page.get_by_role("button", name="Remove plan.pdf").click()
    expect(chips(page)).to_have_count(1)
    expect(page.get_by_role("button", name="Remove bag.png")).to_be_focused()

    # A description is asked for, once, and can be given there and then.
    send(page)
    expect(page.locator("#stop")).to_contain_text("for people who cannot see it")
    expect(page.get_by_role("button", name="Send without a description")).to_be_visible()
    look(page, "files-asked")
    words = chips(page).get_by_label("Describe this picture for people who cannot see it")
    words.fill("A blue bag under a seat")
    send(page)
    expect(toast_of(page, "This one does")).to_be_visible(timeout=SOON_MS)
    ours = page.locator(".msg.out", has_text="This one does")
    expect(ours.get_by_alt_text("A blue bag under a seat")).to_be_visible()

    # Taken back, all of it is in the composer; sent again, all of it goes.
    toast_of(page, "This one does").get_by_role("button", name="Undo").click()
    expect(chips(page)).to_have_count(1, timeout=SOON_MS)
    expect(page.locator("#ed")).to_have_value("This one does")
    expect(words).to_have_value("A blue bag under a seat")
    send(page)
    lena.sees(post, "This one does")
    lena.page.goto(post)
    shown = lena.page.get_by_alt_text("A blue bag under a seat")
    expect(shown).to_have_js_property("naturalWidth", 96)
    look(lena.page, "files-harbour")
    arrived = page.locator(".msg.out:not(.waiting)", has_text="This one does")
    expect(arrived.get_by_alt_text("A blue bag under a seat")).to_have_js_property(
        "naturalWidth", 96, timeout=SOON_MS
    )
    look(page, "files-thread")


def test_dropped_and_pasted_kept_over_a_reload(
    page: Page, browser: Browser, live_house: House
) -> None:
    lena = Customer.arrive(browser, live_house, "Dora Drop")
    open_new_case(page, lena, "Where do I drop my bag?")
    page.evaluate(
        """(bytes) => {
            const carry = (kind) => {
                const data = new DataTransfer();
                data.items.add(new File([new Uint8Array(bytes[kind])], `${kind}.png`));
                return data;
            };
            const target = document.querySelector('#ed');
            const options = { bubbles: true, cancelable: true };
            const dropped = { ...options, dataTransfer: carry('dropped') };
            const pasted = { ...options, clipboardData: carry('pasted') };
            target.dispatchEvent(new DragEvent('drop', dropped));
            target.dispatchEvent(new ClipboardEvent('paste', pasted));
        }""",
        {"dropped": list(picture(10)), "pasted": list(picture(200))},
    )
    expect(chips(page)).to_have_count(2, timeout=SOON_MS)
    chips(page).first.locator("textarea").fill("The counter")
    page.wait_for_timeout(1500)  # as long as somebody thinks; nothing was sent yet
    page.reload()
    expect(chips(page)).to_have_count(2)
    expect(chips(page).first.locator("textarea")).to_have_value("The counter")

    # A note takes no files; they wait for readers who do.
    page.keyboard.press("n")
    expect(page.locator("#composer-files")).to_contain_text("cannot be sent to these readers")
    expect(page.locator("#composer .attach:visible")).to_have_count(0)
    page.fill("#ed", "only for us")
    send(page)
    expect(page.locator("#stop")).to_contain_text("A note takes no files")
    expect(chips(page)).to_have_count(2)


def test_it_is_sent_without_a_description_only_by_a_person(
    page: Page, browser: Browser, live_house: House
) -> None:
    lena = Customer.arrive(browser, live_house, "Nora Nameless")
    open_new_case(page, lena, "Is my bag with you?")
    page.locator("#composer .attach:visible input[type=file]").focus()
    attach(page, given("bag.png", picture(90)))
    expect(chips(page)).to_have_count(1, timeout=SOON_MS)
    expect(chips(page).locator("textarea")).to_be_focused()  # asked for at once
    send(page)
    page.get_by_role("button", name="Send without a description").click()
    expect(page.locator(".msg.out img")).to_have_attribute("alt", "Picture without a description")


def test_without_scripts_a_file_is_a_field_of_the_form(plain, browser, live_house) -> None:
    lena = Customer.arrive(browser, live_house, "Plain Pola")
    lena.post("May I bring my cello?")
    wait_for_row(plain, "my cello").click()
    plain.fill("#ed", "In this case, yes")
    attach(plain, given("case.png", picture()))
    plain.get_by_role("button", name="Post publicly on Harbour").click()
    expect(plain.locator("#stop")).to_contain_text("for people who cannot see it")
    expect(chips(plain)).to_have_count(1)
    chips(plain).locator("textarea").fill("A cello case")
    plain.get_by_role("button", name="Post publicly on Harbour").click()
    expect(plain.locator(".msg.out img")).to_have_attribute("alt", "A cello case")


def test_it_fits_320_pixels(page: Page, browser: Browser, live_house: House) -> None:
    lena = Customer.arrive(browser, live_house, "Nele Narrow")
    open_new_case(page, lena, "How narrow are your seats?")
    page.set_viewport_size({"width": 320, "height": 700})
    attach(page, given("a-very-long-name-of-a-picture-of-a-seat-in-row-27.png", picture()))
    expect(chips(page)).to_have_count(1, timeout=SOON_MS)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320
    look(page, "files-narrow")


def test_a_visitor_of_the_chat_gets_a_file(page: Page, browser: Browser, site) -> None:
    lena, duarte = Visitor.arrive(browser, site), Visitor.arrive(browser, site)
    lena.open()
    duarte.open()
    lena.say("Please send me the claim form")
    duarte.say("Anything new?")
    case_of(page, "the claim form")
    page.fill("#ed", "Here it is")
    attach(page, given("claim form.pdf", b"%PDF-1.7 claim"))
    expect(chips(page)).to_have_count(1, timeout=SOON_MS)
    send(page)
    button = lena.log.get_by_role("button", name="claim form.pdf")
    expect(button).to_be_visible(timeout=SOON_MS)
    look(lena.page, "files-chat")
    with lena.page.expect_download() as downloading:
        button.click()
    assert Path(downloading.value.path()).read_bytes() == b"%PDF-1.7 claim"
    assert downloading.value.suggested_filename == "claim form.pdf"
    expect(duarte.log.get_by_role("button", name="claim form.pdf")).to_have_count(0)
