"""What happened, for whom: each event becomes what somebody may want to be told of."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from hearwell.channels.events import QuotaUsedUp, SpendingNearsCap
from hearwell.commerce.events import ToolRunDoubted
from hearwell.conversations.events import CaseAssigned
from hearwell.escalation.events import (
    EscalationMoved,
    EscalationRaised,
    EscalationSettled,
    IncidentLevelChanged,
    IncidentOpened,
    StatementAsked,
    UpdateDue,
)
from hearwell.escalation.rules import Severity
from hearwell.events.registry import on
from hearwell.inbox.events import MessageReceived
from hearwell.notifications import networks
from hearwell.notifications.assignees import assignees_of
from hearwell.notifications.rules import Topic
from hearwell.notifications.services import Happened, note_happened, note_letters
from hearwell.powers.events import GrantAsked, ReplyHandedIn, ReplyReviewed
from hearwell.powers.models import ReviewState
from hearwell.powers.queries import READERS
from hearwell.sla.events import ClockBreached, ClockNearlyDue
from hearwell.spikes.events import SpikeFound


@on(CaseAssigned)
def tell_of_cases_given(events: Sequence[CaseAssigned]) -> None:
    """A case was given to somebody by anybody but themselves."""
    note_happened(
        events[0].workspace_id,
        [
            Happened(Topic.GIVEN, f"given {one.act_id}", one.case_id, [one.assignee_id])
            for one in events
            if one.assignee_id and one.assignee_id != one.actor_id
        ],
    )


@on(MessageReceived)
def tell_of_answers(events: Sequence[MessageReceived]) -> None:
    """A customer wrote in a case that somebody has."""
    workspace_id = events[0].workspace_id
    owners = assignees_of(workspace_id, {one.case_id for one in events if not one.is_new_case})
    note_happened(
        workspace_id,
        [
            Happened(
                Topic.ANSWERED, f"message {one.message_id}", one.case_id, [owners[one.case_id]]
            )
            for one in events
            if one.case_id in owners
        ],
    )


@on(ClockNearlyDue)
def tell_of_clocks_nearly_due(events: Sequence[ClockNearlyDue]) -> None:
    """A promise is nearly due."""
    _tell_of_clocks(Topic.SOON, events)


@on(ClockBreached)
def tell_of_late_clocks(events: Sequence[ClockBreached]) -> None:
    """A promise was not kept."""
    _tell_of_clocks(Topic.LATE, events)


def _tell_of_clocks(topic: Topic, events: Sequence[ClockNearlyDue | ClockBreached]) -> None:
    """Tell the roles that the promise names, and whoever has the case."""
    workspace_id = events[0].workspace_id
    owners = assignees_of(workspace_id, {one.case_id for one in events})
    note_happened(
        workspace_id,
        [
            Happened(
                topic,
                f"{topic} {one.clock_id}",
                one.case_id,
                [owners[one.case_id]] if one.case_id in owners else [],
                one.roles,
                one.due_at,
            )
            for one in events
        ],
    )


@on(ReplyHandedIn)
def tell_of_replies_to_read(events: Sequence[ReplyHandedIn]) -> None:
    """A reply waits for a second person: whoever may approve, but for its writer."""
    note_happened(
        events[0].workspace_id,
        [
            Happened(
                Topic.REVIEW,
                f"review {one.delivery_id}",
                one.case_id,
                roles=READERS,
                not_to=one.author_id,
            )
            for one in events
        ],
    )


_READ = {ReviewState.APPROVED: Topic.APPROVED, ReviewState.RETURNED: Topic.RETURNED}


@on(ReplyReviewed)
def tell_of_replies_read(events: Sequence[ReplyReviewed]) -> None:
    """A reply was approved, or changes are asked for: its writer. Taken back is their own doing."""
    note_happened(
        events[0].workspace_id,
        [
            Happened(topic, f"{topic} {one.delivery_id}", one.case_id, [one.author_id])
            for one in events
            if (topic := _READ.get(ReviewState(one.state)))
        ],
    )


@on(GrantAsked)
def tell_of_grants_asked_for(events: Sequence[GrantAsked]) -> None:
    """A grant waits for a second person: whoever may approve, but for who asked."""
    note_happened(
        events[0].workspace_id,
        [
            Happened(
                Topic.GRANT,
                f"grant {one.grant_id}",
                one.case_id,
                roles=READERS,
                not_to=one.giver_id,
            )
            for one in events
        ],
    )


@on(ToolRunDoubted)
def tell_of_doubts(events: Sequence[ToolRunDoubted]) -> None:
    """Nobody knows whether an action was done: who pressed it, and whoever may approve."""
    note_happened(
        events[0].workspace_id,
        [
            Happened(Topic.DOUBTED, f"doubted {one.run_id}", one.case_id, [one.user_id], READERS)
            for one in events
        ],
    )


@on(SpikeFound)
def tell_of_spikes(events: Sequence[SpikeFound]) -> None:
    """Far more is said than usual: whoever may approve, for they decide what is done about it."""
    note_happened(
        events[0].workspace_id,
        [
            Happened(Topic.SPIKE, f"spike {one.spike_id}", one.case_id, roles=READERS)
            for one in events
        ],
    )


@on(SpendingNearsCap)
def tell_of_spending(events: Sequence[SpendingNearsCap]) -> None:
    """A monthly cap is near or reached: whoever looks after the networks."""
    note_happened(
        events[0].workspace_id,
        [
            networks.happened(f"cap {one.stage} {one.event_id}", one.network, one.stage)
            for one in events
        ],
    )


@on(QuotaUsedUp)
def tell_of_quotas(events: Sequence[QuotaUsedUp]) -> None:
    """A quota of the day is used up: whoever looks after the networks, once a day."""
    note_happened(
        events[0].workspace_id,
        [
            networks.happened(f"quota {one.network} {one.day}", one.network, networks.QUOTA)
            for one in events
        ],
    )


@on(EscalationRaised)
def tell_of_escalations(events: Sequence[EscalationRaised]) -> None:
    """A case was escalated: whoever is asked to accept it, on every device and by e-mail."""
    _tell_by_name([_asked(one, "0") for one in events], events[0].workspace_id)


@on(EscalationMoved)
def tell_of_next_turns(events: Sequence[EscalationMoved]) -> None:
    """Nobody accepted in time: whoever is next."""
    happened = [_asked(one, f"{one.step} {one.due_at:%d%H%M}") for one in events if one.due_at]
    _tell_by_name(happened, events[0].workspace_id)


def _asked(one: EscalationRaised | EscalationMoved, turn: str) -> Happened:
    key = f"escalation {one.escalation_id} {turn}"
    return Happened(Topic.ESCALATION, key, one.case_id, one.user_ids, (), one.due_at)


def _tell_by_name(happened: Sequence[Happened], workspace_id: UUID) -> None:
    note_happened(workspace_id, happened)
    note_letters(workspace_id, happened)


@on(EscalationSettled)
def tell_of_sign_offs(events: Sequence[EscalationSettled]) -> None:
    """What was done waits to be signed off, or came back to its owner."""
    happened = [
        Happened(
            Topic.SIGNING,
            f"settled {one.escalation_id} {one.state} {one.event_id}",
            one.case_id,
            one.user_ids,
            not_to=one.actor_id,
        )
        for one in events
        if one.user_ids and one.state in {"signing", "accepted"}
    ]
    _tell_by_name(happened, events[0].workspace_id)


@on(StatementAsked)
def tell_of_statements(events: Sequence[StatementAsked]) -> None:
    """A statement waits for a signature: whoever signs it, or may now as a deputy."""
    happened = [
        Happened(
            Topic.SIGNING,
            f"statement {one.statement_id} {int(one.is_deputies)}",
            None,
            one.user_ids,
            about=f"INC-{one.number}",
        )
        for one in events
    ]
    _tell_by_name(happened, events[0].workspace_id)


@on(UpdateDue)
def tell_of_promised_updates(events: Sequence[UpdateDue]) -> None:
    """The next update of an incident was promised for now: its lead and who has the words."""
    happened = [
        Happened(
            Topic.UPDATE,
            f"update {one.incident_id} {one.update_at:%d%H%M}",
            None,
            one.user_ids,
            about=f"INC-{one.number}",
        )
        for one in events
    ]
    _tell_by_name(happened, events[0].workspace_id)


@on(IncidentOpened)
def tell_of_incidents(events: Sequence[IncidentOpened]) -> None:
    """An incident is live: whoever may approve."""
    _tell_of_levels(events)


@on(IncidentLevelChanged)
def tell_of_levels(events: Sequence[IncidentLevelChanged]) -> None:
    """An incident is graver or less grave: whoever may approve."""
    _tell_of_levels(events)


def _tell_of_levels(events: Sequence[IncidentOpened | IncidentLevelChanged]) -> None:
    """From a crisis on it is told on every device, away or not."""
    note_happened(
        events[0].workspace_id,
        [
            Happened(
                Topic.INCIDENT,
                f"incident {one.incident_id} {one.severity} {one.event_id}",
                None,
                roles=READERS,
                not_to=one.actor_id,
                about=f"INC-{one.number}",
                is_alarm=one.severity >= Severity.CRISIS,
            )
            for one in events
        ],
    )
