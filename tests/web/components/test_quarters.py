"""The chart of four quarters: who is where, and labels that do not lie on each other."""

from __future__ import annotations

import re

from hearwell.web.components.quarters import Dot, quarters

AXES = ("posts a day", "rate")


def drawn(dots, middle=(1.0, 0.5), **values) -> str:
    return quarters(dots, middle, "Both", AXES, lambda value: f"{value:.1f}", **values)


def places(svg: str, width: int = 620) -> list[tuple[float, float]]:
    (wide,) = re.findall(rf'viewBox="0 0 {width} .*?</svg>', svg)
    return [
        (float(x), float(y)) for x, y in re.findall(r'<circle[^>]* cx="(.*?)" cy="(.*?)"', wide)
    ]


def test_more_is_right_and_up_and_the_sooner_the_higher():
    dots = [Dot("A & B", 2.0, 0.9), Dot("C", 0.5, 0.1)]
    (a, c) = places(drawn(dots))
    assert a[0] > c[0]
    assert a[1] < c[1]
    assert "A &amp; B" in drawn(dots)
    upside = places(drawn(dots, is_upside_down=True))
    assert upside[0][1] < upside[1][1]
    assert upside[0][0] < upside[1][0]


def test_labels_of_brands_in_one_place_stand_below_each_other():
    svg = drawn([Dot("One", 1.0, 0.5), Dot("Two", 1.0, 0.5), Dot("Three", 3.0, 0.9)])
    texts = re.findall(r'<text class="lbl" x="[^"]*" y="([^"]*)"[^>]*>(One|Two)<', svg)[:2]
    assert abs(float(texts[0][0]) - float(texts[1][0])) >= 14


def test_one_brand_alone_is_no_chart_and_grey_is_grey():
    assert drawn([Dot("A", 1.0, 0.5), Dot("B", None, 0.5)]) == ""
    assert 'class="f5"' in drawn([Dot("A", 1.0, 0.5), Dot("B", 2.0, 0.5, is_grey=True)])
    assert "style=" not in drawn([Dot("A", 1.0, 0.5), Dot("B", 1.0, 0.5)], (None, None))
