"""When more than usual is a spike, and of which kind. Pure.

Three ways, each sure in its own manner: trouble needs more messages than usual, complaints among
what came on top, and one story that several people tell; good news the same with praise; volume
alone must beat, clearly, all that the last weeks have seen. Where people rather ask than complain
("is it down?"), half the complaints are enough and half as many people more must tell the story.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import cbrt, log2
from typing import Any, Final

from hearwell.spikes.usual import HOURS_A_DAY, Volume

LEAST_AUTHORS, MOST_AUTHORS = 2, 500
SHORTEST_COOL_DOWN, LONGEST_COOL_DOWN = timedelta(hours=1), timedelta(hours=72)
# Before three days are known, volume alone says nothing.
_HOURS_FOR_VOLUME: Final = 3 * HOURS_A_DAY
# On the first day there is nothing to compare with: the story must be told by twice as many.
_FIRST_DAY_TIMES: Final = 2
# A story must be so much of the complaints, or they have nothing in common.
_STORY_SHARE: Final = 0.4
# Where they ask rather than complain: so much asks or complains, so many times as many tell it.
_ASKING_SHARE, _ASKING_COMPLAINTS, _ASKING_VOICES = 0.7, 0.5, 1.5
# Calm again: below so many times the usual.
_CALM_TIMES: Final = 1.8


class SpikeKind(StrEnum):
    """What kind of news it is."""

    TROUBLE = "trouble"
    PRAISE = "praise"
    VOLUME = "volume"


class Sensitivity(StrEnum):
    """How soon something is called a spike."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Bar:
    """What must be reached. `floor` and `record` are those of volume alone."""

    times: float
    z: float
    share: float
    floor: float
    record: float


