"""The kinds of events that other systems can be told of, by the names that they know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hearwell.channels.events import (
    ChannelConnected,
    ChannelHealthChanged,
    ChannelStateChanged,
    DeliveriesParked,
)
from hearwell.commerce.events import ToolRunDone, ToolRunDoubted, ToolRunFailed
from hearwell.conversations.events import (
    CaseAssigned,
    CaseClosed,
    CaseMerged,
    CaseParted,
    CaseReopened,
    CaseSnoozed,
    CaseTagged,
    CaseWoken,
    NoteAdded,
    UrgencySet,
)
from hearwell.escalation.events import (
    EscalationAccepted,
    EscalationMoved,
    EscalationRaised,
    EscalationSettled,
    IncidentEnded,
    IncidentLevelChanged,
    IncidentOpened,
    IncidentProposed,
)
from hearwell.events.model import DomainEvent
from hearwell.inbox.events import (
    MessageActed,
    MessageAmended,
    MessageCorrected,
    MessageReceived,
    MessageWithdrawn,
    ReplySent,
)
from hearwell.outbound.events import (
    DeliveryCancelled,
    DeliveryFailed,
    DeliveryHeld,
    DeliveryNeedsHuman,
    DeliveryQueued,
    DeliveryStale,
)
from hearwell.powers.events import GrantAsked, GrantDecided, ReplyHandedIn, ReplyReviewed
from hearwell.promotions.events import SuppressionEnded, SuppressionStarted
from hearwell.routing.events import CaseClaimed, CaseReleased, PresenceChanged, TeamChanged
from hearwell.sla.events import ClockBreached, ClockMet, ClockNearlyDue
from hearwell.spikes.events import SpikeDecided, SpikeFound

TEST: Final = "webhook.test"
CASES, MESSAGES, REPLIES = _("Cases"), _("Messages"), _("Replies")
PROMISES, CHANNELS = _("Promises"), _("Channels")
PEOPLE, INCIDENTS = _("People"), _("Incidents")


@dataclass(frozen=True)
class Kind:
    """A kind: its name in a body, its name on screen, the events it is made of.

    `facts` are the fields of the event that are told, beside its case, message and actor.
    """

    name: str
    label: str | Promise
    group: str | Promise
    events: tuple[type[DomainEvent], ...]
    facts: tuple[str, ...] = ()


_CLOCK: Final = ("clock_id", "kind", "due_at")
_MET: Final = (
    "clock_id", "kind", "asked_at", "met_at", "reply_id", "wall_s", "business_s", "is_in_time",
)  # fmt: skip
_DELIVERY: Final = ("delivery_id", "channel_id", "author_id")
_TROUBLE: Final = (*_DELIVERY, "code", "message", "alternatives")
_STUCK: Final = (DeliveryHeld, DeliveryStale, DeliveryNeedsHuman)
_STATE: Final = ("channel_id", "state")
_ESCALATION: Final = ("escalation_id", "severity")
_INCIDENT: Final = ("incident_id", "number", "severity", "title")
_SUPPRESSION: Final = ("seq", "network", "network_id", "email_sha256", "reason", "since")
_ALL: Final = (
    Kind("case.opened", _("A new case"), CASES, (MessageReceived,)),
    Kind(
        "case.assigned", _("Given to somebody, or put back"), CASES, (CaseAssigned,),
        ("assignee_id", "before_id"),
    ),
    Kind("case.claimed", _("Somebody is on it"), CASES, (CaseClaimed,), ("user_id", "expires_at")),
    Kind(
        "case.released", _("Nobody is on it any more"), CASES, (CaseReleased,), ("user_id", "why")
    ),
    Kind(
        "case.team", _("Moved to another team"), CASES, (TeamChanged,),
        ("case_ids", "team_id", "why"),
    ),
    Kind("case.urgency", _("Its priority changed"), CASES, (UrgencySet,), ("urgency", "before")),
    Kind("case.closed", _("Closed"), CASES, (CaseClosed,), ("reason",)),
    Kind("case.reopened", _("Reopened"), CASES, (CaseReopened,)),
    Kind("case.snoozed", _("Snoozed"), CASES, (CaseSnoozed,), ("until",)),
    Kind("case.woken", _("Back from a snooze"), CASES, (CaseWoken,)),
    Kind(
        "case.labelled", _("Labels put on or taken off"), CASES, (CaseTagged,), ("tags", "is_on")
    ),
    Kind("case.merged", _("Merged into another"), CASES, (CaseMerged,), ("move_id",)),
    Kind("case.split", _("Split, or a merge undone"), CASES, (CaseParted,), ("move_id",)),
    Kind("message.received", _("A customer wrote"), MESSAGES, (MessageReceived,)),
    Kind("message.edited", _("A customer changed a message"), MESSAGES, (MessageAmended,)),
    Kind("message.deleted", _("A customer deleted a message"), MESSAGES, (MessageWithdrawn,)),
    Kind(
        "message.corrected", _("A person said what a message is"), MESSAGES, (MessageCorrected,),
        ("field", "value"),
    ),
    Kind(
        "message.acted", _("Liked, hidden or deleted on the network"), MESSAGES, (MessageActed,),
        ("act", "state"),
    ),
    Kind("note.added", _("A note for the team"), MESSAGES, (NoteAdded,)),
    Kind(
        "reply.queued", _("A reply was handed in"), REPLIES, (DeliveryQueued,),
        (*_DELIVERY, "not_before"),
    ),
    Kind("reply.sent", _("A reply stands on the network"), REPLIES, (ReplySent,)),
    Kind("reply.taken_back", _("A reply was taken back"), REPLIES, (DeliveryCancelled,), _DELIVERY),
    Kind("reply.held", _("A reply waits for a person"), REPLIES, _STUCK, _TROUBLE),
    Kind(
        "reply.failed", _("A reply was refused by the network"), REPLIES, (DeliveryFailed,),
        _TROUBLE,
    ),
    Kind(
        "approval.asked", _("A reply waits for a second person"), REPLIES, (ReplyHandedIn,),
        ("delivery_id", "author_id"),
    ),
    Kind(
        "approval.decided", _("A reply was approved, returned or recalled"), REPLIES,
        (ReplyReviewed,), ("delivery_id", "author_id", "state", "by_id"),
    ),
    Kind(
        "grant.asked", _("Something above somebody's powers waits"), REPLIES, (GrantAsked,),
        ("grant_id", "giver_id"),
    ),
    Kind(
        "grant.decided", _("Something above somebody's powers was decided"), REPLIES,
        (GrantDecided,), ("grant_id", "giver_id", "state", "by_id"),
    ),
    Kind(
        "tool.done", _("Something was done in another system"), CASES, (ToolRunDone,),
        ("run_id", "tool_id", "tool", "user_id", "undoes_id"),
    ),
    Kind(
        "tool.failed", _("Something was not done in another system"), CASES, (ToolRunFailed,),
        ("run_id", "tool_id", "tool", "user_id", "code"),
    ),
    Kind(
        "tool.doubted", _("Nobody knows whether something was done in another system"), CASES,
        (ToolRunDoubted,), ("run_id", "tool_id", "tool", "user_id", "code"),
    ),
    Kind(
        "spike.found", _("Far more is said than usual"), MESSAGES, (SpikeFound,),
        (
            "spike_id", "spike_kind", "severity", "topic", "channel_id", "count", "expected",
            "minutes", "people",
        ),
    ),
    Kind(
        "spike.decided", _("A spike was confirmed or dismissed"), MESSAGES, (SpikeDecided,),
        ("spike_id", "state"),
    ),
    Kind(
        "escalation.raised", _("A case was escalated"), CASES, (EscalationRaised,),
        (*_ESCALATION, "why", "user_ids", "due_at"),
    ),
    Kind(
        "escalation.moved", _("Nobody accepted in time: the next one is asked"), CASES,
        (EscalationMoved,), (*_ESCALATION, "user_ids", "due_at", "is_last", "is_given"),
    ),
    Kind(
        "escalation.accepted", _("An escalated case has an owner"), CASES, (EscalationAccepted,),
        (*_ESCALATION, "owner_id"),
    ),
    Kind(
        "escalation.settled", _("An escalation is done, signed off or withdrawn"), CASES,
        (EscalationSettled,), ("escalation_id", "state"),
    ),
    Kind(
        "incident.proposed", _("An incident is proposed"), INCIDENTS, (IncidentProposed,),
        (*_INCIDENT, "spike_id"),
    ),
    Kind(
        "incident.opened", _("An incident is live"), INCIDENTS, (IncidentOpened,),
        (*_INCIDENT, "lead_id"),
    ),
    Kind(
        "incident.level", _("An incident has another level"), INCIDENTS, (IncidentLevelChanged,),
        (*_INCIDENT, "before"),
    ),
    Kind(
        "incident.ended", _("An incident is over or was dismissed"), INCIDENTS, (IncidentEnded,),
        (*_INCIDENT, "state"),
    ),
    Kind("promise.nearly_due", _("A clock is nearly due"), PROMISES, (ClockNearlyDue,), _CLOCK),
    Kind("promise.late", _("A clock ran out"), PROMISES, (ClockBreached,), _CLOCK),
    Kind("promise.answered", _("A reply closed a clock"), PROMISES, (ClockMet,), _MET),
    Kind(
        "channel.connected", _("A channel was connected"), CHANNELS, (ChannelConnected,),
        ("channel_id", "network", "handle"),
    ),
    Kind(
        "channel.state", _("A channel was paused or resumed"), CHANNELS, (ChannelStateChanged,),
        _STATE,
    ),
    Kind(
        "channel.health", _("A channel's health changed"), CHANNELS, (ChannelHealthChanged,),
        (*_STATE, "message"),
    ),
    Kind(
        "channel.parked", _("Something could not be taken in"), CHANNELS, (DeliveriesParked,),
        ("channel_id", "parked_ids"),
    ),
    Kind(
        "suppression.started", _("Promotions to somebody are held back"), PEOPLE,
        (SuppressionStarted,), _SUPPRESSION,
    ),
    Kind(
        "suppression.ended", _("Promotions to somebody are free again"), PEOPLE,
        (SuppressionEnded,), _SUPPRESSION,
    ),
    Kind(
        "presence.changed", _("Somebody is available, busy or away"), PEOPLE, (PresenceChanged,),
        ("user_id", "presence", "is_automatic"),
    ),
)  # fmt: skip
KINDS: Final = {kind.name: kind for kind in _ALL}
_BY_EVENT: Final[dict[str, list[str]]] = {}
for _kind in KINDS.values():
    for _event in _kind.events:
        _BY_EVENT.setdefault(_event.name, []).append(_kind.name)


def kinds_of(event: DomainEvent) -> list[str]:
    """Return the kinds that an event is told as; mostly one, none for most."""
    return [
        name
        for name in _BY_EVENT.get(event.name, [])
        if name != "case.opened" or getattr(event, "is_new_case", False)
    ]


def is_told(event_name: str) -> bool:
    """Say whether an event of this name can be told at all."""
    return event_name in _BY_EVENT


def message_id(event_id: UUID, kind: str) -> UUID:
    """Return the id that receivers know it by: of event and kind, so never another."""
    return uuid5(event_id, kind)


def case_ids_of(event: DomainEvent) -> list[UUID]:
    """Return the cases that an event is about, the one that its body shows first."""
    if isinstance(event, CaseMerged | CaseParted):
        return event.case_ids[::-1]
    context: dict[str, Any] = getattr(event, "context", {})
    found = getattr(event, "case_id", None) or context.get("case_id")
    return [UUID(str(found))] if found else []
