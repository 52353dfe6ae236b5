"""What is done to a post's class: said otherwise by a person, and taken back. Audited."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.conversations.models import Direction, Message
from hearwell.kit.clock import now
from hearwell.voice.models import Ruling
from hearwell.voice.rules import SAYABLE


class BadClassError(ValueError):
    """There is no such class that a person could say."""


class NothingToTakeBackError(Exception):
    """Nothing was said of this post, or it was taken back already."""


@transaction.atomic
def say_class(message_id: UUID, klass: str, by: Membership) -> Ruling:
    """Keep what a person says that a message of ours is; counts show it at once.

    Raises BadClassError, Message.DoesNotExist for what is none of ours.
    """
    if klass not in SAYABLE:
        raise BadClassError(klass)
    _post(by.workspace_id, message_id)
    one = _locked(by, message_id)
    if one.klass != klass:
        _keep(one, klass, one.klass, by, "post.class_said")
    return one


@transaction.atomic
def undo_class(message_id: UUID, by: Membership) -> Ruling:
    """Take the last change of a post's class back, once. Raises NothingToTakeBackError."""
    one = _locked(by, message_id) if _known(by, message_id) else None
    if one is None or one.before is None:
        raise NothingToTakeBackError
    _keep(one, one.before, None, by, "post.class_taken_back")
    return one


def _post(workspace_id: UUID, message_id: UUID) -> Message:
    ours = Message.objects.filter(workspace_id=workspace_id, direction=Direction.OUT)
    return ours.exclude(kind="note").defer("search").get(id=message_id)


def _known(by: Membership, message_id: UUID) -> bool:
    found = Ruling.objects.filter(workspace_id=by.workspace_id, message_id=message_id)
    return found.exists()


def _locked(by: Membership, message_id: UUID) -> Ruling:
    one, _made = Ruling.objects.select_for_update().get_or_create(
        workspace_id=by.workspace_id, message_id=message_id, defaults={"by_id": by.user_id}
    )
    return one


def _keep(one: Ruling, klass: str, before: str | None, by: Membership, verb: str) -> None:
    was = one.klass
    one.klass, one.before, one.by_id, one.at = klass, before, by.user_id, now()
    one.save()
    entry = AuditEntry(
        verb, by.user, "message", one.message_id, "",
        before={"klass": was}, after={"klass": klass},
    )  # fmt: skip
    record_audit(by.workspace_id, [entry])
