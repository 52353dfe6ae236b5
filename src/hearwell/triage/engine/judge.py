"""What is thought of each message: rules, model and bands made one opinion. Pure.

What no number may do: quiet an alarm (the rules', or that of the layer beside them), call
anything *none* whose P(answer) is above the quiet threshold, or leave a private message or a poor
review unanswered against the rules. Without a model the rules decide alone; the version says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from hearwell.triage.engine.delta import Delta
from hearwell.triage.engine.dense import Vectors
from hearwell.triage.engine.explain import words_that_decided
from hearwell.triage.engine.features import AT_ONCE, Features, Item, featurise_part
from hearwell.triage.engine.heads import HEADS, SENTIMENTS, probabilities_of
from hearwell.triage.engine.model import Bands, Model
from hearwell.triage.engine.near import keys_of
from hearwell.triage.engine.personal import kinds_in
from hearwell.triage.engine.text import cleaned
from hearwell.triage.engine.tongue import COMMON, Heard, languages_of, romanised
from hearwell.triage.rules import (
    ENGINE,
    Assessment,
    Duty,
    Kind,
    Reading,
    alarms,
    opinion_of,
    read,
)

POOR: Final = 3  # of five stars: what so few are given to waits for an answer
URGENT: Final = 3  # of 0-4: from here on somebody waits who comes to harm, or the matter is lost
_CERTAIN: Final = 0.95  # of an alarm
_HALF: Final = 0.5
_DOUBT: Final = 0.25  # P(answer) above which a kind word is not enough: to miss somebody costs more
_ALONE: Final = 0.7  # P(urgent) from which the model alone calls a message urgent
_NO_ECHO: Final = 0.02  # P(urgent) below which the rules' word of haste is thought harmless
_TRUSTED: Final = 0.8  # of the rules: trouble in so many words outweighs a model that is unsure
_BY_EAR: Final = "sign:alarm"
_MOST_REASONS: Final = 6
_DUTIES: Final = tuple(Duty)
_KINDS_OF: Final[dict[Duty, tuple[Kind, ...]]] = {
    Duty.ANSWER: tuple(kind for kind in Kind if kind not in (Kind.CHATTER, Kind.SPAM)),
    Duty.ACKNOWLEDGE: (Kind.PRAISE, Kind.IDEA, Kind.REVIEW),
    Duty.NONE: (Kind.CHATTER, Kind.SPAM),
}
_COLUMN_OF: Final = {kind: HEADS["kind"].at + HEADS["kind"].labels.index(kind) for kind in Kind}
ASKING_KINDS: Final = (Kind.COMPLAINT, Kind.QUESTION, Kind.REQUEST, Kind.PREPURCHASE)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What is thought of one message.

    certainty: calibrated P(duty), 0-1. urgency: 0 none, 1 like any, 2 today, 3 cannot wait, 4 life
    and limb. chances: per mille, int [OUTPUTS] in the order of ``heads.HEADS``, () by rules alone.
    is_unsure: the duty is a person's to decide. alarms: see ``rules.alarms``. personal: kinds of
    personal data. near: see ``near.keys_of``. reasons: ``sign:word``, the deciding ones first.
    """

    duty: Duty
    kind: Kind
    sentiment: str
    urgency: int
    certainty: float
    is_unsure: bool
    is_thanks: bool
    language: str
    reasons: tuple[str, ...]
    engine: str
    alarms: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    near: int = 0
    chances: tuple[int, ...] = ()

    @property
    def certainty_of_kind(self) -> float:
        """Calibrated P(kind), 0-1: what stands beside the kind on a screen."""
        if not self.chances:
            return self.certainty
        head = HEADS["kind"]
        return self.chances[head.at + head.labels.index(self.kind.value)] / 1000

    def probabilities(self) -> dict[str, dict[str, float]]:
        """Return head -> label -> probability, rounded to a thousandth; empty by rules alone."""
        return probabilities_of(self.chances)


