"""Set goals, take them away, and undo the last of both; kept in the audit trail."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.clock import now
from hearwell.reports.models import Goal
from hearwell.reports.summary.goals import AIMS

_LONGEST_S: Final = 30 * 86_400
_MOST_DAYS: Final = 3700


class BadGoalError(ValueError):
    """No figure, target, date or owner that there is. `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@transaction.atomic
def set_goal(by: Membership, figure: str, target: float, due_on: date, owner_id: UUID) -> Goal:
    """Set the goal of a figure, in place of the one it had. Raises BadGoalError.

    `target` is a share of 0 to 1 or seconds, as the figure has it. The day is to come, and the
    owner a member of the workspace.
    """
    _check(by, figure, target, due_on, owner_id)
    values = {"target": target, "due_on": due_on, "owner_id": owner_id, "removed_at": None}
    goal = _locked(by.workspace_id, figure)
    if goal is None:
        made = Goal.objects.create(
            workspace_id=by.workspace_id, figure=figure, by_id=by.user_id, **values
        )
        _audit(by, made, "reports.goal_set", {}, _state(made))
        return made
    return _changed(by, goal, "reports.goal_set", values)


@transaction.atomic
def remove_goal(by: Membership, figure: str) -> bool:
    """Take a goal away; False where there is none."""
    goal = _locked(by.workspace_id, figure)
    if goal is None or goal.removed_at is not None:
        return False
    _changed(by, goal, "reports.goal_removed", {"removed_at": now()})
    return True


@transaction.atomic
def undo_goal(by: Membership, figure: str) -> bool:
    """Put the last change of a figure's goal back; False where there is none. Twice does it again.

    A goal that was made is away again.
    """
    goal = _locked(by.workspace_id, figure)
    if goal is None:
        return False
    values: dict[str, Any] = {"removed_at": now()}
    if goal.before:
        kept = goal.before
        values = {
            "target": kept["target"],
            "due_on": date.fromisoformat(kept["due_on"]),
            "owner_id": UUID(kept["owner_id"]),
            "removed_at": now() if kept["is_removed"] else None,
        }
    _changed(by, goal, "reports.goal_undone", values)
    return True


def _check(by: Membership, figure: str, target: float, due_on: date, owner_id: UUID) -> None:
    aim, today = AIMS.get(figure), now().date()
    if aim is None:
        _refuse("figure")
    elif not 0 < target <= (1 if aim.unit == "share" else _LONGEST_S):
        _refuse("target")
    elif not 0 < (due_on - today).days <= _MOST_DAYS:
        _refuse("due_on")
    members = Membership.objects.filter(workspace_id=by.workspace_id, user_id=owner_id)
    if not members.exists():
        _refuse("owner")


def _refuse(field: str) -> None:
    raise BadGoalError(field)


def _locked(workspace_id: UUID, figure: str) -> Goal | None:
    found = Goal.objects.select_for_update().filter(workspace_id=workspace_id, figure=figure)
    return found.first()


def _changed(by: Membership, goal: Goal, verb: str, values: dict[str, Any]) -> Goal:
    was = _state(goal)
    for name, value in values.items():
        setattr(goal, name, value)
    goal.before, goal.by_id, goal.changed_at = was, by.user_id, now()
    goal.save()
    _audit(by, goal, verb, was, _state(goal))
    return goal


def _state(goal: Goal) -> dict[str, Any]:
    return {
        "target": goal.target,
        "due_on": goal.due_on.isoformat(),
        "owner_id": str(goal.owner_id),
        "is_removed": goal.removed_at is not None,
    }


def _audit(
    by: Membership, goal: Goal, verb: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    entry = AuditEntry(verb, by.user, "goal", goal.id, goal.figure, before, after)
    record_audit(by.workspace_id, [entry])
