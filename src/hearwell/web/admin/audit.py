"""The audit trail: every change of settings and every outbound message, newest first."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import AuditRow
from hearwell.accounts.sealing import as_line, head_of
from hearwell.web.admin.acts import GROUPS, words_for
from hearwell.web.admin.frame import draw
from hearwell.web.places import place_in, place_of

PAGE = 100


@requires("read_audit")
@require_safe
def audit(request: MemberRequest) -> HttpResponse:
    """Show a page of the trail, older ones by a cursor."""
    rows = AuditRow.objects.filter(workspace_id=request.workspace.id)
    wanted = request.GET.get("action", "").replace("\x00", "")
    if wanted:
        rows = rows.filter(action__startswith=wanted)
    after = place_in(request.GET.get("before", ""))
    if after:
        moment, row_id = after
        rows = rows.filter(Q(at__lt=moment) | Q(at=moment, id__lt=row_id))
    found = list(rows.order_by("-at", "-id")[: PAGE + 1])
    context = {
        "rows": [(row, words_for(row.action)) for row in found[:PAGE]],
        "wanted": wanted,
        "groups": GROUPS.items(),
        "older_url": _older(found, wanted),
        "head": head_of(request.workspace.id),
    }
    return draw(request, "audit", "settings_audit", context)


@requires("read_audit")
@require_safe
def audit_head(request: MemberRequest) -> HttpResponse:
    """Hand out where the trail ends, to be kept elsewhere; 404 while there is no line."""
    head = head_of(request.workspace.id)
    if head is None:
        raise Http404
    slug = request.workspace.slug
    answer = HttpResponse(as_line(head, slug) + "\n", content_type="application/jsonl")
    answer["Content-Disposition"] = f'attachment; filename="audit-{slug}-{head.seq}.jsonl"'
    return answer


def _older(found: list[AuditRow], wanted: str) -> str:
    if len(found) <= PAGE:
        return ""
    last = found[PAGE - 1]
    query = {"before": place_of(last.at, last.id), "action": wanted}
    return reverse("settings_audit") + "?" + urlencode({k: v for k, v in query.items() if v})
