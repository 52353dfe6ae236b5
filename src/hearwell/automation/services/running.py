"""What happened calls rules; each that fits does its acts, once a case and event, within its rate.

All of it is one transaction with what is written down of it: an event that is told twice, or a
worker that dies half-way, changes nothing twice. Rules that wait for the same are run by one worker
at a time in a workspace, so that counts hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.automation.facts import Known, known_of
from hearwell.automation.models import Rule, Run, RunState
from hearwell.automation.queries import acted_lately, listening_rules
from hearwell.automation.rules import Trigger, is_called, matches, refused_chain
from hearwell.automation.services.acting import Deed, act
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case
from hearwell.events.services import causing
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.routing import services as routing
from hearwell.sla.calendars import current_calendars
from hearwell.sla.models import Calendar

_ONCE: Final = "(workspace_id, rule_id, case_id, event_key) DO NOTHING"
_WRITTEN: Final = """
    UPDATE automation_run t SET did = r.did, state = r.state, has_sent = r.has_sent,
        suggests = r.suggests
    FROM json_to_recordset(%s::json) AS r(id uuid, did jsonb, state text, has_sent boolean,
        suggests boolean)
    WHERE t.workspace_id = %s AND t.id = r.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Something happened to a case. `key` tells one event from another; `chain` led to it."""

    trigger: Trigger
    case_id: UUID
    key: str
    chain: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    message_id: UUID | None = None


def run_rules(workspace_id: UUID, calls: Sequence[Call], *, only: Rule | None = None) -> int:
    """Let the rules that wait for these calls act, in their order; return how many runs did.

    In the caller's scope and transaction. `only`: no other rule is asked. Some ten statements, and
    some more for each rule that acts, however many cases; replies are queued one by one.
    """
    rules = listening_rules(workspace_id, {call.trigger for call in calls})
    if only is not None:
        rules = [rule for rule in rules if rule.id == only.id]
    if not rules:
        return 0
    session = _Session(workspace_id, calls)
    return sum(session.run(rule) for rule in session.locked(rules))


class _Session:
    """A batch of calls while the rules go through it."""

    def __init__(self, workspace_id: UUID, calls: Sequence[Call]) -> None:
        self._workspace_id, self._calls, self._at = workspace_id, calls, now()
        self._messages = [call.message_id for call in calls if call.message_id]
        self._left_alone: set[UUID] = set()
        self._calendars: Sequence[Calendar] = current_calendars(workspace_id)
        self._known: Mapping[UUID, Known] = {}

    def locked(self, rules: Sequence[Rule]) -> list[Rule]:
        """Return the rules as they are once nobody else runs or changes them; hold the cases."""
        held = Rule.objects.select_for_update(no_key=True).order_by("position")
        mine = held.filter(workspace_id=self._workspace_id, id__in=[rule.id for rule in rules])
        still = [rule for rule in mine if rule.is_active and rule.paused_at is None]
        if any(rule.acts.team for rule in still):
            routing.lock(self._workspace_id)  # before any case, as by everybody
        ids = {call.case_id for call in self._calls}
        cases = Case.objects.select_for_update(no_key=True).filter(
            workspace_id=self._workspace_id, id__in=ids
        )
        list(cases.order_by("id").values_list("id"))
        self._look()
        return still

    def _look(self) -> None:
        ids = {call.case_id for call in self._calls}
        self._known = known_of(
            self._workspace_id,
            ids,
            self._at,
            messages=self._messages,
            calendars=self._calendars,
        )

    def run(self, rule: Rule) -> int:
        """Let one rule act on what fits it; return how many runs did something."""
        fitting = self._fitting(rule)
        if rule.is_last:
            self._left_alone |= {call.case_id for call in fitting}
        fresh = self._begun(rule, fitting) if fitting else []
        allowed = [(run, call) for run, call in fresh if run.state == RunState.DONE]
        if not fresh:
            return 0
        room = max(0, rule.hourly_most - acted_lately(rule) + len(allowed))
        for run, _call in allowed[room:]:
            _refuse(run, "rate")
        if allowed[room:]:
            _pause(rule, self._at)
        did = self._act(rule, allowed[:room])
        _write(self._workspace_id, [run for run, _call in fresh])
        if did:
            self._look()
        return did

    def _fitting(self, rule: Rule) -> list[Call]:
        """Return the calls for a rule that fit it, one a case and event."""
        wanted, trigger, tags = rule.wanted, Trigger(rule.trigger), set(rule.tags)
        found: dict[tuple[UUID, str], Call] = {}
        for call in self._calls:
            known = self._known.get(call.case_id)
            if known is None or call.trigger is not trigger or call.case_id in self._left_alone:
                continue
            if is_called(trigger, tags, call.tags) and matches(wanted, known.facts):
                found.setdefault((call.case_id, call.key), call)
        return list(found.values())

    def _begun(self, rule: Rule, calls: Sequence[Call]) -> list[tuple[Run, Call]]:
        """Note the runs that have not been before; those that would go in a circle as refused."""
        runs = [
            Run(
                workspace_id=self._workspace_id,
                rule_id=rule.id,
                rule_version=rule.version,
                case_id=call.case_id,
                event_key=call.key,
                chain=list(call.chain),
                at=self._at,
                state=RunState.DONE.value,
            )
            for call in calls
        ]
        new = {row[0] for row in rows.insert(runs, conflict=_ONCE, returning=("id",))}
        fresh = [pair for pair in zip(runs, calls, strict=True) if pair[0].id in new]
        for run, call in fresh:
            why = refused_chain(str(rule.id), call.chain)
            if why:
                _refuse(run, why)
        return fresh

    def _act(self, rule: Rule, allowed: Sequence[tuple[Run, Call]]) -> int:
        """Do the acts of a rule, together for all cases that the same chain led to."""
        by_chain = sorted(allowed, key=lambda pair: pair[1].chain)
        did = 0
        for chain, pairs in groupby(by_chain, key=lambda pair: pair[1].chain):
            deeds = _deeds(pairs, self._known)
            with causing([*chain, str(rule.id)]), conversations.credited(rule.id, rule.name):
                act(rule, deeds)
            for deed in deeds:
                _conclude(deed)
            did += sum(deed.run.state == RunState.DONE for deed in deeds)
        return did


def _deeds(pairs: Any, known: Mapping[UUID, Known]) -> list[Deed]:
    """Return what is to be done, one a case: two events of one case at once are one deed."""
    deeds: dict[UUID, Deed] = {}
    for run, call in pairs:
        if call.case_id in deeds:
            _refuse(run, "already")
        else:
            deeds[call.case_id] = Deed(run, known[call.case_id])
    return list(deeds.values())


def _refuse(run: Run, why: str) -> None:
    run.state, run.did = RunState.REFUSED.value, [{"act": "", "ok": False, "why": why}]


def _conclude(deed: Deed) -> None:
    """Say what became of a run by what became of its acts."""
    run = deed.run
    run.did = deed.lines
    is_done = any(line["ok"] for line in deed.lines)
    run.state = (RunState.DONE if is_done else RunState.REFUSED).value
    run.has_sent = any(line["act"] == "send" and line["ok"] for line in deed.lines)
    run.suggests = any(line.get("waits", False) for line in deed.lines)


def _write(workspace_id: UUID, runs: Sequence[Run]) -> None:
    names = ("id", "did", "state", "has_sent", "suggests")
    lines = rows.document({name: getattr(run, name) for name in names} for run in runs)
    rows.fetch(_WRITTEN, [lines, workspace_id], is_read=False)


def _pause(rule: Rule, at: datetime) -> None:
    """Let a rule that did too much wait for a person, and say so."""
    rule.paused_at = at
    rule.save(update_fields=["paused_at"])
    after = {"hourly_most": rule.hourly_most}
    entry = AuditEntry("automation.rule_paused", None, "rule", rule.id, rule.name, None, after)
    record_audit(rule.workspace_id, [entry])
