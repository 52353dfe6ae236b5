"""The rules in their order: kept whole or not at all; one that would go in a circle never."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership, User
from hearwell.accounts.rules import can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.automation.models import Rule
from hearwell.automation.queries import seal_of, sendable
from hearwell.automation.rules import Conditions, Then, Trigger
from hearwell.automation.services.checking import BadAutomationError, check, refuse_circle
from hearwell.kit.clock import now
from hearwell.routing.services import Known

__all__ = [
    "BadAutomationError", "RuleFacts", "allow_public", "forbid_public", "move_rule", "remove_rule",
    "save_rule", "switch_rule",
]  # fmt: skip
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('automation.rules' || %s, 0))"
_FREE: Final[dict[str, Any]] = {
    "allowed_version": None, "allowed_texts": [], "allowed_by_id": None, "allowed_at": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFacts:
    """What people fill in of a rule. `tags` (lower case) call it, `quiet_h` in hours."""

    name: str
    trigger: Trigger
    then: Then
    wanted: Conditions = Conditions()  # noqa: RUF009  frozen
    tags: frozenset[str] = frozenset()
    quiet_h: int = 0
    is_active: bool = True
    is_last: bool = False
    hourly_most: int = 100

    def stored(self) -> dict[str, Any]:
        """Return the columns."""
        return {
            "name": self.name,
            "trigger": self.trigger.value,
            "tags": sorted(self.tags) if self.trigger is Trigger.TAGGED else [],
            "quiet_h": self.quiet_h if self.trigger is Trigger.QUIET else 0,
            "conditions": self.wanted.stored(),
            "then": self.then.stored(),
            "is_active": self.is_active,
            "is_last": self.is_last,
            "hourly_most": self.hourly_most,
        }


@transaction.atomic
def save_rule(
    workspace_id: UUID,
    facts: RuleFacts,
    *,
    by: User,
    known: Known,
    rule_id: UUID | None = None,
) -> Rule:
    """Make a rule, the last one, or give one a new version if anything in it changed; audited.

    A change ends what an owner had allowed it, and a pause. Raises BadAutomationError for the field
    that cannot be so, Rule.DoesNotExist; nothing is then kept.
    """
    others = _locked(workspace_id)
    rule = next((one for one in others if one.id == rule_id), None)
    if rule_id is not None and rule is None:
        raise Rule.DoesNotExist(rule_id)
    after = check(workspace_id, facts, known, [one for one in others if one is not rule], rule)
    before = _columns(rule) if rule else None
    rule = rule or Rule(workspace_id=workspace_id, position=len(others) + 1, version=0)
    if before == after:
        return rule
    for name, value in (after | _FREE).items():
        setattr(rule, name, value)
    rule.version += 1
    rule.paused_at = None
    rule.changed_at, rule.changed_by_id = now(), by.id
    rule.save()
    _audit(rule, "changed" if before else "made", by, before, after)
    return rule


def _locked(workspace_id: UUID) -> list[Rule]:
    """Return all rules in their order; who changes one keeps the others out, so no circle forms."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [str(workspace_id)])
    return list(Rule.objects.filter(workspace_id=workspace_id).order_by("position"))


def _one(rules: Sequence[Rule], rule_id: UUID) -> Rule:
    found = next((one for one in rules if one.id == rule_id), None)
    if found is None:
        raise Rule.DoesNotExist(rule_id)
    return found


def _columns(rule: Rule) -> dict[str, Any]:
    names = (
        "name", "trigger", "tags", "quiet_h", "conditions", "then", "is_active", "is_last",
        "hourly_most",
    )  # fmt: skip
    return {name: getattr(rule, name) for name in names}


