"""The verbs of triage."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction

from hearwell.conversations import services as conversations
from hearwell.conversations.listing import URGENT_FROM
from hearwell.conversations.models import Direction, Message
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.triage.learning.threads import first_replies
from hearwell.triage.models import Correction, Verdict
from hearwell.triage.rules import Duty, Kind
from hearwell.triage.services.learning import teach
from hearwell.triage.services.opinions import opinions_on

if TYPE_CHECKING:
    from hearwell.triage.engine.judge import Opinion
    from hearwell.triage.learning.mind import Mind

log = structlog.get_logger(__name__)
_STANDING = ", ".join(
    f"{name} = excluded.{name}"
    for name in (
        "duty", "kind", "urgency", "is_thanks", "language", "certainty", "reasons", "engine",
        "sentiment", "chances", "is_unsure", "personal", "near", "topics", "decided_at",
    )
)  # fmt: skip
_ONCE = (
    f"(workspace_id, message_id) DO UPDATE SET {_STANDING} WHERE NOT triage_verdict.is_corrected"
)
_FOLLOW = """
    UPDATE triage_verdict v SET case_id = m.case_id FROM conversations_message m
    WHERE v.workspace_id = %s AND v.case_id = ANY(%s)
        AND m.workspace_id = v.workspace_id AND m.id = v.message_id AND m.case_id <> v.case_id
