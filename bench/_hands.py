"""A house at work for the keyboard: customers who write, colleagues, and one pair of hands.

Nothing of it is simulated: a whole house runs, customers write on Harbour, a real browser shows the
inbox. `Hands` presses keys and counts them; it has no mouse.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Request, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.customers import open_network, second_agent
from tests.house import CSRF, House

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDE: Final = (1440, 900)
PAUSE_MS, QUIET_LOOKS, MOST_LOOKS = 25, 4, 400


class StuckError(Exception):
    """The hands could not go on; the text says where."""


@dataclass
class Hands:
    """A keyboard and no mouse. `strokes` counts presses; held keys and their key are one press."""

    page: Page
    strokes: int = 0
    _open: set[Request] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Hear what the page asks its server for, to know when it has settled."""
        self.page.on("request", self._asked)
        self.page.on("requestfinished", self._answered)
        self.page.on("requestfailed", self._answered)
        self.page.on("framenavigated", self._moved)

    def _asked(self, request: Request) -> None:
        if "/live" not in request.url and request.resource_type != "eventsource":
            self._open.add(request)

    def _answered(self, request: Request) -> None:
        self._open.discard(request)

    def _moved(self, frame: Frame) -> None:
        if frame == self.page.main_frame:
            self._open.clear()

    def settle(self) -> None:
        """Wait until the page asks for nothing more."""
        with suppress(PlaywrightError):
            self.page.wait_for_load_state()
        quiet = 0
        for _ in range(MOST_LOOKS):
            self.page.wait_for_timeout(PAUSE_MS)
            quiet = 0 if self._open else quiet + 1
            if quiet >= QUIET_LOOKS:
                return

    def press(self, *keys: str) -> None:
        """Press keys one after the other, and see each time what came of it."""
        for key in keys:
            self.page.keyboard.press(key)
            self.strokes += 1
            self.settle()

    def write(self, text: str) -> None:
        """Type a text; no part of the count."""
        self.page.keyboard.type(text)
        self.settle()


@dataclass
class Customer:
    """Somebody on Harbour, without a browser."""

    client: httpx.Client
    network: str

    @classmethod
    def arrive(cls, house: House, network: str, name: str) -> Customer:
        """Join under a new name."""
        made = cls(house.stranger(), network)
        made._say("join/", "join/now/", name=name)
        return made

    def post(self, text: str) -> None:
        """Post on the brand's page."""
        self._say("", "post/", text=text, where="page")

    def message(self, text: str) -> None:
        """Write to the brand in private."""
        self._say("messages/", "messages/write/", text=text)

    def _say(self, page: str, form: str, **fields: str) -> None:
        token = CSRF.search(self.client.get(f"{self.network}{page}").text)
        if token is None:
            raise StuckError(page)
        sent = self.client.post(
            f"{self.network}{form}", data={**fields, "csrfmiddlewaretoken": token.group(1)}
        )
        sent.raise_for_status()


@dataclass
class Desk:
    """A house, its network, its owner's hands, and people beside her."""

    house: House
    browser: Browser
    network: str
    shots: str = ""
    colleagues: dict[str, BrowserContext] = field(default_factory=dict)

    def customer(self, name: str, text: str, *, is_private: bool = False) -> None:
        """Have somebody new write."""
        made = Customer.arrive(self.house, self.network, name)
        (made.message if is_private else made.post)(text)
        made.client.close()

    def context(self, size: tuple[int, int] = WIDE, *, is_owner: bool = True) -> BrowserContext:
        """Return a browser of this size, signed in as Alice, the owner, or as nobody."""
        made = self.browser.new_context(
            base_url=self.house.url,
            viewport={"width": size[0], "height": size[1]},
            service_workers="block",
        )
        if is_owner:
            cookies: Any = self.house.owner_cookies()
            made.add_cookies(cookies)
        return made

    def colleague(self, name: str, email: str) -> BrowserContext:
        """Invite an agent; return a browser signed in as them."""
        return second_agent(self.browser, self.house, name, email)

    def read(self, path: str) -> str:
        """Return the words of a page, as the server has them for the owner."""
        with self.house.owner() as client:
            answer = client.get(path).raise_for_status().text
        return " ".join(re.sub(r"<[^>]+>", " ", answer).split())

    def case_of(self, page: Page, name: str) -> str:
        """Return the id of a customer's case, when the list has it."""
        row = page.locator(".case", has_text=name).first
        for _ in range(60):
            if row.count():
                return row.get_attribute("data-case") or ""
            page.wait_for_timeout(500)
            page.reload()
        raise StuckError(name)


@contextmanager
def desk_of(house: House, browser: Browser) -> Iterator[Desk]:
    """Have a desk in a house that runs."""
    yield Desk(house, browser, open_network(house))


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Have a headless browser: the system's, else Playwright's own."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield made
        made.close()


def leave(context: BrowserContext) -> None:
    """Close a browser once its streams have ended."""
    for page in context.pages:
        with suppress(PlaywrightError):
            page.goto("about:blank", timeout=5_000)
    context.close()


def tell(text: str) -> None:
    """Say on the way how it goes."""
    print(text, file=sys.stderr, flush=True)
