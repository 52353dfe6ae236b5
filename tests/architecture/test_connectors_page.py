"""The reference of the connectors is what the connectors are."""

from __future__ import annotations

from tools import connectors


def test_the_page_of_the_connectors_is_up_to_date():
    assert connectors.PAGE.read_text("utf-8") == connectors.made(), "python tools/connectors.py"
