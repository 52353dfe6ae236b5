"""Suggested answers beside a case: what suits, why, put in by a person, hidden by a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.conversations.queries import CasePage, case_page
from hearwell.inbox.saved_replies import (
    Offer,
    answer_by_id,
    asked_in,
    suggestions_for,
)
from hearwell.knowledge import services
from hearwell.knowledge.models import Article
from hearwell.knowledge.suggesting import Suggestion
from hearwell.secondopinion.queries import connection_of
from hearwell.web.agent.inbox.wants import varied, wants_part

_FEW_WORDS = 3


@dataclass(frozen=True)
class Drawn:
    """An offer as the page and the scripts take it: its name, its text, why, and addresses."""

    id: UUID
    title: str
    text: str
    language: str
    suits: bool
    why: str
    put_url: str
    taken_url: str
    hides: str
    case_id: UUID

    @property
    def hit(self) -> dict[str, Any]:
        """What the search as one types is told."""
        return {
            "id": str(self.id),
            "title": self.title,
            "text": self.text,
            "language": self.language,
            "suits": self.suits,
            "why": self.why,
            "taken": self.taken_url,
        }


def drawn(page: CasePage, offer: Offer) -> Drawn:
    """Put an offer into words and addresses."""
    case_id = page.case.id
    address, version = reverse("case", args=[case_id]), offer.version
    if version is None:
        key = offer.message_id or UUID(int=0)
        return Drawn(
            key, _("A past answer"), offer.text, "", True, _("To a question like this one"),
            f"{address}?past={key}", "", "answer", case_id,
        )  # fmt: skip
    return Drawn(
        version.id, version.title, offer.text, version.language, offer.suits,
        why_in_words(offer.why) if offer.why and offer.suits else "",
        f"{address}?saved={version.id}",
        reverse("case_saved_taken", args=[case_id, version.id]), "article", case_id,
    )  # fmt: skip


def why_in_words(why: Suggestion) -> str:
    """Say why a saved reply is suggested."""
    if why.likes:
        words = ngettext(
            "Used for %(n)s question like this one",
            "Used for %(n)s questions like this one",
            why.likes,
        )
        return words % {"n": why.likes}
    return _("Speaks of: %(words)s") % {"words": ", ".join(why.words[:_FEW_WORDS])}


def past_answer(request: MemberRequest, page: CasePage, message_id: UUID) -> str:
    """Return the text of a past answer for this case; empty, and said so, if it is gone."""
    offer = answer_by_id(page, request.membership, message_id)
    if offer is None:
        messages.warning(request, _("This answer is no longer there."))
    return offer.text if offer else ""


def _case(request: MemberRequest, case_id: UUID) -> CasePage:
    page = case_page(request.workspace.id, case_id, request.membership.user_id)
    if page is None:
        raise Http404
    return page


@requires("reply")
@require_safe
def suggestions(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Show what suits what the customer wrote last; fetched after the case."""
    return _draw(request, _case(request, case_id))


def _draw(request: MemberRequest, page: CasePage, *, is_hidden: bool = False) -> HttpResponse:
    asked, language = asked_in(page)
    found = suggestions_for(page, request.membership, asked, language)
    connection = connection_of(request.workspace.id)
    context = {
        "drafter": connection.model if connection and connection.gives_drafts else "",
        "case": page.case,
        "offers": [drawn(page, one) for one in found],
        "is_hidden": is_hidden,
    }
    return varied(render(request, "hearwell/case/suggested.html", context))


@requires("reply")
@require_POST
def hide(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Say that a suggestion does not help here: it goes, and counts less for such questions."""
    page, kind = _case(request, case_id), request.POST.get("kind", "")
    try:
        key = UUID(request.POST.get("id", ""))
        wanted = _hidden(request, page, kind, key)
    except (ValueError, Article.DoesNotExist) as error:
        raise Http404 from error
    services.hide_suggestion(
        request.workspace.id, case_id, asked_in(page)[0], by_id=request.membership.user_id, **wanted
    )
    return _after(request, page, is_hidden=True)


def _hidden(request: MemberRequest, page: CasePage, kind: str, key: UUID) -> dict[str, UUID]:
    if kind == "answer":
        if answer_by_id(page, request.membership, key) is None:
            raise Http404
        return {"message_id": key}
    found = Article.objects.only("id").get(workspace_id=request.workspace.id, versions__id=key)
    return {"article_id": found.id}


@requires("reply")
@require_POST
def again(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Take back what was said against suggestions here."""
    page = _case(request, case_id)
    services.show_again(request.workspace.id, case_id)
    return _after(request, page, is_hidden=False)


def _after(request: MemberRequest, page: CasePage, *, is_hidden: bool) -> HttpResponse:
    if wants_part(request):
        return _draw(request, page, is_hidden=is_hidden)
    if is_hidden:
        messages.success(request, _("Hidden here. It counts less for such questions from now on."))
    return redirect("case_saved", page.case.id)
