"""Reports by group: every page is found in one, and nobody is led to what they may not see."""

from __future__ import annotations

import re
from pathlib import Path

import hearwell.web
from hearwell.web.components.report_tabs import GROUPS, shown_groups

TEMPLATES = Path(hearwell.web.__file__).parent / "templates"
HERE = re.compile(r'hearwell/reports/others\.html" with here="(\w+)"')


def test_every_page_with_the_tabs_stands_in_one_group() -> None:
    called = [key for file in TEMPLATES.rglob("*.html") for key in HERE.findall(file.read_text())]
    assert len(called) > 10
    for key in called:
        groups = shown_groups(key, lambda _right: True)
        assert [group.is_here for group in groups].count(True) == 1, key


def test_who_lacks_a_right_is_not_led_there() -> None:
    wanted = {tab.key for group in GROUPS for tab in group.tabs if tab.right}
    assert wanted
    shown = shown_groups("summary", lambda _right: False)
    assert not wanted & {tab.key for group in shown for tab in group.tabs}
    assert all(tab.url for group in shown for tab in group.tabs)
