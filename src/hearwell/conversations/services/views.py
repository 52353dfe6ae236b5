"""Saved views: save, rename, share, put in order, delete and restore.

A private view is its owner's alone; one of the team's belongs to nobody. Who may do which is for
the caller to ask; whose it is, is asked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.conversations.models import SavedView
from hearwell.conversations.services.place import here
from hearwell.conversations.viewing import RESTORED_WITHIN
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.text import clean

MOST_VIEWS: Final = 30
MAX_NAME: Final = 60


class BadViewError(ValueError):
    """The view cannot be like this; the text says what to do, for the person."""


def views_in(workspace_id: UUID, owner_id: UUID | None) -> QuerySet[SavedView]:
    """Return somebody's views (None: the team's) that are not deleted, in their order."""
    mine = SavedView.objects.filter(
        workspace_id=workspace_id, owner_id=owner_id, deleted_at__isnull=True
    )
    return mine.order_by("position", "id")


@transaction.atomic
def save_view(name: str, params: Mapping[str, str], by: User, *, is_shared: bool) -> SavedView:
    """Keep a list under a name, at the end of its group. Raises BadViewError."""
    workspace_id, owner_id = here(), None if is_shared else by.id
    _lock(workspace_id, owner_id)
    others = views_in(workspace_id, owner_id)
    if others.count() >= MOST_VIEWS:
        raise BadViewError(
            _("There are %(most)s views already. Delete one that nobody uses.")
            % {"most": MOST_VIEWS}
        )
    last = others.aggregate(last=Max("position"))["last"]
    view = SavedView(
        workspace_id=workspace_id,
        name=_free_name(name, others),
        owner_id=owner_id,
        made_by_id=by.id,
        params=dict(params),
        position=0 if last is None else last + 1,
    )
    view.save(force_insert=True)
    _tell("shared", view, by, None, _facts(view))
    return view


@transaction.atomic
def change_view(
    view_id: UUID,
    by: User,
    *,
    is_shared: bool,
    name: str | None = None,
    params: Mapping[str, str] | None = None,
) -> SavedView:
    """Rename a view, or let it show another list. Raises BadViewError, SavedView.DoesNotExist."""
    view = _locked(view_id, by, is_shared=is_shared)
    before = _facts(view)
    if name is not None:
        others = views_in(view.workspace_id, view.owner_id).exclude(id=view.id)
        view.name = _free_name(name, others)
    if params is not None:
        view.params = dict(params)
    view.save(update_fields=["name", "params"])
    if before != _facts(view):
        _tell("changed", view, by, before, _facts(view))
    return view


@transaction.atomic
def move_view(view_id: UUID, by: User, *, is_shared: bool, is_up: bool) -> None:
    """Let a view change places with its neighbour; at the end nothing moves."""
    view = _locked(view_id, by, is_shared=is_shared)
    order = list(views_in(view.workspace_id, view.owner_id))
    at = next(i for i, one in enumerate(order) if one.id == view.id)
    to = at - 1 if is_up else at + 1
    if not 0 <= to < len(order):
        return
    order[at], order[to] = order[to], order[at]
    for position, one in enumerate(order):
        one.position = position
    SavedView.objects.bulk_update(order, ["position"])


@transaction.atomic
def delete_view(view_id: UUID, by: User, *, is_shared: bool) -> SavedView:
    """Put a view away; it can be restored for a week. Those put away longer are forgotten."""
    view = _locked(view_id, by, is_shared=is_shared)
    _all(view.workspace_id, view.owner_id).filter(deleted_at__lt=now() - RESTORED_WITHIN).delete()
    view.deleted_at = now()
    view.save(update_fields=["deleted_at"])
    _tell("deleted", view, by, _facts(view), None)
    return view


@transaction.atomic
def restore_view(view_id: UUID, by: User, *, is_shared: bool) -> SavedView:
    """Take a deleted view back, at its old place; where its name is taken, under a new one."""
    view = _locked(view_id, by, is_shared=is_shared, is_deleted=True)
    others = views_in(view.workspace_id, view.owner_id)
    if others.count() >= MOST_VIEWS:
        raise BadViewError(_("There are too many views. Delete one that nobody uses."))
    taken = {one.name.casefold() for one in others}
    name, n = view.name, 2
    while view.name.casefold() in taken and n <= MOST_VIEWS + 2:
        view.name, n = f"{name[: MAX_NAME - 4]} {n}", n + 1
    view.deleted_at = None
    view.save(update_fields=["deleted_at", "name"])
    _tell("restored", view, by, None, _facts(view))
    return view


def _all(workspace_id: UUID, owner_id: UUID | None) -> QuerySet[SavedView]:
    return SavedView.objects.filter(workspace_id=workspace_id, owner_id=owner_id)


def _lock(workspace_id: UUID, owner_id: UUID | None) -> None:
    """Let two who save at once not both be the thirtieth, or take one name."""
    name = f"views:{workspace_id}:{owner_id}"
    rows.fetch("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))::text", [name])


def _locked(view_id: UUID, by: User, *, is_shared: bool, is_deleted: bool = False) -> SavedView:
    """Return a view that this person may change. Raises SavedView.DoesNotExist."""
    workspace_id, owner_id = here(), None if is_shared else by.id
    _lock(workspace_id, owner_id)
    mine = _all(workspace_id, owner_id)
    return mine.get(id=view_id, deleted_at__isnull=not is_deleted)


def _free_name(name: str, others: QuerySet[SavedView]) -> str:
    wanted = " ".join(clean(name)[0].split())
    if not wanted:
        raise BadViewError(_("Give the view a name."))
    if len(wanted) > MAX_NAME:
        raise BadViewError(_("The name is too long: at most %(n)s characters.") % {"n": MAX_NAME})
    if any(one.name.casefold() == wanted.casefold() for one in others):
        raise BadViewError(_("There is a view of this name already. Choose another."))
    return wanted


def _facts(view: SavedView) -> dict[str, Any]:
    return {"name": view.name, "params": dict(view.params)}


def _tell(
    verb: str,
    view: SavedView,
    by: User,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Write into the audit trail what concerns the team; a person's own views do not."""
    if view.owner_id is None:
        entry = AuditEntry(f"view.{verb}", by, "view", view.id, view.name, before, after)
        record_audit(view.workspace_id, [entry])
