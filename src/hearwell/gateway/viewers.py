"""Who watches: from a session cookie to a member of a workspace, and whether they still are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpRequest

from hearwell.accounts.middleware import admitted
from hearwell.accounts.models import Membership, User
from hearwell.accounts.rules import can
from hearwell.accounts.services.factors import is_kept_out
from hearwell.kit.clock import now


class NotAMemberError(Exception):
    """Signed in, yet without the right to read in any workspace."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in member, as far as live values need to know them."""

    session_key: str
    session_hash: str
    user_id: UUID
    workspace_id: UUID
    name: str
    initials: str
    role: str = ""


def session_key_of(cookie_header: str) -> str:
    """Return the session key in a Cookie header, or an empty string."""
    try:
        morsel = SimpleCookie(cookie_header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def viewer_of(session_key: str) -> Viewer | None:
    """Return who a session belongs to; None for a stranger. Raises NotAMemberError.

    The same steps as for a page: session, password hash, membership, second factor where it is
    asked for, right to read.
    """
    try:
        request = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
        user = get_user(request)
        if not isinstance(user, User):
            return None
        request.user = user
        membership, _kept_out = admitted(request)
        if membership is None or not can(membership.role, "read"):
            raise NotAMemberError
        return Viewer(
            session_key=session_key,
            session_hash=user.get_session_auth_hash(),
            user_id=user.id,
            workspace_id=membership.workspace_id,
            name=str(user),
            initials=membership.initials,
            role=membership.role,
        )
    finally:
        connection.close()


def revoked(viewers: Collection[Viewer]) -> set[Viewer]:
    """Return those whose session, password, account, membership or factor is not what it was."""
    try:
        keys = {viewer.session_key for viewer in viewers}
        alive = set(
            Session.objects.filter(session_key__in=keys, expire_date__gt=now()).values_list(
                "session_key", flat=True
            )
        )
        members = {
            (m.user_id, m.workspace_id): m
            for m in Membership.objects.select_related("user", "workspace").filter(
                user_id__in={viewer.user_id for viewer in viewers}, user__is_active=True
            )
        }
        return {v for v in viewers if v.session_key not in alive or not _is_still(v, members)}
    finally:
        connection.close()


def _is_still(viewer: Viewer, members: dict[tuple[UUID, UUID], Membership]) -> bool:
    member = members.get((viewer.user_id, viewer.workspace_id))
    if member is None or member.role != viewer.role or not can(member.role, "read"):
        return False
    return member.user.get_session_auth_hash() == viewer.session_hash and not is_kept_out(member)
