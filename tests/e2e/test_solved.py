"""Did that solve it, and late is said: what a customer and an agent see, from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from hearwell.ops.cluster import Cluster
from tests.e2e.conftest import watched
from tests.e2e.customers import SOON_MS, Customer, open_new_case
from tests.e2e.sight import NARROWEST, SCREEN, looks_right
from tests.e2e.site import a_site_with_a_chat
from tests.e2e.test_webchat import Visitor, case_of
from tests.house import House, running_house, wait_until

pytestmark = pytest.mark.slow
# A question is asked within half a minute after it is due.
ASKED_MS = 60_000
LINES = """rows => rows.map(row =>
  [row.querySelector(".txt").innerText, !!row.querySelector("[data-mark=unsolved]")])"""
BACKWARDS = """
    UPDATE conversations_message SET sent_at = sent_at - %(by)s WHERE case_id = %(case)s;
    UPDATE conversations_waiting SET since = since - %(by)s WHERE case_id = %(case)s;
    UPDATE sla_clock SET started_at = started_at - %(by)s, due_at = due_at - %(by)s,
        warn_at = NULL WHERE case_id = %(case)s;
    UPDATE conversations_case SET opened_at = opened_at - %(by)s,
        waiting_since = waiting_since - %(by)s, last_inbound_at = last_inbound_at - %(by)s,
        last_message_at = last_message_at - %(by)s, due_at = due_at - %(by)s WHERE id = %(case)s
