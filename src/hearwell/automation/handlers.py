"""What the house tells of calls the rules that wait for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from hearwell.automation.queries import has_rules
from hearwell.automation.rules import Trigger
from hearwell.automation.services import Call, run_rules
from hearwell.conversations.events import CaseReopened, CaseTagged
from hearwell.events.model import DomainEvent
from hearwell.events.registry import on
from hearwell.inbox.events import MessageReceived, ReplySent
from hearwell.sla.events import ClockBreached, ClockNearlyDue
from hearwell.sla.queries import running_among


def _rules_for(*triggers: Trigger) -> Callable[[UUID], bool]:
    return lambda workspace_id: has_rules(workspace_id, triggers)


@on(MessageReceived, where=_rules_for(Trigger.RECEIVED, Trigger.OPENED))
def on_received(events: Sequence[MessageReceived]) -> None:
    """Call the rules for messages and for new cases."""
    calls = [_call(Trigger.RECEIVED, one, message_id=one.message_id) for one in events]
    calls += [
        _call(Trigger.OPENED, one, message_id=one.message_id) for one in events if one.is_new_case
    ]
    _run(events, calls)


@on(CaseReopened, where=_rules_for(Trigger.REOPENED))
def on_reopened(events: Sequence[CaseReopened]) -> None:
    """Call the rules for cases that are open again."""
    _run(events, [_call(Trigger.REOPENED, one) for one in events])


@on(ClockNearlyDue, where=_rules_for(Trigger.NEARLY_DUE))
def on_nearly_due(events: Sequence[ClockNearlyDue]) -> None:
    """Call the rules for clocks that will run out before long; told late, some no longer run."""
    running = running_among({one.clock_id for one in events})
    _run(events, [_call(Trigger.NEARLY_DUE, one) for one in events if one.clock_id in running])


@on(ClockBreached, where=_rules_for(Trigger.LATE))
def on_late(events: Sequence[ClockBreached]) -> None:
    """Call the rules for clocks that ran out."""
    _run(events, [_call(Trigger.LATE, one) for one in events])


@on(ReplySent, where=_rules_for(Trigger.REPLIED))
def on_replied(events: Sequence[ReplySent]) -> None:
    """Call the rules for what people have answered; automatic replies call none."""
    _run(events, [_call(Trigger.REPLIED, one) for one in events if not one.is_automatic])


@on(CaseTagged, where=_rules_for(Trigger.TAGGED))
def on_tagged(events: Sequence[CaseTagged]) -> None:
    """Call the rules that wait for a label, with what had led to it."""
    _run(events, [_call(Trigger.TAGGED, one, tags=tuple(one.tags)) for one in events if one.is_on])


def _call(trigger: Trigger, event: Any, **more: Any) -> Call:
    return Call(
        trigger=trigger,
        case_id=event.case_id,
        key=str(event.event_id),
        chain=event.caused_by,
        **more,
    )


def _run(events: Sequence[DomainEvent], calls: Sequence[Call]) -> None:
    if calls:
        run_rules(events[0].workspace_id, calls)
