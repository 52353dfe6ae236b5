"""Values change where they stand; rows, scroll and caret do not move by themselves."""

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
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def jon(browser, live_house):
    context = second_agent(browser, live_house, "Jon Doe", "jon.rows@example.com")
    page = context.new_page()
    page.goto("/inbox/q/all/")
    expect(page.locator("#live-mark")).to_have_text("Live", timeout=SOON_MS)
    yield page
    context.close()


def row_of(page, words):
    return page.locator("#cases .case", has_text=words)


def order(page) -> list[str]:
    return page.locator("#cases .case").evaluate_all("rows => rows.map(r => r.dataset.case)")


def test_a_row_that_somebody_else_solved_stays_and_says_who(page, jon, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Row Runa")
    page.goto("/inbox/q/all/")
    open_new_case(page, lena, "Is the pool open?")
    row, before = row_of(page, "Is the pool open?"), order(page)
    page.locator("#list-scroll").hover()
    show_case(jon, "Is the pool open?")
    jon.keyboard.press("a")
    expect(row.locator(".age")).to_contain_text("JD", timeout=SOON_MS)
    jon.keyboard.press("e")
    jon.keyboard.press("Enter")
    expect(row).to_have_class(re.compile(r"\bgone\b"), timeout=SOON_MS)
    expect(row.locator(".hand")).to_have_text(re.compile(r"^Solved by Jon Doe, \d"))
    expect(row.locator(".clk")).to_have_count(0)
    assert order(page) == before


def test_a_draft_is_watched_while_it_is_written_and_the_case_taken_over(
    page, jon, browser, live_house
):
    lena = Customer.arrive(browser, live_house, "Row Ragna")
    page.goto("/inbox/q/all/")
    open_new_case(page, lena, "May I bring my own pillow?")
    show_case(jon, "May I bring my own pillow?")
    bar = page.locator("#presence")
    expect(bar).to_contain_text("Jon Doe is reading", timeout=SOON_MS)
    expect(bar.get_by_role("button")).to_have_count(0)
    jon.keyboard.press("r")
    jon.keyboard.type("You may, as lo")
    expect(bar).to_contain_text("Jon Doe is writing", timeout=SOON_MS)
    bar.get_by_role("button", name="Watch draft").click()
    watched = page.locator("#watched")
    expect(watched).to_contain_text("You may, as lo", timeout=SOON_MS)
    jon.keyboard.type("ng as it is small")
    expect(watched).to_contain_text("as long as it is small", timeout=SOON_MS)
    bar.get_by_role("button", name="Watch draft").click()
    expect(watched).to_be_hidden()
    bar.get_by_role("button", name="Take over").click()
    expect(page.locator("#case-head")).to_contain_text("assigned to you")
    expect(jon.locator("#case-head")).to_contain_text("assigned to Alice Adams", timeout=SOON_MS)
    jon.keyboard.press("Control+Enter")
    expect(jon.locator("#stop")).to_contain_text("Alice Adams is on this case")
    jon.locator("#ed").fill("")
    jon.wait_for_timeout(1500)


def test_the_clock_of_a_row_ends_with_the_answer_and_begins_anew(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Row Rita")
    page.goto("/inbox/q/all/")
    post = open_new_case(page, lena, "Is the bar open?")
    row = row_of(page, "Row Rita")
    expect(row.locator(".clk")).to_be_visible()
    answer(page, "From six, Rita")
    expect(row.locator(".says")).to_have_text("Waits for customer", timeout=SOON_MS)
    expect(row.locator(".clk")).to_have_count(0)
    lena.comment(post, "There is smoke in the cabin, is anyone there?!")
    expect(row.locator(".clk .w")).to_have_text(re.compile(r"\d"), timeout=SOON_MS)
    expect(row.locator(".chip")).to_contain_text("Urgent")
    expect(row.locator(".says")).to_have_count(0)
    expect(row).to_contain_text("smoke in the cabin")


def test_the_pill_names_what_is_urgent_and_forgets_what_is_done(page, jon, browser, live_house):
    page.goto("/inbox/q/all/")
    expect(page.locator("#live-mark")).to_have_text("Live", timeout=SOON_MS)
    page.locator("#list-scroll").hover()
    before = order(page)
    Customer.arrive(browser, live_house, "Pill Paul").post("May I bring my skis along?")
    pill = page.locator("#newpill")
    expect(pill).to_contain_text("1 new. Show them", timeout=SOON_MS)
    Customer.arrive(browser, live_house, "Pill Petra").post(
        "There is smoke in the cabin of NW 5, is anyone there?!"
    )
    expect(pill).to_contain_text("2 new, 1 urgent. Show them", timeout=SOON_MS)
    show_case(jon, "smoke in the cabin of NW 5")
    jon.keyboard.press("e")
    jon.keyboard.press("Enter")
    expect(pill).to_contain_text("1 new. Show them", timeout=SOON_MS)
    assert order(page) == before


def test_a_reader_further_up_is_told_what_is_below_and_stays_there(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Below Bea")
    post = open_new_case(page, lena, "This is a long story")
    for number in range(5):
        lena.comment(post, f"Part {number}. " + "And then it went on. " * 25)
    expect(page.locator("#thread .msg.in")).to_have_count(6, timeout=SOON_MS)
    page.locator("#thread-scroll").hover()
    page.mouse.wheel(0, -4000)
    page.wait_for_timeout(300)
    top = page.locator("#thread .msg.in").first.bounding_box()
    lena.comment(post, "Are you still there?")
    lena.comment(post, "Hello?")
    below = page.locator("#newbelow")
    expect(below).to_contain_text("2 new below", timeout=SOON_MS)
    assert page.locator("#thread .msg.in").first.bounding_box() == top
    assert page.locator("#composer input[name=seen]").input_value() != (
        page.locator("#thread .msg.in").last.get_attribute("data-message")
    ), "what nobody has seen still stops the sending"
    below.click()
    expect(below).to_be_hidden()
    expect(page.locator("#thread .msg.in", has_text="Hello?")).to_be_in_viewport()
