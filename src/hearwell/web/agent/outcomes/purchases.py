"""Bring purchases in: look at a file first, take what can be taken, take an import back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.kit.clock import now
from hearwell.kit.numbers import whole_number
from hearwell.outcomes.files import MOST_BYTES, FileError
from hearwell.outcomes.models import Import, What
from hearwell.outcomes.purchases import Line, read_purchases, written
from hearwell.outcomes.queries import imports_of, sums_of
from hearwell.outcomes.services import (
    NotAgreedError,
    Taken,
    check_purchases,
    take_purchases,
    undo_import,
)
from hearwell.powers.money import shown_amount

UNPROCESSABLE: Final = 422
# Of a preview: enough to see whether the columns were understood.
SHOWN: Final = 20
MOST_WRONG: Final = 200
_DIGITS: Final = 5


class FileForm(forms.Form):
    """A file, and what was agreed."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        required=False,
    )


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be taken: `body` is the same without what was refused, addresses as hashes."""

    file_name: str
    body: str
    shown: list[tuple[str, ...]]
    n: int
    known: int
    wrong: list[tuple[int, str, str]]
    n_wrong: int

    @property
    def fresh(self) -> int:
        """How many are new."""
        return self.n - self.known


@requires("import")
@require_http_methods(["GET", "HEAD", "POST"])
def purchases(request: MemberRequest) -> HttpResponse:
    """Show what a file says; take it in once it was looked at and customers have agreed."""
    if request.method != "POST":
        return _draw(request)
    name, body = sent_file(request)
    try:
        lines = read_purchases(body, today_of(request))
    except FileError as error:
        return _draw(request, error=_(str(error)))
    checked, known = check_purchases(request.workspace.id, lines)
    found = preview_of(name, checked, written(checked), known, _cells)
    if request.POST.get("act") != "take" or not found.n:
        return _draw(request, found)
    taken = Taken(name, refused_of(request), cast("User", request.user))
    has_agreed = request.POST.get("agreed") == "on"
    try:
        done = take_purchases(request.workspace.id, checked, has_agreed=has_agreed, what=taken)
    except NotAgreedError:
        words = _("Nothing was taken: say first that these customers have agreed.")
        return _draw(request, found, error=words)
    tell(request, done)
    return redirect("purchases")


@requires("import")
@require_POST
def undo(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Take away all that came with a file."""
    try:
        done = undo_import(request.workspace.id, import_id, by=cast("User", request.user))
    except Import.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Taken back: all that came with this file is gone."))
    return redirect("purchases" if done.what == What.PURCHASES else "series_import")


def sent_file(request: MemberRequest) -> tuple[str, bytes]:
    """Return the name and bytes of the file just chosen, or of the one looked at before."""
    chosen = request.FILES.get("file")
    if chosen is not None:
        return str(chosen.name), bytes(chosen.read(MOST_BYTES + 1))
    sent = request.POST
    return sent.get("file_name", ""), sent.get("body", "").encode("utf-8", "replace")


def today_of(request: MemberRequest) -> date:
    """Return the day on the workspace's wall."""
    return now().astimezone(ZoneInfo(request.workspace.time_zone)).date()


def refused_of(request: MemberRequest) -> int:
    """Return how many lines were refused when the file was looked at."""
    return whole_number(request.POST.get("refused"), digits=_DIGITS) or 0


def preview_of(name: str, lines: Any, body: str, known: int, cells: Any) -> Preview:
    """Put a file that was read into what its page shows."""
    wrong = [(one.number, one.column, _(one.wrong)) for one in lines if one.wrong]
    good = [one for one in lines if not one.wrong]
    return Preview(
        name, body, [cells(one) for one in good[:SHOWN]], len(good), known, wrong[:MOST_WRONG],
        len(wrong),
    )  # fmt: skip


def tell(request: MemberRequest, done: Import) -> None:
    """Say what became of a file."""
    words = _("New: %(taken)s. Known already, and not counted twice: %(known)s.")
    messages.success(request, words % {"taken": done.taken, "known": done.known})


def _cells(one: Line) -> tuple[str, ...]:
    it = one.bought
    if it is None:
        return ()
    who = f"{it.network}: {it.network_id}" if it.network else f"SHA-256 {it.email_sha256[:12]}…"
    return str(it.bought_on), it.order_id, who, shown_amount(it.amount_minor, it.currency)


def _draw(request: MemberRequest, found: Preview | None = None, *, error: str = "") -> HttpResponse:
    place = request.workspace.id
    context = {
        "section": "reports",
        "form": FileForm(),
        "found": found,
        "error": error,
        "head": [_("Date"), _("Order"), _("Whose it is"), _("Amount")],
        "imports": imports_of(place, What.PURCHASES),
        "sums": [(n, shown_amount(minor, currency)) for currency, n, minor in sums_of(place)],
    }
    status = UNPROCESSABLE if error else 200
    return render(request, "hearwell/outcomes/purchases.html", context, status=status)
