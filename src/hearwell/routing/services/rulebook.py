"""The rules in their order: kept whole or not at all, refused where no case could meet them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.models import Purpose
from hearwell.conversations.models import Tag
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.routing.models import Rule, Team
from hearwell.routing.rules import (
    MOST_URGENT,
    Needs,
    SkillKind,
    When,
    covers,
    impossible,
)
from hearwell.routing.services.standing import ensure_default_team
from hearwell.routing.services.teams import LONGEST_NAME, LONGEST_SKILL, BadRoutingError

MOST_PRIORITY: Final = 9
_IMPOSSIBLE: Final[dict[str, str | Promise]] = {
    "channels": gettext_lazy(
        "No case can meet this: none of these accounts is on a network that you chose."
    ),
    "audiences": gettext_lazy(
        "No case can meet this: on the networks and accounts you chose nothing is public."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a rule may speak of. `network_of`: channel id -> its network; `topics`: lower case."""

    network_of: Mapping[str, str]
    kinds: Collection[str]
    topics: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFacts:
    """What people fill in of a rule."""

    name: str
    team_id: UUID | None
    when: When
    needs: Needs = ()
    priority: int = 0
    is_active: bool = True


@transaction.atomic
def save_rule(
    workspace_id: UUID,
    facts: RuleFacts,
    *,
    by: User,
    known: Known,
    rule_id: UUID | None = None,
) -> Rule:
    """Make a rule, before the last line, or give one a new version if anything in it changed.

    Raises BadRoutingError for the field that cannot be so, Rule.DoesNotExist; nothing is then kept.
    """
    others = _locked(workspace_id)
    rule = next((one for one in others if one.id == rule_id), None)
    if rule_id is not None and rule is None:
        raise Rule.DoesNotExist(rule_id)
    checked = check_rule(workspace_id, facts, known, others, rule)
    before = _facts(rule) if rule else None
    rule = rule or Rule(workspace_id=workspace_id, position=len(others) + 1, version=0)
    after = {
        "name": checked.name,
        "team_id": str(checked.team_id),
        "when": checked.when.stored(),
        "needs": [list(pair) for pair in checked.needs],
        "priority": checked.priority,
        "is_active": checked.is_active,
    }
    if before == after:
        return rule
    for name, value in after.items():
        setattr(rule, name, value)
    rule.version += 1
    rule.changed_at, rule.changed_by_id = now(), by.id
    rule.save()
    _audit(rule, "changed" if before else "made", by, before, after)
    return rule


def _locked(workspace_id: UUID) -> list[Rule]:
    """Return all rules in their order; who changes one holds them all, so that orders hold."""
    ensure_default_team(workspace_id)
    Team.objects.select_for_update().get(workspace_id=workspace_id, is_default=True)
    return list(Rule.objects.filter(workspace_id=workspace_id).order_by("position"))


def check_rule(
    workspace_id: UUID,
    facts: RuleFacts,
    known: Known,
    others: Sequence[Rule],
    rule: Rule | None,
) -> RuleFacts:
    """Return the facts, tidied. Raises BadRoutingError for the first field that cannot be so."""
    name = " ".join(clean(facts.name)[0].split())[:LONGEST_NAME]
    if not name:
        raise BadRoutingError(_("Give the rule a name: it stands in every reason."), "name")
    if any(one.name.casefold() == name.casefold() and one is not rule for one in others):
        raise BadRoutingError(_("There is a rule of this name already."), "name")
    teams = Team.objects.filter(workspace_id=workspace_id).values_list("id", flat=True)
    if facts.team_id not in set(teams):
        raise BadRoutingError(_("Choose the team that gets these cases."), "team")
    if not -MOST_PRIORITY <= facts.priority <= MOST_PRIORITY:
        raise BadRoutingError(_("Choose how pressing these cases are."), "priority")
    check_when(workspace_id, facts.when, known)
    if facts.is_active:
        _check_reached(facts.when, known, others, rule)
    return RuleFacts(
        name=name,
        team_id=facts.team_id,
        when=facts.when,
        needs=_checked_needs(facts.needs),
        priority=facts.priority,
        is_active=facts.is_active,
    )


