"""People: who may do what, invitations, initials."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from allauth.core.ratelimit import consume_or_429
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import Membership, Role, User
from hearwell.accounts.services import (
    LastOwnerError,
    make_login_link,
    remove_member,
    set_role,
)
from hearwell.accounts.services.invitations import (
    AlreadyMemberError,
    invite_member,
    open_invitations,
    withdraw_invitation,
)
from hearwell.accounts.services.signins import sign_out_everywhere
from hearwell.web.admin.frame import draw


@requires("manage_people")
@require_safe
def people(request: MemberRequest) -> HttpResponse:
    """Show the members of the workspace."""
    return _draw(request)


def _draw(
    request: MemberRequest, *, link: str = "", invited: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    members = Membership.objects.select_related("user").filter(workspace=request.workspace)
    context = {
        "members": list(members.order_by("user__name", "user__email")),
        "invitations": list(open_invitations(request.workspace.id)),
        "roles": _roles_for(request.membership),
        "link": link,
        "invited": invited,
        "error": error,
        "given": request.POST,
    }
    return draw(request, "people", "settings_people", context, status=status)


def _roles_for(membership: Membership) -> list[tuple[str, str]]:
    """Return the roles a person may give: only an owner makes owners."""
    is_owner = membership.role == Role.OWNER
    return [(v, str(label)) for v, label in Role.choices if is_owner or v != Role.OWNER]


def _member(request: MemberRequest, membership_id: UUID) -> Membership:
    members = Membership.objects.select_related("user")
    return get_object_or_404(members, id=membership_id, workspace=request.workspace)


def _link(secret: str) -> str:
    return settings.HEARWELL_URL + reverse("login_link", args=[secret])


@requires("manage_people")
@require_POST
def invite(request: MemberRequest) -> HttpResponse:
    """Invite somebody and show the link that lets them in, once."""
    too_many: HttpResponse | None = consume_or_429(request, action="invite")
    if too_many is not None:
        return too_many
    email, name = request.POST.get("email", "").strip(), request.POST.get("name", "").strip()
    role = request.POST.get("role", Role.AGENT)
    if role not in dict(_roles_for(request.membership)):
        return _draw(request, error=_("You cannot give this role."), status=422)
    try:
        validate_email(email)
        _invitation, secret = invite_member(
            request.workspace,
            email=email,
            name=name[:120].replace("\x00", ""),
            role=role,
            by=cast("User", request.user),
        )
    except ValidationError:
        return _draw(request, error=_("This is not an e-mail address."), status=422)
    except AlreadyMemberError:
        return _draw(request, error=_("This person is a member already."), status=422)
    return _draw(request, link=_link(secret), invited=name or email)


@requires("manage_people")
@require_POST
def withdraw(request: MemberRequest, invitation_id: UUID) -> HttpResponse:
    """Make an invitation work no more."""
    invitation = get_object_or_404(open_invitations(request.workspace.id), id=invitation_id)
    withdraw_invitation(invitation, by=cast("User", request.user))
    messages.success(request, _("The invitation no longer works."))
    return redirect("settings_people")


@requires("manage_people")
@require_POST
def change(request: MemberRequest, membership_id: UUID) -> HttpResponse:
    """Change a member's role, make them a sign-in link, sign them out, or end the membership."""
    member, user = _member(request, membership_id), cast("User", request.user)
    if member.role == Role.OWNER and request.membership.role != Role.OWNER:
        messages.error(request, _("Only an owner can change an owner."))
        return redirect("settings_people")
    act = request.POST.get("act")
    if act == "link":
        return _make_link(request, member)
    if act == "remove":
        return _remove(request, member, user)
    if act == "sign_out":
        sign_out_everywhere(member, by=user)
        messages.success(request, _("Signed out of every browser."))
        return redirect("settings_people")
    role = request.POST.get("role", "")
    if role in dict(_roles_for(request.membership)) and not _is_last_owner(member, role):
        set_role(member, role, by=user)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Nothing was changed: somebody has to be the owner."))
    return redirect("settings_people")


def _make_link(request: MemberRequest, member: Membership) -> HttpResponse:
    """Make a sign-in link for somebody who works here alone: it would open the others, too."""
    if member.user.memberships.exclude(id=member.id).exists():
        error = _(
            "This person belongs to another workspace, too. Whoever runs the server can make a "
            "link: hearwell login-link"
        )
        return _draw(request, error=error, status=422)
    return _draw(request, link=_link(make_login_link(member.user)), invited=str(member.user))


def _is_last_owner(member: Membership, role: str) -> bool:
    """Say whether this would leave the workspace without an owner."""
    if member.role != Role.OWNER or role == Role.OWNER:
        return False
    others = Membership.objects.filter(workspace_id=member.workspace_id, role=Role.OWNER)
    return not others.exclude(id=member.id).exists()


def _remove(request: MemberRequest, member: Membership, user: User) -> HttpResponse:
    try:
        remove_member(member, by=user)
    except LastOwnerError:
        messages.error(request, _("The last owner cannot leave."))
    else:
        messages.success(request, _("Removed. What they wrote stays."))
    return redirect("settings_people")
