"""What people decide about watching: begin, pause, go on, stop, take the stop back. Audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.queries import channel_by_id
from hearwell.kit import jobs
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.watching.models import Pace, Watch, WatchState
from hearwell.watching.queries import pace_of, way_of
from hearwell.watching.rules import LEAST_H, MOST_H, MOST_WATCHED, UNDO, bare

LONGEST_HANDLE: Final = 200
HANDLE: Final = "handle"
LONGEST_NAME: Final = 80


class BadWishError(Exception):
    """It cannot be so; `field` is handle, via, name or hours, the text says why, for the person."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to watch, through which account of ours, for which panel, under which name."""

    panel_id: UUID
    via_id: UUID | None
    handle: str
    name: str = ""


@transaction.atomic
def ask(workspace_id: UUID, wish: Wish, *, by: User) -> Watch:
    """Have an account looked up and, if it is there, watched. Raises BadWishError.

    What this person asked for on the same panel and was refused is forgotten.
    """
    handle = _handle(wish.handle)
    via = channel_by_id(workspace_id, wish.via_id) if wish.via_id else None
    way = way_of(via) if via else None
    if via is None or way is None or not way.can:
        _refuse("via", _("Choose one of our accounts that can read what others say."))
    if bare(handle) in {bare(via.handle), via.external_id.casefold()}:
        _refuse(HANDLE, _("This is our own account; it is counted already."))
    going = Watch.objects.filter(workspace_id=workspace_id).exclude(
        state__in=[WatchState.REFUSED, WatchState.STOPPED]
    )
    if going.count() >= MOST_WATCHED:
        _refuse(HANDLE, _("At most %(most)s accounts are watched.") % {"most": MOST_WATCHED})
    drop_refusal(workspace_id, wish.panel_id, by.id)
    watch = Watch.objects.create(
        workspace_id=workspace_id,
        panel_id=wish.panel_id,
        brand_name=_name(wish.name),
        via_id=via.id,
        network=via.network,
        typed=handle,
        next_at=now(),
        by_id=by.id,
    )
    _audit(watch, "watch.asked", by, after={"network": watch.network, "handle": handle})
    send(watch)
    return watch


def send(watch: Watch) -> None:
    """Have a worker look at it now."""
    from hearwell.watching.tasks import read

    key = f"watching:{watch.id}"
    jobs.defer_once(
        read, key, lock=key, workspace_id=str(watch.workspace_id), watch_id=str(watch.id)
    )


def drop_refusal(workspace_id: UUID, panel_id: UUID, user_id: UUID) -> None:
    """Forget what this person asked for there and what was not found."""
    mine = Watch.objects.filter(workspace_id=workspace_id, panel_id=panel_id, by_id=user_id)
    mine.filter(state=WatchState.REFUSED).delete()


@transaction.atomic
def pause(workspace_id: UUID, watch_id: UUID, *, by: User) -> Watch:
    """Read no more until it is resumed; what was read stays. Raises Watch.DoesNotExist."""
    return _turn(workspace_id, watch_id, WatchState.ACTIVE, WatchState.PAUSED, by)


@transaction.atomic
def resume(workspace_id: UUID, watch_id: UUID, *, by: User) -> Watch:
    """Read on, from where it was. Raises Watch.DoesNotExist."""
    watch = _turn(workspace_id, watch_id, WatchState.PAUSED, WatchState.ACTIVE, by)
    if watch.state == WatchState.ACTIVE:
        _due_now(watch)
    return watch


@transaction.atomic
def stop(
    workspace_id: UUID,
    watch_id: UUID,
    *,
    keeps: bool,
    left: Sequence[tuple[str, str]] = (),
    by: User,
) -> Watch:
    """Stop watching; `keeps` what was read, or it goes after a week. Raises Watch.DoesNotExist.

    `left` are the panels that it was taken out of, for whoever undoes it.
    """
    watch = _locked(workspace_id, watch_id, WatchState.ACTIVE, WatchState.PAUSED)
    before = watch.state
    watch.state, watch.next_at = WatchState.STOPPED, None
    watch.left = [list(one) for one in left]
    watch.purge_at = None if keeps else now() + UNDO
    watch.changed_at = now()
    watch.save()
    _audit(watch, "watch.stopped", by, before={"state": before}, after={"keeps": keeps})
    return watch


@transaction.atomic
def undo_stop(workspace_id: UUID, watch_id: UUID, *, by: User) -> Watch:
    """Watch it again as before. Raises Watch.DoesNotExist where it is too late."""
    watch = _locked(workspace_id, watch_id, WatchState.STOPPED)
    if watch.changed_at <= now() - UNDO:
        raise Watch.DoesNotExist
    watch.state, watch.purge_at, watch.left = WatchState.ACTIVE, None, []
    watch.changed_at = now()
    watch.save()
    _due_now(watch)
    _audit(watch, "watch.undone", by)
    return watch


@transaction.atomic
def set_pace(workspace_id: UUID, hours: int | None, *, by: User) -> int:
    """Choose how many hours lie between two readings. Raises BadWishError; returns it."""
    if hours is None or not LEAST_H <= hours <= MOST_H:
        said = _("Choose between %(least)s and %(most)s hours.")
        _refuse("hours", said % {"least": LEAST_H, "most": MOST_H})
    before = pace_of(workspace_id)
    if before != hours:
        Pace.objects.update_or_create(
            workspace_id=workspace_id,
            defaults={"hours": hours, "by_id": by.id, "changed_at": now()},
        )
        entry = AuditEntry("watch.pace", by, before={"hours": before}, after={"hours": hours})
        record_audit(workspace_id, [entry])
    return hours


def _turn(
    workspace_id: UUID, watch_id: UUID, before: WatchState, after: WatchState, by: User
) -> Watch:
    """Change a state; one that is so already stays and nothing is noted."""
    watch = _locked(workspace_id, watch_id, before, after)
    if watch.state == before:
        watch.state, watch.changed_at = after, now()
        watch.next_at = None
        watch.save(update_fields=["state", "next_at", "changed_at"])
        _audit(watch, f"watch.{'paused' if after == WatchState.PAUSED else 'resumed'}", by)
    return watch


def _due_now(watch: Watch) -> None:
    watch.next_at, watch.failures = now(), 0
    watch.save(update_fields=["next_at", "failures"])
    send(watch)


def _locked(workspace_id: UUID, watch_id: UUID, *states: WatchState) -> Watch:
    rows = Watch.objects.select_for_update().filter(state__in=states)
    return rows.get(workspace_id=workspace_id, id=watch_id)


def _handle(text: str) -> str:
    said = clean(text)[0].strip()
    if not said:
        _refuse(HANDLE, _("Type the account's name on the network."))
    if len(said) > LONGEST_HANDLE or any(one.isspace() for one in said):
        _refuse(HANDLE, _("An account's name is one word, such as @name."))
    return said


def _name(text: str) -> str:
    name = " ".join(clean(text)[0].split())
    if len(name) > LONGEST_NAME:
        _refuse("name", _("At most %(most)s letters.") % {"most": LONGEST_NAME})
    return name


def _refuse(field: str, message: str) -> NoReturn:
    raise BadWishError(field, message)


def _audit(watch: Watch, verb: str, by: User, **what: Any) -> None:
    entry = AuditEntry(verb, by, "watch", watch.id, str(watch), **what)
    record_audit(watch.workspace_id, [entry])
