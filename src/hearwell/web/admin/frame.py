"""The list of settings pages, each shown to those who may open it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import Membership, Role
from hearwell.accounts.rules import can


@dataclass(frozen=True)
class Section:
    """A settings page: where it is, who may open it."""

    url: str
    label: str | Promise
    icon: str
    action: str
    group: str | Promise


SECTIONS: Final = (
    Section("settings_networks", _("Networks"), "link", "view_health", _("Channels")),
    Section("settings_listening", _("What we listen for"), "ear", "manage_settings", _("Channels")),
    Section("playbook", _("Playbook"), "book-open-check", "manage_settings", _("Work")),
    Section("settings_understanding", _("Understanding"), "brain", "manage_settings", _("Work")),
    Section("settings_topics", _("Topics"), "tags", "manage_settings", _("Work")),
    Section("settings_general", _("General"), "sliders-horizontal", "manage_settings", _("Work")),
    Section("settings_people", _("People"), "users", "manage_people", _("Work")),
    Section("settings_sign_in", _("Sign-in"), "lock", "manage_workspace", _("Work")),
    Section("settings_teams", _("Teams"), "contact", "manage_routing", _("Work")),
    Section("settings_routing", _("Routing rules"), "split", "manage_routing", _("Work")),
    Section("settings_promises", _("Promises and clocks"), "clock", "manage_promises", _("Work")),
    Section("settings_waits", _("Expected wait"), "hourglass", "manage_workspace", _("Work")),
    Section(
        "settings_solved", _("Did that solve it?"), "circle-check", "manage_workspace", _("Work")
    ),
    Section("settings_surveys", _("Surveys"), "clipboard-list", "manage_workspace", _("Work")),
    Section("settings_guard", _("Before sending"), "shield-check", "manage_settings", _("Work")),
    Section("settings_powers", _("Powers"), "scale", "manage_settings", _("Work")),
    Section("settings_approval", _("Approval"), "stamp", "manage_settings", _("Work")),
    Section("settings_knowledge", _("Knowledge"), "book-open", "reply", _("Work")),
    Section("settings_macros", _("Macros"), "zap", "approve", _("Work")),
    Section("settings_voice", _("Voice guide"), "message-square-quote", "grade", _("Work")),
    Section("settings_quality", _("Quality"), "list-checks", "grade", _("Work")),
    Section("settings_automation", _("Automation"), "workflow", "manage_automation", _("Work")),
    Section("settings_model", _("Language model"), "sparkles", "manage_settings", _("Work")),
    Section("settings_spikes", _("Spikes"), "activity", "manage_settings", _("Work")),
    Section("settings_escalation", _("Escalation"), "siren", "manage_settings", _("Work")),
    Section("settings_tools", _("Tools"), "wrench", "manage_settings", _("Work")),
    Section("settings_promotions", _("Promotions"), "megaphone-off", "manage_settings", _("Work")),
    Section("settings_imports", _("Archives"), "archive", "import", _("Data")),
    Section("settings_webhooks", _("Webhooks"), "webhook", "manage_settings", _("Data")),
    Section("settings_keeping", _("Kept data"), "hourglass", "manage_privacy", _("Data")),
    Section("settings_audit", _("Audit log"), "eye", "read_audit", _("Data")),
)


def draw(
    request: MemberRequest, page: str, current: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a settings page with the list of the others beside it."""
    role = request.membership.role
    sections = [section for section in SECTIONS if can(role, section.action)]
    frame = {"section": "settings", "sections": sections, "current": current}
    return render(request, f"hearwell/settings/{page}.html", {**frame, **context}, status=status)


@requires("read")
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """Go to the first page this person may open; else say whom to ask."""
    role = request.membership.role
    first = next((section for section in SECTIONS if can(role, section.action)), None)
    if first is not None:
        return redirect(first.url)
    owners = Membership.objects.select_related("user").filter(
        workspace=request.workspace, role__in=[Role.OWNER, Role.ADMIN]
    )
    names = ", ".join(str(member.user) for member in owners.order_by("created_at"))
    return draw(request, "closed", "", {"names": names})
