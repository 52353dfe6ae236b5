"""What customers wish for, ranked by people: ten messages of one person are one wish."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from hearwell.accounts.models import Workspace
from hearwell.kit import rows
from hearwell.kit.marking import marked as _
from hearwell.reports.rolling.cube import Span
from hearwell.spikes.stories import copies, key_of, words_of
from hearwell.voice.figures import asked_of

KINDS: Final = ("idea", "request")
# So many of the newest are grouped; each is held against every different text before it.
MOST: Final = 1500
EXAMPLES: Final = 3
METHOD: Final = _(
    "Messages that are an idea or a request, put together by topic where one of yours was found in "
    "them, else with those of nearly the same words. Ranked by different people, however often "
    "each has written; a message with two topics counts for both."
)
_WISHES: Final = """
    SELECT m.id, m.case_id, coalesce(i.contact_id::text, m.author_name), m.sent_at, m.text, v.kind,
        v.topics
    FROM conversations_message m
    JOIN triage_verdict v ON v.workspace_id = m.workspace_id AND v.message_id = m.id
        AND v.kind = ANY(%(kinds)s)
    LEFT JOIN contacts_identity i ON i.workspace_id = m.workspace_id AND i.id = m.author_identity_id
    WHERE m.workspace_id = %(place)s AND m.direction = 'in' AND m.deleted_at IS NULL
        AND m.sent_at >= %(from)s AND m.sent_at < %(to)s
        AND (%(channels)s::uuid[] IS NULL OR m.channel_id = ANY(%(channels)s))
    ORDER BY m.sent_at DESC, m.id DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """A message that wishes for something."""

    message_id: UUID
    case_id: UUID
    person: str
    sent_at: datetime
    text: str
    kind: str
    topics: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """Wishes that are alike. `topic` is empty where they are so by their words alone."""

    topic: str
    people: int
    messages: int
    ideas: int
    examples: Sequence[Wish]

    def as_json(self) -> dict[str, Any]:
        """The documented object."""
        return {
            "topic": self.topic,
            "people": self.people,
            "messages": self.messages,
            "ideas": self.ideas,
            "examples": [
                {"message_id": one.message_id, "case_id": one.case_id, "text": one.text}
                for one in self.examples
            ],
        }


@dataclass(frozen=True, slots=True)
class Ranked:
    """All groups, what most people wish for first; of `n` messages by `people`."""

    groups: list[Wishes]
    n: int
    people: int
    is_cut: bool


def wishes_of(
    workspace: Workspace, span: Span, channel_id: UUID | None = None, *, is_ideas: bool = False
) -> Ranked:
    """Read and rank the wishes of a period; one statement. `is_ideas`: without requests."""
    kinds = list(KINDS[:1] if is_ideas else KINDS)
    values = asked_of(workspace, span, channel_id).values | {"kinds": kinds, "most": MOST + 1}
    found = [Wish(*row) for row in rows.fetch(_WISHES, values)]
    kept = found[:MOST]
    return Ranked(ranked(kept), len(kept), len({one.person for one in kept}), len(found) > MOST)


def ranked(wishes: Sequence[Wish]) -> list[Wishes]:
    """Put wishes together and rank them by people, then by messages. Pure."""
    groups: dict[tuple[str, int], list[Wish]] = defaultdict(list)
    loose = [one for one in wishes if not one.topics]
    for one in wishes:
        for topic in one.topics or ():
            groups[topic, 0].append(one)
    for one, place in zip(loose, copies([_key(one.text) for one in loose]), strict=True):
        groups["", place].append(one)
    found = [_group(topic, some) for (topic, _place), some in groups.items()]
    return sorted(found, key=lambda one: (-one.people, -one.messages, one.topic))


def _key(text: str) -> int | None:
    words = words_of(text)
    return key_of(words) if words else None


def _group(topic: str, some: Sequence[Wish]) -> Wishes:
    return Wishes(
        topic=topic,
        people=len({one.person for one in some}),
        messages=len(some),
        ideas=sum(one.kind == KINDS[0] for one in some),
        examples=_examples(some),
    )


def _examples(some: Iterable[Wish]) -> list[Wish]:
    """Return the newest of some people, one each, and no words twice."""
    by_person: dict[str, Wish] = {}
    for one in some:
        by_person.setdefault(one.person, one)
    by_words = {one.text.casefold(): one for one in reversed(by_person.values())}
    return list(reversed(by_words.values()))[:EXAMPLES]
