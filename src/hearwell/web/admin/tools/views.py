"""Tools: list them, change them, try them, let them be used."""

from __future__ import annotations

from typing import Any, Final, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.commerce import queries, services
from hearwell.commerce.cards import card_from
from hearwell.commerce.definition import BadToolError, Definition, Source, definition_from
from hearwell.commerce.filling import BadValueError, look_request, read_value, request_for
from hearwell.commerce.models import Lookup, Service, Tool, ToolVersion
from hearwell.commerce.queries import LiveTool, is_waited_for
from hearwell.powers.grants import purse_of
from hearwell.web.admin.frame import draw
from hearwell.web.admin.tools.forms import choices, definition_in, rows_of
from hearwell.web.agent.inbox.wants import varied
from hearwell.web.components.tools import CODES, card_face

PAGE: Final = "settings_tools"
_PREFIX: Final = "t-"


def user_of(request: MemberRequest) -> User:
    """Return who asks."""
    return cast("User", request.user)


@requires("manage_settings")
@require_safe
def tools(request: MemberRequest) -> HttpResponse:
    """Show the systems and their tools."""
    place = request.workspace.id
    rows = queries.tool_rows(place)
    context = {
        "systems": [
            (one, [row for row in rows if row.tool.service_id == one.id])
            for one in queries.services_of(place)
        ],
        "human": queries.waiting_for_people(place),
    }
    return draw(request, "tools/list", PAGE, context)


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def new_tool(request: MemberRequest, service_id: UUID) -> HttpResponse:
    """Declare something that can be looked up or done in a system."""
    service = service_here(request, service_id)
    kind = request.GET.get("kind", "read")
    blank = Definition("", kind="act" if kind == "act" else "read",
                       method="POST" if kind == "act" else "GET")  # fmt: skip
    if request.method != "POST":
        return _draw(request, service, blank)
    return _saved(request, service, None)


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def tool(request: MemberRequest, tool_id: UUID) -> HttpResponse:
    """Show a tool as it was kept last, with its try; or keep another version."""
    found = _tool(request, tool_id)
    if request.method == "POST":
        return _saved(request, found.service, found)
    version = queries.versions_of(found, limit=1)[0]
    return _draw(request, found.service, definition_from(version.definition), found)


def service_here(request: MemberRequest, service_id: UUID) -> Service:
    """Return a system that is there. Raises Http404."""
    found = queries.service_by_id(request.workspace.id, service_id)
    if found is None:
        raise Http404
    return found


def _tool(request: MemberRequest, tool_id: UUID) -> Tool:
    found = queries.tool_by_id(request.workspace.id, tool_id)
    if found is None:
        raise Http404
    return found


def _saved(request: MemberRequest, service: Service, known: Tool | None) -> HttpResponse:
    currency = purse_of(request.workspace.id).currency
    typed = Definition("")
    try:
        typed = definition_in(request.POST, currency)
        tool_id = known.id if known else None
        version = services.save_tool(service, typed, by=user_of(request), tool_id=tool_id)
    except BadToolError as error:
        return _draw(request, service, typed, known, error=error)
    messages.success(request, _("Kept. Try it, then let people use it."))
    return redirect("settings_tool", version.tool_id)


def _draw(
    request: MemberRequest,
    service: Service,
    definition: Definition,
    known: Tool | None = None,
    *,
    error: BadToolError | None = None,
    trying: dict[str, Any] | None = None,
) -> HttpResponse:
    currency = purse_of(request.workspace.id).currency
    versions = queries.versions_of(known) if known else []
    context = {
        "service": service,
        "tool": known,
        "one": definition,
        "rows": rows_of(definition, currency),
        "currency": currency,
        "error": error,
        "versions": versions,
        "latest": versions[0] if versions else None,
        "tried_fields": _tried_fields(definition),
        **choices(definition),
        **(trying or {}),
    }
    return draw(request, "tools/tool", PAGE, context, status=422 if error else 200)


def _tried_fields(definition: Definition) -> list[tuple[str, str, str]]:
    return [
        (one.name, one.label or one.name, "")
        for one in definition.fields
        if one.source != Source.FIXED
    ]


