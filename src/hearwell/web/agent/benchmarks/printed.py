"""A league to take along as PDF."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.web.agent.benchmarks.papers import league_paper
from hearwell.web.agent.benchmarks.views import league_asked
from hearwell.web.components.papers import as_pdf


@requires("read")
@require_safe
def league_pdf(request: MemberRequest, panel_id: UUID) -> HttpResponse:
    """Give the league of the page's period and method."""
    found = league_asked(request, panel_id)
    back = f"{reverse('benchmark', args=[panel_id])}?{request.GET.urlencode()}"
    name = f"benchmark-{found.method.name}"
    return as_pdf(request, name, back, lambda: league_paper(request.workspace, found))
