"""How channels fare: what they heard last, what failed, what the network's own checks say.

Also how late they hear, how much of their allowance is used, and when a sign-in ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, DateTimeField, F, FloatField, Q, Value, When
from django.db.models.functions import Coalesce, Greatest

from hearwell.channels.events import ChannelHealthChanged
from hearwell.channels.models import Channel, ChannelHealth, ChannelState, Following
from hearwell.connect.failures import (
    AccountDisabled,
    Failure,
    NeedsReauth,
    QuotaExhausted,
    ScopeMissing,
    Throttled,
)
from hearwell.connect.health import Allowance, Health, HealthState
from hearwell.events.services import emit
from hearwell.kit import jobs
from hearwell.kit.clock import now

_FATAL = (NeedsReauth, ScopeMissing, AccountDisabled)
_PACE = (Throttled, QuotaExhausted)


# What happened this long before it was connected is history that a channel brings with it.
_BEFORE = timedelta(minutes=5)
# How exactly it is known when a network was last asked.
_PRECISION = timedelta(seconds=20)


def heard_from(channel: Channel, at: datetime, item_at: datetime | None = None) -> None:
    """Note that the network spoke to us; never goes back in time.

    ``item_at`` is the network's time of the newest item: if no newer one was known, how long it
    took is the channel's lag. What is read again, and what is older than the connection, has none.
    """
    moment = Value(at, DateTimeField())
    facts: dict[str, Any] = {
        "last_event_at": Greatest(Coalesce(F("last_event_at"), moment), moment)
    }
    if item_at is not None and item_at > channel.connected_at - _BEFORE:
        newest, lag = Value(item_at, DateTimeField()), max(0.0, (at - item_at).total_seconds())
        is_newer = Q(last_item_at__isnull=True) | Q(last_item_at__lt=item_at)
        facts["lag_s"] = Case(When(is_newer, Value(lag, FloatField())), default=F("lag_s"))
        facts["last_item_at"] = Greatest(Coalesce(F("last_item_at"), newest), newest)
    known = ChannelHealth.objects.filter(workspace_id=channel.workspace_id, channel=channel)
    known.update(**facts)


def ask_for_check(channel: Channel) -> None:
    """Have the account's health checked soon, by a process that may open its secrets."""
    from hearwell.channels.tasks import check_account

    if channel.state == ChannelState.DISCONNECTED:
        return
    known = ChannelHealth.objects.filter(workspace_id=channel.workspace_id, channel=channel)
    known.update(asked_at=now())
    jobs.defer_once(
        check_account,
        f"channels.check:{channel.id}",
        workspace_id=str(channel.workspace_id),
        channel_id=str(channel.id),
    )


def report_health(channel: Channel, health: Health) -> None:
    """Store the verdict of the network's own checks, and who follows, in the caller's scope."""
    checks = [{"name": c.name, "state": str(c.state), "message": c.message} for c in health.checks]
    worst = next((c for c in health.checks if c.state == health.state), None)
    _turn(
        channel,
        health.state,
        worst.message if worst else "",
        checks=checks,
        checked_at=now(),
        expires_at=health.expires_at,
        allowance=_stored(health.allowance),
    )
    if health.followers is not None:
        Following.objects.update_or_create(
            workspace_id=channel.workspace_id,
            channel_id=channel.id,
            day=now().date(),
            defaults={"followers": health.followers},
        )


def _stored(allowance: Allowance | None) -> dict[str, Any] | None:
    if allowance is None:
        return None
    resets_at = allowance.resets_at
    return {
        "used": allowance.used,
        "limit": allowance.limit,
        "per_s": allowance.per_s,
        "resets_at": resets_at.isoformat() if resets_at else None,
    }


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
    if row.state != HealthState.UNKNOWN and _is_recent(row.last_polled_at):
        return  # written down a moment ago: many accounts are asked many times a minute
    state = HealthState.OK if row.state == HealthState.UNKNOWN else row.state
    ChannelHealth.objects.filter(id=row.id).update(last_polled_at=now(), state=state)


def _is_recent(at: datetime | None) -> bool:
    return at is not None and at > now() - _PRECISION


def report_silence(workspace_id: UUID, heard_before: datetime) -> int:
    """Warn of active channels that used to speak and have not since `heard_before`.

    Those that speak again are well again. Returns how many were warned of.
    """
    active = ChannelHealth.objects.filter(workspace_id=workspace_id, channel__state="active")
    rows = active.select_related("channel")
    silent = list(rows.filter(state=HealthState.OK, last_event_at__lt=heard_before))
    for row in silent:
        _turn(row.channel, HealthState.WARNING, "Nothing has arrived for longer than usual.")
    warned = rows.filter(state=HealthState.WARNING, failure_code="")
    for row in warned.filter(last_event_at__gte=heard_before):
        if all(check["state"] == HealthState.OK for check in row.checks):
            _turn(row.channel, HealthState.OK, "")
    return len(silent)


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
