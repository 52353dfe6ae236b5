"""Clocks say how much time is left, in shape and in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hearwell.web.components import clocks

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (7500, "2 h 05"),
        (86_399, "23 h 59"),
        (86_400, "1 d"),
        (10 * 86_400, "10 d"),
    ],
)
def test_a_length_of_time_in_words(seconds, words):
    assert clocks.duration(seconds) == words


@pytest.mark.parametrize(
    ("minutes", "state", "words"),
    [
        (40, "ok", "40 min"),
        (15, "ok", "15 min"),
        (14, "soon", "14 min"),
        (-14, "late", "14 min late"),
    ],
)
def test_a_running_clock_is_soon_under_a_quarter_and_late_after(minutes, state, words):
    face = clocks.running(NOON + timedelta(minutes=minutes), NOON, span_s=3600)
    assert (face.state, face.words) == (state, words)


def test_a_late_clock_is_a_block_with_a_sign_and_no_ring():
    drawn = clocks.draw(clocks.running(NOON - timedelta(minutes=3), NOON))
    assert 'class="clk late"' in drawn
    assert "3 min late" in drawn
    assert "ring" not in drawn


def test_a_running_clock_carries_what_the_script_counts_on():
    due = NOON + timedelta(minutes=38)
    drawn = clocks.draw(clocks.running(due, NOON, span_s=3600, is_full=True), is_full=True)
    assert f'data-due="{int(due.timestamp())}"' in drawn
    assert 'data-span="3600"' in drawn
    assert "38 min left" in drawn


def test_met_missed_and_paused_say_so_in_words():
    assert "7 min" in clocks.draw(clocks.met(420))
    assert "Never answered" in clocks.draw(clocks.missed())
    assert "Paused" in clocks.draw(clocks.paused())


def test_a_share_never_draws_an_empty_ring_before_time_is_up():
    assert clocks.running(NOON + timedelta(seconds=1), NOON, span_s=86_400).share == 1
