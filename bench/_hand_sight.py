"""What somebody without a mouse, and perhaps without sight, has of a page: focus, names, news.

Elements are known by the role and the name that the browser's own accessibility tree gives them.
At each stop of the focus it is checked that the stop has a name, lies in sight, that nothing covers
it wholly (WCAG 2.2, 2.4.11), and that no line has to be read by scrolling sideways (1.4.10).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import CDPSession

from bench._hands import Hands, StuckError

MOST_STOPS: Final = 160
SOON: Final = 60
UNNAMED_MAY_BE: Final = frozenset({"generic", "none", "main", "RootWebArea"})
# How much of what has the focus can be seen: 1 all of it, 0 nothing; None: nothing has it.
SEEN: Final = """() => {
  const held = document.activeElement;
  if (!held || held === document.body || held.id === "main") return null;
  // A field that is only there for its label shows the focus on the label.
  const hidden = getComputedStyle(held), label = held.closest("label");
  const isStandIn = label && (hidden.opacity === "0" || held.getBoundingClientRect().width < 3);
  const shown = isStandIn ? label : held;
  // A link that breaks over lines has a box for each.
  // Of what is taller than the window, what is in the window counts.
  const inWindow = (box) => {
    if (box.height <= innerHeight) return box;
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
    return bottom > top ? new DOMRect(box.left, top, box.width, bottom - top) : box;
  };
  const boxes = [...shown.getClientRects()].map(inWindow);
  let all = 0, hit = 0;
  for (const box of boxes) for (let i = 0; i < 7; i += 1) for (let j = 0; j < 5; j += 1) {
    const x = box.left + box.width * (i + .5) / 7, y = box.top + box.height * (j + .5) / 5;
    all += 1;
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) continue;
    const top = document.elementFromPoint(x, y);
    if (top && (shown.contains(top) || top.contains(shown))) hit += 1;
  }
  return all ? hit / all : 0;
}"""
SIDEWAYS: Final = """() => {
  const page = document.scrollingElement;
  if (page.scrollWidth > innerWidth) return `the page: ${page.scrollWidth} px`;
  const boxes = document.querySelectorAll("main .scroll, main.scroll, dialog[open], .pop");
  const isWide = (box) => box.checkVisibility() && box.scrollWidth > box.clientWidth + 1;
  const wide = [...boxes].find(isWide);
  return wide ? `${wide.className}: ${wide.scrollWidth} of ${wide.clientWidth} px` : "";
}"""
LIVE: Final = "[role=status], [role=alert], [role=log], [aria-live=polite], [aria-live=assertive]"


@dataclass
class Sight:
    """One page as its accessibility tree tells it, and what was wrong on the way."""

    hands: Hands
    wrong: list[str] = field(default_factory=list)
    least_seen: float = 1.0
    stops: int = 0
    _cdp: CDPSession | None = None

    @property
    def cdp(self) -> CDPSession:
        """The browser's own view of the page."""
        if self._cdp is None:
            self._cdp = self.hands.page.context.new_cdp_session(self.hands.page)
            self._cdp.send("Accessibility.enable")
        return self._cdp

    def press(self, *keys: str) -> None:
        """Press keys; look after each where the focus is."""
        for key in keys:
            self.hands.press(key)
            self.look()

    def write(self, text: str) -> None:
        """Type."""
        self.hands.write(text)

    def held(self) -> tuple[str, str]:
        """Return role and name of what has the focus."""
        node = self.cdp.send("Runtime.evaluate", {"expression": "document.activeElement"})
        found = node["result"].get("objectId")
        if not found:
            return "", ""
        tree = self.cdp.send(
            "Accessibility.getPartialAXTree", {"objectId": found, "fetchRelatives": False}
        )
        first = tree["nodes"][0]
        return _value(first, "role"), _value(first, "name")

    def look(self) -> None:
        """Check the stop at which the focus is now."""
        page = self.hands.page
        seen = page.evaluate(SEEN)
        wide = page.evaluate(SIDEWAYS)
        if wide:
            self._note(f"sideways, {wide}")
        if seen is None:
            return
        self.stops += 1
        role, name = self.held()
        self.least_seen = min(self.least_seen, seen)
        if seen == 0:
            self._note(f"not in sight: {role} “{name}”")
        if not name and role not in UNNAMED_MAY_BE:
            self._note(f"no name: {role}")

    def _note(self, what: str) -> None:
        place = re.sub(r"[0-9a-f-]{36}", "…", self.hands.page.url.partition("//")[2])
        line = f"{what} at /{place.partition('/')[2]}"
        if line not in self.wrong:
            self.wrong.append(line)

    def to(self, role: str, name: str, *, back: bool = False) -> None:
        """Go by Tab (or back by Shift+Tab) to what has this role and these words in its name."""
        passed: list[str] = []
        for _ in range(MOST_STOPS):
            is_role, is_name = self.held()
            if re.fullmatch(role, is_role) and re.search(name, is_name):
                return
            passed.append(f"{is_role} “{is_name}”")
            self.press("Shift+Tab" if back else "Tab")
        message = f"no {role} “{name}” among: {'; '.join(dict.fromkeys(passed))}"
        raise StuckError(message)

    def hears(self, words: str) -> None:
        """Wait until a live region says it."""
        page = self.hands.page
        for _ in range(SOON):
            said = page.locator(LIVE).all_inner_texts()
            if any(re.search(words, " ".join(text.split())) for text in said):
                return
            page.wait_for_timeout(250)
        message = f"nobody says “{words}”"
        raise StuckError(message)

    def reads(self, words: str, role: str = "") -> None:
        """Wait until the accessibility tree holds the words, in such a role if one is given."""
        for _ in range(SOON):
            nodes = self.cdp.send("Accessibility.getFullAXTree")["nodes"]
            shown = [node for node in nodes if not node.get("ignored")]
            if any(
                re.search(words, _value(node, "name")) and role in {"", _value(node, "role")}
                for node in shown
            ):
                return
            self.hands.page.wait_for_timeout(250)
        message = f"nowhere stands {role} “{words}”"
        raise StuckError(message)


def _value(node: dict[str, Any], what: str) -> str:
    return str(node.get(what, {}).get("value", ""))
