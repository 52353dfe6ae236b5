"""The acts of a rule, each for many cases at once, by the verbs that people use.

An act that cannot be done is written down with its reason and keeps no other from being done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from hearwell.automation.facts import Known
from hearwell.automation.models import Rule, Run
from hearwell.automation.rules import Then, obstacle
from hearwell.automation.services.checking import takes_cases
from hearwell.automation.services.sending import send_all
from hearwell.automation.services.suggesting import suggest_all
from hearwell.conversations import services as conversations
from hearwell.inbox.placing import forget_closed
from hearwell.kit.clock import now
from hearwell.routing import services as routing
from hearwell.routing.queries import claims_of
from hearwell.sla import services as sla

# Whoever is on a case just now decides these.
_NOT_WHILE_CLAIMED: Final = frozenset({"assign", "snooze_h", "close"})


@dataclass(slots=True)
class Deed:
    """A rule at one case: the run as it is kept, the case as it stands, what became of each act."""

    run: Run
    known: Known
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def case_id(self) -> UUID:
        """Which case."""
        return self.known.id

    def did(self, act: str, **about: Any) -> None:
        """Note an act that was done, with what taking it back needs."""
        self.lines.append({"act": act, "ok": True, **about})

    def refused(self, act: str, why: str, **about: Any) -> None:
        """Note an act that was not done, and why, as a code."""
        self.lines.append({"act": act, "ok": False, "why": why, **about})


def act(rule: Rule, deeds: Sequence[Deed]) -> None:
    """Do all acts of a rule, in their order; what became of each is on the deeds."""
    then = rule.acts
    claimed = (
        claims_of([deed.case_id for deed in deeds]) if _NOT_WHILE_CLAIMED & {*then.acts} else {}
    )
    for name in then.acts:
        able = [deed for deed in deeds if _may(name, deed, claimed)]
        if able:
            _ACTS[name](rule, then, able)


def _may(name: str, deed: Deed, claimed: Mapping[UUID, object]) -> bool:
    why = obstacle(name, deed.known.facts)
    if not why and name in _NOT_WHILE_CLAIMED and deed.case_id in claimed:
        why = "claimed"
    if why:
        deed.refused(name, why)
    return not why


def _ids(deeds: Sequence[Deed]) -> list[UUID]:
    return [deed.case_id for deed in deeds]


def _tag(_rule: Rule, then: Then, deeds: Sequence[Deed]) -> None:
    _labelled("tags", conversations.tag(_ids(deeds), then.tags), deeds)


def _untag(_rule: Rule, then: Then, deeds: Sequence[Deed]) -> None:
    _labelled("untags", conversations.untag(_ids(deeds), then.untags), deeds)


def _labelled(name: str, changed: Mapping[UUID, list[str]], deeds: Sequence[Deed]) -> None:
    for deed in deeds:
        if deed.case_id in changed:
            deed.did(name, tags=changed[deed.case_id])
        else:
            deed.refused(name, "already")


def _press(_rule: Rule, then: Then, deeds: Sequence[Deed]) -> None:
    value = then.urgency or 0
    changed = conversations.set_urgency(dict.fromkeys(_ids(deeds), value))
    for deed in deeds:
        if deed.case_id in changed:
            deed.did("urgency", value=value, before=changed[deed.case_id])
        else:
            deed.refused("urgency", "already")


def _put(rule: Rule, then: Then, deeds: Sequence[Deed]) -> None:
    team = UUID(then.team)
    moved = routing.send_to(rule.workspace_id, dict.fromkeys(_ids(deeds), team), "automation")
    for deed in deeds:
        if deed.case_id in moved:
            before = moved[deed.case_id]
            deed.did("team", value=then.team, before=str(before) if before else "")
        else:
            deed.refused("team", "already")


def _assign(rule: Rule, then: Then, deeds: Sequence[Deed]) -> None:
    user_id = UUID(then.assign)
    if not takes_cases(rule.workspace_id, then.assign):
        for deed in deeds:
            deed.refused("assign", "gone")
        return
    routing.assign(_ids(deeds), user_id, actor=None)
    for deed in deeds:
        deed.did("assign", value=then.assign)


def _note(rule: Rule, then: Then, deeds: Sequence[Deed]) -> None:
    author = _("Rule “%(name)s”") % {"name": rule.name}
    for deed in deeds:
        conversations.add_note(
            deed.case_id, then.note, author_user_id=None, author_name=author, key=deed.run.id
        )
        deed.did("note")


def _snooze(_rule: Rule, then: Then, deeds: Sequence[Deed]) -> None:
    until = now() + timedelta(hours=then.snooze_h)
    for deed in deeds:
        conversations.snooze(deed.case_id, until)
        deed.did("snooze_h", value=then.snooze_h)


def _close(rule: Rule, then: Then, deeds: Sequence[Deed]) -> None:
    """Close cases; that nobody waits in them was seen while they were held."""
    ids = _ids(deeds)
    for deed in deeds:
        conversations.close(deed.case_id, then.close, None)
        deed.did("close", value=then.close)
    sla.end(rule.workspace_id, ids, then.close)
    forget_closed(rule.workspace_id, ids)


_ACTS: Final[dict[str, Callable[[Rule, Then, Sequence[Deed]], None]]] = {
    "tags": _tag,
    "untags": _untag,
    "urgency": _press,
    "team": _put,
    "assign": _assign,
    "note": _note,
    "suggest": suggest_all,
    "send": send_all,
    "snooze_h": _snooze,
    "close": _close,
}
