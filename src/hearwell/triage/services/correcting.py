"""A person says otherwise: kept, applied to the case at once, learned from, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from hearwell.conversations import services as conversations
from hearwell.conversations.listing import URGENT_FROM
from hearwell.conversations.models import Message
from hearwell.kit.clock import now
from hearwell.triage.engine.heads import NO_YES, SENTIMENTS
from hearwell.triage.models import Correction, Verdict
from hearwell.triage.rules import Duty, Kind
from hearwell.triage.services.learning import teach

# What a kind asks of us, where nobody says otherwise.
DUTY_OF: Final[dict[Kind, Duty]] = {
    Kind.COMPLAINT: Duty.ANSWER,
    Kind.QUESTION: Duty.ANSWER,
    Kind.REQUEST: Duty.ANSWER,
    Kind.PREPURCHASE: Duty.ANSWER,
    Kind.PRAISE: Duty.ACKNOWLEDGE,
    Kind.IDEA: Duty.ACKNOWLEDGE,
    Kind.REVIEW: Duty.ACKNOWLEDGE,
    Kind.CHATTER: Duty.NONE,
    Kind.SPAM: Duty.NONE,
}
MOST_URGENT: Final = 4
FIELDS: Final = ("kind", "duty", "sentiment", "urgency", "thanks")
# By the field's rules a complaint is negative and praise positive, whoever says that it is one.
_FELT: Final = {Kind.COMPLAINT.value: "negative", Kind.PRAISE.value: "positive"}
# A word on one of these is a word on the verdict as a whole; on the others, on that alone.
_WEIGHTY: Final = frozenset({"kind", "duty"})
_COLUMN: Final = {"thanks": "is_thanks"}
_HEAD: Final = {"urgency": "urgent"}
CORRECTED, CONFIRMED = "corrected", "confirmed"
Said = Mapping[str, str | int]


class BadCorrectionError(ValueError):
    """The field cannot be corrected, or not to this value."""


class NothingToUndoError(LookupError):
    """Nobody has put this verdict right."""


@transaction.atomic
def correct(
    message_id: UUID,
    field: str,
    value: str | int,
    user_id: UUID,
    *,
    is_owed: bool = True,
    source: str = CORRECTED,
) -> Verdict:
    """Let a person's word stand: store it, apply it to the case at once, and learn from it.

    `field` is one of `FIELDS`. A new kind brings its usual duty with it, thanks are acknowledged.
    To say what stands already is to say that it is right: that is learned, too. `source` says how
    the label came about: "corrected", which becomes "confirmed" where nothing was wrong, or how the
    person was led to the message (``models.SOURCES``). Without `is_owed` the message waits for
    nobody, whatever it turns out to be. Raises BadCorrectionError, Verdict.DoesNotExist. Clocks are
    their keeper's to set right afterwards.
    """
    verdict = _verdict_for_update(message_id)
    said = _said(field, value)
    changes = {**said, **_brought(verdict, said)}
    return _spoken(verdict, said, changes, _Speaker(user_id, source), is_owed=is_owed)


@transaction.atomic
def undo_correction(
    message_id: UUID, user_id: UUID, *, is_owed: bool = True
) -> tuple[Verdict, dict[str, str]]:
    """Put back what the last correction of a message changed; return the verdict, and what it says.

    That is a correction, too: kept, learned from, and to be undone in turn. Raises
    NothingToUndoError, Verdict.DoesNotExist.
    """
    verdict = _verdict_for_update(message_id)
    kept = Correction.objects.filter(workspace_id=verdict.workspace_id, message_id=message_id)
    last = kept.order_by("-at", "-id").first()
    if last is None:
        raise NothingToUndoError(message_id)
    act = {one.field: one for one in kept.filter(at=last.at)}
    before: dict[str, str | int] = {
        name: int(one.before) if name == "urgency" else one.before for name, one in act.items()
    }
    said = {name: value for name, value in before.items() if name in _meant(act)}
    verdict = _spoken(verdict, said, before, _Speaker(user_id, CORRECTED), is_owed=is_owed)
    return verdict, {name: str(value) for name, value in said.items()}


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Whose word it is, and how they came to say it."""

    user_id: UUID
    source: str


