"""The work without a mouse: twenty recorded cases, counted in keys, and twelve stories told twice.

A real house, customers on Harbour, a real browser. The cases are played from the list until the
case is done and the next one is open; what was done is read from the server. The stories find what
they need by role and name in the browser's accessibility tree alone, on a screen and at 400 %.
Ends with code 1 if a case takes more than six keys besides text, or anything is blocked, out of
sight, without a name, read sideways or not announced.

    python -m bench.hands [--only cases|stories] [--shots FOLDER]
"""

from __future__ import annotations

import argparse
import json
import sys

from bench import _hand_play, _hand_stories
from bench._hands import a_browser, desk_of
from tests.house import running_house


def main() -> int:
    """Play, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--only", choices=("cases", "stories"))
    parser.add_argument("--shots", default="", help="keep a picture of where a story is blocked")
    asked = parser.parse_args()
    found = {}
    # Each in a house of its own: the cases' colleague is the second in the list.
    if asked.only != "stories":
        with running_house() as house, a_browser() as browser, desk_of(house, browser) as desk:
            found["cases"] = _hand_play.played(desk)
    if asked.only != "cases":
        with running_house() as house, a_browser() as browser, desk_of(house, browser) as desk:
            desk.shots = asked.shots
            found["stories"] = _hand_stories.played(desk)
    print(json.dumps({"benchmark": "hands", **found}, indent=2))
    return 0 if all(part["bar"]["is_met"] for part in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
