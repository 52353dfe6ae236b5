"""What a workspace chooses: paths, one version after the other, and levels, parts, triggers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import User
from hearwell.accounts.rules import RoleName
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.escalation.models import EscalationChoice, EscalationPath
from hearwell.escalation.rules import (
    ALARMS,
    SIGNING_PARTS,
    BadPathError,
    Choice,
    Part,
    Path,
    Severity,
    checked_minutes,
)
from hearwell.kit.clock import now

_KINDS: Final = ("user", "team", "role", "part", "assignee")
_MOST_TASKS, _LONGEST_TASK = 40, 200


def checked_target(target: str, name: str, *, may_be_empty: bool = False) -> str:
    """Return a target in its form. Raises BadPathError naming the field."""
    kind, _, value = target.partition(":")
    is_good = kind in _KINDS and (kind == "assignee") is not bool(value)
    if kind == "role":
        is_good = is_good and value in set(RoleName)
    if kind == "part":
        is_good = is_good and value in set(Part)
    if kind in {"user", "team"}:
        is_good = is_good and _is_id(value)
    if not is_good and not (may_be_empty and not target):
        raise BadPathError(field=name)
    return target


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@transaction.atomic
def save_path(
    workspace_id: UUID, kind: str, severity: int, path: Path, by: User
) -> EscalationPath | None:
    """Follow a path by a new version; None where it is as it was. Raises BadPathError.

    Escalations that are under way keep theirs.
    """
    if severity not in set(Severity):
        raise BadPathError(field="severity")
    checked_target(path.owner, "owner")
    checked_target(path.backup, "backup", may_be_empty=True)
    checked_target(path.sign_off, "sign_off", may_be_empty=True)
    checked_minutes(path.minutes, "minutes", least=1)
    rows = EscalationPath.objects.filter(workspace_id=workspace_id, kind=kind, severity=severity)
    old = rows.select_for_update().filter(is_current=True).first()
    if old is not None and old.told() == path:
        return None
    last = rows.order_by("-version").first()
    rows.filter(is_current=True).update(is_current=False)
    made = EscalationPath.objects.create(
        workspace_id=workspace_id, kind=kind, severity=severity,
        version=last.version + 1 if last else 1, owner=path.owner, backup=path.backup,
        minutes=path.minutes, sign_off=path.sign_off, made_by_id=by.id,
    )  # fmt: skip
    _audit(workspace_id, "escalation.path_changed", by, _facts(old), _facts(made))
    return made


@transaction.atomic
def drop_path(workspace_id: UUID, kind: str, severity: int, by: User) -> bool:
    """Go back to what holds without a path of its own; False where there is none."""
    found = EscalationPath.objects.select_for_update().filter(
        workspace_id=workspace_id, kind=kind, severity=severity, is_current=True
    )
    old = found.first()
    if old is None:
        return False
    EscalationPath.objects.filter(workspace_id=workspace_id, id=old.id).update(is_current=False)
    _audit(workspace_id, "escalation.path_changed", by, _facts(old), None)
    return True


def _facts(path: EscalationPath | None) -> dict[str, Any] | None:
    if path is None:
        return None
    names = ("kind", "severity", "version", "owner", "backup", "minutes", "sign_off")
    return {name: getattr(path, name) for name in names}


@transaction.atomic
def choose(workspace_id: UUID, choice: Choice, by: User) -> bool:
    """Keep levels, parts and triggers; True if that changed anything. Raises BadPathError."""
    _check(choice)
    row, _made = EscalationChoice.objects.select_for_update().get_or_create(
        workspace_id=workspace_id
    )
    before, after = Choice.restored(row.choice).stored(), choice.stored()
    if before == Choice.restored(after).stored():
        return False
    row.choice, row.changed_at, row.changed_by_id = after, now(), by.id
    row.save(update_fields=["choice", "changed_at", "changed_by_id"])
    changed = {key for key in after if before[key] != after[key]}
    _audit(
        workspace_id, "escalation.chosen", by,
        {key: before[key] for key in changed}, {key: after[key] for key in changed},
    )  # fmt: skip
    return True


def _check(choice: Choice) -> None:
    for key, level in choice.levels.items():
        for name in ("statement", "update", "deputy_after", "rises_after"):
            checked_minutes(getattr(level, name), f"{key}.{name}")
        if not set(level.signs) <= set(SIGNING_PARTS):
            raise BadPathError(field=f"{key}.signs")
        if len(level.tasks) > _MOST_TASKS:
            raise BadPathError(field=f"{key}.tasks")
        for text, minutes in level.tasks:
            checked_minutes(minutes, f"{key}.tasks")
            if not text.strip() or len(text) > _LONGEST_TASK:
                raise BadPathError(field=f"{key}.tasks")
    for part, (owner, deputy) in choice.parts.items():
        if part not in set(Part) or owner.startswith("part:") or deputy.startswith("part:"):
            raise BadPathError(field=f"part.{part}")
        checked_target(owner, f"part.{part}")
        checked_target(deputy, f"part.{part}", may_be_empty=True)
    numbers = (choice.alarm_level, choice.of_trouble, choice.of_volume)
    if not set(choice.alarms) <= set(ALARMS) or not set(numbers) <= set(Severity):
        raise BadPathError(field="alarms")


def _audit(
    workspace_id: UUID,
    action: str,
    by: User,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    entry = AuditEntry(action, by, "workspace", workspace_id, before=before, after=after)
    record_audit(workspace_id, [entry])
