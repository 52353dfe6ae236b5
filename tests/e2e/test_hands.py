"""Everything without a mouse, and nothing while one types."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from hearwell.connect.signature import signed
from hearwell.connect.textrule import Abridged, CodePoints, Graphemes, Utf16Units, utf8_length
from tests.e2e.customers import SOON_MS, Customer, open_new_case

pytestmark = pytest.mark.slow
TEXTS = [
    "",
    "   ",
    "plain",
    "two\nlines",
    "👩‍👩‍👧‍👦 family",
    "🇳🇴🇩🇰🇸🇪",
    "é e\u0301",
    "नमस्ते",
    "한국어",
    "مرحبا",
    "See https://northwind.example/a/very/long/way?to=Oslo&via=Bergen#now, or (ftp://x.example).",
    "@nora@social.example and @tom: https://social.example/@nora, nora@mail.example",
    "done ^aa",
    "done ^AA  ",
    "^AA",
]


@pytest.fixture
def case(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Hand Hedda")
    open_new_case(page, lena, "May my dog fly with me?")
    return page


def test_j_k_and_enter_walk_the_list(case):
    case.goto("/inbox/")
    case.keyboard.press("j")
    first = case.evaluate("document.activeElement.dataset.case")
    assert first
    case.keyboard.press("k")
    assert case.evaluate("document.activeElement.dataset.case") == first
    case.keyboard.press("Enter")
    expect(case.locator(f'#convo[data-case="{first}"]')).to_be_visible()
    case.keyboard.press("u")
    assert case.evaluate("document.activeElement.dataset.case") == first


def test_keys_are_off_while_typing(case):
    case.keyboard.press("r")
    case.keyboard.type("jkeasznp?./")
    expect(case.locator("#ed")).to_have_value("jkeasznp?./")
    expect(case.locator("#keys-dialog")).to_be_hidden()


def test_r_p_n_choose_who_will_read(case):
    case.keyboard.press("n")
    expect(case.locator("#composer input[value=team]")).to_be_checked()
    expect(case.locator("[data-send=team]")).to_be_visible()
    case.keyboard.press("Escape")
    case.keyboard.press("r")
    expect(case.locator("#composer input[value=public]")).to_be_checked()
    case.keyboard.press("Escape")
    case.keyboard.press("h")
    expect(case.locator("#holding")).to_be_checked()


def test_the_audience_never_changes_by_itself(case):
    case.keyboard.press("n")
    case.keyboard.type("a note")
    case.keyboard.press("Control+Enter")
    expect(case.locator(".msg.note")).to_be_visible()
    expect(case.locator("#composer input:checked[name=audience]")).to_have_value("team")


def test_e_and_s_open_their_menus_and_escape_closes_them(case):
    for key, name in (("e", "solve"), ("s", "snooze"), ("l", "label")):
        case.keyboard.press(key)
        menu = case.locator(f'[data-command-menu="{name}"]')
        assert menu.get_attribute("open") is not None
        case.keyboard.press("Escape")
        assert menu.get_attribute("open") is None


def test_an_open_menu_stays_under_the_hand(page, browser, live_house):
    lena = Customer.arrive(browser, live_house, "Menu Mia")
    post = open_new_case(page, lena, "Where do I find the lounge?")
    page.keyboard.press("l")
    page.keyboard.type("half a la")
    lena.comment(post, "I mean the one in Oslo")
    expect(page.locator("#thread")).to_contain_text("the one in Oslo", timeout=SOON_MS)
    expect(page.locator("#tag-name")).to_be_visible()
    expect(page.locator("#tag-name")).to_have_value("half a la")
    assert page.evaluate("document.activeElement.id") == "tag-name"
    page.keyboard.press("Enter")
    expect(page.locator("#case-chips .chip", has_text="half a la")).to_be_visible()
    expect(page.locator("#tag-name")).to_be_hidden()


def test_a_case_is_solved_and_opened_again_by_key_and_button(case):
    case.keyboard.press("e")
    case.keyboard.press("Enter")
    expect(case.locator("#person")).to_contain_text("Closed: No answer needed")
    case.get_by_role("button", name="Reopen").click()
    expect(case.locator("#person")).to_contain_text("Open")


def test_the_palette_finds_commands_and_cases_and_shows_keys(case):
    case.keyboard.press("Control+k")
    case.keyboard.type("snooz")
    chosen = case.locator('#palette [aria-selected="true"]')
    expect(chosen).to_contain_text("Snooze")
    expect(chosen.locator("kbd")).to_have_text("s")
    case.keyboard.press("Enter")
    assert case.locator('[data-command-menu="snooze"]').get_attribute("open") is not None
    case.keyboard.press("Escape")
    case.keyboard.press("Control+k")
    case.keyboard.type("dog fly")
    expect(case.locator("[data-found]").first).to_be_visible()


def test_g_then_r_goes_to_the_reports(case):
    case.keyboard.press("g")
    case.keyboard.press("r")
    case.wait_for_url("**/reports/response/")


def test_slash_goes_to_the_search(case):
    case.keyboard.press("/")
    assert case.evaluate("document.activeElement.id") == "search"


def test_x_chooses_rows_and_they_are_taken_together(case):
    case.goto("/inbox/")
    case.keyboard.press("j")
    case.keyboard.press("x")
    expect(case.locator("#batch")).to_contain_text("1 chosen")
    case.keyboard.press("x")
    expect(case.locator("#batch")).to_be_hidden()


def test_single_keys_can_be_switched_off(case):
    case.goto("/me/")
    case.uncheck("input[name=single_keys]")
    case.get_by_role("button", name="Save", exact=True).click()
    case.goto("/inbox/")
    case.keyboard.press("?")
    expect(case.locator("#keys-dialog")).to_be_hidden()
    case.keyboard.press("Control+k")
    expect(case.locator("#palette")).to_be_visible()
    case.goto("/me/")
    case.check("input[name=single_keys]")
    case.get_by_role("button", name="Save", exact=True).click()


def test_a_draft_survives_leaving_the_page(case):
    case.keyboard.press("r")
    case.locator("#ed").fill("")  # the stories of this case run in any order
    case.keyboard.type("Half a thought")
    expect(case.locator("#draft-state")).to_have_text("Draft saved")
    case.reload()
    expect(case.locator("#ed")).to_have_value("Half a thought")
    case.locator("#ed").fill("")
    case.wait_for_timeout(1500)


def test_the_browser_counts_and_signs_as_the_server_does(case):
    rules = {
        "graphemes": Graphemes(500),
        "code_points": CodePoints(500),
        "utf16": Utf16Units(500),
        "abridged": Abridged(500),
    }
    for name, rule in rules.items():
        for text in TEXTS:
            case.evaluate(
                """([name, text]) => {
                    const form = document.querySelector('#composer');
                    const rules = JSON.parse(form.dataset.rules);
                    rules.public = { name, limit: 500, max_bytes: null, per_link: 23, signs: true };
                    form.dataset.rules = JSON.stringify(rules);
                    const ed = document.querySelector('#ed');
                    ed.value = text;
                    ed.dispatchEvent(new Event('input', { bubbles: true }));
                }""",
                [name, text],
            )
            wanted = rule.count(signed(text, "AA"))
            expect(case.locator("#count")).to_have_text(f"{wanted} of 500")
    assert utf8_length("é") == 2
    case.locator("#ed").fill("")
    case.wait_for_timeout(1500)


def test_losing_the_connection_is_said_and_healed(page, context, browser, live_house):
    page.goto("/inbox/")
    expect(page.locator("#live-mark")).to_have_text("Live", timeout=SOON_MS)
    context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.locator("#netbar")).to_be_visible(timeout=SOON_MS)
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#netbar")).to_be_hidden(timeout=SOON_MS)
    expect(page.locator("#live-mark")).to_have_text("Live")
