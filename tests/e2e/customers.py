"""People of the tests as a browser plays them: a customer on Harbour, an agent in the inbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from html import unescape

import httpx
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.house import CSRF, House, wait_until

LINK = re.compile(r"http://[^<\s]+/login/link/[^<\s]+/")
SOON_MS = 60_000


_NETWORKS: dict[str, str] = {}


def open_network(house: House) -> str:
    """Open the sandbox network for Alice's workspace, once; return the path of its public page."""
    if house.url not in _NETWORKS:
        _NETWORKS[house.url] = _opened(house)
    return _NETWORKS[house.url]


def _opened(house: House) -> str:
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
    """Somebody who writes on Harbour, by its forms; drawn by a browser only where a test looks.

    `test_first_light` and `test_connecting` press the same forms in a browser.
    """

    browser: Browser
    house: House
    network: str
    name: str
    cookies: httpx.Cookies

    @classmethod
    def arrive(cls, browser: Browser, house: House, name: str) -> Customer:
        """Join the network under a new name."""
        network = open_network(house)
        customer = cls(browser, house, network, name, httpx.Cookies())
        customer._press(f"{network}join/", f"{network}join/now/", name=name)
        return customer

    @cached_property
    def page(self) -> Page:
        """A page of theirs in the browser."""
        url = self.house.url
        context = self.browser.new_context(base_url=url)
        for one in self.cookies.jar:
            context.add_cookies([{"name": one.name, "value": one.value or "", "url": url}])
        return context.new_page()

    def post(self, text: str) -> str:
        """Post in public; return the path of the post."""
        return self._press(self.network, f"{self.network}post/", text=text, where="page")

    def post_elsewhere(self, text: str) -> str:
        """Post on their own wall, where nobody tells the brand; return the path of the post."""
        return self._press(self.network, f"{self.network}post/", text=text, where="own")

    def comment(self, post: str, text: str) -> None:
        """Write under a post."""
        self._press(post, f"{post}comment/", text=text)

    def message(self, text: str) -> None:
        """Write a direct message to the brand."""
        self._press(f"{self.network}messages/", f"{self.network}messages/write/", text=text)

    def _press(self, page: str, target: str, **form: str) -> str:
        """Fill the form on a page in and send it; return the path where that leads."""
        with self._client() as client:
            found = client.get(page)
            token = CSRF.search(found.text)
            assert found.is_success, found
            assert token, found.text
            assert f'action="{target}"' in found.text, found.text
            done = client.post(target, data={**form, "csrfmiddlewaretoken": token.group(1)})
            assert done.is_success, done
            self.cookies = client.cookies
        return done.url.path

    @contextmanager
    def _client(self) -> Iterator[httpx.Client]:
        with self.house.stranger() as client:
            client.cookies = self.cookies
            yield client

    def sees(self, post: str, text: str) -> None:
        """Look until the words stand under the post."""
        with self._client() as client:
            wait_until(
                lambda: text in unescape(client.get(post).text), seconds=120, every=0.5, what=text
            )


def show_case(page: Page, words: str) -> None:
    """Wait for the pill, show what is new, open the case with these words."""
    row = page.locator(".case", has_text=words).first
    for _ in range(SOON_MS // 250):
        if row.count():
            break
        if page.locator("#newpill").is_visible():
            page.locator("#newpill").dispatch_event("click")
        page.wait_for_timeout(250)
    row.click(timeout=SOON_MS)
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
