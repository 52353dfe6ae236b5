"""A real browser on a real house. A breach of the content policy fails the test."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.customers import SOON_MS
from tests.house import House
from tools.browser import browser_on_path

# No test judges a time: two houses and two browsers on two cores make anything slow.
expect.set_options(timeout=SOON_MS)
POLICY = "Content Security Policy"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless browser for a file of tests: the system's, else Playwright's own.

    Not for the session: while Playwright is there, its event loop runs in this thread, and
    other tests could not run one of their own.
    """
    with launched(browser_on_path()) as made:
        yield made


@contextlib.contextmanager
def launched(path: str | None) -> Iterator[Browser]:
    """Have the browser at a path during the block; Playwright's own without one."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=path,
            # In a container root has no namespaces for the sandbox and /dev/shm is small.
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        yield made
        made.close()


@pytest.fixture
def context(browser: Browser, live_house: House) -> Iterator[BrowserContext]:
    """A browser context signed in as Alice, the owner."""
    # A service worker's own requests cannot be cut off or changed by a test (page.route).
    made = browser.new_context(
        base_url=live_house.url,
        viewport={"width": 1440, "height": 900},
        service_workers="block",
        # What fades in is half transparent to whoever measures contrast meanwhile.
        reduced_motion="reduce",
    )
    made.add_cookies(live_house.owner_cookies())  # type: ignore[arg-type]
    yield made
    # Streams and timers end first: a browser that closed in the midst of them was seen to hang.
    for page in made.pages:
        with contextlib.suppress(PlaywrightError):
            page.goto("about:blank", timeout=5_000)
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page of Alice's; errors of scripts and of the content policy fail the test."""
    page = context.new_page()
    with watched(page):
        yield page


@pytest.fixture
def stranger_page(browser: Browser, live_house: House) -> Iterator[Page]:
    """A page of somebody who is not signed in."""
    context = browser.new_context(base_url=live_house.url)
    page = context.new_page()
    with watched(page):
        yield page
    context.close()


class watched:  # noqa: N801 -- reads as a verb
    """Collect what the browser complains about; fail at the end of the block."""

    def __init__(self, page: Page) -> None:
        self.found: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.found.append(str(error)))

    def __enter__(self) -> list[str]:
        return self.found

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            assert not self.found, "\n".join(self.found)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and POLICY in message.text:
            self.found.append(message.text)