"""
_verdict_of = rows.Maker(Verdict)
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
MOST_URGENT = 4
# By the field's rules a complaint is negative and praise positive, whoever says that it is one.
_FELT: Final = {Kind.COMPLAINT.value: "negative", Kind.PRAISE.value: "positive"}
CORRECTED, CONFIRMED = "corrected", "confirmed"
HEAD_OF: Final = {"urgency": "urgent"}


class BadCorrectionError(ValueError):
    """The field cannot be corrected, or not to this value."""


def assess(
    fresh: Sequence[Message], *, new: Collection[UUID] = (), mind: Mind | None = None
) -> dict[UUID, Verdict]:
    """Judge messages of theirs; return message id -> verdict, with its message. Ours get none.

    Three statements, however many; two where the `mind` (`mind_for`) is known already. Judging an
    edited message again replaces its verdict, unless a person has spoken: then theirs stands. `new`
    are messages without a past: they are not judged again, and nothing of ours stands before them.
    """
    theirs = [message for message in fresh if message.direction == Direction.IN]
    if not theirs:
        return {}
    workspace_id = theirs[0].workspace_id
    known = {message.conversation_id for message in theirs if message.id not in new}
    mind = mind or mind_for(workspace_id)
    replied = first_replies(workspace_id, known) if known else {}
    verdicts = _verdicts(theirs, replied, mind)
    decided = {verdict.message_id: verdict for verdict in verdicts}
    if not known:  # nobody can have spoken about them
        rows.insert(verdicts, conflict=_ONCE)
        return decided
    written = {row[0] for row in rows.insert(verdicts, conflict=_ONCE, returning=("message_id",))}
    spoken_for = decided.keys() - written
    if spoken_for:
        kept = Verdict.objects.filter(workspace_id=workspace_id, message_id__in=spoken_for)
        for verdict in kept:
            verdict.message = decided[verdict.message_id].message
            decided[verdict.message_id] = verdict
    return decided


def mind_for(workspace_id: UUID) -> Mind:
    """Return what judges a workspace's messages now; one statement, to be done before others.

    If what was taught cannot be made sense of, that is logged, and the shipped model judges.
    """
    from hearwell.triage.learning.mind import mind_of, untaught

    try:
        return mind_of(workspace_id)
    except DatabaseError:
        raise
    except Exception:
        log.exception("triage.mind_failed", workspace_id=str(workspace_id))
        return untaught()


def _verdicts(
    theirs: Sequence[Message], replied: Mapping[UUID | None, datetime], mind: Mind
) -> list[Verdict]:
    from hearwell.triage.learning.replay import item_of

    items = [item_of(message, replied.get(message.conversation_id)) for message in theirs]
    opinions = opinions_on(items, [message.id for message in theirs], mind)
    return [
        _verdict(
            message,
            _as_the_network_says(_asked(opinion, mind), is_needed=message.needs_reply),
            mind.topics.topics_of(item.text, opinion.language),
        )
        for message, item, opinion in zip(theirs, items, opinions, strict=True)
    ]


def _asked(opinion: Opinion, mind: Mind) -> Opinion:
    """Ask a person about what seems to need nothing, while nobody can say how many are missed."""
    is_set_aside = opinion.duty is Duty.NONE and not mind.quiets
    return replace(opinion, is_unsure=True) if is_set_aside else opinion


def _verdict(message: Message, opinion: Opinion, topics: Sequence[str]) -> Verdict:
    return _verdict_of(
        {"message": message},
        workspace_id=message.workspace_id,
        message_id=message.id,
        case_id=message.case_id,
        duty=opinion.duty.value,
        kind=opinion.kind.value,
        urgency=opinion.urgency,
        is_thanks=opinion.is_thanks,
        language=opinion.language,
        certainty=opinion.certainty_of_kind,
        reasons=list(opinion.reasons),
        engine=opinion.engine,
        sentiment=opinion.sentiment,
        chances=list(opinion.chances) or None,
        is_unsure=opinion.is_unsure,
        personal=list(opinion.personal) or None,
        near=opinion.near or None,
        topics=list(topics) or None,
    )


def _as_the_network_says(opinion: Opinion, *, is_needed: bool | None) -> Opinion:
    """Let a network or archive that knows whether a reply is needed have the last word."""
    if is_needed is None or is_needed == (opinion.duty is Duty.ANSWER):
        return opinion
    return replace(
        opinion,
        duty=Duty.ANSWER if is_needed else Duty.NONE,
        kind=Kind.REQUEST if is_needed else Kind.CHATTER,
        urgency=int(is_needed),
        certainty=1.0,
        is_unsure=False,
        is_thanks=False,
        reasons=("sign:network",),
        chances=(),
    )


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

    `field` is duty, kind or urgency. A new kind brings its usual duty with it. To say what stands
    already is to say that it is right: that is learned, too. `source` says how the label came
    about: "corrected", which becomes "confirmed" where nothing was wrong, or how the person was
    led to the message (``models.SOURCES``). Without `is_owed` the message waits for nobody,
    whatever it turns out to be. Raises BadCorrectionError, Verdict.DoesNotExist. Clocks are their
    keeper's to set right afterwards.
    """
    verdict = _verdict_for_update(message_id)
    changes = _changes(field, value)
    labels = [
        Correction(
            workspace_id=verdict.workspace_id,
            message_id=message_id,
            field=name,
            before=str(getattr(verdict, name)),
            after=str(new),
            engine=verdict.engine,
            user_id=user_id,
        )
        for name, new in changes.items()
        if getattr(verdict, name) != new
    ]
    is_right = not labels
    teach(
        verdict.message,
        {HEAD_OF.get(name, name): _label(name, new) for name, new in changes.items()},
        user_id,
        source=CONFIRMED if is_right and source == CORRECTED else source,
    )
    if is_right and verdict.is_corrected:
        return verdict
    Correction.objects.bulk_create(labels)
    for name, new in changes.items():
        setattr(verdict, name, new)
    verdict.certainty, verdict.is_corrected, verdict.decided_at = 1.0, True, now()
    verdict.is_unsure = False
    verdict.sentiment = _FELT.get(str(changes.get("kind")), verdict.sentiment)
    verdict.is_thanks = verdict.is_thanks and verdict.duty == Duty.ACKNOWLEDGE
    verdict.save()
    conversations.apply_verdicts({message_id: verdict}, is_correction=True, is_owed=is_owed)
    return verdict


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


def follow(workspace_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, Verdict]:
    """Let verdicts go with their messages, which have left these cases or come to them.

    Returns case -> the verdict on its latest message. Two statements.
    """
    rows.fetch(_FOLLOW, [workspace_id, list(case_ids)], is_read=False)
    latest = Verdict.objects.filter(workspace_id=workspace_id, case_id__in=list(case_ids))
    ordered = latest.order_by("case_id", "-message__sent_at", "-message_id")
    return {verdict.case_id: verdict for verdict in ordered.distinct("case_id")}


def _changes(field: str, value: str | int) -> dict[str, str | int]:
    try:
        match field:
            case "duty":
                return {"duty": Duty(str(value)).value}
            case "kind":
                kind = Kind(str(value))
                return {"kind": kind.value, "duty": DUTY_OF[kind].value}
            case "urgency" if 0 <= int(value) <= MOST_URGENT:
                return {"urgency": int(value)}
    except ValueError as error:
        raise BadCorrectionError(value) from error
    raise BadCorrectionError(field)
