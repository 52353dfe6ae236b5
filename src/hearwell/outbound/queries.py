"""Reads of outbound: what is on its way, and what waits for a person. In the caller's scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy

from hearwell.channels.telling import told
from hearwell.connect.attachments import Attachment
from hearwell.kit.clock import now
from hearwell.outbound.models import Delivery, File, KillSwitch, Transition
from hearwell.outbound.rules import DONE, FINAL, RECALLABLE, State
from hearwell.outbound.services.switches import active_switches, switch_for

__all__ = ["active_switches", "switch_for"]

# What a screen shows of a lane: all but what is in the thread already and what was taken back.
_SHOWN = sorted(set(State) - DONE - {State.CANCELLED, State.DRAFT})
_WAITS_FOR_PERSON = sorted({State.HELD, State.STALE, State.NEEDS_HUMAN, State.APPROVAL})
# What stands nowhere, and will not.
_NEVER_LEFT = sorted({State.DRAFT, State.CANCELLED, State.FAILED})
LABELS = {
    State.DRAFT: gettext_lazy("Draft"),
    State.APPROVAL: gettext_lazy("Waiting for approval"),
    State.QUEUED: gettext_lazy("Going out"),
    State.SENDING: gettext_lazy("Being sent"),
    State.UNKNOWN: gettext_lazy("Checking with the network"),
    State.PENDING: gettext_lazy("Accepted, not yet visible"),
    State.SENT: gettext_lazy("Sent"),
    State.CONFIRMED: gettext_lazy("Sent"),
    State.CANCELLED: gettext_lazy("Taken back"),
    State.STALE: gettext_lazy("Not sent: the customer wrote again"),
    State.HELD: gettext_lazy("Held back"),
    State.FAILED: gettext_lazy("Not sent"),
    State.NEEDS_HUMAN: gettext_lazy("Please check: was this posted?"),
}


@dataclass(frozen=True, slots=True)
class PendingReply:
    """A delivery as people see it before it is part of the thread."""

    delivery_id: UUID
    lane_id: UUID
    thread_id: UUID
    channel_id: UUID
    network: str
    state: State
    label: str
    message: str
    code: str
    alternatives: tuple[str, ...]
    text: str
    audience: str
    author_id: UUID | None
    queued_at: datetime
    not_before: datetime
    attempts: int
    can_undo: bool
    context: dict[str, Any]
    files: tuple[Attachment, ...] = ()


def pending_replies(workspace_id: UUID, lane_ids: Collection[UUID]) -> list[PendingReply]:
    """What is on its way in these lanes, or went wrong there; the oldest first. One query."""
    lanes = Delivery.objects.filter(_in_lanes(lane_ids), workspace_id=workspace_id)
    later = lanes.filter(lane_id=OuterRef("lane_id"), id__gt=OuterRef("id"))
    # What failed is shown until somebody has written the next one.
    rows = lanes.filter(state__in=_SHOWN).exclude(Exists(later), state=State.FAILED)
    return [_reply(row) for row in rows.select_related("lane").order_by("id")]


def _in_lanes(lane_ids: Collection[UUID]) -> Q:
    """Those in these lanes and in the lanes that follow them."""
    return Q(lane_id__in=lane_ids) | Q(lane__follows_id__in=lane_ids)


def replies_in_sight(
    workspace_id: UUID, lane_ids: Collection[UUID], author_id: UUID
) -> list[PendingReply]:
    """What a page shows: pending_replies of its lanes, and all that this author can take back.

    One query, the oldest first; which is which says `thread_id`.
    """
    later = Delivery.objects.filter(
        workspace_id=workspace_id, lane_id=OuterRef("lane_id"), id__gt=OuterRef("id")
    )
    rows = Delivery.objects.filter(
        (_in_lanes(lane_ids) & Q(state__in=_SHOWN))
        | Q(author_id=author_id, state=State.QUEUED, not_before__gt=now()),
        workspace_id=workspace_id,
    ).exclude(Exists(later), state=State.FAILED)
    return [_reply(row) for row in rows.select_related("lane").order_by("id")]


def reply_by_id(workspace_id: UUID, delivery_id: UUID) -> PendingReply | None:
    """One delivery in whatever state; None if there is none of that id here."""
    row = delivery_by_id(workspace_id, delivery_id)
    return _reply(row) if row else None


def delivery_by_id(workspace_id: UUID, delivery_id: UUID) -> Delivery | None:
    """The row itself; None if there is none of that id here."""
    return Delivery.objects.filter(workspace_id=workspace_id, id=delivery_id).first()


def waiting_files(workspace_id: UUID, key: UUID) -> list[Attachment]:
    """What was attached to what is written under a composer's key, in that order. One query."""
    rows = File.objects.filter(workspace_id=workspace_id, key=key, delivery__isnull=True)
    return [attachment_of(row) for row in rows.defer("body").order_by("id")]


