"""People of the tests as a browser plays them: a customer on Harbour, an agent in the inbox."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.house import CSRF, House

LINK = re.compile(r"http://[^<\s]+/login/link/[^<\s]+/")
SOON_MS = 60_000


def open_network(house: House) -> str:
    """Open the sandbox network for Alice's workspace; return the path of its public page."""
    with house.owner() as client:
        page = client.get("/settings/networks/")
        token = CSRF.search(page.text)
        assert token
        client.post("/sandbox/open/", data={"csrfmiddlewaretoken": token.group(1)})
        control = client.get("/sandbox/control/").text
    found = re.search(r"/sandbox/(?!control|open|close|demo|api)[\w-]+/", control)
    assert found, control
    return found.group()


@dataclass
class Customer:
    """Somebody who writes on Harbour."""

    page: Page
    network: str
    name: str

    @classmethod
    def arrive(cls, browser: Browser, house: House, name: str) -> Customer:
        """Join the network under a new name."""
        network = open_network(house)
        page = browser.new_context(base_url=house.url).new_page()
        page.goto(f"{network}join/")
        page.fill("input[name=name]", name)
        page.locator("form.say button").first.click()
        page.wait_for_load_state()
        return cls(page, network, name)

    def post(self, text: str) -> str:
        """Post in public; return the path of the post."""
        self.page.goto(self.network)
        self.page.fill("textarea[name=text]", text)
        self.page.locator("form.say button.main").first.click()
        self.page.wait_for_load_state()
        path = self.page.locator("a[href*='/p/']").first.get_attribute("href")
        assert path
        return path.split("#")[0].split("?")[0]

    def post_elsewhere(self, text: str) -> str:
        """Post on their own wall, where nobody tells the brand; return the path of the post."""
        self.page.goto(self.network)
        self.page.check("form.say input[name=where][value=own]")
        self.page.fill("textarea[name=text]", text)
        self.page.locator("form.say button.main").first.click()
        self.page.wait_for_load_state()
        self.page.goto(f"{self.network}?show=all")
        path = self.page.locator("a[href*='/p/']").first.get_attribute("href")
        assert path
        return path.split("#")[0].split("?")[0]

    def comment(self, post: str, text: str) -> None:
        """Write under a post."""
        self.page.goto(post)
        self.page.locator("#answer textarea[name=text]").fill(text)
        self.page.locator("#answer button.main").click()
        self.page.wait_for_load_state()

    def message(self, text: str) -> None:
        """Write a direct message to the brand."""
        self.page.goto(f"{self.network}messages/")
        self.page.locator("form[action$='/write/'] textarea[name=text]").fill(text)
        self.page.locator("form[action$='/write/'] button.main").first.click()
        self.page.wait_for_load_state()

    def sees(self, post: str, text: str) -> None:
        """Look until the words stand under the post."""
        for _ in range(120):
            self.page.goto(post)
            if self.page.get_by_text(text).count():
                return
            self.page.wait_for_timeout(500)
        raise AssertionError(text)


def show_case(page: Page, words: str) -> None:
    """Wait for the pill, show what is new, open the case with these words."""
    row = page.locator(".case", has_text=words).first
    for _ in range(40):
        if row.count():
            break
        if page.locator("#newpill").is_visible():
            page.locator("#newpill").dispatch_event("click")
        page.wait_for_timeout(250)
    row.click()
    expect(page.locator("#convo")).to_contain_text(words)


def open_new_case(page: Page, customer: Customer, words: str) -> str:
    """Have a customer write and open their case; return the path of their post."""
    if "/inbox/" not in page.url:
        page.goto("/inbox/")
    expect(page.locator("#live-mark")).to_have_text("Live", timeout=SOON_MS)
    post = customer.post(words)
    show_case(page, words)
    return post


def toast_of(page: Page, words: str) -> Locator:
    """The undo toast of the reply with these words; those of other tests may be there, too."""
    return page.locator("[data-undo]", has_text=words)


def answer(page: Page, words: str) -> None:
    """Write a reply to the open case and send it; its toast is there then."""
    page.keyboard.press("r")
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")
    expect(toast_of(page, words)).to_be_visible()
    page.locator("#case-head h2").click()


def second_agent(
    browser: Browser, house: House, name: str, email: str, role: str = "agent"
) -> BrowserContext:
    """Invite somebody and return a browser signed in as them."""
    with house.owner() as client:
        page = client.get("/settings/people/")
        token = CSRF.search(page.text)
        assert token
        form = {"name": name, "email": email, "role": role}
        answer = client.post(
            "/settings/people/invite/", data={**form, "csrfmiddlewaretoken": token.group(1)}
        )
        link = LINK.search(answer.text)
        assert link, answer.text
    context = browser.new_context(base_url=house.url, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(link.group())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    page.close()
    return context
