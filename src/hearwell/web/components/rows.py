"""A case as a row of the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from hearwell.kit.clock import now
from hearwell.web.components import clocks, marks
from hearwell.web.components.clocks import ClockFace
from hearwell.web.components.icons import icon
from hearwell.web.components.thread import stars_of

URGENT_FROM: Final = 3
# Drawn here and not in a template: a list has dozens, and this is ten times as quick.
_ROW: Final = (
    '<li id="row-{id}"><a class="case{css}" href="{url}" data-case="{id}" data-version="{version}"'
    ' data-urgency="{urgency}"{current} hx-get="{url}" hx-target="#work" hx-swap="innerHTML"'
    ' hx-push-url="true" hx-sync="#work:replace"><span>{channel}<span class="pick"'
    ' aria-hidden="true">{check}</span></span><span class="who"><b><bdi>{name}</bdi></b>{mark}'
    '</span>{clock}<span class="txt" dir="auto">{text}</span><span class="meta">{triage}{stars}'
    "{stage}{audience}{says}{holder}</span></a></li>\n"
)
_HIT: Final = '<mark class="hit">{}</mark>'
_MARK: Final = '<span class="chip sm late" data-mark="{}">{}{}</span>'
_STARS: Final = '<span class="stars" role="img" aria-label="{}">{}</span> '
_HOLDER: Final = '<span class="age" title="{}"><span class="sr">{} </span>{}</span>'


@dataclass(frozen=True)
class Row:
    """What one row says. `percent` is the certainty of `kind`, None when a person set it.

    `pieces` is the text where it was searched for, each with whether it is a hit. `says` is a word
    on the state where there is no clock: snoozed, waits for customer, solved.
    """

    id: str
    url: str
    name: str
    network: str
    audience: str
    text: str
    pieces: Sequence[tuple[str, bool]] = ()
    stage: str = ""
    clock: ClockFace | None = None
    kind: str = ""
    percent: int | None = None
    urgency: int = 0
    version: int = 1
    initials: str = ""
    assigned_to: str = ""
    says: str = ""
    is_unread: bool = False
    is_current: bool = False
    is_gone: bool = False
    is_unsolved: bool = False
    rating: int | None = None


def draw(row: Row) -> SafeString:
    """Draw a row: who, where, what, who can read it, how long there is."""
    css = (" unread" if row.is_unread else "") + (" gone" if row.is_gone else "")
    return format_html(
        _ROW,
        id=row.id,
        css=css,
        url=row.url,
        version=row.version,
        urgency=row.urgency,
        current=mark_safe(' aria-current="true"') if row.is_current else "",
        channel=marks.channel(row.network),
        check=icon("check"),
        name=row.name,
        mark=_mark(row),
        clock=clocks.draw(row.clock) if row.clock else "",
        stars=_stars(row.rating) if row.rating else "",
        text=marked(row.pieces) if row.pieces else row.text,
        triage=marks.triage(row.kind, row.percent),
        stage=marks.stage(row.stage),
        audience=marks.audience(row.audience),
        says=format_html('<span class="says">{}</span>', row.says) if row.says else "",
        holder=_holder(row) if row.initials else "",
    )


def _stars(rating: int) -> SafeString:
    """Draw a review's stars; read out as words."""
    words = gettext("%(n)s of 5 stars") % {"n": rating}
    return format_html(_STARS, words, stars_of(rating))


def marked(pieces: Iterable[tuple[str, bool]]) -> SafeString:
    """Draw text with what was searched for marked."""
    drawn = (format_html(_HIT if is_hit else "{}", piece) for piece, is_hit in pieces)
    return format_html_join("", "{}", ((piece,) for piece in drawn))


def _mark(row: Row) -> SafeString | str:
    """Draw why a row stands where it does: what is not solved is urgent, and says the more."""
    if row.is_unsolved:
        return _unsolved()
    return _urgent() if row.urgency >= URGENT_FROM else ""


def _urgent() -> SafeString:
    words = gettext("Urgent")
    return format_html(_MARK, "urgent", icon("zap"), words)


def _unsolved() -> SafeString:
    words = gettext("Not solved")
    return format_html(_MARK, "unsolved", icon("undo-2"), words)


def _holder(row: Row) -> SafeString:
    return format_html(_HOLDER, row.assigned_to, gettext("assigned to"), row.initials)


def draw_parts() -> SafeString:
    """Draw what a row may get while it is on the screen, as templates for row.js."""
    parts = {
        "row-urgent": _urgent(),
        "row-unsolved": _unsolved(),
        "row-clock": clocks.draw(ClockFace("ok", "", 100, now())),
        "row-holder": format_html(_HOLDER, "", gettext("assigned to"), "-"),
    }
    return format_html_join("", '<template id="{}">{}</template>', parts.items())


def draw_all(rows: Iterable[Row]) -> SafeString:
    """Draw rows one after another."""
    return mark_safe("".join(draw(row) for row in rows))  # noqa: S308  each is drawn above
