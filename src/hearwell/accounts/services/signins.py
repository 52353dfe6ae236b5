"""Where people are signed in: noted as they come, ended by them or by who manages people.

Django's session is what lets somebody in; a row of ours says beside it which browser that is. To
end one is to delete the session: pages refuse at once, and open live streams are told.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.dispatch import receiver
from django.http import HttpRequest

from hearwell.accounts.models import Membership, SignIn, User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.clock import now
from hearwell.kit.notify import notify

# A hint to the processes that hold live streams; they look for themselves who is still there.
CHANNEL: Final = "accounts_signed_out"
SEEN_EVERY: Final = timedelta(minutes=5)
_NOTE: Final = "signed_in_as_noted"
_LONGEST_AGENT: Final = 300


def note_presence(request: HttpRequest) -> None:
    """Note that a signed-in person's browser was seen; written at most once in five minutes.

    What was noted, and when, stands in the session, so that most requests ask nothing.
    """
    key, moment = request.session.session_key, int(time.time())
    noted = request.session.get(_NOTE)
    is_known = noted is not None and noted[0] == key
    if noted is None or not is_known or moment - noted[1] >= SEEN_EVERY.total_seconds():
        _note(request, request.user)
        request.session[_NOTE] = [request.session.session_key, moment]


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_more: Any) -> None:
    # Sessions end by themselves after as long: what stands beside them goes, too.
    over = now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    SignIn.objects.filter(user=user, seen_at__lt=over).delete()
    _note(request, user)
    request.session[_NOTE] = [request.session.session_key, int(time.time())]


def _note(request: HttpRequest, user: Any) -> None:
    if request.session.session_key is None:
        request.session.save()
    # A new password gives the session another key: the browser is the same.
    before, key = request.session.get(_NOTE), request.session.session_key
    if isinstance(before, list) and before[0] != key:
        SignIn.objects.filter(session_key=before[0]).delete()
    SignIn.objects.update_or_create(
        session_key=key,
        defaults={
            "user_id": user.id,
            "address": _address(request.META.get("REMOTE_ADDR", "")),
            "agent": request.META.get("HTTP_USER_AGENT", "")[:_LONGEST_AGENT].replace("\0", ""),
            "seen_at": now(),
        },
    )


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def sign_ins_of(user: User) -> list[SignIn]:
    """Return where a person is signed in now, last seen first."""
    rows = list(SignIn.objects.filter(user=user).order_by("-seen_at"))
    alive = Session.objects.filter(
        session_key__in=[row.session_key for row in rows], expire_date__gt=now()
    )
    keys = set(alive.values_list("session_key", flat=True))
    return [row for row in rows if row.session_key in keys]


@transaction.atomic
def end_sign_ins(rows: Iterable[SignIn]) -> int:
    """Sign browsers out and say how many; their live streams close."""
    keys = [row.session_key for row in rows]
    # Also those that another process just wrote: the key, not the row, is what lets in.
    Session.objects.filter(session_key__in=keys).delete()
    SignIn.objects.filter(session_key__in=keys).delete()
    if keys:
        notify(CHANNEL, "")
    return len(keys)


@transaction.atomic
def sign_out_everywhere(membership: Membership, *, by: User) -> int:
    """Sign a member out of every browser, and say of how many; audited."""
    count = end_sign_ins(SignIn.objects.filter(user_id=membership.user_id))
    entry = AuditEntry(
        "member.signed_out", by, "membership", membership.id, str(membership.user), None,
        {"browsers": count},
    )  # fmt: skip
    record_audit(membership.workspace_id, [entry])
    return count


@transaction.atomic
def end_one(user: User, sign_in_id: UUID) -> bool:
    """Sign one of a person's own browsers out; say whether there was one."""
    return bool(end_sign_ins(SignIn.objects.filter(user=user, id=sign_in_id)))


@transaction.atomic
def end_others(user: User, session_key: str) -> int:
    """Sign a person out of every browser but this one; say of how many."""
    return end_sign_ins(SignIn.objects.filter(user=user).exclude(session_key=session_key))


def forget_ended() -> int:
    """Forget sessions that are over, what stands beside them and spent limits; say how many.

    Django removes an expired session only when its own browser comes back, which most never do.
    """
    moment = now()
    ended, _ = Session.objects.filter(expire_date__lt=moment).delete()
    over = moment - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    SignIn.objects.filter(seen_at__lt=over).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_limit WHERE expires < %s", [moment])
    return ended