def check_when(workspace_id: UUID, when: When, known: Known) -> None:
    """Raise BadRoutingError where no case could meet the conditions."""
    if when.is_empty:
        words = _("Choose at least one condition. Every other case goes by the last line anyway.")
        raise BadRoutingError(words, "networks")
    if not 0 <= when.urgency_from <= MOST_URGENT:
        words = _("No case can meet this: urgency goes from 0 to %(most)s.")
        raise BadRoutingError(words % {"most": MOST_URGENT}, "urgency_from")
    _refuse_unknown("channels", when.channels, known.network_of, _("an account that is not here"))
    _refuse_unknown("purposes", when.purposes, Purpose.values, _("a purpose that is not known"))
    _refuse_unknown("kinds", when.kinds, known.kinds, _("a kind of case that is not known"))
    _refuse_unknown("topics", when.topics, known.topics, _("a topic that nobody looks for"))
    long = [one for one in when.languages if not (one.isalpha() and 2 <= len(one) <= 3)]  # noqa: PLR2004
    if long:
        words = _("“%(code)s” is no language code such as en, de or nb.")
        raise BadRoutingError(words % {"code": long[0]}, "languages")
    if when.tags:
        names = Tag.objects.filter(workspace_id=workspace_id).values_list("name", flat=True)
        tags = {name.lower() for name in names}
        missing = sorted(when.tags - tags)
        if missing:
            words = _("No case can meet this: there is no label “%(tag)s” yet.")
            raise BadRoutingError(words % {"tag": missing[0]}, "tags")
    field = impossible(when, known.network_of)
    if field:
        raise BadRoutingError(str(_IMPOSSIBLE[field]), field)


def _refuse_unknown(field: str, wanted: Iterable[str], known: Collection[str], what: str) -> None:
    if any(one not in known for one in wanted):
        raise BadRoutingError(_("No case can meet this: %(what)s.") % {"what": what}, field)


def _check_reached(when: When, known: Known, others: Sequence[Rule], rule: Rule | None) -> None:
    """Refuse a rule all of whose cases an earlier one takes."""
    before = [one for one in others if rule is None or one.position < rule.position]
    taker = taker_of(when, before, known.network_of)
    if taker is not None:
        words = _(
            "No case can meet this: “%(name)s” stands before it and takes every such case. "
            "Narrow that rule, or move this one above it."
        )
        raise BadRoutingError(words % {"name": taker.name}, "networks")


def taker_of(when: When, before: Iterable[Rule], network_of: Mapping[str, str]) -> Rule | None:
    """Return the active rule that takes every case of these conditions, if one does."""
    active = (one for one in before if one.is_active)
    return next((one for one in active if covers(one.conditions, when, network_of)), None)


def _checked_needs(needs: Needs) -> Needs:
    tidy = []
    for kind, value in needs:
        text = " ".join(clean(value)[0].split()).lower()
        if kind not in set(SkillKind) or not text or len(text) > LONGEST_SKILL:
            words = _("A skill has between 1 and %(most)s letters.") % {"most": LONGEST_SKILL}
            raise BadRoutingError(words, f"needs_{kind}")
        tidy.append((kind, text))
    return tuple(sorted(set(tidy)))


@transaction.atomic
def move_rule(workspace_id: UUID, rule_id: UUID, *, by: User, is_up: bool) -> bool:
    """Swap a rule with its neighbour; False at the end. Raises Rule.DoesNotExist; audited."""
    order = _locked(workspace_id)
    place = next((n for n, one in enumerate(order) if one.id == rule_id), None)
    if place is None:
        raise Rule.DoesNotExist(rule_id)
    other = place - 1 if is_up else place + 1
    if not 0 <= other < len(order):
        return False
    rule, neighbour = order[place], order[other]
    before, after = rule.position, neighbour.position
    Rule.objects.filter(workspace_id=workspace_id, id=rule.id).update(position=after)
    Rule.objects.filter(workspace_id=workspace_id, id=neighbour.id).update(position=before)
    _audit(rule, "moved", by, {"position": before}, {"position": after})
    return True


@transaction.atomic
def remove_rule(workspace_id: UUID, rule_id: UUID, *, by: User) -> None:
    """Remove a rule. Cases that it has placed stay where they are. Raises Rule.DoesNotExist."""
    _locked(workspace_id)
    rule = Rule.objects.get(workspace_id=workspace_id, id=rule_id)
    _audit(rule, "removed", by, _facts(rule), None)
    rule.delete()
    later = Rule.objects.filter(workspace_id=workspace_id, position__gt=rule.position)
    later.update(position=F("position") - 1)


def _facts(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "team_id": str(rule.team_id),
        "when": rule.when,
        "needs": rule.needs,
        "priority": rule.priority,
        "is_active": rule.is_active,
    }


def _audit(
    rule: Rule,
    verb: str,
    by: User,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    entry = AuditEntry(f"routing.rule_{verb}", by, "rule", rule.id, rule.name, before, after)
    record_audit(rule.workspace_id, [entry])
