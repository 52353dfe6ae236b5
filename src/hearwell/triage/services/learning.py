"""Learning from people: a label at a time, all of them anew now and then, and back again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.conversations.listing import URGENT_FROM
from hearwell.conversations.models import Message
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.triage.engine.heads import HEADS
from hearwell.triage.learning.limits import (
    ENOUGH_TO_QUIET,
    LEAST_BUDGET,
    LEAST_SURE,
    MOST_BUDGET,
    MOST_SURE,
    QUIET_FROM,
    REFIT_AFTER,
    REFIT_EVERY,
    WHOLE,
)
from hearwell.triage.learning.threads import first_replies
from hearwell.triage.models import Learned, Lesson, Understanding
from hearwell.triage.rules import Duty
from hearwell.triage.shipped import shipped_model, with_vectors

if TYPE_CHECKING:  # numpy: only where something is learned
    from hearwell.triage.engine.delta import Delta
    from hearwell.triage.engine.dense import Vectors
    from hearwell.triage.engine.features import Item
    from hearwell.triage.engine.judge import Opinion
    from hearwell.triage.engine.model import Model
    from hearwell.triage.learning.fitting import Candidate
    from hearwell.triage.learning.mind import Mind

_DUE: Final = "SELECT workspace_id FROM triage_to_refit(%s, %s)"


class UnknownVersionError(LookupError):
    """There is no such version, or only its story is left."""


# --- one label -----------------------------------------------------------------------------------


def teach(
    message: Message, labels: Mapping[str, str], user_id: UUID, *, source: str = "corrected"
) -> int:
    """Learn what a person says of a message, head -> label; return how many labels were new.

    In the caller's transaction, the workspace's row locked. What the same message was called last
    already teaches nothing, unless that is left out by now; nor does a message whose words are
    gone. Whatever is judged after the commit, in any process, knows it.
    """
    from hearwell.triage.learning.mind import mind_of
    from hearwell.triage.learning.replay import item_of, last_labels

    if message.is_purged:
        return 0
    state = locked(message.workspace_id)
    known = last_labels(message.workspace_id, message.id)
    new = {head: label for head, label in labels.items() if known.get(head) != (label, False)}
    if not new:
        return 0
    mind = mind_of(message.workspace_id, state)
    replied = first_replies(message.workspace_id, [message.conversation_id])
    item = item_of(message, replied.get(message.conversation_id))
    lessons = _lessons(message, item, new, mind, state.lessons)
    for lesson in lessons:
        lesson.user_id, lesson.source = user_id, source
    rows.insert(lessons)
    state.lessons += len(lessons)
    state.labelled += int("duty" in new and "duty" not in known)
    state.stamp, state.changed_at = uuid7(), now()
    state.save(update_fields=["lessons", "labelled", "stamp", "changed_at"])
    if state.lessons - state.refit_lessons >= REFIT_EVERY:
        refit_soon(message.workspace_id)
    return len(lessons)


def locked(workspace_id: UUID) -> Understanding:
    """Return the workspace's row, made if need be, locked until the transaction ends."""
    known = Understanding.objects.select_for_update().filter(workspace_id=workspace_id)
    if state := known.first():
        return state
    made = Understanding(workspace_id=workspace_id)
    if rows.insert([made], conflict="(workspace_id) DO NOTHING", returning=("id",)):
        made._state.adding = False
        return made
    return known.get()  # another was first, and has ended


def _lessons(
    message: Message, item: Item, labels: Mapping[str, str], mind: Mind, last: int
) -> list[Lesson]:
    from hearwell.triage.engine.judge import judge

    model, embedder = with_vectors(mind.model, settings.HEARWELL_EMBEDDING_FOLDER)
    (opinion,) = judge([item], model, mind.delta, mind.bands, embedder=embedder)
    chances = _chances(item, model, mind.delta, embedder)
    return [
        Lesson(
            workspace_id=message.workspace_id,
            number=last + 1 + place,
            message_id=message.id,
            head=head,
            label=label,
            predicted=_predicted(opinion, head),
            certainty=_certainty(opinion, chances, head),
            chance=chances.get(head, {}).get(label, float(_predicted(opinion, head) == label)),
            answer=_answer(opinion, chances),
            was_sure=not opinion.is_unsure,
            was_quieted=opinion.duty is Duty.NONE and not opinion.is_unsure and mind.quiets,
            engine=mind.version,
        )
        for place, (head, label) in enumerate(labels.items())
    ]


def _chances(
    item: Item, model: Model | None, delta: Delta | None, embedder: Vectors | None
) -> dict[str, dict[str, float]]:
    from hearwell.triage.engine.judge import featured

    if model is None:
        return {}
    found = model.probabilities(featured(item, model, embedder), delta)[0].tolist()
    return {
        head.name: dict(zip(head.labels, found[head.columns], strict=True))
        for head in HEADS.values()
    }


