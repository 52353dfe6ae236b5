"""Promises: made once, then only ever followed by a newer version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from hearwell.accounts.models import User, Workspace
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.sla.matching import BadConditionError, Conditions, checked, covering
from hearwell.sla.models import Calendar, Counting, Policy
from hearwell.sla.rules import BOTH, WEEKDAYS, BadCalendarError, ClockKind, Hours, deadline

STANDARD = "standard"
AROUND_THE_CLOCK = "around-the-clock"
OFFICE = "office-hours"
HOUR = 3600
URGENT_FROM = 3
_NORMAL = {"first_reply_s": HOUR, "answer_s": 8 * HOUR}
_URGENT = {"first_reply_s": HOUR // 4, "answer_s": 2 * HOUR}
DEFAULT_TARGETS = {str(u): dict(_URGENT if u >= URGENT_FROM else _NORMAL) for u in range(5)}
LONGEST_S = 90 * 24 * HOUR
MOST_SHARE = 90
KEPT = (
    "key", "name", "position", "conditions", "targets", "warn_share", "warn_roles", "counts",
    "calendar",
)  # fmt: skip
Targets = Mapping[str, Mapping[str, int]]


class BadPolicyError(ValueError):
    """The terms cannot be kept; the message says which, in words for the settings page."""


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
    return current_policy(workspace.id) or policy


def current_policy(workspace_id: UUID) -> Policy | None:
    """Return the policy that new clocks run under, with its calendar."""
    return (
        Policy.objects.select_related("calendar")
        .filter(workspace_id=workspace_id, key=STANDARD, is_current=True)
        .first()
    )


@transaction.atomic
def make_policy(
    workspace_id: UUID, *, by: User | None, name: str, conditions: Conditions, **terms: Any
) -> Policy:
    """Add a promise to those whom its conditions name, tried after those that there are.

    `terms` as in `update_policy`; what is left out is taken from the standard promise. Raises
    BadPolicyError, BadConditionError or BadCalendarError; audited.
    """
    standard = current_policy(workspace_id)
    if standard is None:
        standard = ensure_defaults(Workspace.objects.get(id=workspace_id))
    others = list(_others(workspace_id))
    kept = _conditions(conditions, others)
    policy = Policy(
        workspace_id=workspace_id,
        key=f"{slugify(name)[:40] or 'promise'}-{uuid7().hex[-8:]}",
        position=max((one.position for one in others), default=0) + 1,
        name=_name(name),
        conditions=kept,
        **_terms(standard, terms),
    )
    policy.save(force_insert=True)
    _audit(policy, "policy.made", None, _promise(policy), by)
    return policy


@transaction.atomic
def update_policy(
    policy_id: UUID,
    *,
    by: User | None,
    name: str | None = None,
    conditions: Conditions | None = None,
    **terms: Any,
) -> Policy:
    """Follow a promise by a new version; clocks that run keep theirs.

    `terms`: `targets`, `counts`, `calendar_id`, `warn_share` (per cent of the time left, 0 to 90)
    and `warn_roles`; what is left out stays. Raises BadPolicyError for terms that make no sense,
    BadConditionError for conditions, BadCalendarError for hours that never open; audited.
    """
    old = Policy.objects.select_for_update().get(id=policy_id, is_current=True)
    values: dict[str, Any] = _terms(old, terms)
    values["name"] = old.name if name is None else _name(name)
    if conditions is not None and old.key != STANDARD:
        before = [one for one in _others(old.workspace_id) if one.position < old.position]
        values["conditions"] = _conditions(conditions, before)
    new = follow(old, **values)
    _audit(new, "policy.changed", _promise(old), _promise(new), by)
    return new


@transaction.atomic
def move_policy(policy_id: UUID, *, up: bool, by: User | None) -> None:
    """Let a promise be tried before, or after, its neighbour. Nothing at either end; audited."""
    policy = Policy.objects.get(id=policy_id, is_current=True)
    ordered = list(_others(policy.workspace_id).select_for_update())
    place = [one.id for one in ordered].index(policy_id) if policy.key != STANDARD else -1
    other = place - 1 if up else place + 1
    if place < 0 or not 0 <= other < len(ordered):
        return
    ordered[place], ordered[other] = ordered[other], ordered[place]
    for position, one in enumerate(ordered, start=1):
        one.position = position
    Policy.objects.bulk_update(ordered, ["position"])
    order = {"order": [one.name for one in ordered]}
    _audit(policy, "policy.moved", None, order, by)


@transaction.atomic
def retire_policy(policy_id: UUID, *, by: User | None) -> None:
    """Promise it no longer; clocks that run keep it. Raises BadPolicyError for the standard one."""
    policy = Policy.objects.select_for_update().get(id=policy_id, is_current=True)
    if policy.key == STANDARD:
        message = _("The standard promise cannot be removed: it holds where no other does.")
        raise BadPolicyError(message)
    Policy.objects.filter(id=policy.id).update(is_current=False)
    _audit(policy, "policy.retired", _promise(policy), {}, by)


def _others(workspace_id: UUID) -> QuerySet[Policy]:
    """Return the promises that are tried before the standard one, in order."""
    rows = Policy.objects.filter(workspace_id=workspace_id, is_current=True)
    return rows.exclude(key=STANDARD).order_by("position", "created_at")


def _name(name: str) -> str:
    kept = name.strip()[:120]
    if kept:
        return kept
    raise BadPolicyError(_("Please give the promise a name."))


def _conditions(given: Conditions, before: Iterable[Policy]) -> dict[str, list[str]]:
    """Return conditions that can hold. Raises BadConditionError if an earlier one takes all."""
    kept = checked(given)
    if not kept:
        raise BadConditionError(_("Say whom it is promised to: choose at least one condition."))
    earlier = list(before)
    place = covering([*(one.conditions for one in earlier), kept], len(earlier))
    if place is not None:
        message = _(
            "This promise would never hold: “%(name)s”, which is tried first, takes all of it."
        )
        raise BadConditionError(message % {"name": earlier[place].name})
    return kept


def _terms(old: Policy, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the terms of a next version, checked."""
    calendar_id = given.get("calendar_id") or old.calendar_id
    calendar = Calendar.objects.get(workspace_id=old.workspace_id, id=calendar_id, is_current=True)
    targets = check_targets(given.get("targets", old.targets))
    counts = Counting(given.get("counts") or old.counts)
    if counts == Counting.BUSINESS:
        check_reach(targets, calendar.hours)
    share = given.get("warn_share", old.warn_share)
    if not 0 <= share <= MOST_SHARE:
        message = _("A warning can come when %(most)s per cent of the time are left, or less.")
        raise BadPolicyError(message % {"most": MOST_SHARE})
    return {
        "targets": targets,
        "counts": counts,
        "calendar": calendar,
        "warn_share": share,
        "warn_roles": list(given.get("warn_roles", old.warn_roles)),
    }