def file_by_id(workspace_id: UUID, file_id: UUID) -> File | None:
    """One of our files with its bytes; None if there is none of that id here."""
    return File.objects.filter(workspace_id=workspace_id, id=file_id).first()


def attachment_of(row: File) -> Attachment:
    """A file as the contract tells it, without its bytes."""
    return Attachment(row.mime, row.name, row.size, row.alt, ref=str(row.id), digest=row.digest)


def needs_human(workspace_id: UUID, *, limit: int = 200) -> list[PendingReply]:
    """Deliveries of which nobody can tell whether they were posted."""
    return _listed(workspace_id, [State.NEEDS_HUMAN], limit)


def held(workspace_id: UUID, *, limit: int = 200) -> list[PendingReply]:
    """The review list: what is held back until somebody releases it."""
    return _listed(workspace_id, [State.HELD], limit)


def waiting_for_person(workspace_id: UUID, *, limit: int = 200) -> list[PendingReply]:
    """Everything that goes on only when somebody decides."""
    return _listed(workspace_id, _WAITS_FOR_PERSON, limit)


def history(workspace_id: UUID, delivery_id: UUID) -> list[Transition]:
    """Every change of state of a delivery, in order."""
    rows = Transition.objects.filter(workspace_id=workspace_id, delivery_id=delivery_id)
    return list(rows.order_by("at", "id"))


def switches(workspace_id: UUID, *, limit: int = 100) -> list[KillSwitch]:
    """Kill switches, those that are on and those that were; the newest first."""
    return list(KillSwitch.objects.filter(workspace_id=workspace_id).order_by("-id")[:limit])


def _listed(workspace_id: UUID, states: Sequence[str], limit: int) -> list[PendingReply]:
    rows: QuerySet[Delivery] = Delivery.objects.select_related("lane").filter(
        workspace_id=workspace_id, state__in=states
    )
    return [_reply(row) for row in rows.order_by("state_since", "id")[:limit]]


def _reply(row: Delivery) -> PendingReply:
    state = State(row.state)
    return PendingReply(
        delivery_id=row.id,
        lane_id=row.lane_id,
        thread_id=row.lane.follows_id or row.lane_id,
        channel_id=row.channel_id,
        network=row.network,
        state=state,
        label=str(LABELS[state]),
        message=told(row.failure_message) if row.failure_message else "",
        code=row.failure_code,
        alternatives=tuple(row.alternatives),
        text=row.draft["text"],
        audience=row.draft["audience"],
        author_id=row.author_id,
        queued_at=row.queued_at,
        not_before=row.not_before,
        attempts=row.attempts,
        can_undo=state in RECALLABLE and state not in FINAL,
        context=row.context,
        files=tuple(Attachment(**file) for file in row.draft["media"]),
    )


def is_answered_in(workspace_id: UUID, lane_id: UUID, parent_id: str) -> bool:
    """Say whether something in a lane answers this message, or is on its way to. One query."""
    rows = Delivery.objects.filter(
        workspace_id=workspace_id, lane_id=lane_id, draft__parent_id=parent_id
    )
    return rows.exclude(state__in=_NEVER_LEFT).exists()
