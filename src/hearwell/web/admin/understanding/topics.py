"""Topics and product names of the workspace: what messages may be about."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.triage import services as triage
from hearwell.triage.learning.queries import topics_of
from hearwell.triage.models import Topic
from hearwell.web.admin.frame import draw
from hearwell.web.agent.inbox.facets import LANGUAGES
from hearwell.web.components.routed import language_name

PAGE: Final = "settings_topics"
_MOST_TYPED: Final = 20_000


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def topics(request: MemberRequest) -> HttpResponse:
    """Show the topics, or add one."""
    if request.method != "POST":
        return _draw(request)
    facts = _facts(request.POST)
    try:
        triage.save_topic(facts, request.membership)
    except triage.BadTopicError as error:
        return _draw(request, typed=facts, error=str(error), status=422)
    messages.success(request, _("Saved. It is looked for in what comes in from now on."))
    return redirect(PAGE)


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def topic(request: MemberRequest, topic_id: UUID) -> HttpResponse:
    """Change a topic, or remove it."""
    known = next((one for one in topics_of(request.workspace.id) if one.id == topic_id), None)
    if known is None:
        raise Http404
    if request.method != "POST":
        facts = triage.TopicFacts(known.name, known.phrases, known.language, known.is_active)
        return _draw(request, typed=facts, known=known)
    if request.POST.get("act") == "remove":
        triage.remove_topic(topic_id, request.membership)
        messages.success(request, _("Removed."))
        return redirect(PAGE)
    facts = _facts(request.POST)
    try:
        triage.save_topic(facts, request.membership, topic_id)
    except triage.BadTopicError as error:
        return _draw(request, typed=facts, known=known, error=str(error), status=422)
    messages.success(request, _("Saved. It is looked for in what comes in from now on."))
    return redirect(PAGE)


def _facts(form: QueryDict) -> triage.TopicFacts:
    lines = form.get("phrases", "")[:_MOST_TYPED].splitlines()
    return triage.TopicFacts(
        name=form.get("name", ""),
        phrases=[line for line in lines if line.strip()],
        language=form.get("language", ""),
        is_active=form.get("is_off") != "1",
    )


def _draw(
    request: MemberRequest,
    *,
    typed: triage.TopicFacts | None = None,
    known: Topic | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "topics": topics_of(request.workspace.id),
        "typed": typed or triage.TopicFacts(""),
        "phrases": "\n".join(typed.phrases) if typed else "",
        "known": known,
        "languages": sorted(((c, language_name(c)) for c in LANGUAGES), key=lambda one: one[1]),
        "error": error,
        "action": request.path,
    }
    return draw(request, "understanding/topics", PAGE, context, status=status)
