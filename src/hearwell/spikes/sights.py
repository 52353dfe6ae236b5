"""What a window holds when its messages are read: shares, people, stories. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from hearwell.spikes.rules import Sight
from hearwell.spikes.stories import Reading, Said, read, story_of, words_of
from hearwell.spikes.topics import is_about, is_asking, is_complaint, is_praise
from hearwell.spikes.usual import Usual, Volume


@dataclass(frozen=True, slots=True)
class Heard:
    """A message, as far as looking at a window needs it."""

    id: UUID
    case_id: UUID
    channel_id: UUID
    author: str
    text: str
    is_public: bool
    sent_at: datetime
    kind: str
    urgency: int
    labels: Collection[str]


@dataclass(frozen=True, slots=True)
class Hour:
    """The messages of the last hour, read once, and what was said before them."""

    heard: Sequence[Heard]
    reading: Reading
    before: Sequence[frozenset[str]]

    def places(self, topic: str, channel_id: UUID | None, since: datetime) -> list[int]:
        """Return the positions of what was said in a stream since a moment."""
        return [
            place
            for place, one in enumerate(self.heard)
            if one.sent_at >= since
            and channel_id in (None, one.channel_id)
            and is_about(topic, one.kind, one.labels)
        ]

    def told(self, words: Sequence[str]) -> Iterator[Heard]:
        """Yield the messages that tell a story: the word it is known by, or two of the others."""
        others = frozenset(words[1:])
        for one, said in zip(self.heard, self.reading.words, strict=True):
            if words[0] in said or len(others & said) > 1:
                yield one


def hour_of(heard: Sequence[Heard], before: Sequence[str]) -> Hour:
    """Read an hour, and what came before it."""
    said = [Said(one.text, one.author) for one in heard]
    return Hour(heard, read(said), [frozenset(words_of(text)) for text in before])


def sight_of(hour: Hour, places: Sequence[int], usual: Usual, volume: Volume, bucket: int) -> Sight:
    """Return what the messages at these positions are, as the rules take it.

    Where more was said than is read, the read ones stand for all.
    """
    heard = [hour.heard[place] for place in places]
    complaints = [p for p in places if is_complaint(hour.heard[p].kind, hour.heard[p].urgency)]
    asking = sorted({p for p in places if is_asking(hour.heard[p].kind)} | set(complaints))
    praise = [p for p in places if is_praise(hour.heard[p].kind)]
    scale = volume.count / len(places) if places else 0.0
    texts = len({hour.reading.copy_of[place] for place in places})
    window = volume.minutes // 5
    left = usual.measured(round(texts * scale), volume.expected, bucket, window)
    return Sight(
        volume=volume,
        distinct=replace(left, minutes=volume.minutes),
        complaints=round(len(complaints) * scale),
        asking=round(len(asking) * scale),
        praise=round(len(praise) * scale),
        usual_share=usual.share,
        people=len({one.author for one in heard}),
        in_public=len({one.author for one in heard if one.is_public}),
        channels=len({one.channel_id for one in heard}),
        hours_known=usual.hours,
        of_complaints=story_of(hour.reading, hour.before, complaints),
        of_asking=story_of(hour.reading, hour.before, asking),
        of_praise=story_of(hour.reading, hour.before, praise),
        of_all=story_of(hour.reading, hour.before, places),
    )
