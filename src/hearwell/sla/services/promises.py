"""Calendars and policies: made once, then only ever followed by a newer version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from hearwell.accounts.models import User, Workspace
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.sla.models import Calendar, Counting, Policy
from hearwell.sla.rules import WEEKDAYS, BadCalendarError, ClockKind, Hours, deadline

STANDARD = "standard"
AROUND_THE_CLOCK = "around-the-clock"
OFFICE = "office-hours"
HOUR = 3600
URGENT_FROM = 3
_NORMAL = {"first_reply_s": HOUR, "answer_s": 8 * HOUR}
_URGENT = {"first_reply_s": HOUR // 4, "answer_s": 2 * HOUR}
DEFAULT_TARGETS = {str(u): dict(_URGENT if u >= URGENT_FROM else _NORMAL) for u in range(5)}
LONGEST_S = 90 * 24 * HOUR
Targets = Mapping[str, Mapping[str, int]]


class BadPolicyError(ValueError):
    """The targets cannot be kept; the message says which, in words for the settings page."""


@transaction.atomic
def ensure_defaults(workspace: Workspace) -> Policy:
    """Give a workspace its first policy and two calendars; return the current policy.

    First reply within an hour and answer within eight, a quarter of an hour and two hours when
    urgent, around the clock. A Monday-to-Friday calendar lies ready. Idempotent.
    """
    standing = current_policy(workspace.id)
    if standing is not None:
        return standing
    whole_day = {day: [["00:00", "24:00"]] for day in WEEKDAYS}
    office = {day: [["09:00", "17:00"]] for day in WEEKDAYS[:5]}
    zone = workspace.time_zone
    calendars = [
        Calendar(key=AROUND_THE_CLOCK, name="Around the clock", intervals=whole_day),
        Calendar(key=OFFICE, name="Monday to Friday, 9 to 17", intervals=office),
    ]
    for calendar in calendars:
        calendar.workspace_id, calendar.time_zone = workspace.id, zone
    Calendar.objects.bulk_create(calendars, ignore_conflicts=True)
    round_the_clock = Calendar.objects.get(
        workspace_id=workspace.id, key=AROUND_THE_CLOCK, is_current=True
    )
    policy = Policy(
        workspace_id=workspace.id,
        key=STANDARD,
        name="Standard promise",
        targets=DEFAULT_TARGETS,
        calendar=round_the_clock,
    )
    Policy.objects.bulk_create([policy], ignore_conflicts=True)
    return policy_now(workspace.id)


def current_policy(workspace_id: UUID) -> Policy | None:
    """Return the policy that new clocks run under, with its calendar."""
    return (
        Policy.objects.select_related("calendar")
        .filter(workspace_id=workspace_id, key=STANDARD, is_current=True)
        .first()
    )


def policy_now(workspace_id: UUID) -> Policy:
    """Return the current policy, making the defaults where a workspace has none yet."""
    return current_policy(workspace_id) or ensure_defaults(Workspace.objects.get(id=workspace_id))


@transaction.atomic
def make_calendar(
    workspace_id: UUID,
    *,
    name: str,
    time_zone: str,
    intervals: Mapping[str, Any],
    exceptions: Mapping[str, Any] | None = None,
    by: User | None = None,
) -> Calendar:
    """Add a calendar. Raises BadCalendarError naming what cannot be read; audited."""
    Hours.parse(time_zone, intervals, exceptions)
    calendar = Calendar.objects.create(
        workspace_id=workspace_id,
        key=f"{slugify(name)[:40] or 'calendar'}-{uuid7().hex[-8:]}",
        name=name,
        time_zone=time_zone,
        intervals=dict(intervals),
        exceptions=dict(exceptions or {}),
    )
    _audit(calendar, "calendar.made", None, _facts(calendar), by)
    return calendar


@transaction.atomic
def update_calendar(
    calendar_id: UUID,
    *,
    by: User | None,
    name: str | None = None,
    time_zone: str | None = None,
    intervals: Mapping[str, Any] | None = None,
    exceptions: Mapping[str, Any] | None = None,
) -> Calendar:
    """Follow a calendar by a new version; clocks that run keep the old one.

    A policy that counts on it gets a new version too. Raises BadCalendarError; audited.
    """
    old = Calendar.objects.select_for_update().get(id=calendar_id, is_current=True)
    new = Calendar(
        workspace_id=old.workspace_id,
        key=old.key,
        version=old.version + 1,
        name=old.name if name is None else name,
        time_zone=old.time_zone if time_zone is None else time_zone,
        intervals=dict(old.intervals if intervals is None else intervals),
        exceptions=dict(old.exceptions if exceptions is None else exceptions),
    )
    hours = Hours.parse(new.time_zone, new.intervals, new.exceptions)
    users = list(Policy.objects.filter(calendar=old, is_current=True).select_for_update())
    for policy in users:
        _check_reach(policy.targets, hours)
    Calendar.objects.filter(id=old.id).update(is_current=False)
    new.save(force_insert=True)
    for policy in users:
        _follow(policy, calendar=new)
    _audit(new, "calendar.changed", _facts(old), _facts(new), by)
    return new


@transaction.atomic
def update_policy(
    policy_id: UUID,
    *,
    by: User | None,
    name: str | None = None,
    targets: Targets | None = None,
    counts: str | None = None,
    calendar_id: UUID | None = None,
) -> Policy:
    """Follow the policy by a new version; clocks that run keep theirs.

    Raises BadPolicyError for targets that make no sense and BadCalendarError for hours that never
    open; audited.
    """
    old = Policy.objects.select_for_update().get(id=policy_id, is_current=True)
    calendar = Calendar.objects.get(id=calendar_id or old.calendar_id, is_current=True)
    wanted = check_targets(old.targets if targets is None else targets)
    kept = Counting(counts or old.counts)
    if kept == Counting.BUSINESS:
        _check_reach(wanted, calendar.hours)
    new = _follow(
        old, name=old.name if name is None else name, targets=wanted, counts=kept, calendar=calendar
    )
    _audit(new, "policy.changed", _promise(old), _promise(new), by)
    return new


def check_targets(targets: Targets) -> dict[str, dict[str, int]]:
    """Return targets for urgencies 0 to 4, each a positive number of seconds.

    Raises BadPolicyError saying which is missing or out of bounds.
    """
    checked: dict[str, dict[str, int]] = {}
    for urgency in map(str, range(5)):
        checked[urgency] = {}
        for kind in ClockKind:
            seconds = targets.get(urgency, {}).get(f"{kind}_s")
            if not isinstance(seconds, int) or not 0 < seconds <= LONGEST_S:
                message = f"urgency {urgency}: {kind} must be between a second and 90 days"
                raise BadPolicyError(message)
            checked[urgency][f"{kind}_s"] = seconds
        if checked[urgency]["answer_s"] < checked[urgency]["first_reply_s"]:
            message = f"urgency {urgency}: an answer cannot be due before the first reply"
            raise BadPolicyError(message)
    return checked


def _check_reach(targets: Targets, hours: Hours) -> None:
    """Refuse hours in which the longest target would never end (raises NeverOpenError)."""
    if not any(hours.week):
        message = "open at least once a week, or no promise can be kept"
        raise BadCalendarError(message)
    longest = max(seconds for kinds in targets.values() for seconds in kinds.values())
    deadline(now(), longest, hours)


def _follow(old: Policy, **changes: object) -> Policy:
    """Write the next version of a policy."""
    values = {name: getattr(old, name) for name in ("key", "name", "targets", "counts", "calendar")}
    Policy.objects.filter(id=old.id).update(is_current=False)
    return Policy.objects.create(
        workspace_id=old.workspace_id, version=old.version + 1, **{**values, **changes}
    )


def _facts(calendar: Calendar) -> dict[str, Any]:
    return {
        name: getattr(calendar, name)
        for name in ("version", "name", "time_zone", "intervals", "exceptions")
    }


def _promise(policy: Policy) -> dict[str, Any]:
    facts = {name: getattr(policy, name) for name in ("version", "name", "targets", "counts")}
    return {**facts, "calendar_id": str(policy.calendar_id)}


def _audit(
    row: Calendar | Policy,
    action: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    by: User | None,
) -> None:
    entry = AuditEntry(action, by, type(row).__name__.lower(), row.id, row.name, before, after)
    record_audit(row.workspace_id, [entry])
