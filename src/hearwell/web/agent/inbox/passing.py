"""Ask a customer to go on elsewhere: a plain form, for a step that is to be thought over."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.channels.models import Channel
from hearwell.channels.queries import channels_of
from hearwell.conversations.models import Case
from hearwell.conversations.services import CaseMovedError
from hearwell.inbox.passing import REASONS, BadPassingError, Wish, ways_on
from hearwell.inbox.passing import pass_on as note
from hearwell.kit.numbers import whole_number
from hearwell.web.agent.inbox.passed import where_words

UNPROCESSABLE: Final = 422
CONFLICT: Final = 409


@requires("reply")
@require_http_methods(["GET", "HEAD", "POST"])
def pass_on(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Ask where to, why, and what they have told us; note it, and go back to write to them."""
    case = Case.objects.filter(workspace_id=request.workspace.id, id=case_id).first()
    if case is None or case.is_historic:
        raise Http404
    if case.merged_into_id is not None:
        return redirect("case_pass_on", case.merged_into_id)
    channels = channels_of(request.workspace.id)
    if request.method != "POST":
        return _draw(request, case, channels, {"message": _asking(case)})
    given = {
        name: request.POST.get(name, "")
        for name in ("goes_to", "reason", "words", "known", "message", "version")
    }
    wish = Wish(
        **{k: v for k, v in given.items() if k != "version"},
        version=whole_number(given["version"], digits=9),
    )
    try:
        note(case_id, wish, request.membership, channels)
    except BadPassingError as error:
        wrong = {error.field: str(error)}
        return _draw(request, case, channels, given, wrong=wrong, status=UNPROCESSABLE)
    except CaseMovedError as error:
        words = _("The case has changed meanwhile. Look at it, then press again.")
        return _draw(request, error.case, channels, given, wrong={"top": words}, status=CONFLICT)
    messages.success(request, _("Noted. What you write to them stands in the composer."))
    return redirect("case", case_id)


def _asking(case: Case) -> str:
    words = _(
        "We would like to go on with you there. Please mention %(case)s; you need not tell us "
        "again what you wrote here."
    )
    return words % {"case": case.label}


def _draw(
    request: MemberRequest,
    case: Case,
    channels: list[Channel],
    given: dict[str, str],
    *,
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "inbox",
        "case": case,
        "ways": [(way, where_words(way)) for way in ways_on(case, channels)],
        "reasons": REASONS.items(),
        "given": given,
        "wrong": wrong or {},
    }
    return render(request, "hearwell/case/pass_on.html", context, status=status)
