"""A chart of four quarters as inline SVG: a dot a brand, two lines where the middle is.

Texts that would lie on each other are moved apart; what cannot be compared is grey and has no part
in the lines. No style attribute is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from hearwell.web.components.numbers import two_decimals

_WIDE, _NARROW, _HEIGHT = 620, 340, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 14, 14, 26, 262
_ROOM: Final = 0.08
_LINE: Final = 14
_LETTER: Final = 6.2
_LONGEST: Final = 22
Middle = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Dot:
    """A brand: how far to the right and how high, None where that is not known."""

    label: str
    across: float | None
    height: float | None
    is_own: bool = False
    is_grey: bool = False


@dataclass(frozen=True, slots=True)
class _Placed:
    """A dot on the paper; `text_y` is where its label stands, `is_left` on which side."""

    dot: Dot
    x: float
    y: float
    text_y: float
    is_left: bool


def quarters(
    dots: Sequence[Dot],
    middle: Middle,
    title: str,
    axes: tuple[str, str],
    written: Callable[[float], str],
    *,
    is_upside_down: bool = False,
) -> SafeString:
    """Draw brands at both widths. `middle`: where the lines are, across and up.

    `axes` are named across and up, `written` writes a height; `is_upside_down`: less is higher.
    Empty where fewer than two brands have both.
    """
    known = [one for one in dots if one.across is not None and one.height is not None]
    if len(known) < 2:  # noqa: PLR2004  one brand is beside nobody
        return SafeString("")
    return format_html_join(
        "",
        '<svg class="chart {}" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}'
        "</svg>",
        (
            (css, width, _HEIGHT, title, title,
             _drawn(known, middle, axes, written, width, is_upside_down=is_upside_down))
            for width, css in ((_WIDE, "ch-w"), (_NARROW, "ch-n"))
        ),
    )  # fmt: skip


def _drawn(
    dots: Sequence[Dot],
    middle: Middle,
    axes: tuple[str, str],
    written: Callable[[float], str],
    width: int,
    *,
    is_upside_down: bool,
) -> SafeString:
    across = _scale([one.across or 0.0 for one in dots], _LEFT, width - _RIGHT)
    ends = (_TOP, _BOTTOM) if is_upside_down else (_BOTTOM, _TOP)
    up = _scale([one.height or 0.0 for one in dots], *ends)
    placed = _placed(dots, across, up, width)
    return format_html(
        "{}{}{}{}",
        _frame(axes, width),
        _lines(middle, across, up, written, width),
        format_html_join("", '<circle class="{}" cx="{}" cy="{}" r="{}"/>',
                         ((_css(one.dot), one.x, one.y, 6 if one.dot.is_own else 4.5)
                          for one in placed)),
        format_html_join("", '<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>',
                         ((("" if one.dot.is_grey else "lbl"), one.x + (-9 if one.is_left else 9),
                           one.text_y, "end" if one.is_left else "start", _short(one.dot.label))
                          for one in placed)),
    )  # fmt: skip


def _scale(values: Sequence[float], begin: float, end: float) -> Callable[[float], float]:
    """Return where on the paper a value is, with some room at both ends."""
    low, high = min(values), max(values)
    spread = (high - low) or abs(high) or 1.0
    low, high = low - _ROOM * spread, high + _ROOM * spread
    return lambda value: round(begin + (end - begin) * (value - low) / (high - low), 1)


def _placed(
    dots: Sequence[Dot],
    across: Callable[[float], float],
    up: Callable[[float], float],
    width: int,
) -> list[_Placed]:
    """Place the dots, and each label on the side with room, below the one that it would cover."""
    found: list[_Placed] = []
    for one in sorted(dots, key=lambda dot: (up(dot.height or 0.0), dot.label)):
        x, y = across(one.across or 0.0), up(one.height or 0.0)
        is_left = x + 9 + _LETTER * len(_short(one.label)) > width
        text_y = y + 4
        for other in found:
            if abs(other.text_y - text_y) < _LINE and _do_meet(other, x, one, is_left=is_left):
                text_y = other.text_y + _LINE
        found.append(_Placed(one, x, y, round(text_y, 1), is_left))
    return found


def _do_meet(other: _Placed, x: float, dot: Dot, *, is_left: bool) -> bool:
    begin, end = _reach(x, dot.label, is_left=is_left)
    first, last = _reach(other.x, other.dot.label, is_left=other.is_left)
    return begin < last and first < end


def _reach(x: float, label: str, *, is_left: bool) -> tuple[float, float]:
    length = 18 + _LETTER * len(_short(label))
    return (x - length, x) if is_left else (x, x + length)


def _lines(
    middle: Middle,
    across: Callable[[float], float],
    up: Callable[[float], float],
    written: Callable[[float], str],
    width: int,
) -> SafeString:
    parts = []
    if middle[0] is not None:
        x = across(middle[0])
        parts.append(format_html('<line class="axis" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>'
                                 '<text x="{3}" y="{4}">{5}</text>', x, _TOP, _BOTTOM, x + 3,
                                 _TOP + 8, two_decimals(middle[0])))  # fmt: skip
    if middle[1] is not None:
        y = up(middle[1])
        parts.append(format_html('<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>'
                                 '<text x="{}" y="{}">{}</text>', _LEFT, width - _RIGHT, y, y,
                                 _LEFT + 2, y - 4, written(middle[1])))  # fmt: skip
    return format_html_join("", "{}", ((part,) for part in parts))


def _frame(axes: tuple[str, str], width: int) -> SafeString:
    return format_html(
        '<line class="grid" x1="{0}" x2="{1}" y1="{3}" y2="{3}"/>'
        '<line class="grid" x1="{0}" x2="{0}" y1="{2}" y2="{3}"/>'
        '<text x="{1}" y="{4}" text-anchor="end">{5} \N{RIGHTWARDS ARROW}</text>'
        '<text x="{0}" y="14">\N{UPWARDS ARROW} {6}</text>',
        _LEFT, width - _RIGHT, _TOP, _BOTTOM, _BOTTOM + 18, *axes,
    )  # fmt: skip


def _css(dot: Dot) -> str:
    return "f5" if dot.is_grey else "f2" if dot.is_own else "f1"


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
