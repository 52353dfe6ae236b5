"""Hundreds of hostile letters on the real pages of a real house: nothing runs, nothing leaves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from tests.e2e.customers import SOON_MS, Customer
from tests.hostile.letters import EVIL, US, mailbox, tricks
from tests.house import House

pytestmark = pytest.mark.slow
TRICKS = list(dict.fromkeys(tricks()))
# All of them take a minute: `HEARWELL_HOSTILE=all`.
SHOWN = TRICKS if os.environ.get("HEARWELL_HOSTILE") == "all" else TRICKS[::3]
IN_THREAD = 30
# Every context has it, frames of others' too: whatever calls it has run as a script.
CANARY = "window.hurt = (n) => { (window.top ?? window).heardHurt(String(n)); };"
MARKUP = "iframe, object, embed, base, meta[http-equiv], style, .msg script, .msg img[src^='http']"


class Trap:
    """Hears of scripts that ran, dialogs, new pages, navigations and calls to anybody else."""

    def __init__(self, page: Page, house: House) -> None:
        self.caught: list[str] = []
        self._home = urlsplit(house.url).netloc
        context = page.context
        context.expose_function("heardHurt", lambda n: self.caught.append(f"script of trick {n}"))
        context.add_init_script(CANARY)
        context.route(lambda url: urlsplit(url).netloc != self._home, self._stop)
        context.on("request", self._look)
        page.on("dialog", self._dialog)
        page.on("popup", lambda one: self.caught.append(f"a new page, {one.url}"))
        page.on("download", lambda one: self.caught.append(f"a download, {one.url}"))

    def _look(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in {"data", "blob"} and url.netloc != self._home:
            self.caught.append(f"a call to {request.url}")

    def _stop(self, route: Route) -> None:
        self.caught.append(f"a call to {route.request.url}")
        route.abort()

    def _dialog(self, dialog: object) -> None:
        self.caught.append("a dialog")
        dialog.dismiss()  # type: ignore[attr-defined]


@pytest.fixture
def trap(page: Page, live_house: House) -> Iterator[Trap]:
    """A trap around a page, which is open during the test."""
    made = Trap(page, live_house)
    yield made
    assert made.caught == []


def test_there_are_enough_letters() -> None:
    assert len(TRICKS) >= 500


def test_the_trap_catches_what_it_is_for(context: BrowserContext, live_house: House) -> None:
    """On a page without our policy the same tricks run, load and leave."""
    page = context.new_page()
    trap = Trap(page, live_house)
    page.route("**/bare/", lambda route: route.fulfill(body=body, content_type="text/html"))
    body = "".join(f"<div>{one}</div>" for one in TRICKS if "onerror" in one or EVIL in one)
    page.goto("/bare/", wait_until="commit")
    page.wait_for_timeout(1_000)
    assert any(one.startswith("script") for one in trap.caught)
    assert any(one.startswith(f"a call to {EVIL}") for one in trap.caught)


def test_no_letter_runs_or_calls_anybody(
    page: Page, live_house: House, trap: Trap, tmp_path: Path
) -> None:
    live_house.owner()
    path = tmp_path / "hostile.mbox"
    path.write_text(mailbox(SHOWN, IN_THREAD))
    done = live_house.run("import", str(path), "--brand", US, "--open-since", "2026-01-01")
    assert f"{len(SHOWN):,} messages are new." in done.stdout, done.stdout + done.stderr
    page.goto("/inbox/q/all/?network=archive")  # other stories have cases in this house
    links = page.locator("#list a[href^='/c/']")
    expect(links.first).to_be_visible(timeout=SOON_MS)
    paths = list(dict.fromkeys(one.get_attribute("href").split("?")[0] for one in links.all()))
    seen = 0
    for case in paths:
        page.goto(case)
        seen += page.locator("article.msg.in").count()
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert page.locator(MARKUP).count() == 0, case
        page.mouse.move(700, 400)
        page.keyboard.press("Tab")
    assert seen >= len(SHOWN)


def test_what_comes_in_live_is_drawn_as_words(
    page: Page, browser, live_house: House, trap: Trap
) -> None:
    """Pushed values are written into the list by a script of ours, and into the open case."""
    some = [one for one in TRICKS if "script" in one or "onerror" in one or "hx-" in one][::9]
    eve = Customer.arrive(browser, live_house, "<img src=x onerror=hurt(0)>")
    page.goto("/inbox/")
    for number, trick in enumerate(some[:12]):
        eve.post(f"{number} live {trick}")
    last = page.locator("#list a", has_text=f"{min(12, len(some)) - 1} live")
    expect(last.first).to_be_visible(timeout=SOON_MS)
    last.first.click()
    expect(page.locator("article.msg.in", has_text="live")).to_be_visible(timeout=SOON_MS)
    assert page.locator(MARKUP).count() == 0
