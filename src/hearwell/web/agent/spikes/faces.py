"""Spikes in words: what it is, why we think so, what is told, how it looks over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hearwell.conversations.models import Message
from hearwell.kit.clock import now
from hearwell.spikes.models import Spike, State
from hearwell.spikes.queries import BUCKET, BUCKETS_AFTER, BUCKETS_BEFORE
from hearwell.spikes.rules import SpikeKind
from hearwell.spikes.topics import KIND, LABEL
from hearwell.web.agent.inbox.faces import Person
from hearwell.web.components.dates import dated
from hearwell.web.components.marks import KINDS
from hearwell.web.components.numbers import grouped, one_decimal
from hearwell.web.components.spikechart import Around, spike_bars

_LONGEST_TEXT: Final = 240
# Good news is not drawn in the colour of a warning.
_BARS: Final = {SpikeKind.TROUBLE: "flate", SpikeKind.PRAISE: "f4", SpikeKind.VOLUME: "f2"}


@dataclass(frozen=True)
class Kind:
    """A kind of spike: icon, class of its chip, word."""

    icon: str
    css: str
    word: str | Promise


KIND_WORDS: Final = {
    SpikeKind.TROUBLE.value: Kind("siren", "late", gettext_lazy("Trouble")),
    SpikeKind.PRAISE.value: Kind("heart", "ok", gettext_lazy("Good news")),
    SpikeKind.VOLUME.value: Kind("activity", "info", gettext_lazy("Much said")),
}


@dataclass(frozen=True)
class Example:
    """A message of the story."""

    case_id: UUID
    author: str
    text: str
    sent_at: datetime


@dataclass(frozen=True)
class SpikeFace:
    """A spike as its card shows it."""

    id: UUID
    kind: Kind
    title: str
    where: str
    severity: int
    began_at: datetime
    found_at: datetime
    calm_at: datetime | None
    reasons: list[str]
    examples: list[Example]
    messages: str
    chart: SafeString
    state: str
    state_word: str
    decided_at: datetime | None
    decided_by: str
    is_open: bool
    again: str


def spike_face(
    spike: Spike,
    examples: Sequence[Message],
    counts: Sequence[int],
    channels: Mapping[UUID, str],
    people: Mapping[UUID, Person],
    zone: ZoneInfo,
    cool_down_h: int,
) -> SpikeFace:
    """Put a spike into words; `cool_down_h`: after how many hours the same may be told again."""
    decider = people.get(spike.decided_by_id) if spike.decided_by_id else None
    told = len(spike.message_ids)
    return SpikeFace(
        id=spike.id,
        kind=KIND_WORDS[spike.kind],
        title=title_of(spike),
        where=_where(spike, channels),
        severity=spike.severity,
        began_at=spike.began_at,
        found_at=spike.found_at,
        calm_at=spike.calm_at,
        reasons=reason_words(spike.reasons),
        examples=[_example(one) for one in examples],
        messages=ngettext("%(n)s message", "%(n)s messages", told) % {"n": grouped(told)},
        chart=chart_of(spike, counts, zone),
        state=spike.state,
        state_word=str(State(spike.state).label),
        decided_at=spike.decided_at,
        decided_by=decider.name if decider else "",
        is_open=spike.state == State.PROPOSED,
        again=_again(spike, zone, cool_down_h),
    )


def _again(spike: Spike, zone: ZoneInfo, cool_down_h: int) -> str:
    """Say until when the same is not told again; nothing where that is over."""
    until = spike.found_at + timedelta(hours=cool_down_h)
    if until <= now():
        return ""
    return _(
        "The same is not told again before %(time)s, and only once it was calm in between."
    ) % {"time": dated(localtime(until, zone), "D H:i")}


def title_of(spike: Spike) -> str:
    """Return the words that people use, or what it is about."""
    if spike.words:
        return ", ".join(f"“{word}”" for word in spike.words[:3])
    return topic_words(spike.topic) or _("All that is said")


def topic_words(topic: str) -> str:
    """Say what a topic is; nothing for everything."""
    if topic.startswith(KIND):
        kind = KINDS.get(topic.removeprefix(KIND))
        return str(kind.word) if kind else topic.removeprefix(KIND)
    if topic.startswith(LABEL):
        return _("Label “%(name)s”") % {"name": topic.removeprefix(LABEL)}
    return topic


def _where(spike: Spike, channels: Mapping[UUID, str]) -> str:
    places = channels.get(spike.channel_id, "") if spike.channel_id else _("all channels")
    return ", ".join(part for part in (topic_words(spike.topic), places) if part)


def reason_words(reasons: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Say why we think so."""
    return [words for code, figures in reasons if (words := _reason(code, figures))]


