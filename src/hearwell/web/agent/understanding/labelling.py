"""People say what messages are, one after the other, one key each: asked, or looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.inbox import acts
from hearwell.kit.clock import now
from hearwell.triage import services as triage
from hearwell.triage.learning import unshown as told
from hearwell.triage.learning.limits import ASKED_A_DAY, REVIEWED
from hearwell.triage.queries import verdicts_of
from hearwell.web.agent.inbox.reasons import reasons_of
from hearwell.web.agent.understanding.faces import day_begins, strip_of
from hearwell.web.components.marks import KINDS

# What a page sends along: where the label comes from -> the page to go on with.
PAGES: Final = {"asked": "teach", "reviewed": "quiet_review", "taken_back": "unshown"}
FIELDS: Final = frozenset({"kind", "duty"})


@dataclass(frozen=True)
class Choice:
    """A thing to say of a message, with the digit that says it."""

    key: int
    field: str
    value: str
    label: str
    icon: str


def _kinds() -> list[Choice]:
    return [
        Choice(at, "kind", value, str(kind.word), kind.icon)
        for at, (value, kind) in enumerate(KINDS.items(), 1)
    ]


@requires("tag")
@require_safe
def teach(request: MemberRequest) -> HttpResponse:
    """Ask about the message that it helps most to hear about; at most ten a day."""
    zone = ZoneInfo(request.workspace.time_zone)
    found = told.to_ask(request.workspace.id, day_begins(now().astimezone(zone)))
    words = ngettext("%(n)s more today", "%(n)s more today", len(found)) % {"n": len(found)}
    context: dict[str, object] = {
        "title": _("Help it learn"),
        "why": _("Triage is unsure of these. What you say of one is used for the next at once."),
        "left": words,
        "choices": _kinds(),
        "source": "asked",
        "most": ASKED_A_DAY,
        "here": "teach",
    }
    return _draw(request, found, context)


@requires("tag")
@require_safe
def review(request: MemberRequest) -> HttpResponse:
    """Have somebody look at a few of what was quieted, so that it is known how many are missed."""
    zone = ZoneInfo(request.workspace.time_zone)
    today = day_begins(now().astimezone(zone))
    found = told.to_review(request.workspace.id, today)
    words = ngettext("%(n)s to look at", "%(n)s to look at", len(found)) % {"n": len(found)}
    context: dict[str, object] = {
        "title": _("Look at what was quieted"),
        "why": _("%(percent)s %% of each day's, chosen by chance. Did it need an answer?")
        % {"percent": round(100 * REVIEWED)},
        "left": words,
        "choices": [
            Choice(1, "duty", "none", _("Rightly quieted"), "check"),
            Choice(2, "duty", "answer", _("Needs an answer"), "reply"),
        ],
        "source": "reviewed",
        "here": "review",
    }
    return _draw(request, found, context)


def _draw(
    request: MemberRequest, found: list[told.Seen], context: dict[str, object]
) -> HttpResponse:
    one = found[0] if found else None
    context |= {
        "section": "reports",
        "one": one,
        "reasons": reasons_of(one.reasons) if one else [],
        "kind": str(KINDS[one.kind].word) if one and one.kind in KINDS else "",
        "percent": round(100 * one.certainty) if one else 0,
        **strip_of(request),
    }
    return render(request, "hearwell/understanding/labelling.html", context)


@requires("tag")
@require_POST
def say(request: MemberRequest, message_id: UUID) -> HttpResponse:
    """Keep what somebody says of a message, and go on."""
    source = request.POST.get("source", "")
    field, _sep, value = request.POST.get("say", "").partition(":")
    judged = verdicts_of(request.workspace.id, [message_id]).get(message_id)
    if judged is None or source not in PAGES or field not in FIELDS:
        raise Http404
    by = request.membership
    try:
        acts.correct(judged.case_id, message_id, field, value, by, source=source)
    except triage.BadCorrectionError as error:
        raise Http404 from error
    messages.success(request, _("Noted. Thank you."))
    back = request.POST.get("back", "")
    is_ours = source == "taken_back" and back.startswith("/understanding/unshown/")
    return redirect(back if is_ours else PAGES[source])