@transaction.atomic
def switch_rule(workspace_id: UUID, rule_id: UUID, *, by: User, is_on: bool) -> None:
    """Turn a rule on or off; on ends its pause, too. Audited.

    Raises BadAutomationError where it would go in a circle with rules that are on by now.
    """
    others = _locked(workspace_id)
    rule = _one(others, rule_id)
    if rule.is_active == is_on and rule.paused_at is None:
        return
    if is_on:
        refuse_circle(rule.sketch, [one for one in others if one is not rule and one.is_active])
    rule.is_active, rule.paused_at = is_on, None
    rule.save(update_fields=["is_active", "paused_at"])
    _audit(rule, "switched_on" if is_on else "switched_off", by, None, None)


@transaction.atomic
def move_rule(workspace_id: UUID, rule_id: UUID, *, by: User, is_up: bool) -> bool:
    """Swap a rule with its neighbour; False at the end. Raises Rule.DoesNotExist; audited."""
    order = _locked(workspace_id)
    place = order.index(_one(order, rule_id))
    other = place - 1 if is_up else place + 1
    if not 0 <= other < len(order):
        return False
    rule, neighbour = order[place], order[other]
    before, after = rule.position, neighbour.position
    mine = Rule.objects.filter(workspace_id=workspace_id)
    mine.filter(id=rule.id).update(position=after)
    mine.filter(id=neighbour.id).update(position=before)
    _audit(rule, "moved", by, {"position": before}, {"position": after})
    return True


@transaction.atomic
def remove_rule(workspace_id: UUID, rule_id: UUID, *, by: User) -> None:
    """Remove a rule and its run log; what it did stays, in the cases and their stories."""
    rule = _one(_locked(workspace_id), rule_id)
    _audit(rule, "removed", by, _columns(rule), None)
    rule.delete()
    later = Rule.objects.filter(workspace_id=workspace_id, position__gt=rule.position)
    later.update(position=F("position") - 1)


@transaction.atomic
def allow_public(
    workspace_id: UUID, rule_id: UUID, name: str, *, seen: str, by: Membership
) -> None:
    """Let a rule post its saved reply where everybody reads it; owners only, by the rule's name.

    It holds for this version of the rule and for the texts as they are published now, which must
    be those that the owner has `seen` (queries.seal_of). Raises BadAutomationError where they are
    not, where the name is another, or the person no owner.
    """
    rule = _one(_locked(workspace_id), rule_id)
    if not can(by.role, "manage_workspace"):
        raise BadAutomationError(_("Only an owner can allow a rule to post in public."), "allow")
    if not rule.acts.is_public:
        raise BadAutomationError(_("This rule posts nothing in public."), "allow")
    if " ".join(name.split()).casefold() != rule.name.casefold():
        words = _("Type the name of the rule as it stands above: %(name)s.")
        raise BadAutomationError(words % {"name": rule.name}, "allow")
    texts = sendable(workspace_id, UUID(rule.acts.send))
    if seen != seal_of(rule, texts):
        words = _("The rule or its words have changed meanwhile. Read them again, then allow it.")
        raise BadAutomationError(words, "allow")
    rule.allowed_version = rule.version
    rule.allowed_texts = sorted(map(str, texts))
    rule.allowed_by_id, rule.allowed_at = by.user_id, now()
    rule.save(update_fields=["allowed_version", "allowed_texts", "allowed_by_id", "allowed_at"])
    after = {"version": rule.version, "texts": rule.allowed_texts}
    _audit(rule, "allowed_public", by.user, None, after)


@transaction.atomic
def forbid_public(workspace_id: UUID, rule_id: UUID, *, by: User) -> None:
    """Take back what `allow_public` allowed; audited."""
    rule = _one(_locked(workspace_id), rule_id)
    if rule.allowed_version is None:
        return
    for name, value in _FREE.items():
        setattr(rule, name, value)
    rule.save(update_fields=list(_FREE))
    _audit(rule, "forbidden_public", by, None, None)


def _audit(
    rule: Rule,
    verb: str,
    by: User | None,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    entry = AuditEntry(f"automation.rule_{verb}", by, "rule", rule.id, rule.name, before, after)
    record_audit(rule.workspace_id, [entry])