def check_targets(targets: Targets) -> dict[str, dict[str, int]]:
    """Return targets for urgencies 0 to 4, each a positive number of seconds.

    A resolution is promised for every urgency or for none. Raises BadPolicyError saying which is
    missing or out of bounds.
    """
    is_resolved = any(of_urgency.get("resolution_s") for of_urgency in targets.values())
    kinds = [*BOTH, ClockKind.RESOLUTION] if is_resolved else BOTH
    checked: dict[str, dict[str, int]] = {}
    for urgency in map(str, range(5)):
        of_urgency = targets.get(urgency, {})
        checked[urgency] = {f"{kind}_s": _target(urgency, kind, of_urgency) for kind in kinds}
        _check_order(urgency, list(checked[urgency].values()))
    return checked


def _target(urgency: str, kind: ClockKind, of_urgency: Mapping[str, int]) -> int:
    seconds = of_urgency.get(f"{kind}_s")
    if isinstance(seconds, int) and 0 < seconds <= LONGEST_S:
        return seconds
    message = f"urgency {urgency}: {kind} must be between a second and 90 days"
    raise BadPolicyError(message)


def _check_order(urgency: str, seconds: Sequence[int]) -> None:
    if seconds[1] < seconds[0]:
        message = f"urgency {urgency}: an answer cannot be due before the first reply"
        raise BadPolicyError(message)
    if seconds[-1] < seconds[1]:
        message = f"urgency {urgency}: a case cannot be resolved before it is answered"
        raise BadPolicyError(message)


def check_reach(targets: Targets, hours: Hours) -> None:
    """Refuse hours in which the longest target would never end (raises NeverOpenError)."""
    if not any(hours.week):
        message = "open at least once a week, or no promise can be kept"
        raise BadCalendarError(message)
    longest = max(seconds for kinds in targets.values() for seconds in kinds.values())
    deadline(now(), longest, hours)


def follow(old: Policy, **changes: object) -> Policy:
    """Write the next version of a policy."""
    values = {name: getattr(old, name) for name in KEPT}
    Policy.objects.filter(id=old.id).update(is_current=False)
    return Policy.objects.create(
        workspace_id=old.workspace_id, version=old.version + 1, **{**values, **changes}
    )


def _promise(policy: Policy) -> dict[str, Any]:
    names = ("version", "name", "conditions", "targets", "counts", "warn_share", "warn_roles")
    facts = {name: getattr(policy, name) for name in names}
    return {**facts, "calendar_id": str(policy.calendar_id)}


def _audit(
    policy: Policy,
    action: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    by: User | None,
) -> None:
    entry = AuditEntry(action, by, "policy", policy.id, policy.name, before, after)
    record_audit(policy.workspace_id, [entry])
