"""Acts on messages: asked for, claimed, settled. Nothing is done to a network here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from hearwell.channels.models import Channel, ChannelState
from hearwell.connect.model import Act
from hearwell.connect.registry import connector_for
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.outbound.actlaw import TOPIC, ActState, Outcome
from hearwell.outbound.models import Moderation
from hearwell.outbound.rules import lease_s
from hearwell.outbound.services import instance
from hearwell.outbound.services.gate import pass_gate
from hearwell.outbound.services.settling import STOPPED, settle_acts
from hearwell.outbound.services.switches import active_switches, switch_for

BATCH = 200
# A job was deferred for the row; if nothing came of it by then, another one is.
_NUDGE = timedelta(seconds=5)
_PAUSED = Outcome(
    ActState.REFUSED, "channel_paused", _("This channel is paused or read-only. Nothing was done.")
)


class UnderWayError(Exception):
    """The network is being asked for the opposite at this moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An act that somebody asks for. `message_id` is the caller's name of what `ref` names."""

    channel: Channel
    message_id: UUID
    act: Act
    ref: str
    root_id: str = ""
    by_id: UUID | None = None
    why: str = ""


@transaction.atomic
def ask_for(wanted: Wanted) -> tuple[Moderation, bool]:
    """Have the worker do it; returns the row and whether this changed anything.

    What waits or is done already is the row that there was.

    The opposite of what waits withdraws that; if no network was asked yet, nothing more is to be
    done. The caller holds a lock that keeps two askers of one message apart. Raises UnderWayError.
    """
    workspace_id, topic = wanted.channel.workspace_id, TOPIC[wanted.act]
    rows = Moderation.objects.select_for_update(no_key=True).filter(
        workspace_id=workspace_id, message_id=wanted.message_id, topic=topic
    )
    last = rows.filter(state__in=[ActState.WAITING, ActState.DONE]).order_by("-id").first()
    if last is not None and last.act == wanted.act:
        return last, False
    if last is not None and last.state == ActState.WAITING:
        if last.lease_until is not None and last.lease_until > now():
            raise UnderWayError
        last.state, last.settled_at, last.wake_at = ActState.WITHDRAWN.value, now(), None
        last.save(update_fields=["state", "settled_at", "wake_at"])
        if not last.attempts:
            return last, True
    return _asked(wanted), True


def _asked(wanted: Wanted) -> Moderation:
    from hearwell.outbound.tasks import call_doer

    channel = wanted.channel
    made = Moderation.objects.create(
        workspace_id=channel.workspace_id,
        channel_id=channel.id,
        account=channel.external_id,
        network=channel.network,
        message_id=wanted.message_id,
        ref=wanted.ref,
        root_id=wanted.root_id,
        act=wanted.act.value,
        topic=TOPIC[wanted.act].value,
        why=wanted.why,
        asked_by_id=wanted.by_id,
        wake_at=now() + _NUDGE,
    )
    call_doer([(made.workspace_id, made.id)])
    return made


def claim_act(workspace_id: UUID, moderation_id: UUID) -> Moderation | None:
    """Take an act that is due; commits before it returns. None if it is not ours to do now.

    What a kill switch or the state of the channel stops is refused: nothing is done later that
    nobody expects any more. Raises InstanceChangedError as the claim of a reply does.
    """
    with transaction.atomic(durable=True), scope(workspace_id):
        pass_gate(workspace_id)
        instance.check()
        at = now()
        row = (
            Moderation.objects.select_for_update(no_key=True, skip_locked=True)
            .filter(Q(lease_until=None) | Q(lease_until__lte=at))
            .filter(workspace_id=workspace_id, id=moderation_id, state=ActState.WAITING)
            .filter(not_before__lte=at)
            .first()
        )
        if row is None:
            return None
        stop = _stop_of(row)
        if stop is not None:
            settle_acts([row], stop)
            return None
        row.attempts += 1
        row.lease_until = at + timedelta(seconds=lease_s(connector_for(row.network).manifest))
        row.wake_at = row.lease_until
        row.save(update_fields=["attempts", "lease_until", "wake_at"])
        return row


def _stop_of(row: Moderation) -> Outcome | None:
    if switch_for(active_switches(row.workspace_id), row.network, row.channel_id) is not None:
        return STOPPED
    channel = Channel.objects.filter(workspace_id=row.workspace_id, id=row.channel_id).first()
    return None if channel is not None and channel.state == ChannelState.ACTIVE else _PAUSED


def record_act(row: Moderation, found: Outcome) -> None:
    """Record what came of a claim; nothing if the act was withdrawn or claimed anew since."""
    with transaction.atomic(), scope(row.workspace_id):
        held = Moderation.objects.select_for_update(no_key=True).filter(
            workspace_id=row.workspace_id,
            id=row.id,
            state=ActState.WAITING,
            attempts=row.attempts,
        )
        current = held.first()
        if current is None:
            return
        if found.to is not ActState.WAITING:
            settle_acts([current], found)
            return
        current.lease_until, current.not_before = None, found.not_before or now()
        current.wake_at = current.not_before
        current.save(update_fields=["lease_until", "not_before", "wake_at"])


def sweep() -> int:
    """Wake the doer for what is due in any workspace; returns how many acts there were."""
    from hearwell.outbound.tasks import call_doer

    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id, id FROM outbound_due_acts(%s, %s)", [now(), BATCH])
        due: list[tuple[UUID, UUID]] = cursor.fetchall()
    for workspace_id in {place for place, _id in due}:
        with scope(workspace_id):
            ids = [id_ for place, id_ in due if place == workspace_id]
            rows = Moderation.objects.filter(workspace_id=workspace_id, id__in=ids)
            rows.filter(wake_at__lte=now()).update(wake_at=now() + _NUDGE)
    if due:
        call_doer(due)
    return len(due)