def judge(
    items: Sequence[Item],
    model: Model | None,
    delta: Delta | None = None,
    bands: Bands | None = None,
    candidates: Sequence[str] = COMMON,
    embedder: Vectors | None = None,
) -> list[Opinion]:
    """Return an opinion on each message, in their order. Some 0.25 ms each on one core.

    bands: of the workspace; the model's own otherwise. candidates: languages it may be in.
    embedder: asked only where the model has a layer for its vectors; then some 3 ms each.
    """
    chosen = bands or (model.bands if model else Bands())
    found: list[Opinion] = []
    for at in range(0, len(items), AT_ONCE):
        part = items[at : at + AT_ONCE]
        features = featurise_part(part)
        asides = _asides(part, features, candidates)
        features = _meant(part, features, [one.language for one in asides], model, embedder)
        if model is None:
            found += _by_rules(features, chosen, asides)
        else:
            found += _by_model(features, model, delta, chosen, asides)
    return found


def featured(item: Item, model: Model | None, embedder: Vectors | None = None) -> Features:
    """Return the features of one message as `judge` has them."""
    features = featurise_part([item])
    spoken = _languages([item], features.readings, COMMON)
    return _meant([item], features, spoken, model, embedder)


def _meant(
    items: Sequence[Item],
    features: Features,
    languages: Sequence[str],
    model: Model | None,
    embedder: Vectors | None,
) -> Features:
    """Return the features with the vectors of what is in the sentence model's language."""
    if embedder is None or model is None or model.dense is None:
        return features
    dense = model.dense
    rows = [at for at, language in enumerate(languages) if language in (dense.language, "")]
    vectors = np.zeros((len(items), len(dense.weights)), dtype=np.float32)
    if rows:
        vectors[rows] = embedder.vectors([items[at].text for at in rows])
    return replace(features, vectors=vectors)


class _Aside(NamedTuple):
    """What neither rules nor model are asked."""

    language: str
    personal: tuple[str, ...]
    near: int


def _asides(items: Sequence[Item], features: Features, candidates: Sequence[str]) -> list[_Aside]:
    languages = _languages(items, features.readings, candidates)
    return [
        _Aside(language, tuple(map(str, kinds_in(item.text))), key)
        for item, language, key in zip(items, languages, keys_of(features), strict=True)
    ]


def _languages(
    items: Sequence[Item], readings: Sequence[Reading], candidates: Sequence[str]
) -> list[str]:
    """Return what the network names, unless it is one of those in Latin letters; else ours."""
    both = list(zip(items, readings, strict=True))
    told = [Heard(item.text, read.words) for item, read in both if not item.context.language]
    ours = iter(languages_of(told, candidates))
    return [
        (romanised(read.words) or read.language) if item.context.language else next(ours)
        for item, read in both
    ]


# ------------------------------------------------------------------------------ by rules alone


def by_rules_alone(item: Item, bands: Bands | None = None) -> Opinion:
    """Return what the rules think of one message, asking nothing else: neither model nor features.

    For a message that `judge` stumbles over; what stands beside the duty is left out.
    """
    reading = read(cleaned(item.text), item.kind, item.audience, item.context)
    aside = _Aside(reading.language, (), 0)
    return _ruled(opinion_of(reading), reading, bands or Bands(), aside)


def _by_rules(features: Features, bands: Bands, asides: Sequence[_Aside]) -> list[Opinion]:
    return [
        _ruled(said, reading, bands, aside)
        for said, reading, aside in zip(features.opinions, features.readings, asides, strict=True)
    ]


def _ruled(said: Assessment, reading: Reading, bands: Bands, aside: _Aside) -> Opinion:
    raised = alarms(reading)
    certainty = max(said.certainty, _CERTAIN) if raised else said.certainty
    return Opinion(
        duty=said.duty,
        kind=said.kind,
        sentiment=_felt(said, reading),
        urgency=said.urgency,
        certainty=certainty,
        is_unsure=certainty < bands.sure["duty"],
        is_thanks=said.is_thanks,
        language=aside.language,
        reasons=said.reasons,
        engine=ENGINE,
        alarms=raised,
        personal=aside.personal,
        near=aside.near,
    )


