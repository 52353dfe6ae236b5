"""Saved replies and macros beside a case: find one, fill it, take it into the composer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.conversations.queries import CasePage, case_page
from hearwell.inbox import acts
from hearwell.inbox.macros import follow_up, run_macro, until_of
from hearwell.inbox.saved_replies import LONGEST_SEARCH, asked_in, offers_for, values_of
from hearwell.inbox.snoozing import SNOOZES
from hearwell.knowledge import queries, services
from hearwell.knowledge.models import ArticleVersion, Macro
from hearwell.knowledge.rules import filled
from hearwell.web.agent.board.oncase import status_words
from hearwell.web.agent.inbox.drafted import own_draft
from hearwell.web.agent.inbox.suggesting import drawn, past_answer
from hearwell.web.agent.incidents.fromcase import agreed_words
from hearwell.web.components.tools import said_by_tool


@requires("reply")
@require_safe
def saved(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Offer saved replies and macros: a page, or values for the search as one types."""
    page = _case(request, case_id)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    offers = [drawn(page, one) for one in offers_for(page, request.membership, text)]
    macros = [m for m in queries.macros(request.workspace.id) if _has(m, text)]
    if request.headers.get("Accept", "").startswith("application/json"):
        hits = [*(one.hit for one in offers), *(_macro_hit(macro, page) for macro in macros)]
        return JsonResponse({"hits": hits})
    context = {"case": page.case, "offers": offers, "macros": macros, "text": text}
    return render(request, "hearwell/case/saved.html", context)


def _case(request: MemberRequest, case_id: UUID) -> CasePage:
    page = case_page(request.workspace.id, case_id, request.membership.user_id)
    if page is None:
        raise Http404
    return page


def _macro_hit(macro: Macro, page: CasePage) -> dict[str, Any]:
    return {
        "id": str(macro.id),
        "title": macro.name,
        "text": steps_of(macro),
        "macro": reverse("case_macro", args=[page.case.id, macro.id]),
    }


def _has(macro: Macro, text: str) -> bool:
    return all(word in macro.name.casefold() for word in text.casefold().split())


def steps_of(macro: Macro) -> str:
    """Say what a macro does."""
    steps = [
        _("reply “%(name)s”") % {"name": macro.article.name} if macro.article else "",
        _("label %(names)s") % {"names": ", ".join(macro.tags)} if macro.tags else "",
        _("take it") if macro.assign == "me" else "",
        _("give it back") if macro.assign == "nobody" else "",
        _("snooze: %(when)s") % {"when": SNOOZES[macro.snooze]} if macro.snooze in SNOOZES else "",
        _("close") if macro.close_reason else "",
    ]
    return " · ".join(step for step in steps if step)


def given_reply(request: MemberRequest, case_id: UUID) -> dict[str, str] | None:
    """Return what the address asks to stand in the composer: an answer after one's draft.

    ``then`` is the macro that goes on when the reply is sent. None: nothing is asked for.
    """
    if "agreed" in request.GET:
        words = agreed_words(request, case_id)
    else:
        keys = ((say, _uuid(request.GET.get(name, ""))) for name, say in _WORDS_OF.items())
        words = next((say(request, case_id, key) for say, key in keys if key is not None), "")
    return put_in(request, _case(request, case_id), words) if words else None


def _by_tool(request: MemberRequest, case_id: UUID, run_id: UUID) -> str:
    return said_by_tool(request.workspace.id, case_id, run_id)


def _drafted(request: MemberRequest, case_id: UUID, draft_id: UUID) -> str:
    return str((own_draft(request, case_id, draft_id).result or {}).get("text", ""))


def _said_before(request: MemberRequest, case_id: UUID, message_id: UUID) -> str:
    return past_answer(request, _case(request, case_id), message_id)


def _saved(request: MemberRequest, case_id: UUID, version_id: UUID) -> str:
    version = queries.reply_by_id(request.workspace.id, version_id)
    if version is None:
        messages.warning(request, _("This saved reply is no longer there."))
        return ""
    return filled(version.reply, values_of(_case(request, case_id), request.membership))


_WORDS_OF: Final[dict[str, Callable[[MemberRequest, UUID, UUID], str]]] = {
    "tool": _by_tool,
    "drafted": _drafted,
    "past": _said_before,
    "saved": _saved,
    "status": status_words,
}


def put_in(request: MemberRequest, page: CasePage, text: str) -> dict[str, str]:
    """Return a composer with this text in it, after one's draft."""
    drafts = sorted(page.drafts.values(), key=lambda draft: draft.updated_at)
    said = next((draft.text for draft in reversed(drafts) if draft.audience != "team"), "")
    whole = said if text in said else "\n\n".join(part for part in (said, text) if part)
    then = _uuid(request.GET.get("then", ""))
    return {"audience": request.GET.get("as", ""), "text": whole, "then": str(then or "")}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def go_on(request: MemberRequest, case_id: UUID) -> None:
    """Do what a macro left until its reply was sent; the reply is never undone by this."""
    chosen = _macro(request, _uuid(request.POST.get("then", "")))
    if chosen is None:
        return
    try:
        follow_up(chosen, case_id, request.membership, until_of(chosen, request.membership))
    except (acts.BadActError, acts.CaseMovedError, acts.NotAllowedError):
        messages.warning(request, _("Sent, but the rest of the macro could not be done."))


def _macro(request: MemberRequest, macro_id: UUID | None) -> Macro | None:
    return queries.macro_by_id(request.workspace.id, macro_id) if macro_id is not None else None


def note(request: MemberRequest, case_id: UUID, version: ArticleVersion) -> None:
    """Note that a saved reply was taken."""
    services.note_use(request.workspace.id, version.id, case_id, request.membership.user_id)


@requires("reply")
@require_POST
def taken(request: MemberRequest, case_id: UUID, version_id: UUID) -> HttpResponse:
    """Note that a script has put a saved reply into the composer."""
    _case(request, case_id)
    version = queries.reply_by_id(request.workspace.id, version_id)
    if version is None:
        raise Http404
    note(request, case_id, version)
    return HttpResponse(status=204)


@requires("reply")
@require_POST
def macro(request: MemberRequest, case_id: UUID, macro_id: UUID) -> HttpResponse:
    """Do a macro's steps; its reply waits in the composer."""
    page = _case(request, case_id)
    chosen = _macro(request, macro_id)
    if chosen is None:
        raise Http404
    try:
        is_done = run_macro(
            chosen, case_id, request.membership, until_of(chosen, request.membership)
        )
    except acts.TakenError as error:
        messages.warning(request, _("%(name)s has taken this case.") % {"name": error.name})
        return redirect("case", case_id)
    except acts.CaseMovedError:
        text = _("The case changed while you looked at it. Nothing was done; see what is new.")
        messages.warning(request, text)
        return redirect("case", case_id)
    except acts.BadActError as error:
        messages.error(request, str(error))
        return redirect("case", case_id)
    messages.success(request, _("Done: %(steps)s") % {"steps": steps_of(chosen)})
    return redirect(_after(request, page, chosen, is_done=is_done))


def _after(request: MemberRequest, page: CasePage, chosen: Macro, *, is_done: bool) -> str:
    address = reverse("case", args=[page.case.id])
    if chosen.article_id is None:
        return address
    reply = queries.reply_of(request.workspace.id, chosen.article_id, asked_in(page)[1])
    if reply is None:
        messages.warning(request, _("Its saved reply is not published any more."))
        return address
    note(request, page.case.id, reply)
    then = "" if is_done else f"&then={chosen.id}"
    return f"{address}?saved={reply.id}{then}"
