"""Saved replies and macros beside a case: find one, fill it, take it into the composer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.channels.queries import channel_by_id
from hearwell.conversations.models import Case
from hearwell.conversations.queries import CasePage, case_page, messages_of
from hearwell.inbox import acts
from hearwell.inbox.macros import follow_up, run_macro
from hearwell.kit.clock import now
from hearwell.knowledge import queries, services
from hearwell.knowledge.models import ArticleVersion, Macro
from hearwell.knowledge.rules import filled, first_name
from hearwell.sla.matching import language_of
from hearwell.web.agent.inbox.snoozing import SNOOZES, snooze_until

LONGEST_SEARCH: Final = 200
_LATELY: Final = 20


@dataclass(frozen=True)
class Offer:
    """A saved reply that can be taken; `suits`: it shares words with what the customer wrote."""

    version: ArticleVersion
    text: str
    url: str
    suits: bool = False


@requires("reply")
@require_safe
def saved(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Offer saved replies and macros: a page, or values for the search as one types."""
    page = _case(request, case_id)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    offers = _offers(request, page, text)
    macros = [m for m in queries.macros(request.workspace.id) if _has(m, text)]
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"hits": [*map(_hit, offers), *(_macro_hit(m, page) for m in macros)]})
    context = {"case": page.case, "offers": offers, "macros": macros, "text": text}
    return render(request, "hearwell/case/saved.html", context)


def _case(request: MemberRequest, case_id: UUID) -> CasePage:
    page = case_page(request.workspace.id, case_id, request.membership.user_id)
    if page is None:
        raise Http404
    return page


def _offers(request: MemberRequest, page: CasePage, text: str) -> list[Offer]:
    """Return what was looked for; without words, what suits the customer's and then the usual."""
    place = request.workspace.id
    asked, language = _asked(page)
    alike = [] if text or not asked else queries.like(place, asked)
    suiting = [one for one in alike if one.reply]
    known = {one.id for one in suiting}
    usual = [
        one for one in queries.saved_replies(place, text, language=language) if one.id not in known
    ]
    values = values_of(request, page)
    return [
        Offer(one, filled(one.reply, values), _take_url(page.case, one), suits=one.id in known)
        for one in [*suiting, *usual]
    ]


def _asked(page: CasePage) -> tuple[str, str]:
    """Return what the customer wrote last, and in which language as far as the network says."""
    thread = messages_of(page.case.workspace_id, page.case.id, _LATELY, None)
    theirs = [m for m in thread.messages if m.direction == "in" and m.text]
    if not theirs:
        return "", ""
    return "\n".join(m.text for m in theirs[-3:]), language_of(theirs[-1].language)


def values_of(request: MemberRequest, page: CasePage) -> Mapping[str, str]:
    """Return what the variables of a saved reply stand for in a case."""
    case, member = page.case, request.membership
    channel = channel_by_id(case.workspace_id, case.channel_id) if case.channel_id else None
    agent = str(request.user)
    handles = [one.handle for one in page.identities if one.handle]
    return {
        "customer.name": page.contact_name or "",
        "customer.first_name": first_name(page.contact_name or ""),
        "customer.handle": handles[0] if handles else "",
        "agent.name": agent,
        "agent.first_name": first_name(agent) or agent,
        "agent.initials": member.initials,
        "case.number": case.label,
        "brand.name": channel.brand.name if channel else request.workspace.name,
    }


def _take_url(case: Case, version: ArticleVersion) -> str:
    return f"{reverse('case', args=[case.id])}?saved={version.id}"


def _hit(offer: Offer) -> dict[str, Any]:
    return {
        "id": str(offer.version.id),
        "title": offer.version.title,
        "text": offer.text,
        "language": offer.version.language,
        "suits": offer.suits,
    }


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
    """Return what the address asks to stand in the composer: a saved reply after one's draft.

    ``then`` is the macro that goes on when the reply is sent. None: nothing is asked for.
    """
    version_id = _uuid(request.GET.get("saved", ""))
    if version_id is None:
        return None
    page = _case(request, case_id)
    version = queries.reply_by_id(request.workspace.id, version_id)
    if version is None:
        messages.warning(request, _("This saved reply is no longer there."))
        return None
    return put_in(request, page, filled(version.reply, values_of(request, page)))


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
        follow_up(chosen, case_id, request.membership, _until(request, chosen))
    except (acts.BadActError, acts.CaseMovedError, acts.NotAllowedError):
        messages.warning(request, _("Sent, but the rest of the macro could not be done."))


def _macro(request: MemberRequest, macro_id: UUID | None) -> Macro | None:
    rows = Macro.objects.filter(workspace_id=request.workspace.id).select_related("article")
    return rows.filter(id=macro_id).first() if macro_id is not None else None


def _until(request: MemberRequest, chosen: Macro) -> datetime | None:
    zone = ZoneInfo(request.workspace.time_zone)
    return snooze_until(chosen.snooze, zone, now()) if chosen.snooze else None


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
        is_done = run_macro(chosen, case_id, request.membership, _until(request, chosen))
    except acts.TakenError as error:
        messages.warning(request, _("%(name)s has taken this case.") % {"name": error.name})
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
    reply = queries.reply_of(request.workspace.id, chosen.article_id, _asked(page)[1])
    if reply is None:
        messages.warning(request, _("Its saved reply is not published any more."))
        return address
    note(request, page.case.id, reply)
    then = "" if is_done else f"&then={chosen.id}"
    return f"{address}?saved={reply.id}{then}"