def _felt(said: Assessment, reading: Reading) -> str:
    """Return the sentiment by the field's rules, as far as rules can tell: see the glossary."""
    if said.kind is Kind.REVIEW and reading.rating is not None:
        return SENTIMENTS[0 if reading.rating < POOR else 1 if reading.rating == POOR else 2]
    if said.kind is Kind.COMPLAINT or reading.shown("trouble"):
        return "negative"
    is_kind = said.kind is Kind.PRAISE or reading.shown("praise")
    return "positive" if is_kind else "neutral"


# ------------------------------------------------------------------------------ by the model


def _by_model(
    features: Features,
    model: Model,
    delta: Delta | None,
    bands: Bands,
    asides: Sequence[_Aside],
) -> list[Opinion]:
    chances = model.probabilities(features, delta)
    rows, rounded = chances.tolist(), np.rint(chances.astype(np.float64) * 1000)
    shown = map(tuple, rounded.astype(np.int64).tolist())
    read = list(zip(rows, features.opinions, features.readings, strict=True))
    raised = _raised(features, model)
    duties = [
        _duty(row, said, reading, bands, is_raised=bool(one))
        for (row, said, reading), one in zip(read, raised, strict=True)
    ]
    labels = [_DUTIES.index(duty) for duty in duties]
    words = words_that_decided(features, labels, HEADS["duty"], model, delta)
    return [
        _weighed(
            _View(row, per_mille, said, reading, duty, spoke, aside, one), bands, model.version
        )
        for (row, said, reading), per_mille, duty, spoke, aside, one in zip(
            read, shown, duties, words, asides, raised, strict=True
        )
    ]


def _raised(features: Features, model: Model) -> list[tuple[str, ...]]:
    """Return of each message the alarms of the rules, or where they raise none the layer's."""
    ruled = [alarms(reading) for reading in features.readings]
    if model.alarm is None:
        return ruled
    return [one or heard for one, heard in zip(ruled, model.alarm.heard(features), strict=True)]


class _View(NamedTuple):
    """All that is known of one message."""

    row: list[float]
    per_mille: tuple[int, ...]
    said: Assessment
    reading: Reading
    duty: Duty
    words: Sequence[str]
    aside: _Aside
    raised: tuple[str, ...]


def _weighed(view: _View, bands: Bands, version: str) -> Opinion:
    row, per_mille, said, reading, duty, words, aside, raised = view
    ear = (_BY_EAR,) if raised and not alarms(reading) else ()
    why = _reasons(said, duty, words, is_raised=bool(raised) and not ear)
    certainty = row[HEADS["duty"].at + _DUTIES.index(duty)]
    certainty = round(max(certainty, _CERTAIN) if raised else certainty, 3)
    is_thanks = row[HEADS["thanks"].end - 1] > _HALF or said.is_thanks
    kind = _kind(row, said, reading, duty, bands)
    return Opinion(
        duty=duty,
        kind=kind,
        sentiment=_sentiment(row, kind),
        urgency=_urgency(row, said, duty, bands, is_raised=bool(raised)),
        certainty=certainty,
        is_unsure=certainty < bands.sure["duty"],
        is_thanks=is_thanks and duty is Duty.ACKNOWLEDGE,
        language=aside.language,
        reasons=(*ear, *why)[:_MOST_REASONS],
        engine=version,
        alarms=raised,
        personal=aside.personal,
        near=aside.near,
        chances=per_mille,
    )


def _best(chances: Sequence[float]) -> int:
    return max(range(len(chances)), key=chances.__getitem__)


