"""Macros: make, change, remove."""

from __future__ import annotations

from typing import Any, Final, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.inbox.acts import CLOSE_REASONS, NOT_ABOUT_US
from hearwell.inbox.snoozing import SNOOZES
from hearwell.knowledge import queries, services
from hearwell.knowledge.models import Macro
from hearwell.knowledge.services import BadMacroError, MacroFacts
from hearwell.web.admin.frame import draw
from hearwell.web.agent.inbox.faces import REASONS

PAGE: Final = "settings_macros"


@requires("approve")
@require_safe
def macros(request: MemberRequest) -> HttpResponse:
    """Show the macros."""
    return _draw(request)


@requires("approve")
@require_POST
def save(request: MemberRequest) -> HttpResponse:
    """Keep a macro, or remove it."""
    form, user = request.POST, cast("User", request.user)
    macro_id = _uuid(form.get("macro", ""))
    if form.get("do") == "remove" and macro_id is not None:
        services.remove_macro(request.workspace.id, macro_id, by=user)
        messages.success(request, _("The macro is gone."))
        return redirect(PAGE)
    facts = _facts(form)
    try:
        services.save_macro(request.workspace.id, facts, by=user, macro_id=macro_id)
    except BadMacroError as error:
        return _draw(request, typed=facts, typed_id=macro_id, error=str(error))
    except Macro.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Macro kept."))
    return redirect(PAGE)


def _draw(
    request: MemberRequest,
    *,
    typed: MacroFacts | None = None,
    typed_id: UUID | None = None,
    error: str = "",
) -> HttpResponse:
    replies = [
        (row.article.id, row.article.name)
        for row in queries.library(request.workspace.id)
        if row.languages and not row.article.is_retired
    ]
    forms = [_shown(macro, typed if macro.id == typed_id else None)
             for macro in queries.macros(request.workspace.id)]  # fmt: skip
    fresh = typed if typed is not None and typed_id is None else MacroFacts("")
    context: dict[str, Any] = {
        "forms": forms,
        "fresh": {"id": None, "facts": fresh, "tags": ", ".join(fresh.tags)},
        "is_adding": typed is not None and typed_id is None,
        "replies": replies,
        "snoozes": [(value, str(label)) for value, label in SNOOZES.items()],
        "reasons": [(r, str(REASONS[r])) for r in CLOSE_REASONS if r != NOT_ABOUT_US],
        "error": error,
    }
    return draw(request, "knowledge/macros", PAGE, context, status=422 if error else 200)


def _shown(macro: Macro, typed: MacroFacts | None) -> dict[str, Any]:
    facts = typed or MacroFacts(
        macro.name, macro.article_id, macro.tags, macro.assign, macro.snooze, macro.close_reason
    )
    return {"id": macro.id, "facts": facts, "tags": ", ".join(facts.tags)}


def _facts(form: QueryDict) -> MacroFacts:
    return MacroFacts(
        name=form.get("name", ""),
        article_id=_uuid(form.get("article", "")),
        tags=form.get("tags", "")[:1000].split(","),
        assign=form.get("assign", ""),
        snooze=form.get("snooze", "") if form.get("snooze") in SNOOZES else "",
        close_reason=form.get("reason", "") if form.get("reason") in CLOSE_REASONS else "",
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Http404 from error
