"""Badges and chips: every channel alike, every audience unmistakable."""

from __future__ import annotations

import re

import pytest

from hearwell.web.components import marks
from hearwell.web.components.icons import icon


@pytest.mark.parametrize("network", [*marks.BADGES, "unheard-of", ""])
def test_every_network_has_a_badge_with_its_name_in_words(network):
    drawn = marks.channel(network)
    badge = marks.badge_of(network)
    assert f'aria-label="{badge.title}"' in drawn
    assert 'role="img"' in drawn


def test_a_network_name_cannot_bring_markup():
    drawn = marks.channel('<b onclick="x">')
    assert "<b" not in drawn


@pytest.mark.parametrize(
    ("audience", "css", "word"),
    [("public", "pub", "Public"), ("private", "priv", "Private"), ("team", "note", "Team note")],
)
def test_an_audience_has_a_word_an_icon_and_a_class(audience, css, word):
    drawn = marks.audience(audience)
    assert f'class="vis {css}"' in drawn
    assert "<svg" in drawn
    assert word in drawn


def test_the_three_audiences_have_different_icons():
    drawings = {
        re.search(r"<svg.*</svg>", marks.audience(a), re.DOTALL)[0] for a in marks.AUDIENCES
    }
    assert len(drawings) == 3


@pytest.mark.parametrize(("percent", "lit"), [(94, 4), (80, 3), (71, 3), (55, 2), (10, 1), (1, 1)])
def test_certainty_is_told_in_ticks_and_in_words(percent, lit):
    drawn = marks.ticks(percent)
    assert drawn.count('class="on"') == lit
    assert f"{percent} % certain" in drawn


def test_a_label_set_by_a_person_has_no_ticks():
    assert "conf" not in marks.triage("complaint", None)


def test_under_sixty_per_cent_a_label_is_a_question():
    assert "Praise?" in marks.triage("praise", 55)
    assert "Praise?" not in marks.triage("praise", 60)


def test_an_unknown_kind_draws_nothing():
    assert marks.triage("", 90) == ""


def test_icons_are_hidden_from_screen_readers():
    for name in ("inbox", "logo"):
        assert 'aria-hidden="true"' in icon(name, "i-s")
