"""Icons: each is read once, and what a caller says is escaped."""

from __future__ import annotations

import pytest

from hearwell.kit import drawings
from hearwell.kit.drawings import drawing


def test_a_drawing_takes_further_attributes():
    drawn = drawing("clock", class_="i i-s", aria_hidden="true", stroke_width="1.75")
    assert drawn.startswith("<svg ")
    assert drawn.endswith("</svg>")
    assert 'class="i i-s"' in drawn
    assert 'aria-hidden="true"' in drawn
    assert drawn.count("stroke-width=") == 1
    assert "xmlns" not in drawn
    assert "> <" not in drawn


def test_what_is_said_is_escaped():
    assert 'class="&quot;&gt;&lt;script&gt;"' in drawing("clock", class_='"><script>')


def test_the_archive_is_opened_once(monkeypatch):
    drawing("clock")
    monkeypatch.setattr(drawings, "files", None)
    assert drawing("anchor") == drawing("anchor")


def test_an_unknown_icon_is_an_error():
    with pytest.raises(KeyError):
        drawing("no-such-icon")
