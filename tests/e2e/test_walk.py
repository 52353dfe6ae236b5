"""The whole way: a customer writes, an agent answers, the customer reads it, the report moves."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.customers import (
    SOON_MS,
    Customer,
    answer,
    open_new_case,
    second_agent,
    show_case,
    toast_of,
)

pytestmark = pytest.mark.slow


def answered(page) -> int:
    page.goto("/reports/response/?method=hearwell&record=live")
    figure = page.locator(".fig", has_text="First reply, median").locator(".how").inner_text()
    found = re.search(r"n (\d+)", figure)
    assert found
    return int(found[1])


def test_from_the_network_to_the_answer(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Lena Vik")
    before = answered(page)
    page.goto("/inbox/")
    expect(page.locator("#live-mark")).to_have_text("Live", timeout=SOON_MS)
    post = lena.post("My bag is lost in Bergen since Monday. Where is it?")

    pill = page.locator("#newpill")
    expect(pill).to_be_visible(timeout=SOON_MS)
    assert page.locator(".case", has_text="lost in Bergen").count() == 0, "nothing moves by itself"
    page.keyboard.press(".")
    row = page.locator(".case", has_text="lost in Bergen")
    expect(row).to_be_visible()
    expect(pill).to_be_hidden()

    row.click()
    expect(page.locator("#convo")).to_contain_text("lost in Bergen")
    page.keyboard.press("a")
    expect(page.locator("#case-head")).to_contain_text("assigned to you")
    page.keyboard.press("r")
    page.keyboard.type("Sorry, Lena. It is on tonight's flight")
    expect(page.locator("#count")).to_have_text(re.compile(r"^42 of "))
    page.keyboard.press("Control+Enter")
    expect(toast_of(page, "tonight's flight")).to_contain_text("publicly on Harbour")

    sent = page.locator(".msg.out:not(.waiting)", has_text="tonight's flight")
    expect(sent).to_be_visible(timeout=40_000)
    expect(sent.locator(".sig")).to_have_text("^AA")
    lena.sees(post, "Sorry, Lena. It is on tonight's flight")
    expect(page.locator("#case-chips .clk.met").first).to_be_visible()
    assert answered(page) > before


def test_undo_keeps_it_from_leaving(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Undo Una")
    post = open_new_case(page, lena, "Is flight 482 late?")
    answer(page, "No, it is not")
    page.keyboard.press("z")
    expect(page.locator(".msg.out")).to_have_count(0)
    expect(page.locator("#ed")).to_have_value("No, it is not")
    page.wait_for_timeout(12_000)
    lena.page.goto(post)
    assert lena.page.get_by_text("No, it is not").count() == 0


def test_the_undo_toast_stays_through_a_change_of_page(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Toast Tove")
    open_new_case(page, lena, "Can I take my cello?")
    answer(page, "Yes, on a seat")
    for url in ("/inbox/q/mine/", "/reports/response/", "/me/"):
        page.goto(url)
        expect(toast_of(page, "Yes, on a seat")).to_be_visible()


def test_the_customer_writing_again_stops_it_once(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Again Anna")
    post = open_new_case(page, lena, "Which gate for NW 117?")
    page.keyboard.press("r")
    page.keyboard.type("Gate B4")
    lena.comment(post, "Sorry, I meant NW 118")
    expect(page.locator("#thread")).to_contain_text("NW 118", timeout=SOON_MS)
    expect(page.locator("#ed")).to_have_value("Gate B4")
    page.keyboard.press("Control+Enter")
    stop = page.locator("#stop")
    expect(stop).to_contain_text("wrote again")
    expect(stop).to_contain_text("Sorry, I meant NW 118")
    expect(page.locator("#ed")).to_have_value("Gate B4")
    expect(page.locator(".msg.out")).to_have_count(0)
    page.locator("[data-read]").click()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg.out")).to_have_count(1)


def test_two_agents_see_each_other_and_only_one_answers(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Two Tuva")
    open_new_case(page, lena, "Who answers me first?")
    bob = second_agent(browser, live_house, "Bob Brown", "bob@example.com").new_page()
    bob.goto(page.url)
    expect(bob.locator("#presence")).to_contain_text("Alice Adams is reading", timeout=SOON_MS)
    expect(page.locator("#presence")).to_contain_text("Bob Brown is reading", timeout=SOON_MS)
    page.keyboard.press("r")
    page.keyboard.type("I do")
    expect(bob.locator("#presence")).to_contain_text("Alice Adams is writing", timeout=SOON_MS)
    bob.locator("#ed").fill("No, I do")
    page.keyboard.press("Control+Enter")
    expect(toast_of(page, "I do")).to_be_visible()
    bob.locator("#ed").focus()
    bob.keyboard.press("Control+Enter")
    expect(bob.locator("#stop")).to_be_visible()
    expect(bob.locator("[data-undo]")).to_have_count(0)
    expect(bob.locator("#ed")).to_have_value("No, I do")
    bob.context.close()


def test_a_note_never_leaves(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Note Nora")
    post = open_new_case(page, lena, "My seat is broken")
    page.keyboard.press("n")
    page.keyboard.type("She is a doctor, be quick")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg.note")).to_contain_text("be quick")
    lena.page.goto(post)
    assert lena.page.get_by_text("be quick").count() == 0


def test_a_private_message_is_answered_in_private(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Private Pia")
    page.goto("/inbox/")
    expect(page.locator("#live-mark")).to_have_text("Live", timeout=SOON_MS)
    lena.message("My booking code is NWA7Q2")
    show_case(page, "NWA7Q2")
    expect(page.locator("#composer input[value=private]")).to_be_checked()
    page.keyboard.press("r")
    page.keyboard.type("Thank you, I see it")
    expect(page.locator("[data-send=private]")).to_be_visible()
    expect(page.locator("[data-send=public]")).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(toast_of(page, "Thank you, I see it")).to_contain_text("privately")


def test_strange_texts_arrive_as_they_are(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Strange Siv")
    text = "مرحبا، أين حقيبتي؟ 👩‍👩‍👧‍👦🇳🇴 <b>not bold</b> שלום"
    open_new_case(page, lena, text)
    body = page.locator(".msg.in .b").last
    expect(body).to_have_text(text)
    # It runs from right to left: its first word stands to the right of the next.
    first, second = body.evaluate("""e => {
      const words = document.createTreeWalker(e, NodeFilter.SHOW_TEXT).nextNode();
      const left = (from, to) => {
        const range = document.createRange();
        range.setStart(words, from); range.setEnd(words, to);
        return range.getBoundingClientRect().left;
      };
      const start = words.data.search(/\\S/);
      return [left(start, start + 5), left(start + 7, start + 10)];
    }""")
    assert first > second
