"""The voice guide beside the composer, and a hint where a text says what it avoids."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.channels.queries import channels_of
from hearwell.conversations.models import Case
from hearwell.inbox.forewarning import Forewarning
from hearwell.quality import queries
from hearwell.triage.queries import languages_of
from hearwell.web.admin.voice import for_whom
from hearwell.web.agent.inbox.wants import varied, wants_part


@requires("read")
@require_safe
def voice(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Show the guides that hold for an answer in a case: a part, or a page without scripts."""
    place = request.workspace.id
    case = Case.objects.filter(workspace_id=place, id=case_id).first()
    if case is None:
        raise Http404
    handles = {one.id: one.handle for one in channels_of(place)}
    heard = queries.voice_for(place, case.channel_id, languages_of([case.id]).get(case.id, ""))
    context = {
        "section": "inbox",
        "case": case,
        "heard": [(for_whom(one.guide, handles), one) for one in heard],
        "may_grade": can(request.membership.role, "grade"),
    }
    page = "voice" if wants_part(request) else "voice_page"
    return varied(render(request, f"hearwell/quality/{page}.html", context))


def hints_for(workspace_id: UUID, case_id: UUID, text: str) -> list[Forewarning]:
    """Say which words of a text the voice guide avoids: a hint that stops nothing. Three queries.

    Where no guide avoids any, it costs one.
    """
    if not text.strip() or not any(one.avoid for one in queries.guides_of(workspace_id)):
        return []
    case = Case.objects.get(workspace_id=workspace_id, id=case_id)
    language = languages_of([case.id]).get(case.id, "")
    found = queries.avoided_by(workspace_id, case.channel_id, language, text)
    return (
        [
            Forewarning(
                _("Our voice guide avoids “%(words)s”.") % {"words": "”, “".join(found)},
                is_blocking=False,
            )
        ]
        if found
        else []
    )
