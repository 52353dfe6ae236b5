"""How soon an incident is found by its words, and how often there is a cry without one.

A real stream of one brand (52 days of 2017, about 240 messages a day, read from HEARWELL_DATA or
--data; for measuring only) is played through the product's own code, read by the rules that are
shipped. Its own spikes are not labelled: each is printed with its words, to be judged by whoever
reads it. Into the same stream, at moments that are drawn, incidents are put: so many people tell
one of three faults, in words written for this file, within eight minutes. Beside it, in the same
run, the alarm of most tools: so many times the mean of the last week in an hour, set to cry as
often as ours. Prints one JSON object.

With `--airlines` the streams are those of six airlines in nine days of February 2015, each by
itself: nothing in the product was set on them.

    python -m bench.spike_words [--data FOLDER] [--incidents 40] [--seed 1] [--airlines]
"""

from __future__ import annotations

import argparse
import bisect
import copy
import csv
import gzip
import itertools
import json
import random
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from bench.spikes import monday_first
from hearwell.spikes.learning import Counted, advance, last_hour, volumes
from hearwell.spikes.rules import Finding, Known, Wish, decide, is_told_already, is_worth_reading
from hearwell.spikes.sights import Heard, hour_of, sight_of
from hearwell.spikes.stories import MOST_READ
from hearwell.spikes.topics import is_about, is_complaint, is_praise
from hearwell.spikes.usual import BUCKET_S, BUCKETS_AN_HOUR, Usual
from hearwell.triage.rules import assess
from hearwell.triage.training.sets import data_folder

FIRST = datetime(2017, 10, 2, tzinfo=UTC)
STEP_S, MINUTE_S = 300, 60
WITHIN: Final = timedelta(minutes=10)
LASTS: Final = timedelta(minutes=8)
SIZES: Final = (10, 15, 20, 30)
CHANNEL: Final = UUID(int=1)
TOPICS: Final = ("", "kind:complaint", "kind:question", "kind:request", "kind:praise")
WISH: Final = Wish()
FAULTS: Final = (
    (
        "songs stop after ten seconds since this morning, what is going on",
        "Nothing plays. Every song stops after ten seconds",
        "is it just me or do all songs stop after a few seconds?",
        "music keeps stopping every ten seconds, this is unusable",
        "every track cuts off after 10 seconds!! fix it",
        "Playback stops after ten seconds on all my devices",
        "songs cut off, reinstalled twice, still stops",
        "why does every song stop after ten seconds",
        "Paying for premium and songs stop after 10 sec. Great.",
        "my songs keep stopping, please help",
    ),
    (
        "I've been logged out and my password is not accepted",
        "cannot log in, says wrong password. It is not.",
        "Logged out of everything and the password reset mail never comes",
        "is login down? my password does not work any more",
        "got kicked out of my account, password refused",
        "your login is broken, none of us can get in",
        "password reset does not work, no mail at all",
        "suddenly logged out everywhere and can't log back in",
        "login fails with every password I try, what happened",
        "Can't log in on phone or laptop since an hour, help",
    ),
    (
        "I was charged twice for premium this month",
        "charged two times today!! I want my money back",
        "why did you take 9.99 twice from my card",
        "double charge on my account, please refund",
        "you have charged me twice, this is theft",
        "Two payments for one month of premium? Refund please",
        "my card was charged twice for the family plan",
        "charged twice today, anybody else?",
        "I see a double payment, what are you doing",
        "billed twice. twice! refund me",
    ),
)

CANCELLED: Final = (
    (
        "flights to Chicago all cancelled, no one tells us anything",
        "cancelled again to Chicago!! help",
        "why is every Chicago flight cancelled",
        "stuck, Chicago flight cancelled and nobody at the desk",
        "Chicago cancelled, rebooking line is 3 hours",
        "is Chicago cancelled for everyone?",
        "your app says on time, board says cancelled. Chicago",
        "Chicago flight cancelled, I want a hotel",
        "No crew for Chicago, flight cancelled. unbelievable",
        "you cancelled my Chicago flight without a message",
    ),
)


@dataclass(frozen=True)
class Play:
    """What is played: how many incidents, of which faults, after how long a time to learn."""

    incidents: int
    seed: int
    faults: Sequence[Sequence[str]] = FAULTS
    warm: timedelta = timedelta(days=7)


@dataclass
class Stream:
    """Messages in order of time, what is usual, and what was told lately."""

    heard: list[Heard]
    moments: list[float]
    usual: dict[str, Usual]
    learned: int
    told: list[tuple[datetime, Known]] = field(default_factory=list)

    def between(self, since: float, until: float) -> list[Heard]:
        """Return what was said in a time."""
        begin, end = (bisect.bisect_left(self.moments, at) for at in (since, until))
        return self.heard[begin:end]