def _reason(code: str, figures: Mapping[str, Any]) -> str:
    n = figures.get("n", 0)
    match code:
        case "volume":
            words = ngettext(
                "%(n)s message in %(minutes)s minutes; about %(expected)s are usual then",
                "%(n)s messages in %(minutes)s minutes; about %(expected)s are usual then",
                n,
            )
            return words % {
                "n": grouped(n),
                "minutes": figures["minutes"],
                "expected": one_decimal(figures["expected"]),
            }
        case "complaints":
            words = _("%(n)s complain: %(percent)s %% of what came on top of the usual")
            return words % {"n": grouped(n), "percent": figures["percent"]}
        case "asking":
            words = ngettext(
                "%(n)s more asks or wants something", "%(n)s more ask or want something", n
            )
            return words % {"n": grouped(n)}
        case "praise":
            words = _("%(n)s praise: %(percent)s %% of what came on top of the usual")
            return words % {"n": grouped(n), "percent": figures["percent"]}
        case "record":
            words = _("%(times)s times as far above the usual as anything in the last weeks")
            return words % {"times": one_decimal(figures["times"])}
        case _:
            return _reason_of_people(code, figures, n)


def _reason_of_people(code: str, figures: Mapping[str, Any], n: int) -> str:
    match code:
        case "people":
            words = ngettext(
                "%(n)s person writes, %(public)s of them in public",
                "%(n)s people write, %(public)s of them in public",
                n,
            )
            return words % {"n": grouped(n), "public": grouped(figures["in_public"])}
        case "story":
            words = ngettext(
                "%(n)s message tells the same story: %(words)s",
                "%(n)s messages tell the same story: %(words)s",
                n,
            )
            return words % {"n": grouped(n), "words": ", ".join(figures["words"])}
        case "copies":
            words = ngettext(
                "%(n)s is a copy of another's words",
                "%(n)s are copies of others' words",
                n,
            )
            return words % {"n": grouped(n)}
        case "channels":
            return _("on %(n)s channels at once") % {"n": n}
        case _:
            return ""


def _example(message: Message) -> Example:
    text = " ".join(f"{message.subject} {message.text}".split())
    is_long = len(text) > _LONGEST_TEXT
    return Example(
        case_id=message.case_id,
        author=message.author_name or _("Somebody"),
        text=text[: _LONGEST_TEXT - 1] + "…" if is_long else text,
        sent_at=message.sent_at,
    )


def chart_of(spike: Spike, counts: Sequence[int], zone: ZoneInfo) -> SafeString:
    """Draw how much was said around a spike."""
    found = localtime(spike.found_at, zone)
    labels = [
        f"{found + (place - BUCKETS_BEFORE) * BUCKET:%H:%M}"
        for place in range(BUCKETS_BEFORE + BUCKETS_AFTER)
    ]
    window = timedelta(minutes=spike.minutes) // BUCKET
    around = Around(
        counts=counts or [0] * len(labels),
        labels=labels,
        first=BUCKETS_BEFORE - window + 1,
        last=BUCKETS_BEFORE,
        usual=spike.expected / window,
        css=_BARS[SpikeKind(spike.kind)],
    )
    most = max(around.counts)
    title = _("Messages in five minutes, three hours before and after: %(most)s at most")
    return spike_bars(around, title % {"most": grouped(most)})
