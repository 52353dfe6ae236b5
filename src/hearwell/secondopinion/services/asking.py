"""One question to the model, from the money held back to the outcome kept.

Nothing is held open while the model thinks: before and after are transactions of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from django.db.models import F

from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.kit.seal import UnsealError
from hearwell.secondopinion.calling import KEPT, Answer, post
from hearwell.secondopinion.models import Call, CallState, Connection
from hearwell.secondopinion.rules import (
    PAUSE_AFTER,
    UNWELL,
    Outcome,
    Question,
    UnusableError,
    pause_s,
    read_completion,
)
from hearwell.secondopinion.sealing import opened
from hearwell.secondopinion.services.spending import reserve, settle

log = structlog.get_logger(__name__)
Reader = Callable[[str], dict[str, Any]]
# Refused at the door: nothing was read, nothing is owed.
_FREE = frozenset({Outcome.REFUSED, Outcome.BUSY})
_LONGEST_SHORT_PAUSE_S = 60
__all__ = ["Reader", "ask"]


def ask(call: Call, question: Question, read: Reader) -> Call:
    """Ask, read, keep; return the call as it ended. Raises nothing of the model's.

    `call` may be new or waiting. `read` makes the result of the answer's words or raises
    UnusableError: then the answer counts for nothing and why is kept.
    """
    with scope(call.workspace_id):
        connection = _ready(call, question)
        key = _key(connection, call) if connection is not None else ""
    if connection is None or call.state == CallState.DONE:
        return call
    answer = post(connection.url, key, question, connection.limit_ms / 1000)
    with scope(call.workspace_id):
        _keep(call, connection, answer, read)
    return call


def _ready(call: Call, question: Question) -> Connection | None:
    """Hold the money back and note that the call is under way; None, and why, if it may not be."""
    connection = Connection.objects.filter(workspace_id=call.workspace_id).first()
    call.sent, call.created_at = question.text, now()
    if connection is None:
        _refused(call, Outcome.OFF)
        return None
    call.model = connection.model
    if connection.paused_until is not None and connection.paused_until > now():
        _refused(call, Outcome.PAUSED)
        return None
    if not reserve(connection, call, question):
        _refused(call, Outcome.OVER_CAP)
        return None
    call.state = CallState.CALLING
    call.save()
    return connection


def _refused(call: Call, outcome: Outcome) -> None:
    call.state, call.outcome = CallState.DONE, outcome
    call.save()


def _key(connection: Connection, call: Call) -> str:
    try:
        return opened(connection)
    except UnsealError:  # sealed with keys of another installation: entered anew, it works
        settle(call, connection, (0, 0), is_known=True)
        _refused(call, Outcome.REFUSED)
        return ""


def _keep(call: Call, connection: Connection, answer: Answer, read: Reader) -> None:
    rows = Call.objects.select_for_update().filter(workspace_id=call.workspace_id, id=call.id)
    there = rows.values_list("state", "sent").first()
    if there is not None and there[0] != CallState.CALLING:
        call.refresh_from_db()  # given up as lost and counted; a late answer counts for nothing
        return
    outcome = _read(call, connection, answer, read)
    if there is None or not there[1]:
        call.sent, call.answer, call.result = "", "", None  # taken back by who wrote it
    if there is not None:
        call.save()
    _note_health(call, outcome, answer)


def _read(call: Call, connection: Connection, answer: Answer, read: Reader) -> Outcome:
    """Read an answer into its call, and count what it cost."""
    call.state, call.took_ms, call.status = CallState.DONE, answer.took_ms, answer.status
    call.answer = answer.beginning
    tokens, is_known = (0, 0), not answer.was_sent or answer.outcome in _FREE
    outcome = answer.outcome
    if outcome is None:
        try:
            said = read_completion(answer.body)
            call.answer = said.text[:KEPT]
            tokens, is_known = (said.tokens_in, said.tokens_out), said.tokens_in > 0
            call.result = read(said.text)
            outcome = Outcome.USED
        except UnusableError as error:
            outcome = error.outcome
    call.outcome = outcome
    settle(call, connection, tokens, is_known=is_known)
    return outcome


def _note_health(call: Call, outcome: Outcome, answer: Answer) -> None:
    """Count failures in a row; leave the model alone after several."""
    rows = Connection.objects.filter(workspace_id=call.workspace_id)
    if outcome not in UNWELL:
        rows.exclude(failures=0).update(failures=0, paused_until=None)
        return
    log.warning("second_opinion_unusable", outcome=str(outcome), status=answer.status)
    rows.update(failures=F("failures") + 1)
    failures = rows.values_list("failures", flat=True).first() or 0
    pause = pause_s(failures, answer.retry_after_s)
    if answer.retry_after_s and failures < PAUSE_AFTER:
        pause = min(answer.retry_after_s, _LONGEST_SHORT_PAUSE_S)
    if pause:
        rows.update(paused_until=now() + timedelta(seconds=pause))
