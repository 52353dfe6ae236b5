"""Charts: right figures in the drawing, at two widths, without a style attribute."""

from __future__ import annotations

from hearwell.web.components.charts import Bar, Point, bars, share_line


def test_a_line_is_drawn_at_two_widths_with_its_last_value():
    drawn = share_line([Point("1 Mar", 0.5), Point("2 Mar", 0.864)], "Rate")
    assert drawn.count("<svg") == 2
    assert drawn.count(">86 %<") == 2
    assert 'aria-label="Rate"' in drawn
    assert "style=" not in drawn


def test_a_day_without_messages_is_a_gap_not_a_zero():
    points = [Point("1", 0.5), Point("2", 0.6), Point("3", None), Point("4", 0.7), Point("5", 0.8)]
    assert share_line(points, "Rate").count("<polyline") == 2 * 2


def test_nothing_to_draw_is_only_the_grid():
    drawn = share_line([], "Rate")
    assert "<polyline" not in drawn
    assert "<circle" not in drawn


def test_bars_start_at_zero_and_carry_their_numbers():
    drawn = bars([Bar("under 5 min", 312), Bar("still waiting", 46, is_apart=True)], "Waited")
    assert drawn.count(">312<") == 2
    assert drawn.count('class="f2"') == 2
    assert 'width="0"' in bars([Bar("none", 0)], "Waited")


def test_labels_cannot_bring_markup():
    assert "<b>" not in bars([Bar("<b>x</b>", 1)], "<b>")
