"""The verbs of triage."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from hearwell.connect.model import MessageKind
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Direction, Message
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.triage.models import Correction, Verdict
from hearwell.triage.rules import Context, Duty, Kind
from hearwell.triage.shipped import shipped_model, with_vectors

if TYPE_CHECKING:
    from hearwell.triage.engine.features import Item
    from hearwell.triage.engine.judge import Opinion

_FIRST_REPLY = """
    SELECT conversation_id, min(sent_at) FROM conversations_message
    WHERE workspace_id = %s AND conversation_id = ANY(%s) AND direction = 'out'
    GROUP BY conversation_id
"""
_STANDING = ", ".join(
    f"{name} = excluded.{name}"
    for name in (
        "duty", "kind", "urgency", "is_thanks", "language", "certainty", "reasons", "engine",
        "sentiment", "chances", "is_unsure", "personal", "near", "decided_at",
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


class BadCorrectionError(ValueError):
    """The field cannot be corrected, or not to this value."""


def assess(fresh: Sequence[Message], *, new: Collection[UUID] = ()) -> dict[UUID, Verdict]:
    """Judge messages of theirs; return message id -> verdict, with its message. Ours get none.

    Two statements, however many. Judging an edited message again replaces its verdict, unless a
    person has spoken: then theirs stands. `new` are messages without a past: they are not judged
    again, and nothing of ours stands before them.
    """
    theirs = [message for message in fresh if message.direction == Direction.IN]
    if not theirs:
        return {}
    workspace_id = theirs[0].workspace_id
    known = {message.conversation_id for message in theirs if message.id not in new}
    replied = _first_replies(workspace_id, known) if known else {}
    verdicts = _verdicts(theirs, replied)
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


def _first_replies(
    workspace_id: UUID, conversation_ids: Collection[UUID | None]
) -> dict[UUID | None, datetime]:
    return dict(rows.fetch(_FIRST_REPLY, [workspace_id, list(conversation_ids)]))


def _verdicts(theirs: Sequence[Message], replied: Mapping[UUID | None, datetime]) -> list[Verdict]:
    from hearwell.triage.engine.judge import judge  # numpy: only where messages are judged

    items = [_item(message, replied.get(message.conversation_id)) for message in theirs]
    model, embedder = with_vectors(shipped_model(), settings.HEARWELL_EMBEDDING_FOLDER)
    opinions = judge(items, model, embedder=embedder)
    return [
        _verdict(message, _as_the_network_says(opinion, is_needed=message.needs_reply))
        for message, opinion in zip(theirs, opinions, strict=True)
    ]


def _item(message: Message, replied_at: datetime | None) -> Item:
    from hearwell.triage.engine.features import Item

    # A subject speaks in a first mail; in an answer it only says what is answered.
    is_first_word = bool(message.subject) and not message.parent_remote_id
    return Item(
        f"{message.subject}\n{message.text}" if is_first_word else message.text,
        message.kind,
        message.audience,
        Context(
            is_after_reply=replied_at is not None and replied_at <= message.sent_at,
            has_media=bool(message.media),
            rating=message.rating if message.kind == MessageKind.REVIEW else None,
            language=message.language,
        ),
    )


def _verdict(message: Message, opinion: Opinion) -> Verdict:
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
        certainty=opinion.certainty,
        reasons=list(opinion.reasons),
        engine=opinion.engine,
        sentiment=opinion.sentiment,
        chances=list(opinion.chances) or None,
        is_unsure=opinion.is_unsure,
        personal=list(opinion.personal) or None,
        near=opinion.near or None,
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
    )


@transaction.atomic
def correct(
    message_id: UUID, field: str, value: str | int, user_id: UUID, *, is_owed: bool = True
) -> Verdict:
    """Let a person's word stand: store it as a label and apply it to the case at once.

    `field` is duty, kind or urgency. A new kind brings its usual duty with it. Without `is_owed`
    the message waits for nobody, whatever it turns out to be. Raises BadCorrectionError,
    Verdict.DoesNotExist. Clocks are their keeper's to set right afterwards.
    """
    verdict = (
        Verdict.objects.select_for_update(of=("self", "message"))
        .select_related("message")
        .defer("message__search")
        .get(message_id=message_id)
    )
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
    if not labels:
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