def _spoken(verdict: Verdict, said: Said, changes: Said, by: _Speaker, *, is_owed: bool) -> Verdict:
    """Keep a person's word with all that it changes, teach it, and let the case follow."""
    differing = {name: new for name, new in changes.items() if standing(verdict, name) != new}
    is_right = not differing
    teach(
        verdict.message,
        {_HEAD.get(name, name): _label(name, new) for name, new in said.items() if new != ""},
        by.user_id,
        source=CONFIRMED if is_right and by.source == CORRECTED else by.source,
    )
    spoken = set(verdict.spoken or ())
    if is_right and said.keys() <= spoken:
        return verdict
    moment = now()
    Correction.objects.bulk_create(_kept(verdict, differing, by.user_id, moment))
    for name, new in changes.items():
        setattr(verdict, _COLUMN.get(name, name), new == "yes" if name in _COLUMN else new)
    verdict.spoken = sorted(spoken | said.keys())
    if said.keys() & _WEIGHTY:
        verdict.certainty, verdict.is_corrected, verdict.is_unsure = 1.0, True, False
        verdict.decided_at = moment
    verdict.save()
    _apply(verdict, said, is_owed=is_owed)
    return verdict


def _kept(verdict: Verdict, differing: Said, user_id: UUID, moment: datetime) -> list[Correction]:
    return [
        Correction(
            workspace_id=verdict.workspace_id,
            message_id=verdict.message_id,
            field=name,
            before=str(standing(verdict, name)),
            after=str(new),
            engine=verdict.engine,
            user_id=user_id,
            at=moment,
        )
        for name, new in differing.items()
    ]


def _apply(verdict: Verdict, said: Said, *, is_owed: bool) -> None:
    """Let the case follow; how a message sounds moves nothing in it."""
    if said.keys() <= {"sentiment"}:
        return
    is_weighty = bool(said.keys() & _WEIGHTY)
    conversations.apply_verdicts(
        {verdict.message_id: verdict}, is_correction=is_weighty, is_owed=is_owed
    )


def _brought(verdict: Verdict, said: Said) -> dict[str, str]:
    """Return what follows from a person's word without being one: it is not learned from."""
    brought: dict[str, str] = {}
    felt = _FELT.get(str(said.get("kind")))
    if felt and "sentiment" not in {*said, *(verdict.spoken or ())}:
        brought["sentiment"] = felt
    duty = said.get("duty", verdict.duty)
    if verdict.is_thanks and duty != Duty.ACKNOWLEDGE and "thanks" not in said:
        brought["thanks"] = "no"
    return brought


def _meant(act: Mapping[str, Correction]) -> set[str]:
    """Return of what one act changed what the person meant: not what only followed from it."""
    if "kind" in act:
        return {"kind", "duty"}
    if "thanks" in act and act["thanks"].after == "yes":
        return {"thanks", "duty"}
    return {"duty"} if "duty" in act else set(act)


def standing(verdict: Verdict, field: str) -> str | int:
    """Return what a verdict says in a field, as `correct` takes it."""
    if field == "thanks":
        return NO_YES[verdict.is_thanks]
    value: str | int = getattr(verdict, field)
    return value


def _verdict_for_update(message_id: UUID) -> Verdict:
    """Return a verdict with its message, both locked: first the message, as an edit of it does."""
    found = Message.objects.select_for_update().filter(id=message_id).defer("search").first()
    verdict = Verdict.objects.select_for_update().get(message_id=message_id)
    if found is not None:
        verdict.message = found
    return verdict


def _label(name: str, value: str | int) -> str:
    """Return a correction as the engine's label: an urgency is urgent or not."""
    if name == "urgency":
        return "yes" if int(value) >= URGENT_FROM else "no"
    return str(value)


def _said(field: str, value: str | int) -> dict[str, str | int]:
    try:
        match field:
            case "duty":
                return {"duty": Duty(str(value)).value}
            case "kind":
                kind = Kind(str(value))
                return {"kind": kind.value, "duty": DUTY_OF[kind].value}
            case "sentiment" if value in SENTIMENTS:
                return {"sentiment": str(value)}
            case "urgency" if 0 <= int(value) <= MOST_URGENT:
                return {"urgency": int(value)}
            case "thanks" if value == "yes":
                return {"thanks": "yes", "duty": Duty.ACKNOWLEDGE.value}
            case "thanks" if value == "no":
                return {"thanks": "no"}
    except ValueError as error:
        raise BadCorrectionError(value) from error
    raise BadCorrectionError(field)
