"""Triage beside the model on what people have labelled here: on a press, within the cap."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.secondopinion.models import (
    OPEN,
    Call,
    Comparison,
    ComparisonState,
    Connection,
    Purpose,
)
from hearwell.secondopinion.queries import FEWEST_LABELS, Labelled, labelled, messages_with
from hearwell.secondopinion.rules import Outcome, labelling
from hearwell.secondopinion.services.asking import ask
from hearwell.secondopinion.services.connecting import BadConnectionError
from hearwell.secondopinion.services.opinions import labels_in, masked_for
from hearwell.secondopinion.weighing import Case, compared

SIZES: Final = (50, 100, 200, 500)
# One that has not moved for so long died with its worker.
STALE_AFTER: Final = timedelta(minutes=10)
# None of the next will fare better.
_ENDS: Final = frozenset({Outcome.OVER_CAP, Outcome.PAUSED, Outcome.OFF, Outcome.NO_ADDRESS})


@transaction.atomic
def begin_comparison(workspace_id: UUID, wanted: int, *, by: User) -> Comparison:
    """Note that a comparison is wanted; the job makes it. Raises BadConnectionError."""
    connection = Connection.objects.select_for_update().filter(workspace_id=workspace_id).first()
    if connection is None:
        raise BadConnectionError(_("Connect a model first."), field="")
    if wanted not in SIZES:
        raise BadConnectionError(_("Choose one of the sizes."), field="wanted")
    if len(labelled(workspace_id, FEWEST_LABELS)) < FEWEST_LABELS:
        message = _("It takes at least %(n)s messages that people have labelled.")
        raise BadConnectionError(message % {"n": FEWEST_LABELS}, field="wanted")
    open_ones = Comparison.objects.filter(workspace_id=workspace_id, state__in=OPEN)
    if open_ones.exists() and _is_moving(workspace_id):
        raise BadConnectionError(_("One is under way. Wait for its end."), field="wanted")
    open_ones.update(state=ComparisonState.STOPPED, why=Outcome.LOST)
    made = Comparison.objects.create(
        workspace_id=workspace_id,
        setup_id=connection.setup_id,
        model=connection.model,
        wanted=wanted,
        user_id=by.id,
    )
    entry = AuditEntry(
        "second_opinion.compared", by, "model", connection.id, made.model, None, {"n": wanted}
    )
    record_audit(workspace_id, [entry])
    return made


def _is_moving(workspace_id: UUID) -> bool:
    """Say whether a comparison was begun or asked something lately: its worker lives."""
    since = now() - STALE_AFTER
    calls = Call.objects.filter(workspace_id=workspace_id, purpose=Purpose.COMPARISON)
    begun = Comparison.objects.filter(workspace_id=workspace_id, state__in=OPEN)
    return (
        begun.filter(created_at__gt=since).exists() or calls.filter(created_at__gt=since).exists()
    )


def compare(workspace_id: UUID, comparison_id: UUID) -> Comparison | None:
    """Ask about each labelled message and keep the figures; None if it has begun before."""
    with scope(workspace_id):
        waiting = Comparison.objects.filter(
            workspace_id=workspace_id, id=comparison_id, state=ComparisonState.WAITING
        )
        if not waiting.update(state=ComparisonState.RUNNING):
            return None
        row = Comparison.objects.get(workspace_id=workspace_id, id=comparison_id)
        found = labelled(workspace_id, row.wanted)
    cases: list[Case] = []
    for one in found:
        call = _asked(row, one)
        if call is None:
            continue
        row.asked += 1
        row.cost += call.cost
        if call.result is not None:
            cases.append(_case(one, call.result))
        elif call.outcome in _ENDS:
            row.why = call.outcome
            break
        if row.asked % 10 == 0:
            _save(row, cases)
    row.state = ComparisonState.STOPPED if row.why else ComparisonState.DONE
    _save(row, cases)
    return row


def _asked(row: Comparison, one: Labelled) -> Call | None:
    """Ask about one; None if it was taken back while those before it were asked about."""
    with scope(row.workspace_id):
        if not messages_with(row.workspace_id, [one.message_id]):
            return None
        masked = masked_for(row.workspace_id, one.text, one.author_name)
    call = Call(
        workspace_id=row.workspace_id,
        purpose=Purpose.COMPARISON,
        case_id=one.case_id,
        message_id=one.message_id,
        user_id=row.user_id,
    )
    question = labelling(
        row.model, masked.text, is_public=one.audience == "public", has_media=one.has_media
    )
    return ask(call, question, labels_in)


def _case(one: Labelled, said: dict[str, str]) -> Case:
    return Case(
        truth={"duty": one.duty, "kind": one.kind},
        triage={"duty": one.triage_duty, "kind": one.triage_kind},
        model={"duty": said["duty"], "kind": said["kind"]},
    )


def _save(row: Comparison, cases: list[Case]) -> None:
    row.answered = len(cases)
    row.figures = compared(cases)
    with scope(row.workspace_id):
        row.save(update_fields=["asked", "answered", "cost", "figures", "state", "why"])
