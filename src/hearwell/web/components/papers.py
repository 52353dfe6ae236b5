"""Papers in the reader's words, given as PDF; what cannot be printed is said on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localtime
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from hearwell.accounts.models import Workspace
from hearwell.kit.paper.blocks import Block, Column, Columns, Fig, Figures, Paper, Share, Shares
from hearwell.kit.paper.printing import NoTypesetterError, PaperError, pdf_of
from hearwell.web.components.charts import Bar, Point
from hearwell.web.components.dates import dated
from hearwell.web.components.numbers import grouped


def paper_of(
    workspace: Workspace, title: str, period: str, made_at: datetime, blocks: Sequence[Block]
) -> Paper:
    """Return a paper of a workspace in the language that is active now."""
    here = localtime(made_at, ZoneInfo(workspace.time_zone))
    made = _("Made %(at)s (%(zone)s)") % {
        "at": dated(here, "j F Y, H:i"),
        "zone": workspace.time_zone,
    }
    return Paper(
        title, workspace.name, period, made, here,
        get_language() or settings.LANGUAGE_CODE, get_language_bidi(),
        _("Page {n} of {all}"), blocks,
    )  # fmt: skip


def figures_block(faces: Iterable[tuple[str, str, str, str]]) -> Figures:
    """Return figures as (title, value, how, caveat) side by side."""
    return Figures([Fig(*one) for one in faces])


def columns_block(title: str, rows: Sequence[Bar]) -> Columns:
    """Draw counts over time as columns: the same numbers as the page's bars."""
    most = max((one.count for one in rows), default=0) or 1
    return Columns(title, [Column(one.label, grouped(one.count), one.count / most) for one in rows])


def shares_block(title: str, points: Sequence[Point]) -> Shares:
    """Draw shares over time: the same points as the page's line."""
    return Shares(title, [Share(one.label, one.share) for one in points])


def as_pdf(request: HttpRequest, name: str, back: str, make: Callable[[], Paper]) -> HttpResponse:
    """Return a paper as a file of that name (without its ending).

    Where no PDF can be made, the page at `back` says why.
    """
    try:
        made = pdf_of(make())
    except NoTypesetterError:
        messages.error(request, no_typesetter())
        return redirect(back)
    except PaperError:
        messages.error(request, not_printed())
        return redirect(back)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer


def no_typesetter() -> str:
    """Say how to get PDFs where what makes them is not installed."""
    return _(
        "This installation cannot make PDFs yet. Whoever runs it installs the extra with "
        "pip install 'hearwell[pdf]' and restarts; until then there are the page and the CSV."
    )


def not_printed() -> str:
    """Say that a PDF could not be made in time."""
    return _("The PDF could not be made. Try again in a minute, or a shorter period.")
