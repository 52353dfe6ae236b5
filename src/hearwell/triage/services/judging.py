"""The verbs of triage."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from django.db import DatabaseError

from hearwell.conversations.models import Direction, Message
from hearwell.kit import rows
from hearwell.triage.learning.threads import first_replies
from hearwell.triage.models import Verdict
from hearwell.triage.rules import Duty, Kind
from hearwell.triage.services.opinions import opinions_on

if TYPE_CHECKING:
    from hearwell.triage.engine.judge import Opinion
    from hearwell.triage.learning.mind import Mind

log = structlog.get_logger(__name__)
# Column -> the field in which a person may have spoken about it alone: that word stays.
_SPOKEN = {"urgency": "urgency", "sentiment": "sentiment", "is_thanks": "thanks"}
_STANDING = ", ".join(
    f"{name} = excluded.{name}"
    for name in (
        "duty", "kind", "language", "certainty", "reasons", "engine",
        "chances", "is_unsure", "personal", "near", "topics", "decided_at",
    )
)  # fmt: skip
_KEPT = ", ".join(
    f"{name} = CASE WHEN '{field}' = ANY(triage_verdict.spoken) THEN triage_verdict.{name}"
    f" ELSE excluded.{name} END"
    for name, field in _SPOKEN.items()
)
_ONCE = (
    f"(workspace_id, message_id) DO UPDATE SET {_STANDING}, {_KEPT}"
    " WHERE NOT triage_verdict.is_corrected"
)
_FOLLOW = """
    UPDATE triage_verdict v SET case_id = m.case_id FROM conversations_message m
    WHERE v.workspace_id = %s AND v.case_id = ANY(%s)
        AND m.workspace_id = v.workspace_id AND m.id = v.message_id AND m.case_id <> v.case_id
"""
_verdict_of = rows.Maker(Verdict)


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
    written = rows.insert(verdicts, conflict=_ONCE, returning=("message_id", *_SPOKEN))
    for message_id, *standing in written:
        for name, value in zip(_SPOKEN, standing, strict=True):
            setattr(decided[message_id], name, value)
    spoken_for = decided.keys() - {row[0] for row in written}
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
    made = _verdict_of(
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
    made.alarms = opinion.alarms
    return made


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


def follow(workspace_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, Verdict]:
    """Let verdicts go with their messages, which have left these cases or come to them.

    Returns case -> the verdict on its latest message. Two statements.
    """
    rows.fetch(_FOLLOW, [workspace_id, list(case_ids)], is_read=False)
    latest = Verdict.objects.filter(workspace_id=workspace_id, case_id__in=list(case_ids))
    ordered = latest.order_by("case_id", "-message__sent_at", "-message_id")
    return {verdict.case_id: verdict for verdict in ordered.distinct("case_id")}