def _duty(
    row: Sequence[float], said: Assessment, reading: Reading, bands: Bands, *, is_raised: bool
) -> Duty:
    is_poor = reading.rating is not None and reading.rating <= POOR
    if is_poor or is_raised:
        return Duty.ANSWER
    if not reading.words:
        return said.duty
    answer, acknowledge, _ = chances = row[HEADS["duty"].columns]
    duty = _DUTIES[_best(chances)]
    if duty is not Duty.ANSWER and _outweighs(said, max(chances), bands.sure["duty"]):
        return Duty.ANSWER
    is_owed = said.duty is Duty.ANSWER and not bands.is_own
    if duty is Duty.NONE and (answer > bands.quiet or is_owed):
        duty = Duty.ACKNOWLEDGE if acknowledge > answer else Duty.ANSWER
    is_alone = duty is Duty.ACKNOWLEDGE and said.duty is not Duty.ACKNOWLEDGE
    if is_alone and (answer > _DOUBT or acknowledge < _HALF):
        return Duty.ANSWER
    if duty is Duty.NONE and reading.is_private:
        return said.duty
    return duty


def _outweighs(said: Assessment, chance: float, sure: float) -> bool:
    """Say whether the rules heard trouble, and the model is not sure of what it says itself.

    Irony is friendly in its words: what gives it away is the outage that stands beside them.
    """
    return said.kind is Kind.COMPLAINT and said.certainty >= _TRUSTED and chance < sure


def _kind(
    row: Sequence[float], said: Assessment, reading: Reading, duty: Duty, bands: Bands
) -> Kind:
    """Return the likeliest kind that the duty allows; a review with stars is a review.

    What is answered is friendly talk only if that is likelier than not.
    """
    if (reading.rating is not None or not reading.words) and said.duty is duty:
        return said.kind
    kind = _likeliest(row, _KINDS_OF[duty])
    if duty is not Duty.ANSWER or kind not in _KINDS_OF[Duty.ACKNOWLEDGE]:
        return kind
    chance = row[_COLUMN_OF[kind]]
    if _outweighs(said, chance, bands.sure["kind"]):
        return Kind.COMPLAINT
    if chance > _HALF:
        return kind
    return said.kind if said.kind in ASKING_KINDS else _likeliest(row, ASKING_KINDS)


def _likeliest(row: Sequence[float], kinds: Sequence[Kind]) -> Kind:
    return max(kinds, key=lambda kind: row[_COLUMN_OF[kind]])


def _sentiment(row: Sequence[float], kind: Kind) -> str:
    """Return the likeliest sentiment. A complaint is negative, unless it reads as solved."""
    negative, neutral, _ = chances = row[HEADS["sentiment"].columns]
    if kind is Kind.COMPLAINT:
        return SENTIMENTS[1 if neutral > max(negative, _HALF) else 0]
    return SENTIMENTS[_best(chances)]


def _urgency(
    row: Sequence[float], said: Assessment, duty: Duty, bands: Bands, *, is_raised: bool
) -> int:
    """Return 0-4. An alarm is urgent whatever the model says of it.

    So is what the rules call urgent unless the model hears nothing of it, and what the model by
    itself is nearly certain of. Where it only thinks so the message is for today: a queue of
    urgent cases in which most are none is read by nobody.
    """
    if duty is not Duty.ANSWER:
        return 0
    chance = row[HEADS["urgent"].end - 1]
    is_echoed = said.urgency >= URGENT and chance >= _NO_ECHO
    if is_raised or is_echoed or chance >= _ALONE:
        return max(said.urgency, URGENT)
    return min(max(said.urgency, 1 + (chance >= bands.urgent)), URGENT - 1)


def _reasons(
    said: Assessment, duty: Duty, words: Sequence[str], *, is_raised: bool
) -> tuple[str, ...]:
    """Return why: an alarm's words first, then the words that decided, then the rules' signs."""
    spoke = [f"word:{word}" for word in words]
    agreed = said.reasons if said.duty is duty else ()
    ordered = (*agreed, *spoke) if is_raised else (*spoke, *agreed)
    told: dict[str, str] = {}
    for reason in ordered:
        told.setdefault(reason.partition(":")[2], reason)
    return tuple(told.values())[:_MOST_REASONS]