@requires("manage_settings")
@require_POST
def act(request: MemberRequest, tool_id: UUID) -> HttpResponse:
    """Let people use a tool, or nobody; remove it."""
    place, wish, by = request.workspace.id, request.POST.get("do", ""), user_of(request)
    found = _tool(request, tool_id)
    try:
        if wish == "live":
            latest = queries.versions_of(found, limit=1)[0]
            is_meant = request.POST.get("meant") == "1"
            services.go_live(place, tool_id, latest.number, by=by, is_meant=is_meant)
            messages.success(request, _("People can use it now."))
        elif wish == "off":
            services.take_off(place, tool_id, by=by)
            messages.success(request, _("Nobody can use it any more."))
        elif wish == "remove":
            services.remove_tool(place, tool_id, by=by)
            messages.success(request, _("The tool is gone. What was done by it stays to be read."))
            return redirect(PAGE)
    except (Tool.DoesNotExist, ToolVersion.DoesNotExist) as error:
        raise Http404 from error
    except BadToolError as error:
        messages.error(request, str(error))
    return redirect("settings_tool", tool_id)


@requires("manage_settings")
@require_POST
def try_out(request: MemberRequest, tool_id: UUID) -> HttpResponse:
    """Make the call that a look makes; of an action, only show it, and look its key up."""
    found = _tool(request, tool_id)
    one = _latest(found)
    currency = purse_of(request.workspace.id).currency
    try:
        values = _values(request, one.definition, currency)
        trial = services.try_out(one, values, by=request.membership)
    except BadValueError as error:
        labels = {f.name: f.label or f.name for f in one.definition.fields}
        messages.error(request, f"{labels.get(error.field, error.field)}: {error}")
        return redirect("settings_tool", tool_id)
    return redirect("settings_tool_trial", tool_id, trial.id)


def _latest(found: Tool) -> LiveTool:
    number = queries.versions_of(found, limit=1)[0].number
    one = queries.tool_at(found, number)
    if one is None:
        raise Http404
    return one


def _values(request: MemberRequest, definition: Definition, currency: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for one in definition.fields:
        is_fixed = one.source == Source.FIXED
        said = one.detail if is_fixed else request.POST.get(_PREFIX + one.name, "")
        value = read_value(one, said, currency, card_minor=10**12)
        if value is not None:
            values[one.name] = value
    request_for(definition, values, currency=currency)
    return values


@requires("manage_settings")
@require_safe
def trial(request: MemberRequest, tool_id: UUID, trial_id: UUID) -> HttpResponse:
    """Show what a try answered."""
    found = queries.lookup_by_id(request.workspace.id, trial_id)
    if found is None or found.tool_id != tool_id or found.case_id is not None:
        raise Http404
    context = {"trial": found, **_trial(request, found)}
    if request.headers.get("HX-Request-Type") == "partial":
        return varied(render(request, "hearwell/settings/tools/answer.html", context))
    return varied(draw(request, "tools/trial", PAGE, context))


def _trial(request: MemberRequest, found: Lookup) -> dict[str, Any]:
    one = queries.tool_at(found.tool, found.version)
    if one is None:
        raise Http404
    currency = purse_of(request.workspace.id).currency
    definition, service = one.definition, one.service
    call = request_for(
        definition, found.values, currency=currency, key="KEY", key_header=service.key_header
    )
    secret = {service.header: f"{service.prefix}…"} if service.sealed else {}
    headers = {**(call.headers if definition.is_act else {}), **secret}
    is_good = found.code == ("not_there" if definition.is_act else "")
    return {
        "one": definition,
        "service": service,
        "is_waiting": is_waited_for(found),
        "is_lost": found.as_of is None and not is_waited_for(found),
        "is_good": is_good and found.as_of is not None,
        "why": CODES.get(found.code, ""),
        "cards": [{"face": card_face(card_from(card))} for card in found.cards],
        "address": service.url + call.path,
        "method": call.method,
        "headers": sorted(headers.items()),
        "body": call.content.decode(),
        "look": service.url + look_request(
            definition, found.values, currency=currency, key="KEY"
        ).path
        if definition.is_act and definition.look_path
        else "",
    }  # fmt: skip
