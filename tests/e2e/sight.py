"""axe, the checker of what a screen reader gets, on an open page."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

# What passed would be most of the answer, and nobody reads it.
RUN = "(given) => axe.run(...given).then((found) => ({ violations: found.violations }))"
SETTLED = """() => Promise.allSettled(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
  .map((one) => one.finished))"""


def axe(page: Page, *, options: dict[str, Any], context: str | None = None) -> AxeResults:
    """Check the page, or the part that `context` selects, by the rules that `options` choose.

    It waits until what comes in has come in. The script is loaded once for a document, however
    often that is looked at.
    """
    page.evaluate(SETTLED)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    given = [context] if context else []
    return AxeResults(page.evaluate(RUN, [*given, {**options, "resultTypes": ["violations"]}]))


def switch(page: Page, scheme: str) -> None:
    """Show the open page light or dark, and wait until no colour is on its way any more."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.evaluate(SETTLED)
