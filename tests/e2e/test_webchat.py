"""The chat on a customer's site, in a real browser: two visitors and an agent at once."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from hearwell.kit.tokens import signed
from tests.e2e.conftest import watched
from tests.e2e.customers import SOON_MS
from tests.e2e.sight import RULES, axe
from tests.e2e.site import Site, a_site_with_a_chat
from tests.house import House, wait_until
from tests.pictures import picture

pytestmark = pytest.mark.slow
PNG = picture()


@pytest.fixture
def site(live_house: House, page: Page) -> Iterator[Site]:
    """A site whose owner has connected its chat in the browser, and pasted the line."""
    with a_site_with_a_chat(page, live_house.url) as made:
        yield made


@dataclass
class Visitor:
    """Somebody on the site."""

    site: Site
    context: BrowserContext
    page: Page

    @classmethod
    def arrive(cls, browser: Browser, site: Site, path: str = "/", **options: object) -> Visitor:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(site.url + path)
        return cls(site, context, page)

    @property
    def field(self) -> Locator:
        return self.page.get_by_role("textbox", name="Your message")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    def open(self) -> None:
        self.page.get_by_role("button", name="Open the chat").click()
        expect(self.field).to_be_focused()

    def say(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def sent(self, text: str) -> Locator:
        return self.log.locator(".entry[data-state=sent]", has_text=text)


def case_of(page: Page, text: str) -> None:
    """Open the case of a message in the inbox."""
    row = page.locator(".case", has_text=text).first

    def is_there() -> bool:
        """Whether it is there by now, on whichever page of a list that all stories share."""
        page.goto(f"/inbox/?{urlencode({'q': text})}")
        return row.is_visible()

    wait_until(is_there, what=f"a case with {text!r}")
    row.click()
    expect(page.locator(".msg.in", has_text=text)).to_be_visible(timeout=SOON_MS)


def answer(page: Page, text: str) -> None:
    page.locator("#ed").fill(text)
    page.locator("#ed").press("Control+Enter")
    # It waits for the few seconds in which it can be taken back; what comes meanwhile holds it.
    gone = page.locator(".msg.out:not(.waiting)", has_text=text)
    expect(gone).to_be_visible(timeout=SOON_MS)


def test_two_visitors_and_an_agent_at_once_through_a_cut(
    page: Page, browser: Browser, site: Site
) -> None:
    lena, duarte = Visitor.arrive(browser, site), Visitor.arrive(browser, site, "/baggage")
    with watched(lena.page), watched(duarte.page):
        lena.open()
        duarte.open()
        lena.say("My bag stayed in Lisbon")
        duarte.say("Can I take my cat on board?")
        expect(lena.sent("My bag stayed in Lisbon")).to_have_count(1, timeout=SOON_MS)
        expect(duarte.sent("my cat")).to_have_count(1, timeout=SOON_MS)
        asked = duarte.page.get_by_text("If you leave before we answer")
        expect(asked).to_be_visible()

        lena.context.set_offline(True)
        expect(lena.page.get_by_role("status")).to_contain_text("No connection", timeout=SOON_MS)
        for words in ("It is blue.", "Tag LIS 4711.", "Are you there?"):
            lena.say(words)
        expect(lena.log.locator(".entry[data-state=queued]")).to_have_count(3)

        case_of(page, "my cat")
        answer(page, "You can, in a carrier of 40 cm.")
        expect(duarte.log.get_by_text("in a carrier of 40 cm")).to_be_visible(timeout=SOON_MS)
        expect(asked).to_be_hidden()
        case_of(page, "My bag stayed in Lisbon")
        answer(page, "We are looking for it.")

        lena.context.set_offline(False)
        expect(lena.sent("Are you there?")).to_have_count(1, timeout=SOON_MS)
        expect(lena.log.get_by_text("We are looking for it.")).to_be_visible(timeout=SOON_MS)
        expect(lena.log.locator(".entry[data-state=queued]")).to_have_count(0)
        for words in ("It is blue.", "Tag LIS 4711.", "Are you there?"):
            expect(lena.log.locator(".entry", has_text=words)).to_have_count(1)
            message = page.locator(".msg.in", has_text=words)
            expect(message).to_have_count(1, timeout=SOON_MS)
        texts = page.locator(".msg.in .b").all_inner_texts()
        assert texts.index("It is blue.") < texts.index("Tag LIS 4711.")
        # Neither hears what the other says.
        assert "carrier" not in lena.log.inner_text()
        assert "Lisbon" not in duarte.log.inner_text()


def test_a_reload_and_another_page_go_on_where_it_was(
    page: Page, browser: Browser, site: Site
) -> None:
    lena = Visitor.arrive(browser, site)
    with watched(lena.page):
        lena.open()
        lena.say("Where is gate 7?")
        expect(lena.sent("Where is gate 7?")).to_have_count(1, timeout=SOON_MS)
        case_of(page, "Where is gate 7?")
        lena.context.set_offline(True)
        lena.say("written without a line")
        answer(page, "To the left.")
        lena.context.set_offline(False)
        lena.page.reload()
        expect(lena.log.get_by_text("To the left.")).to_be_visible(timeout=SOON_MS)
        expect(lena.sent("written without a line")).to_have_count(1, timeout=SOON_MS)
        lena.page.goto(f"{site.url}/other")
        expect(lena.log.locator(".entry")).to_have_count(3, timeout=SOON_MS)
        tab = lena.context.new_page()
        tab.goto(site.url)
        tab.get_by_role("button", name="Open the chat").click()
        expect(tab.get_by_role("log").locator(".entry")).to_have_count(3, timeout=SOON_MS)


def test_both_see_the_other_write(page: Page, browser: Browser, site: Site) -> None:
    lena = Visitor.arrive(browser, site)
    lena.open()
    lena.say("Is anybody there at all?")
    case_of(page, "Is anybody there at all?")
    status = lena.page.get_by_role("status")
    # Who writes is told while they write: on a busy machine the visitor's line may open later.
    for _ in range(10):
        page.locator("#ed").press_sequentially("I am here. ", delay=30)
        page.wait_for_timeout(500)
        if status.inner_text() == "An answer is being written…":
            break
        page.wait_for_timeout(2_500)
    expect(status).to_have_text("An answer is being written…", timeout=SOON_MS)
    lena.field.press_sequentially("Good", delay=30)
    guest = page.locator("#visitor")
    expect(guest).to_contain_text("is writing", timeout=SOON_MS)
    lena.context.close()
    expect(guest).to_contain_text("has left", timeout=SOON_MS)


def test_a_file_goes_in_and_is_theirs_to_save(page: Page, browser: Browser, site: Site) -> None:
    lena = Visitor.arrive(browser, site)
    lena.open()
    with tempfile.TemporaryDirectory() as folder:
        tag, script = Path(folder) / "tag.png", Path(folder) / "page.html"
        tag.write_bytes(PNG)
        script.write_text("<!doctype html><script>alert(1)</script>")
        lena.page.locator("#picker").set_input_files(script)
        expect(lena.page.get_by_role("alert")).to_contain_text("nothing else", timeout=SOON_MS)
        lena.page.locator("#picker").set_input_files(tag)
        expect(lena.page.get_by_text("tag.png")).to_be_visible(timeout=SOON_MS)
        lena.say("This is the tag")
        with lena.page.expect_download() as saved:
            lena.log.get_by_role("button", name="tag.png").click(timeout=SOON_MS)
        assert saved.value.suggested_filename == "tag.png"
    case_of(page, "This is the tag")
    expect(page.locator(".msg.in .media")).to_contain_text("tag.png", timeout=SOON_MS)


def test_a_signed_visitor_is_known_and_the_next_one_does_not_send_their_words(
    page: Page, browser: Browser, site: Site
) -> None:
    page.goto("/settings/networks/")
    page.get_by_role("link", name=re.compile(re.escape(site.url.partition("//")[2]))).first.click()
    page.get_by_role("button", name="New signing secret").click()
    secret = page.locator(".banner code").inner_text()
    ends = (datetime.now(UTC) + timedelta(minutes=10)).timestamp()

    def chat(sub: str, name: str) -> str:
        token = signed({"sub": sub, "name": name, "exp": ends}, secret)
        return f'<hearwell-chat identity="{token}"></hearwell-chat>'

    site.chat = chat("1", "Lena Vik")
    lena = Visitor.arrive(browser, site)
    lena.open()
    lena.say("As myself")
    expect(lena.sent("As myself")).to_have_count(1, timeout=SOON_MS)
    lena.page.route("**/messages", lambda route: route.abort())
    lena.say("left in the queue")
    expect(lena.log.locator(".entry[data-state=queued]")).to_have_count(1)
    lena.page.unroute("**/messages")
    site.chat = chat("2", "Duarte Reis")
    lena.page.goto(site.url)
    lena.say("As Duarte")
    expect(lena.sent("As Duarte")).to_have_count(1, timeout=SOON_MS)
    expect(lena.log.locator(".entry")).to_have_count(1)

    site.chat = chat("1", "Lena Vik")
    lena.page.goto(site.url)
    expect(lena.sent("left in the queue")).to_have_count(1, timeout=SOON_MS)
    # Signed in as somebody else on the same page: nothing of the one before stays in sight.
    lena.page.evaluate(
        "html => document.querySelector('hearwell-chat').setAttribute('identity', html)",
        chat("2", "Duarte Reis").split('"')[1],
    )
    expect(lena.sent("As Duarte")).to_have_count(1, timeout=SOON_MS)
    expect(lena.log.locator(".entry")).to_have_count(1)
    case_of(page, "left in the queue")
    expect(page.locator(".msg.in .by b")).to_have_text(["Lena Vik", "Lena Vik"])
    expect(page.locator(".msg.in .foot").first).to_contain_text("signed by your site")


def test_it_is_used_by_keyboard_and_heard(browser: Browser, site: Site) -> None:
    lena = Visitor.arrive(browser, site)
    launcher = lena.page.get_by_role("button", name="Open the chat")
    launcher.focus()
    lena.page.keyboard.press("Enter")
    expect(lena.field).to_be_focused()
    lena.page.keyboard.type("<img src=x onerror=alert(1)> https://northwind.example/a.")
    lena.page.keyboard.press("Enter")
    expect(lena.sent("<img src=x")).to_have_count(1, timeout=SOON_MS)
    link = lena.log.get_by_role("link")
    expect(link).to_have_attribute("href", "https://northwind.example/a")
    expect(link).to_have_attribute("rel", re.compile("noopener"))
    expect(lena.page.get_by_label("If you leave before we answer")).to_be_visible()
    lena.page.get_by_label("If you leave before we answer").fill("lena@example.com")
    lena.page.keyboard.press("Enter")
    expect(lena.page.get_by_label("If you leave before we answer")).to_be_hidden(timeout=SOON_MS)
    lena.page.keyboard.press("Escape")
    expect(launcher).to_be_focused()
    expect(launcher).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("lang", "turn"), [("en", ""), ("ar", "rtl")])
def test_axe_finds_nothing_at_320_pixels_either_way_round(
    browser: Browser, site: Site, scheme: str, lang: str, turn: str
) -> None:
    site.lang, site.dir = lang, turn
    options = {"viewport": {"width": 320, "height": 568}, "color_scheme": scheme}
    lena = Visitor.arrive(browser, site, **options)
    lena.page.locator("hearwell-chat button.launcher").click()
    field = lena.page.locator("hearwell-chat textarea")
    expect(field).to_be_focused()
    field.fill("supercalifragilisticexpialidocious" * 3)
    field.press("Enter")
    expect(lena.log.locator(".entry[data-state=sent]")).to_have_count(1, timeout=SOON_MS)
    field.fill("Schnell, bitte")
    field.press("Enter")
    expect(lena.log.locator(".entry[data-state=sent]")).to_have_count(2, timeout=SOON_MS)
    found = axe(lena.page, options=RULES).response["violations"]
    # Its report cannot name what lies in a shadow root.
    assert not found, [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not lena.page.evaluate(wide)
    place = lena.page.locator("hearwell-chat .place")
    assert place.evaluate("node => getComputedStyle(node).direction") == (turn or "ltr")
    log = lena.log
    assert log.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_the_script_is_small(browser: Browser, site: Site) -> None:
    """All of it, as it travels: at most 25 kB."""
    from hearwell.gateway.chat.script import parts

    travels = {name: len(part.packed) for name, part in parts().items()}
    assert sum(travels.values()) <= 25_000, travels