def _predicted(opinion: Opinion, head: str) -> str:
    """Return what the engine says of a head, all rules applied."""
    match head:
        case "duty":
            return opinion.duty.value
        case "kind":
            return opinion.kind.value
        case "sentiment":
            return opinion.sentiment
        case "urgent":
            return "yes" if opinion.urgency >= URGENT_FROM else "no"
    return "yes" if opinion.is_thanks else "no"


def _certainty(opinion: Opinion, chances: Mapping[str, Mapping[str, float]], head: str) -> float:
    said = chances.get(head, {}).get(_predicted(opinion, head))
    return opinion.certainty if head == "duty" or said is None else said


def _answer(opinion: Opinion, chances: Mapping[str, Mapping[str, float]]) -> float:
    if "duty" in chances:
        return chances["duty"][Duty.ANSWER.value]
    return opinion.certainty if opinion.duty is Duty.ANSWER else 1.0 - opinion.certainty


# --- all labels anew -----------------------------------------------------------------------------


def refit_soon(workspace_id: UUID) -> None:
    """Have the worker make a version anew as soon as this transaction is committed."""
    from hearwell.triage.tasks import wake_refit

    transaction.on_commit(lambda: wake_refit(workspace_id))


def due_for_refit() -> list[UUID]:
    """Return the workspaces that were taught something since yesterday's version.

    Also those whose version was made for another shipped model than today's.
    """
    base = shipped_model()
    values = [now() - REFIT_AFTER, base.version if base else ""]
    return [row[0] for row in rows.fetch(_DUE, values)]


def refit(workspace_id: UUID) -> Learned | None:
    """Make a version from the shipped model and all labels; promote it unless it is worse.

    Returns the version, promoted or refused with the reason, None where there is nothing to learn
    from or somebody went back meanwhile. The work is done without a lock: what is taught meanwhile
    is learned step by step on top of whatever stands.
    """
    from hearwell.triage.learning.fitting import fitted
    from hearwell.triage.learning.mind import mind_of
    from hearwell.triage.learning.replay import taught

    state = Understanding.objects.filter(workspace_id=workspace_id).first()
    model = shipped_model()
    if state is None or model is None or not state.lessons:
        return None
    known = taught(workspace_id, state.lessons)
    if not len(known):
        return None
    candidate = fitted(model, known, _next_number(workspace_id))
    return _settled(state, candidate, mind_of(workspace_id, state))


@transaction.atomic
def _settled(seen: Understanding, candidate: Candidate, mind: Mind) -> Learned | None:
    state = locked(seen.workspace_id)
    if state.epoch != seen.epoch or state.snapshot_id != seen.snapshot_id:
        return None  # somebody went back, forgot, or made a version of the same labels meanwhile
    is_better = not candidate.why
    stays = candidate.delta if is_better else mind.delta
    calibration = candidate.calibration if is_better else _calibration(state)
    made = Learned.objects.create(
        workspace_id=state.workspace_id,
        number=_next_number(state.workspace_id),
        up_to=seen.lessons,
        base=candidate.delta.base,
        delta=stays.to_bytes() if stays is not None else None,
        calibration=dict(calibration),
        scores={name: dict(score) for name, score in candidate.scores.items()},
        outcome="promoted" if is_better else "refused",
        why=candidate.why,
        left_out=_left_out(state.workspace_id),
    )
    state.snapshot_id, state.stamp = made.id, uuid7()
    state.refit_at, state.refit_lessons = now(), seen.lessons
    state.quiet = _quiet(state)
    state.save()
    _forget_old_weights(state.workspace_id)
    return made


def _calibration(state: Understanding) -> Mapping[str, float]:
    if state.snapshot_id is None:
        return {}
    known = Learned.objects.filter(workspace_id=state.workspace_id, id=state.snapshot_id)
    return known.values_list("calibration", flat=True).first() or {}


def _quiet(state: Understanding) -> float | None:
    """Return where quieting may begin by the workspace's own labels; None before there are 200."""
    import numpy as np

    from hearwell.triage.learning.fitting import quieting

    if state.labelled < ENOUGH_TO_QUIET:
        return None
    lessons = Lesson.objects.filter(workspace_id=state.workspace_id, head="duty")
    newest = list(lessons.order_by("-number").values_list("answer", "label")[:QUIET_FROM])
    answer = np.array([row[0] for row in newest], dtype=np.float64)
    is_owed = np.array([row[1] == Duty.ANSWER for row in newest], dtype=bool)
    return quieting(answer, is_owed, state.miss_budget).threshold


def _forget_old_weights(workspace_id: UUID) -> None:
    """Keep every version's story, the weights of the newest ones and of those promoted."""
    known = Learned.objects.filter(workspace_id=workspace_id)
    newest = known.order_by("-number").values_list("number", flat=True)[:WHOLE]
    old = known.filter(is_whole=True).exclude(number__in=list(newest)).exclude(outcome="promoted")
    old.update(delta=None, is_whole=False)


