"""A reply is read again by two who do not see each other; its writer reads what they noted."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.customers import SOON_MS, Customer, answer, open_new_case, second_agent
from tests.e2e.sight import looks_right
from tests.house import running_house

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def live_house():
    """A house in which nobody else has answered: what is drawn is what this story says."""
    with running_house() as house:
        yield house


def plan_and_voice(page: Page) -> None:
    page.goto("/settings/quality/")
    page.get_by_label("Read replies again").check()
    page.get_by_label("To two graders, in per cent").fill("100")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Replies from this week on")).to_be_visible()
    page.goto("/settings/voice/")
    page.get_by_label("In a few sentences").fill("We speak as one person to another.")
    page.get_by_label("Do: an example a line").fill(
        "Sorry that your bag is late.\nI look and write by six."
    )
    page.get_by_label("Don't: an example a line").fill("Your request is being processed.")
    page.get_by_label("Words and phrases that we avoid").fill("per policy")
    page.get_by_role("button", name="Make a version").click()
    expect(page.get_by_text("Version 1 of the voice guide holds.")).to_be_visible()


def grade(page: Page, keys: str, note: str) -> None:
    page.goto("/quality/")
    page.get_by_role("link", name="Reply 1").click()
    expect(page.get_by_text("I will look for it now.")).to_be_visible()
    page.locator("#reply-h").click()
    for key in keys:
        page.keyboard.press(key)
    expect(page.locator("#note")).to_be_focused()  # each line has its mark
    page.keyboard.type(note)
    page.get_by_role("button", name="Give this grade").click()
    expect(page.get_by_text("Graded.", exact=True)).to_be_visible()


def test_two_grade_and_the_writer_reads_it(page, browser, live_house):
    plan_and_voice(page)
    quinn = second_agent(browser, live_house, "Quinn Quill", "quinn@example.com").new_page()
    customer = Customer.arrive(browser, live_house, "Careful Cara")
    quinn.goto("/inbox/")
    post = open_new_case(quinn, customer, "Where is my bag? I have waited for a day.")
    quinn.keyboard.press("Shift+V")
    expect(quinn.locator("#voice")).to_contain_text("We speak as one person to another.")
    quinn.keyboard.press("r")
    quinn.keyboard.type("As per policy")
    expect(quinn.locator("#heed")).to_contain_text("Our voice guide avoids “per policy”.")
    looks_right(quinn, "voice-composer")
    quinn.locator("#ed").fill("")
    quinn.locator("#case-head h2").click()
    answer(quinn, "I am sorry. I will look for it now.")
    customer.sees(post, "I will look for it now.")
    expect(quinn.locator("#thread [data-message] .foot").last).to_be_visible(timeout=SOON_MS)

    page.goto("/quality/")
    page.get_by_role("button", name="Draw of this week now").click()
    expect(page.get_by_text("Replies drawn: 1.")).to_be_visible()
    page.get_by_role("link", name="Reply 1").click()
    looks_right(page, "scorecard")
    grade(page, "121411", "Say when you write again.")
    page.get_by_role("button", name="Take the last grade back").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    page.locator("#note").fill("Say when you write again.")
    for line in page.locator("[data-grading] fieldset").all():
        line.get_by_role("radio").first.check()
    page.get_by_role("button", name="Give this grade").click()
    lena = second_agent(browser, live_house, "Lena Lead", "lena@example.com", "lead").new_page()
    grade(lena, "111211", "Warm and short.")
    lena.get_by_role("link", name="Agreement").click()
    expect(lena.get_by_text("1 of 30 replies")).to_be_visible()
    lena.get_by_role("link", name="Scores").click()
    expect(lena.get_by_text("Quinn Quill")).to_be_visible()

    quinn.goto("/quality/mine/")
    expect(quinn.get_by_text("Say when you write again.")).to_be_visible()
    expect(quinn.get_by_text("Warm and short.")).to_be_visible()
    looks_right(quinn, "my-reviews")
    quinn.get_by_role("button", name="I have read it").click()
    expect(quinn.get_by_text("You have read it")).to_be_visible()
