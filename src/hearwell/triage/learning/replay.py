"""Lessons as the engine takes them: the features of their messages, head and label."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

import numpy as np

from hearwell.connect.model import MessageKind
from hearwell.conversations.models import Message
from hearwell.triage.engine.delta import UNKNOWN
from hearwell.triage.engine.features import Features, Item, featurise, joined
from hearwell.triage.engine.heads import HEADS
from hearwell.triage.learning.fitting import Taught
from hearwell.triage.learning.limits import MOST_REPLAYED
from hearwell.triage.learning.threads import first_replies
from hearwell.triage.models import Lesson
from hearwell.triage.rules import Context

T = TypeVar("T")
AT_ONCE: Final = 1000


def _batches(all_of_them: Sequence[T]) -> Iterator[Sequence[T]]:
    return (all_of_them[at : at + AT_ONCE] for at in range(0, len(all_of_them), AT_ONCE))


def item_of(message: Message, replied_at: datetime | None) -> Item:
    """Return a message as the engine takes it, with what its thread says of it."""
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


def items_of(workspace_id: UUID, message_ids: Collection[UUID]) -> dict[UUID, Item]:
    """Return message -> item, of those whose words are still there; two statements a thousand."""
    found: dict[UUID, Item] = {}
    for ids in _batches(list(message_ids)):
        messages = Message.objects.filter(
            workspace_id=workspace_id, id__in=ids, is_purged=False
        ).defer("search", "full_text", "about", "entities")
        kept = list(messages)
        replied = first_replies(workspace_id, {one.conversation_id for one in kept})
        found |= {one.id: item_of(one, replied.get(one.conversation_id)) for one in kept}
    return found


def lessons_between(workspace_id: UUID, after: int, up_to: int) -> list[tuple[Features, str, str]]:
    """Return (features, head, label) of the lessons after one and up to another, in order.

    Of more than `MOST_REPLAYED`, which is when no version has been made for long, the newest: who
    judges messages waits for this.
    """
    newest = Lesson.objects.filter(
        workspace_id=workspace_id, number__gt=after, number__lte=up_to, is_left_out=False
    ).order_by("-number")[:MOST_REPLAYED]
    lessons = list(newest)[::-1]
    if not lessons:
        return []
    items = items_of(workspace_id, dict.fromkeys(one.message_id for one in lessons))
    features = featurise(list(items.values()))
    at = {message_id: place for place, message_id in enumerate(items)}
    return [
        (features.one(at[one.message_id]), one.head, one.label)
        for one in lessons
        if one.message_id in at and _is_known(one.head, one.label)
    ]


def _is_known(head: str, label: str) -> bool:
    return head in HEADS and label in HEADS[head].labels


def taught(workspace_id: UUID, up_to: int) -> Taught:
    """Return what was taught up to a lesson, what was left out left out."""
    lessons = Lesson.objects.filter(
        workspace_id=workspace_id, number__lte=up_to, is_left_out=False
    ).order_by("number")
    last = _last_words(lessons.values_list("message_id", "head", "label", "chance").iterator())
    items = items_of(workspace_id, last)
    parts = [featurise(part) for part in _batches(list(items.values()))]
    labels = np.full((len(items), len(HEADS)), UNKNOWN, dtype=np.int8)
    chance = np.full((len(items), len(HEADS)), np.nan, dtype=np.float32)
    for row, message_id in enumerate(items):
        for column, head in enumerate(HEADS.values()):
            said = last[message_id].get(head.name)
            if said is not None and said[0] in head.labels:
                labels[row, column] = head.labels.index(said[0])
                chance[row, column] = said[1]
    return Taught(joined(parts), labels, chance)


def _last_words(
    lessons: Iterable[tuple[UUID, str, str, float]],
) -> dict[UUID, dict[str, tuple[str, float]]]:
    """Return message -> head -> (the last label, its chance): a person may think again."""
    found: dict[UUID, dict[str, tuple[str, float]]] = {}
    for message_id, head, label, chance in lessons:
        found.setdefault(message_id, {})[head] = (label, chance)
    return found


def last_labels(workspace_id: UUID, message_id: UUID) -> Mapping[str, tuple[str, bool]]:
    """Return head -> what a person said of a message last, and whether it is left out."""
    said = Lesson.objects.filter(workspace_id=workspace_id, message_id=message_id)
    rows = said.order_by("number").values_list("head", "label", "is_left_out")
    return {head: (label, is_left_out) for head, label, is_left_out in rows}
