"""The systems that tools call, and tools made of what such a system says of itself."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.commerce import services
from hearwell.commerce.definition import BadToolError
from hearwell.commerce.models import Service
from hearwell.commerce.openapi import MOST_BYTES, BadDocumentError, Document, read_document
from hearwell.commerce.services import ServiceFacts
from hearwell.web.admin.frame import draw
from hearwell.web.admin.tools.views import PAGE, service_here, user_of

_LONGEST: Final = 4000
_TEXTS: Final = ("name", "url", "secret", "header", "key_header")
MOST_AT_ONCE: Final = 30


def _facts(form: QueryDict, *, is_demo: bool = False) -> ServiceFacts:
    said = {name: form.get(name, "").replace("\x00", "")[:_LONGEST] for name in _TEXTS}
    return ServiceFacts(
        **said,
        prefix=form.get("prefix", "")[:20],
        forgets_secret=form.get("forgets_secret") == "1",
        is_demo=is_demo,
    )


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def new_system(request: MemberRequest) -> HttpResponse:
    """Say where a system is."""
    if request.method != "POST":
        return draw(request, "tools/system", PAGE, {"facts": ServiceFacts("", "")})
    facts = _facts(request.POST)
    try:
        row = services.save_service(request.workspace.id, facts, by=user_of(request))
    except BadToolError as error:
        return draw(request, "tools/system", PAGE, {"facts": facts, "error": error}, status=422)
    messages.success(request, _("Saved. Now say what can be looked up or done there."))
    return redirect("settings_system", row.id)


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def system(request: MemberRequest, service_id: UUID) -> HttpResponse:
    """Show where a system is, change or remove it."""
    row = service_here(request, service_id)
    if request.method != "POST":
        return draw(request, "tools/system", PAGE, {"facts": _known(row), "service": row})
    place, by = request.workspace.id, user_of(request)
    if request.POST.get("do") == "remove":
        services.remove_service(place, service_id, by=by)
        messages.success(request, _("The system is gone, and its secret with it."))
        return redirect(PAGE)
    facts = _facts(request.POST, is_demo=row.is_demo)
    try:
        services.save_service(place, facts, by=by, service_id=service_id)
    except BadToolError as error:
        context = {"facts": facts, "service": row, "error": error}
        return draw(request, "tools/system", PAGE, context, status=422)
    except Service.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Saved."))
    return redirect("settings_system", service_id)


def _known(row: Service) -> ServiceFacts:
    return ServiceFacts(row.name, row.url, "", row.header, row.prefix, row.key_header)


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def import_document(request: MemberRequest, service_id: UUID) -> HttpResponse:
    """Make tools of an OpenAPI document that is pasted or uploaded; nothing is fetched."""
    row = service_here(request, service_id)
    context = {"service": row, "most": MOST_AT_ONCE}
    if request.method != "POST":
        return draw(request, "tools/import", PAGE, context)
    try:
        text = _text(request)
        document = read_document(text)
        chosen = set(request.POST.getlist("operation"))
        if not chosen:
            return draw(request, "tools/import", PAGE, {**context, "document": document,
                                                       "text": text})  # fmt: skip
        return _imported(request, row, document, chosen)
    except (BadDocumentError, BadToolError) as error:
        return draw(request, "tools/import", PAGE, {**context, "error": str(error)}, status=422)


def _text(request: MemberRequest) -> str:
    upload = request.FILES.get("file")
    if upload is None:
        return request.POST.get("text", "")
    if upload.size is None or upload.size > MOST_BYTES:
        raise BadDocumentError(_("This is larger than 2 MB. Leave out what you do not need."))
    try:
        return bytes(upload.read()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadDocumentError(_("This file is no text.")) from error


def _imported(
    request: MemberRequest, row: Service, document: Document, chosen: set[str]
) -> HttpResponse:
    wanted = [one for one in document.operations if one.key in chosen and not one.why_not]
    definitions = [one.definition for one in wanted[:MOST_AT_ONCE]]
    made = services.import_tools(row, definitions, by=user_of(request))
    words = ngettext(
        "%(n)s tool is kept. Read it, map its fields to what is known, and try it.",
        "%(n)s tools are kept. Read each, map its fields to what is known, and try it.",
        len(made),
    )
    messages.success(request, words % {"n": len(made)})
    return redirect(PAGE)
