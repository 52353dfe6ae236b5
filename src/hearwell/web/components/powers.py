"""Powers in words: whose replies are read first, and why this one is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.accounts.models import Role
from hearwell.powers.money import shown_amount
from hearwell.web.components.marks import AUDIENCES, KINDS, badge_of

ROLES = {role.value: role.label for role in Role}
GRANT_REASONS: Final[Mapping[str, str | Promise]] = {
    "delay": gettext_lazy("Delay"),
    "damage": gettext_lazy("Damage or loss"),
    "mistake": gettext_lazy("Our mistake"),
    "wait": gettext_lazy("Long wait for an answer"),
    "service": gettext_lazy("Poor service"),
    "loyalty": gettext_lazy("Loyalty"),
    "other": gettext_lazy("Something else"),
}


def limit_words(minor: int | None, currency: str) -> str:
    """Write a limit for people."""
    return _("no limit") if minor is None else shown_amount(minor, currency)


def reasons_words(reasons: Iterable[Mapping[str, Any]], people: Mapping[UUID, Any]) -> str:
    """Say why a reply waits, by the rules that it fell under."""
    return "; ".join(dict.fromkeys(condition_words(reason, people) for reason in reasons))


def condition_words(told: Mapping[str, Any], people: Mapping[UUID, Any]) -> str:
    """Say which replies a rule is about; all of them, where it asks for nothing."""
    if told.get("promise"):
        return _("it promises %(amount)s") % {"amount": told["promise"]}
    parts = [
        _who(told, people),
        _("on %(network)s") % {"network": badge_of(told["network"]).title}
        if told.get("network")
        else "",
        str(AUDIENCES[told["audience"]].word) if told.get("audience") in AUDIENCES else "",
        str(KINDS[told["kind"]].word) if told.get("kind") in KINDS else "",
    ]
    return ", ".join(part for part in parts if part)


def _who(told: Mapping[str, Any], people: Mapping[UUID, Any]) -> str:
    if told.get("user_id"):
        person = people.get(UUID(str(told["user_id"])))
        return _("%(name)s is in training") % {"name": person.name if person else _("Somebody")}
    if told.get("role"):
        return _("replies of the role %(role)s") % {"role": ROLES.get(told["role"], told["role"])}
    return _("everybody's replies")