# --- back again ----------------------------------------------------------------------------------


@transaction.atomic
def go_back(number: int, by: Membership) -> Learned:
    """Let an earlier version speak again, 0 for the shipped model alone; one step, audited.

    What was taught after it is left out from now on, also of later versions; going back to a later
    one takes it in again. Raises UnknownVersionError.
    """
    state = locked(by.workspace_id)
    target = _version(by.workspace_id, number) if number else None
    up_to, left_out = (target.up_to, target.left_out) if target else (0, [])
    _leave_out(by.workspace_id, up_to, left_out)
    model = shipped_model()
    made = Learned.objects.create(
        workspace_id=by.workspace_id,
        number=_next_number(by.workspace_id),
        up_to=state.lessons,
        base=target.base if target else model.version if model else "",
        delta=target.delta if target else None,
        calibration=target.calibration if target else {},
        outcome="went_back",
        why=str(number),
        by_id=by.user_id,
        left_out=_left_out(by.workspace_id),
    )
    state.snapshot_id, state.epoch = made.id, state.epoch + 1
    _changed(state, by)
    _audit(by, "triage.went_back", {}, {"version": number})
    return made


def _version(workspace_id: UUID, number: int) -> Learned:
    found = Learned.objects.filter(workspace_id=workspace_id, number=number, is_whole=True).first()
    if found is None:
        raise UnknownVersionError(number)
    return found


def _next_number(workspace_id: UUID) -> int:
    last = Learned.objects.filter(workspace_id=workspace_id).order_by("-number")
    return (last.values_list("number", flat=True).first() or 0) + 1


def _leave_out(workspace_id: UUID, up_to: int, left_out: Sequence[Sequence[int]]) -> None:
    lessons = Lesson.objects.filter(workspace_id=workspace_id)
    lessons.filter(number__gt=up_to).update(is_left_out=True)
    lessons.filter(number__lte=up_to).update(is_left_out=False)
    for first, last in left_out:
        lessons.filter(number__gte=first, number__lte=last).update(is_left_out=True)


def _left_out(workspace_id: UUID) -> list[list[int]]:
    """Return what is left out, as ranges of lessons."""
    out = Lesson.objects.filter(workspace_id=workspace_id, is_left_out=True).order_by("number")
    found: list[list[int]] = []
    for number in out.values_list("number", flat=True):
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


@transaction.atomic
def forget_taught(by: Membership) -> int:
    """Forget all that a workspace taught, for good; return how many lessons that were.

    What people said of single messages stands; the engine no longer knows it.
    """
    state = locked(by.workspace_id)
    gone = state.lessons
    Lesson.objects.filter(workspace_id=by.workspace_id).delete()
    Learned.objects.filter(workspace_id=by.workspace_id).delete()
    state.snapshot_id, state.epoch, state.quiet = None, state.epoch + 1, None
    state.lessons = state.labelled = state.refit_lessons = 0
    state.refit_at = None
    _changed(state, by)
    _audit(by, "triage.forgot", {"lessons": gone}, {"lessons": 0})
    return gone


# --- choices -------------------------------------------------------------------------------------


class BadChoiceError(ValueError):
    """A choice makes no sense; the text says why, for the person."""


@transaction.atomic
def choose_bands(
    by: Membership, *, may_quiet: bool, miss_budget: float, sure: Mapping[str, float]
) -> bool:
    """Set when to act, to ask and to quiet; True if that changed anything. Raises BadChoiceError.

    miss_budget: the share of messages owed an answer that may be quieted by mistake, 0.001 to 0.1.
    sure: head -> the least certainty to act on, 0.34 to 0.99; a head that is left out has the
    shipped model's.
    """
    if not LEAST_BUDGET <= miss_budget <= MOST_BUDGET:
        message = "The share that may be missed lies between 0.1 and 10 per cent."
        raise BadChoiceError(message)
    if any(n not in HEADS or not LEAST_SURE <= v <= MOST_SURE for n, v in sure.items()):
        message = "A certainty to act on lies between 34 and 99 per cent."
        raise BadChoiceError(message)
    state = locked(by.workspace_id)
    before = _choices(state)
    state.may_quiet, state.miss_budget, state.sure = may_quiet, miss_budget, dict(sure)
    after = _choices(state)
    if before == after:
        return False
    state.quiet = _quiet(state)
    _changed(state, by)
    _audit(by, "triage.bands_chosen", before, after)
    return True


def _choices(state: Understanding) -> dict[str, Any]:
    return {name: getattr(state, name) for name in ("may_quiet", "miss_budget", "sure")}


def _changed(state: Understanding, by: Membership) -> None:
    state.stamp, state.changed_at, state.changed_by_id = uuid7(), now(), by.user_id
    state.save()


def _audit(
    by: Membership, action: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    entry = AuditEntry(action, by.user, "workspace", by.workspace_id, before=before, after=after)
    record_audit(by.workspace_id, [entry])