def read(folder: Path) -> list[Heard]:
    """Read the stream, and what our rules think of each message."""
    found = []
    with gzip.open(folder / "twcs_spotify_inbound.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            at = datetime.strptime(row["created_at"], "%a %b %d %H:%M:%S %z %Y")
            if at >= FIRST:
                found.append(heard(row["text"], row["author_id"], at))
    return sorted(found, key=lambda one: one.sent_at)


def read_airlines(folder: Path) -> dict[str, list[Heard]]:
    """Read the streams of the airlines."""
    found: dict[str, list[Heard]] = defaultdict(list)
    with gzip.open(folder / "us_airline.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            at = datetime.strptime(row["tweet_created"], "%m/%d/%Y %H:%M").replace(tzinfo=UTC)
            found[row["airline"]].append(heard(row["text"], row["tweet_id"], at))
    return {name: sorted(some, key=lambda one: one.sent_at) for name, some in found.items()}


def heard(text: str, author: str, at: datetime) -> Heard:
    """Return a message as the record would have it."""
    opinion = assess(text, "mention", "public")
    return Heard(
        uuid4(), CHANNEL, CHANNEL, author, text, True, at, opinion.kind.value, opinion.urgency, ()
    )


def incident(fault: Sequence[str], size: int, begins: datetime, dice: random.Random) -> list[Heard]:
    """Return what so many people say of a fault, at moments drawn from eight minutes."""
    times = sorted(dice.random() for _ in range(size))
    lines = list(itertools.islice(itertools.cycle(dice.sample(fault, len(fault))), size))
    ends = ("", "", " 😡", " @support", " ???", " thanks", " asap")
    return [
        heard(f"{line}{dice.choice(ends)}", f"hit{n}", begins + at * LASTS)
        for n, (line, at) in enumerate(zip(lines, times, strict=True))
    ]


def stream_of(messages: Iterable[Heard]) -> Stream:
    """Return a stream of which nothing is known yet."""
    ordered = sorted(messages, key=lambda one: one.sent_at)
    moments = [one.sent_at.timestamp() for one in ordered]
    return Stream(
        ordered, moments, {t: Usual() for t in TOPICS}, int(moments[0]) // BUCKET_S // 12 + 1
    )


def counted(messages: Iterable[Heard]) -> dict[str, dict[int, Counted]]:
    """Count messages by topic and five minutes."""
    found: dict[str, dict[int, Counted]] = defaultdict(dict)
    for one in messages:
        bucket = int(one.sent_at.timestamp()) // BUCKET_S
        for topic in TOPICS:
            if is_about(topic, one.kind, one.labels):
                was = found[topic].get(bucket, Counted())
                found[topic][bucket] = Counted(
                    was.messages + 1,
                    was.complaints + is_complaint(one.kind, one.urgency),
                    was.praise + is_praise(one.kind),
                )
    return found


def learn(stream: Stream, bucket: int) -> None:
    """Take in the hours that are over."""
    until = last_hour(bucket)
    if until <= stream.learned:
        return
    hour_s = BUCKET_S * BUCKETS_AN_HOUR
    counts = counted(stream.between((stream.learned - 1) * hour_s, until * hour_s))
    for topic, usual in stream.usual.items():
        advance(usual, counts.get(topic, {}), stream.learned, until, monday_first)
    stream.learned = until


def look(stream: Stream, at: float) -> list[Finding]:
    """Look at the last hour as the product does; what was told within the cool-down is not new."""
    bucket = int(at) // BUCKET_S
    learn(stream, bucket)
    since = (bucket - BUCKETS_AN_HOUR + 1) * BUCKET_S
    last = stream.between(since, at)
    counts = counted(last)
    loud = [
        (topic, volume)
        for topic, usual in stream.usual.items()
        for volume in volumes(usual, counts.get(topic, {}), bucket, monday_first)
        if is_worth_reading(volume, WISH)
    ]
    if not loud:
        return []
    before = stream.between(since - 48 * 3600, since)[-400:]
    hour = hour_of(last[-MOST_READ:], [one.text for one in before])
    moment = datetime.fromtimestamp(at, UTC)
    found = []
    for topic, volume in loud:
        begins = datetime.fromtimestamp((bucket - volume.minutes // 5 + 1) * BUCKET_S, UTC)
        places = hour.places(topic, None, begins)
        sight = sight_of(hour, places, stream.usual[topic], volume, bucket)
        finding = decide(sight, WISH)
        recent = [known for told, known in stream.told if moment - told < WISH.cool_down]
        if finding is None or any(is_told_already(finding, topic, "", one) for one in recent):
            continue
        words = frozenset(finding.story.words) if finding.story else frozenset()
        stream.told.append((moment, Known(finding.kind, topic, "", words)))
        found.append(finding)
    return found


# --- measuring -----------------------------------------------------------------------------------


def first_found(stream: Stream, incident: Sequence[Heard]) -> timedelta | None:
    """Return how long after its first message an incident is told, by its own words."""
    own = {word for one in incident for word in one.text.casefold().split()}
    both = sorted([*stream.heard, *incident], key=lambda one: one.sent_at)
    played = copy.deepcopy(stream.usual)
    other = Stream(both, [one.sent_at.timestamp() for one in both], played, stream.learned)
    other.told = list(stream.told)
    begins = incident[0].sent_at
    at = begins.timestamp()
    for _minute in range(30):
        at += MINUTE_S
        for finding in look(other, at):
            if finding.kind == "trouble" and finding.story and set(finding.story.words) & own:
                return datetime.fromtimestamp(at, UTC) - begins
    return None


def times_the_week(stream: Stream, at: float) -> float:
    """Return how many times the mean of the last week the last hour is."""
    hour = len(stream.between(at - 3600, at))
    week = len(stream.between(at - 7 * 86400, at)) / 168
    return (hour + 3) / (week + 3)


def measure(messages: Sequence[Heard], play: Play) -> dict[str, Any]:
    """Play the stream once; at drawn moments, play each incident into it."""
    dice = random.Random(play.seed)  # noqa: S311  repeatable
    stream = stream_of(messages)
    begin = stream.moments[0] + play.warm.total_seconds()
    end = stream.moments[-1] - 3600
    draws = sorted(dice.uniform(begin, end) for _ in range(play.incidents))
    found: list[dict[str, Any]] = []
    delays: dict[int, list[timedelta | None]] = defaultdict(list)
    simple: list[float] = []
    loudest: dict[int, list[float]] = defaultdict(list)
    at = stream.moments[0]
    while at < end:
        at += STEP_S
        told = look(stream, at)
        if at < begin:
            continue
        simple.append(times_the_week(stream, at))
        found += [_shown(one, at) for one in told]
        while draws and draws[0] < at:
            draws.pop(0)
            fault = play.faults[len(delays[SIZES[0]]) % len(play.faults)]
            for size in SIZES:
                one = incident(fault, size, datetime.fromtimestamp(at, UTC), dice)
                delays[size].append(first_found(stream, one))
                loudest[size].append(_loudest(stream, one))
    weeks = (end - begin) / 7 / 86400
    return {
        "messages": len(messages),
        "weeks": round(weeks, 1),
        "told_a_week": round(len(found) / weeks, 2),
        "told": found,
        "incidents": {size: _summed(some) for size, some in delays.items()},
        "times_the_week_as_often": _as_often(simple, loudest, len(found)),
    }


def _shown(finding: Finding, at: float) -> dict[str, Any]:
    words = list(finding.story.words) if finding.story else []
    moment = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}"
    count = finding.sight.volume.count
    return {"at": moment, "kind": finding.kind.value, "count": count, "words": words}


def _loudest(stream: Stream, incident: Sequence[Heard]) -> float:
    """Return the highest score of the simple alarm within ten minutes of the first message."""
    at = (incident[0].sent_at + WITHIN).timestamp()
    hour = len(stream.between(at - 3600, at)) + len(incident)
    week = len(stream.between(at - 7 * 86400, at)) / 168
    return (hour + 3) / (week + 3)


def _summed(delays: Sequence[timedelta | None]) -> dict[str, Any]:
    soon = [one for one in delays if one is not None and one <= WITHIN]
    minutes = [one.total_seconds() / 60 for one in soon]
    return {
        "n": len(delays),
        "found_within_10_min": len(soon),
        "median_min": statistics.median(minutes) if minutes else None,
    }


def _as_often(
    scores: Sequence[float], loudest: Mapping[int, Sequence[float]], alerts: int
) -> dict[str, Any]:
    """Set the simple alarm so that it cries as often as ours (at least once), and count."""
    mute = int(WISH.cool_down.total_seconds() / STEP_S)
    for threshold in sorted(set(scores)):
        told, last = 0, -mute
        for place, score in enumerate(scores):
            if score > threshold and place - last >= mute:
                told, last = told + 1, place
        if told <= max(1, alerts):
            return {
                "threshold": round(threshold, 2),
                "told": told,
                "found_within_10_min": {
                    size: sum(one > threshold for one in some) for size, some in loudest.items()
                },
            }
    return {}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--incidents", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--airlines", action="store_true")
    wanted = parser.parse_args()
    folder = data_folder(wanted.data)
    name = "us_airline.csv.gz" if wanted.airlines else "twcs_spotify_inbound.csv.gz"
    if not (folder / name).exists():
        sys.exit(f"No {name} in {folder}: name its folder with --data.")
    if wanted.airlines:
        play = Play(wanted.incidents, wanted.seed, CANCELLED, timedelta(days=3))
        figures = {one: measure(some, play) for one, some in read_airlines(folder).items()}
    else:
        figures = measure(read(folder), Play(wanted.incidents, wanted.seed))
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
