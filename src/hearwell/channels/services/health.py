"""How channels fare: what they heard last, what failed, what the network's own checks say."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Coalesce, Greatest

from hearwell.channels.events import ChannelHealthChanged
from hearwell.channels.models import Channel, ChannelHealth
from hearwell.connect.failures import (
    AccountDisabled,
    Failure,
    NeedsReauth,
    QuotaExhausted,
    ScopeMissing,
    Throttled,
)
from hearwell.connect.model import Health, HealthState
from hearwell.events.services import emit
from hearwell.kit.clock import now

_FATAL = (NeedsReauth, ScopeMissing, AccountDisabled)
_PACE = (Throttled, QuotaExhausted)


def heard_from(channel: Channel, at: datetime) -> None:
    """Note that the network spoke to us; never goes back in time."""
    moment = Value(at, DateTimeField())
    ChannelHealth.objects.filter(workspace_id=channel.workspace_id, channel=channel).update(
        last_event_at=Greatest(Coalesce(F("last_event_at"), moment), moment)
    )


def report_health(channel: Channel, health: Health) -> None:
    """Store the verdict of the network's own checks, in the caller's scope."""
    checks = [{"name": c.name, "state": str(c.state), "message": c.message} for c in health.checks]
    worst = next((c for c in health.checks if c.state == health.state), None)
    _turn(channel, health.state, worst.message if worst else "", checks=checks, checked_at=now())


def report_failure(channel: Channel, failure: Failure) -> None:
    """Store that talking to the network failed. A mere request to slow down changes no verdict."""
    row = _row(channel)
    facts: dict[str, Any] = {
        "failure_code": failure.code,
        "failure_message": failure.message,
        "failing_since": row.failing_since or now(),
    }
    if isinstance(failure, _PACE):
        ChannelHealth.objects.filter(id=row.id).update(**facts)
        return
    state = HealthState.BAD if isinstance(failure, _FATAL) else HealthState.WARNING
    _turn(channel, state, failure.message, **facts)


def report_success(channel: Channel) -> None:
    """Store that talking to the network worked; an earlier failure is over."""
    row = _row(channel)
    if row.failure_code:
        cleared = {"failure_code": "", "failure_message": "", "failing_since": None}
        _turn(channel, HealthState.OK, "", last_polled_at=now(), **cleared)
        return
    state = HealthState.OK if row.state == HealthState.UNKNOWN else row.state
    ChannelHealth.objects.filter(id=row.id).update(last_polled_at=now(), state=state)


def report_silence(workspace_id: UUID, heard_before: datetime) -> int:
    """Warn of active channels that used to speak and have not since `heard_before`."""
    rows = ChannelHealth.objects.filter(
        workspace_id=workspace_id,
        state=HealthState.OK,
        last_event_at__lt=heard_before,
        channel__state="active",
    ).select_related("channel")
    for row in rows:
        _turn(row.channel, HealthState.WARNING, "Nothing has arrived for longer than usual.")
    return len(rows)


def _row(channel: Channel) -> ChannelHealth:
    row, _ = ChannelHealth.objects.get_or_create(workspace_id=channel.workspace_id, channel=channel)
    return row


def _turn(channel: Channel, state: HealthState, message: str, **facts: Any) -> None:
    """Write the new verdict; whoever wants to know is told when it differs from the old."""
    row = _row(channel)
    ChannelHealth.objects.filter(id=row.id).update(state=state, **facts)
    if row.state != state:
        event = ChannelHealthChanged(channel.workspace_id, channel.id, str(state), message)
        emit([event])