# `normal` is measured (bench/spikes.py); the others ask for a third more and a third less.
BARS: Final = {
    Sensitivity.LOW: Bar(times=4.0, z=4.0, share=0.6, floor=8.0, record=3.0),
    Sensitivity.NORMAL: Bar(times=3.0, z=3.0, share=0.5, floor=6.0, record=2.0),
    Sensitivity.HIGH: Bar(times=2.2, z=2.2, share=0.4, floor=4.0, record=1.5),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a workspace chose."""

    sensitivity: Sensitivity = Sensitivity.NORMAL
    least_authors: int = 8
    cool_down: timedelta = timedelta(hours=6)

    @property
    def bar(self) -> Bar:
        """What must be reached."""
        return BARS[self.sensitivity]


@dataclass(frozen=True, slots=True)
class Story:
    """What several messages have in common: words that are rare otherwise, or one text.

    `voices` counts people, of those who repeat the same text only the logarithm. `places` are the
    positions of the messages in what was looked at, the first one first.
    """

    words: tuple[str, ...]
    voices: int
    people: int
    copies: int
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """What a window holds, read closely.

    `distinct` is the volume after copies of one text are counted once; `asking` are those who ask
    or complain, `usual_share` is how many usually complain, 0 to 1.
    """

    volume: Volume
    distinct: Volume
    complaints: int
    asking: int
    praise: int
    usual_share: float
    people: int
    in_public: int
    channels: int
    hours_known: int
    of_complaints: Story | None = None
    of_asking: Story | None = None
    of_praise: Story | None = None
    of_all: Story | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A spike: its kind, how grave it is (0 to 100), why, and the story that is told."""

    kind: SpikeKind
    severity: int
    reasons: tuple[tuple[str, dict[str, Any]], ...]
    sight: Sight
    story: Story | None = None


def is_worth_reading(volume: Volume, wish: Wish) -> bool:
    """Say whether counts alone give reason to read what was said."""
    bar = wish.bar
    return volume.count >= wish.least_authors and volume.z >= bar.z and volume.times >= bar.times


def share_on_top(some: int, usual_share: float, volume: Volume) -> float:
    """Return how much of what came on top of the usual is of one kind, 0 to 1."""
    extra = volume.count - volume.expected
    if extra <= 0:
        return 0.0
    return min(1.0, max(0.0, (some - usual_share * volume.expected) / extra))


def decide(sight: Sight, wish: Wish) -> Finding | None:
    """Return what a window is, the gravest first; None if it is nothing unusual."""
    if not is_worth_reading(sight.volume, wish):
        return None
    return _trouble(sight, wish) or _praise(sight, wish) or _volume(sight, wish)


def _least_voices(sight: Sight, wish: Wish) -> int:
    is_first_day = sight.hours_known < HOURS_A_DAY
    return wish.least_authors * (_FIRST_DAY_TIMES if is_first_day else 1)


def _trouble(sight: Sight, wish: Wish) -> Finding | None:
    volume, bar, least = sight.volume, wish.bar, _least_voices(sight, wish)
    share = share_on_top(sight.complaints, sight.usual_share, volume)
    if sight.complaints < sight.usual_share * volume.count:
        return None
    asking = share_on_top(sight.asking, 0.0, volume)
    is_asked = asking >= _ASKING_SHARE and share >= _ASKING_COMPLAINTS * bar.share
    if share >= bar.share and _is_told(sight.of_complaints, least, sight.complaints):
        story = sight.of_complaints
    elif is_asked and _is_told(sight.of_asking, _ASKING_VOICES * least, sight.asking):
        story = sight.of_asking
    else:
        return None
    said = ("complaints", {"n": sight.complaints, "percent": round(100 * share)})
    asks = ("asking", {"n": sight.asking - sight.complaints})
    reasons = (said, asks) if sight.asking > sight.complaints else (said,)
    return _finding(SpikeKind.TROUBLE, sight, max(share, asking / 2), reasons, story)


def _is_told(story: Story | None, least: float, of: int) -> bool:
    """Say whether a story is told by enough people, and is what most of them tell."""
    return story is not None and story.voices >= least and len(story.places) >= _STORY_SHARE * of


def _praise(sight: Sight, wish: Wish) -> Finding | None:
    share = share_on_top(sight.praise, 0.0, sight.volume)
    story = sight.of_praise
    is_enough = sight.people >= _least_voices(sight, wish) and sight.praise >= wish.least_authors
    if story is None or not is_enough or share < wish.bar.share:
        return None
    if story.voices < wish.least_authors:
        return None
    said = ("praise", {"n": sight.praise, "percent": round(100 * share)})
    return _finding(SpikeKind.PRAISE, sight, share, (said,), story)


def _volume(sight: Sight, wish: Wish) -> Finding | None:
    left = sight.distinct
    if sight.hours_known < _HOURS_FOR_VOLUME or sight.people < wish.least_authors:
        return None
    if not is_beyond_all(left, wish.bar):
        return None
    said = ("record", {"times": round(left.record, 1)})
    return _finding(SpikeKind.VOLUME, sight, 0.5, (said,), sight.of_all)


def is_beyond_all(volume: Volume, bar: Bar) -> bool:
    """Say whether volume alone is enough: far above the usual, and above all of the last weeks."""
    return volume.times >= bar.floor and volume.record >= bar.record


def _finding(
    kind: SpikeKind,
    sight: Sight,
    share: float,
    said: Sequence[tuple[str, dict[str, Any]]],
    story: Story | None,
) -> Finding:
    volume = sight.volume
    reasons = [
        (
            "volume",
            {
                "n": volume.count,
                "minutes": volume.minutes,
                "expected": round(volume.expected, 1),
            },
        ),
        *said,
        ("people", {"n": sight.people, "in_public": sight.in_public}),
    ]
    if story is not None and story.words:
        reasons.append(("story", {"n": len(story.places), "words": list(story.words)}))
    if sight.distinct.count < volume.count:
        reasons.append(("copies", {"n": volume.count - sight.distinct.count}))
    if sight.channels > 1:
        reasons.append(("channels", {"n": sight.channels}))
    return Finding(kind, severity(sight, share), tuple(reasons), sight, story)


def severity(sight: Sight, share: float) -> int:
    """Return volume times negativity times reach, 1 to 100.

    Volume is full at 32 times the usual, reach at 256 people (those in public count double).
    """
    volume = min(1.0, log2(max(1.0, sight.volume.times)) / 5)
    reach = min(1.0, log2(1 + sight.people + sight.in_public) / 9)
    return max(1, round(100 * cbrt(volume * max(share, 0.1) * reach)))


def is_calm(volume: Volume) -> bool:
    """Say whether a stream is as usual again, so that the next spike is a new one."""
    return volume.times < _CALM_TIMES


@dataclass(frozen=True, slots=True)
class Known:
    """A spike that was told: where, of which kind, the words of its story."""

    kind: SpikeKind
    topic: str
    channel_id: str
    words: frozenset[str] = frozenset()


def is_told_already(finding: Finding, topic: str, channel_id: str, known: Known) -> bool:
    """Say whether a spike that still lasts or cools down covers what was found.

    The same stream, one within it or around it, or the same story elsewhere. Trouble is told even
    where there was only volume, and another story even where there is trouble already.
    """
    words = frozenset(finding.story.words) if finding.story else frozenset[str]()
    is_same_story = bool(words & known.words)
    if finding.kind is SpikeKind.TROUBLE and known.kind is not SpikeKind.TROUBLE:
        return False
    if is_same_story:
        return True
    if finding.kind is SpikeKind.TROUBLE and words and known.words:
        return False
    return _is_nested(topic, known.topic) and _is_nested(channel_id, known.channel_id)


def _is_nested(one: str, other: str) -> bool:
    return one == other or not one or not other