"""


@pytest.fixture(scope="module")
def live_house() -> Iterator[House]:
    """A house in which customers are asked, and in whose lists nobody else stands."""
    with running_house() as house:
        yield house


def ask_at_once(page: Page) -> None:
    page.goto("/settings/solved/")
    page.get_by_role("checkbox", name="Web chat").check()
    page.get_by_label("Minutes after the case was solved").fill("0")
    looks_right(page, "settings-solved")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#said")).to_contain_text("Saved")


def solved(page: Page, visitor: Visitor, question: str, words: str) -> None:
    """Have a visitor ask something, answer it and close the case as solved, by keyboard."""
    visitor.open()
    visitor.say(question)
    case_of(page, question)
    page.keyboard.press("r")
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg.out:not(.waiting)", has_text=words)).to_be_visible(timeout=SOON_MS)
    page.locator("#case-head h2").click()
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="Solved", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()


def says_no_by_keyboard(visitor: Visitor, no: str, name: str) -> None:
    """Answer the question with a button, found from the field by the keyboard alone."""
    button = visitor.log.get_by_role("button", name=no)
    expect(button).to_be_visible(timeout=ASKED_MS)
    assert button.evaluate(
        "node => node.getRootNode().getElementById(node.getAttribute('aria-describedby')).innerText"
    )
    looks_right(visitor.page, name, (SCREEN, NARROWEST))
    visitor.field.focus()
    for _ in range(6):
        visitor.page.keyboard.press("Shift+Tab")
        if button.evaluate("node => node.matches(':focus')"):
            break
    expect(button).to_be_focused()
    visitor.page.keyboard.press("Enter")
    expect(visitor.field).to_be_focused()
    expect(button).to_have_count(0)
    expect(visitor.sent(no)).to_have_count(1, timeout=SOON_MS)


def stands_first(page: Page, queue: str, names: list[str]) -> None:
    """Look until these stand at the head of a queue, marked, and no other is marked.

    Loaded anew each time: an open list marks a row where it stands.
    """

    def are_there() -> bool:
        page.goto(f"/inbox/q/{queue}/")
        lines = page.locator(".case").evaluate_all(LINES)
        return lines[: len(names)] == [[name, True] for name in names] and not any(
            is_marked for _, is_marked in lines[len(names) :]
        )

    wait_until(are_there, what=f"{names} at the head of {queue}")


def test_a_no_stands_first_until_it_is_answered_or_was_misread(
    page: Page, browser: Browser, live_house: House
) -> None:
    page.goto("/me/")
    page.get_by_label("Seconds to take a reply back").fill("0")
    page.get_by_role("button", name="Save").first.click()
    with a_site_with_a_chat(page, live_house.url) as site:
        ask_at_once(page)
        lena = Visitor.arrive(browser, site)
        site.lang, site.dir = "ar", "rtl"
        amal = Visitor.arrive(browser, site)
        with watched(lena.page), watched(amal.page):
            solved(page, lena, "Where is my blue bag? It was not on the belt.", "It is in Oslo.")
            amal.page.locator("hearwell-chat button.launcher").click()
            say_in_arabic(page, amal)
            early = Customer.arrive(browser, live_house, "Early Ellen")
            page.goto("/inbox/")
            open_new_case(page, early, "I am stranded at the airport, it is urgent!")
            says_no_by_keyboard(lena, "No, not yet", "chat-question")
            says_no_by_keyboard_in_arabic(amal)
            both = ["No, not yet", "لا، ليس بعد"]
            for queue in ("needs", "mine", "all"):
                stands_first(page, queue, both)
            page.goto("/inbox/q/needs/")
            assert page.locator(".case").count() == 3
            looks_right(page, "list-unsolved")
            answered_it_is_in_line(page, lena)
            misread_it_is_as_it_was(page)


def say_in_arabic(page: Page, amal: Visitor) -> None:
    field, question = amal.page.locator("hearwell-chat textarea"), "أين حقيبتي؟ لم تصل بعد."
    field.fill(question)
    field.press("Enter")
    case_of(page, question)
    page.locator("#ed").fill("هي في الطريق إليك.")
    page.locator("#ed").press("Control+Enter")
    expect(page.locator(".msg.out:not(.waiting)")).to_be_visible(timeout=SOON_MS)
    page.locator("#case-head h2").click()
    page.keyboard.press("e")
    page.get_by_role("button", name="Solved", exact=True).click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()


def says_no_by_keyboard_in_arabic(amal: Visitor) -> None:
    button = amal.log.get_by_role("button", name="لا، ليس بعد")
    expect(button).to_be_visible(timeout=ASKED_MS)
    looks_right(amal.page, "chat-question-ar", [NARROWEST])
    yes = amal.log.get_by_role("button", name="نعم، تم الحل")
    assert yes.bounding_box()["x"] > button.bounding_box()["x"], "from the right"
    button.press("Enter")
    expect(amal.log.get_by_role("button")).to_have_count(0)


def answered_it_is_in_line(page: Page, lena: Visitor) -> None:
    """Open the first row by keyboard, read the banner, answer: it stands first no more."""
    page.locator("#list-scroll").focus()
    page.keyboard.press("j")
    page.keyboard.press("o")
    banner = page.locator("#not-solved")
    expect(banner).to_contain_text("The customer says: it is not solved.")
    expect(banner.locator("q")).to_have_text("No, not yet")
    looks_right(page, "case-unsolved")
    page.keyboard.press("r")
    page.keyboard.type("I am sorry. It leaves Oslo tonight.")
    page.keyboard.press("Control+Enter")
    expect(lena.log.get_by_text("It leaves Oslo tonight.")).to_be_visible(timeout=SOON_MS)
    expect(banner).to_have_count(0, timeout=SOON_MS)
    stands_first(page, "needs", ["لا، ليس بعد"])


def misread_it_is_as_it_was(page: Page) -> None:
    page.locator(".case").first.click()
    back = page.locator("#not-solved").get_by_role("button", name="Misread, put it back")
    back.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("the case is closed as it was")).to_be_visible()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    expect(page.locator("#not-solved")).to_have_count(0)
    page.goto("/inbox/q/needs/")
    expect(page.locator("[data-mark=unsolved]")).to_have_count(0)
    expect(page.locator(".case")).to_have_count(1)


def let_days_pass(house: House, case_id: UUID, days: int) -> None:
    """Let a case be so many days older than it is."""
    where = Cluster(house.data / "postgresql").conninfo("postgres", "hearwell")
    with psycopg.connect(where) as database:
        facts = {"by": f"{days} days", "case": case_id}
        for statement in BACKWARDS.split(";"):
            database.execute(statement.replace("%(by)s", "%(by)s::interval"), facts)


def case_id_of(page: Page) -> UUID:
    found = page.locator("#convo").get_attribute("data-case")
    assert found
    return UUID(found)


def test_late_is_said_and_what_was_never_answered_before_one_writes(
    page: Page, browser: Browser, live_house: House
) -> None:
    lou = Customer.arrive(browser, live_house, "Late Lou")
    page.goto("/inbox/")
    open_new_case(page, lou, "Where can I ask for my lost scarf?")
    page.keyboard.press("e")
    page.get_by_role("button", name="No answer needed").click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    post = open_new_case(page, lou, "Where is my bag? It was not on the belt.")
    case_id = case_id_of(page)
    assert page.locator("#late-words").count() == 0
    let_days_pass(live_house, case_id, 3)

    page.goto(f"/c/{case_id}/")
    said = page.locator("#before-reply")
    expect(said).to_contain_text("Waiting 3 d")
    expect(said).to_contain_text("Sorry that our answer comes only now")
    expect(said).to_contain_text("Earlier, never answered: 1 contact")
    expect(page.locator("#person .unanswered")).to_contain_text("lost scarf")
    looks_right(page, "case-late")
    page.keyboard.press("Shift+L")
    expect(page.locator("#ed")).to_have_value(
        "Sorry that our answer comes only now: you should have had it days ago."
        " You have waited more than 3 days."
    )
    page.keyboard.press("Control+End")
    page.keyboard.type(" It is on its way.")
    page.keyboard.press("Control+Enter")
    lou.sees(post, "It is on its way.")
    page.goto(f"/c/{case_id}/")
    expect(said).not_to_contain_text("Waiting")
    expect(said).to_contain_text("Earlier, never answered: 1 contact")
    looks_right(page, "case-answered")
