"""The doer: the only code that acts in another system. It claims, calls once, and notes.

No transaction is open while the other side is called. Whatever dies between the claim and the note
leaves CALLING behind; the sweep makes that UNKNOWN, and it is looked up, never done again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from hearwell.commerce import queries
from hearwell.commerce.calling import call
from hearwell.commerce.cards import (
    Card,
    UnreadableError,
    at,
    cards_in,
    document_of,
    is_success,
    is_there,
)
from hearwell.commerce.filling import (
    BadValueError,
    Request,
    look_request,
    request_for,
    undo_request,
)
from hearwell.commerce.models import LONGEST_MESSAGE, ToolRun
from hearwell.commerce.queries import LiveTool
from hearwell.commerce.rules import (
    LATEST_START_S,
    LEASE_S,
    Answer,
    Attempt,
    Code,
    State,
    Verdict,
    verdict_on_act,
    verdict_on_look,
)
from hearwell.commerce.services.looking import origin_in, secrets_of
from hearwell.commerce.services.outcomes import note_end
from hearwell.kit.clock import boot_s, now
from hearwell.kit.crashpoints import reached
from hearwell.kit.scope import scope
from hearwell.kit.seal import UnsealError
from hearwell.kit.text import clean
from hearwell.outbound.models import SwitchScope
from hearwell.outbound.rowlock import lock_session, row_lock
from hearwell.outbound.services import instance
from hearwell.outbound.services.switches import active_switches
from hearwell.powers.grants import purse_of

_SAID_AT: Final = (
    "/message", "/error/message", "/error_description", "/detail", "/title", "/error",
)  # fmt: skip
_MOVED: Final = (
    "state", "code", "status", "wake_at", "not_before", "lease_until", "sent_at",
)  # fmt: skip
_END: Final = (State.DONE, State.FAILED, State.HUMAN)


@dataclass(frozen=True, slots=True)
class Job:
    """An action with all that its calls need."""

    run: ToolRun
    tool: LiveTool
    secrets: dict[str, str]
    currency: str
    made_ref: str = ""
    undone_key: str = ""

    @property
    def has_look(self) -> bool:
        """Whether its outcome can be looked up."""
        return bool(self.tool.definition.look_path)

    def attempt(self) -> Attempt:
        """What a verdict depends on, now."""
        run = self.run
        settle_s = self.tool.definition.settle_s
        return Attempt(run.tries, run.looks, run.sent_at, now(), self.has_look, settle_s)


def carry_out(workspace_id: UUID, run_id: UUID) -> State | None:
    """Do one action, if it is still to be done and nobody is at it; returns where it is then.

    Opens its own scopes.
    """
    with lock_session() as session, row_lock(session, run_id) as is_ours:
        if not is_ours:
            return None
        started = boot_s()
        with scope(workspace_id):
            job = _claimed(workspace_id, run_id)
        if job is None:
            return None
        if job.run.look_first:
            verdict, answer = _looked(job)
            if (verdict.to, verdict.code) != (State.FAILED, Code.NO_TRACE):
                return _keep(job, verdict, answer)
        reached("D1")
        answer = _acted(job, started)
        reached("D2")
        says_done = answer.is_ok and _says_done(answer, job.tool)
        return _keep(job, verdict_on_act(answer, job.attempt(), says_done=says_done), answer)


def look_after(workspace_id: UUID, run_id: UUID) -> State | None:
    """Look up what became of one action; returns where it is then. Opens its own scopes."""
    with lock_session() as session, row_lock(session, run_id) as is_ours:
        if not is_ours:
            return None
        with scope(workspace_id):
            job = _taken_up(workspace_id, run_id)
        if job is None:
            return None
        verdict, answer = _looked(job)
        return _keep(job, verdict, answer)


def _claimed(workspace_id: UUID, run_id: UUID) -> Job | None:
    """Commit CALLING before a byte leaves; None, and why noted, where nothing may."""
    run = _locked(workspace_id, run_id, State.QUEUED)
    if run is None or _is_early(run):
        return None
    instance.check()
    if _is_stopped(workspace_id):
        note_end(run, State.FAILED, Code.STOPPED)
        return None
    job = _job(run)
    if isinstance(job, Code):
        note_end(run, State.FAILED, job)
        return None
    if run.undoes_id is None and run.tool.live is None and run.sent_at is None:
        note_end(run, State.FAILED, Code.OFF)
        return None
    if run.look_first and not job.has_look:
        note_end(run, State.HUMAN, Code.LOST)
        return None
    run.state, run.tries = State.CALLING, run.tries + 1
    run.sent_at = run.sent_at or now()
    run.lease_until = now() + timedelta(seconds=LEASE_S)
    run.wake_at = run.lease_until
    run.save(update_fields=["state", "tries", "sent_at", "lease_until", "wake_at"])
    reached("D0")
    return job


def _is_early(run: ToolRun) -> bool:
    return run.not_before is not None and run.not_before > now() + timedelta(seconds=1)


def _is_stopped(workspace_id: UUID) -> bool:
    return any(one.scope == SwitchScope.WORKSPACE for one in active_switches(workspace_id))


def _taken_up(workspace_id: UUID, run_id: UUID) -> Job | None:
    run = _locked(workspace_id, run_id, State.UNKNOWN)
    if run is None or _is_early(run):
        return None
    job = _job(run)
    if isinstance(job, Code) or not job.has_look:
        note_end(run, State.HUMAN, job if isinstance(job, Code) else Code.LOST)
        return None
    run.looks += 1
    run.save(update_fields=["looks"])
    return job


def _locked(workspace_id: UUID, run_id: UUID, state: State) -> ToolRun | None:
    rows = ToolRun.objects.select_for_update(of=("self",)).select_related("tool__service")
    return rows.filter(workspace_id=workspace_id, id=run_id, state=state).first()


def _job(run: ToolRun) -> Job | Code:
    tool = queries.tool_at(run.tool, run.version)
    if tool is None or run.tool.gone_at is not None:
        return Code.OFF
    try:
        secrets = secrets_of(tool.service)
    except UnsealError:
        return Code.NO_KEY
    currency = run.currency or purse_of(run.workspace_id).currency
    if run.undoes_id is None:
        return Job(run, tool, secrets, currency)
    undone = ToolRun.objects.get(workspace_id=run.workspace_id, id=run.undoes_id)
    ref = (undone.result or {}).get("ref", "")
    return Job(run, tool, secrets, currency, ref, str(undone.key))


def _acted(job: Job, started: float) -> Answer:
    """Act. The deadline is looked at just before, on a clock that also runs in suspend."""
    try:
        request = _request(job)
    except BadValueError:
        return Answer(Code.REFUSED, was_sent=False)
    if boot_s() - started > LATEST_START_S + job.tool.definition.limit_s:
        return Answer(Code.LOST, was_sent=False)
    return call(job.tool.service.url, job.secrets, request, job.tool.definition.limit_s)


def _request(job: Job) -> Request:
    one, run, header = job.tool.definition, job.run, job.tool.service.key_header
    if run.undoes_id is None:
        return request_for(
            one, run.values, currency=job.currency, key=str(run.key), key_header=header
        )
    return undo_request(
        one, run.values, currency=job.currency, key=job.undone_key, ref=job.made_ref,
        key_header=header, own_key=str(run.key),
    )  # fmt: skip


def _looked(job: Job) -> tuple[Verdict, Answer]:
    one, run = job.tool.definition, job.run
    try:
        request = look_request(one, run.values, currency=job.currency, key=str(run.key))
    except BadValueError:
        return Verdict(State.HUMAN, Code.LOST), Answer(Code.LOST, was_sent=False)
    answer = call(job.tool.service.url, job.secrets, request, one.limit_s)
    is_found = answer.is_ok and _is_found(answer, job.tool)
    return verdict_on_look(answer, job.attempt(), is_found=is_found), answer


def _is_found(answer: Answer, tool: LiveTool) -> bool:
    try:
        document = at(document_of(answer.body), tool.definition.look_root)
    except UnreadableError:
        return False
    return is_there(document) and is_success(_first(document), tool.definition.reading)


def _first(document: Any) -> Any:
    return document[0] if isinstance(document, list) and document else document


def _says_done(answer: Answer, tool: LiveTool) -> bool:
    if not tool.definition.reading.says:
        return True
    try:
        return is_success(document_of(answer.body), tool.definition.reading)
    except UnreadableError:
        return False


def _keep(job: Job, verdict: Verdict, answer: Answer) -> State:
    """Note where it is, unless somebody settled it meanwhile."""
    with scope(job.run.workspace_id):
        rows = ToolRun.objects.select_for_update().filter(workspace_id=job.run.workspace_id)
        run = rows.get(id=job.run.id)
        if run.state not in (State.CALLING, State.UNKNOWN):
            return State(run.state)
        if verdict.to in _END:
            card = _card(answer, job) if verdict.to == State.DONE else None
            result = card.kept() if card else None
            said = _said(answer) if verdict.to == State.FAILED else ""
            note_end(run, verdict.to, verdict.code, message=said, status=answer.status,
                     result=result)  # fmt: skip
            reached("D3")
            return verdict.to
        run.state, run.code, run.status = verdict.to, verdict.code, answer.status
        run.not_before = run.wake_at = now() + timedelta(seconds=verdict.wait_s)
        run.lease_until = None
        if verdict.to == State.QUEUED:
            run.sent_at = None if run.looks == 0 and not run.look_first else run.sent_at
        run.save(update_fields=[*_MOVED])
        return verdict.to


def _card(answer: Answer, job: Job) -> Card | None:
    """Read what came of it; an answer that cannot be read was done all the same."""
    try:
        document = document_of(answer.body)
    except UnreadableError:
        return None
    one = job.tool.definition
    found = at(document, one.look_root) if one.look_root else document
    document = _first(found) if is_there(found) else document
    origin = origin_in(job.tool.service.url)
    # Looked up, the same thing may stand at the root.
    bare = replace(one.reading, root="")
    cards = cards_in(document, one.reading, job.currency, origin) or cards_in(
        document, bare, job.currency, origin
    )
    return cards[0] if cards else None


def _said(answer: Answer) -> str:
    """Return the other side's own words for why not, if it has any."""
    try:
        document = document_of(answer.body)
    except UnreadableError:
        return ""
    found = (at(document, place) for place in _SAID_AT)
    words = next((one for one in found if isinstance(one, str) and one.strip()), "")
    return " ".join(clean(words)[0].split())[:LONGEST_MESSAGE]
