"""axe, the checker of what a screen reader gets, and the width of an open page.

Set HEARWELL_SHOTS to a folder to have the pictures of what the stories look at.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
OF_COLOURS = ("color-contrast", "link-in-text-block")
COLOURS = {"runOnly": {"type": "rule", "values": list(OF_COLOURS)}}
SHAPES = {**RULES, "rules": {name: {"enabled": False} for name in OF_COLOURS}}
SCREEN, PHONE, NARROWEST = (1440, 900), (390, 844), (320, 640)
SHOTS = os.environ.get("HEARWELL_SHOTS")
IS_LONG = "TEST_LONG" in os.environ

# What passed would be most of the answer, and nobody reads it.
RUN = "(given) => axe.run(...given).then((found) => ({ violations: found.violations }))"
# A form that is being sent looks faded, and what a page fetches afterwards is not there yet.
QUIET = "() => !document.querySelector('.htmx-request')"
SETTLED = """() => Promise.allSettled(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
  .map((one) => one.finished))"""


def axe(page: Page, *, options: dict[str, Any], context: str | None = None) -> AxeResults:
    """Check the page, or the part that `context` selects, by the rules that `options` choose.

    It waits until nothing is on its way any more. The script is loaded once for a document, however
    often that is looked at.
    """
    page.wait_for_function(QUIET)
    page.evaluate(SETTLED)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    given = [context] if context else []
    return AxeResults(page.evaluate(RUN, [*given, {**options, "resultTypes": ["violations"]}]))


def switch(page: Page, scheme: str) -> None:
    """Show the open page light or dark, and wait until no colour is on its way any more."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.evaluate(SETTLED)


def clean(page: Page, rules: dict[str, Any] = RULES) -> None:
    """Fail with what axe finds on the page as it is."""
    found = broken(page, rules)
    assert not found, found


def broken(page: Page, rules: dict[str, Any]) -> list[tuple[str, str, list[Any]]]:
    """What axe finds: address, rule, the elements."""
    found = axe(page, options=rules).response["violations"]
    return [(page.url, rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found]


def looks_right(page: Page, name: str = "", sizes: Sequence[tuple[int, int]] = ()) -> None:
    """Hold a page against axe, light and wide or dark and narrow; nothing scrolls sideways.

    Which of the two hangs on the test and the name: the stories together see all, and axe takes a
    second. With TEST_LONG each sees both.
    """
    first, *others = sizes or (SCREEN, PHONE, NARROWEST)
    is_dark = crc32(f"{os.environ['PYTEST_CURRENT_TEST']} {name}".encode()) % 2
    _resize(page, first)
    if IS_LONG or not is_dark:
        clean(page)
    _shoot(page, name, "light")
    for size in others:
        _resize(page, size)
        inner = page.evaluate("document.documentElement.scrollWidth")
        assert inner <= size[0], f"{inner} px wide at {size[0]}: {page.url}"
        _shoot(page, name, "light")
    if IS_LONG or is_dark:
        switch(page, "dark")
        clean(page)
        _shoot(page, name, "dark")
        switch(page, "light")
    _resize(page, first)


def _resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


def _shoot(page: Page, name: str, scheme: str) -> None:
    if SHOTS and name and page.viewport_size:
        width = page.viewport_size["width"]
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{scheme}-{width}.png"))
