"""Which promise holds for a message: conditions on plain facts, the first that fits. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

Conditions = Mapping[str, Sequence[str]]
FIELDS: Final = ("channel", "network", "audience", "kind", "language", "urgency", "tier")


class BadConditionError(ValueError):
    """A condition that cannot be kept; the message says which, in words for the settings page."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a promise is chosen by, as it stood when a clock began.

    `channel` is the account's id; `kind` the field's name of what the case is about; `language` a
    primary tag ("de"); `urgency` 0 to 4 as text; `tier` the customer's, as the team named it.
    """

    channel: str = ""
    network: str = ""
    audience: str = ""
    kind: str = ""
    language: str = ""
    urgency: str = "0"
    tier: str = ""


def fits(conditions: Conditions, facts: Facts) -> bool:
    """Say whether each condition names the fact. No condition at all fits everything."""
    return all(getattr(facts, name) in values for name, values in conditions.items())


def first_fit(ordered: Sequence[Conditions], facts: Facts) -> int:
    """Return the place of the first that fits; the last of them stands for everything else."""
    for place, conditions in enumerate(ordered[:-1]):
        if fits(conditions, facts):
            return place
    return len(ordered) - 1


def checked(conditions: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return conditions as they are kept: known fields, values once and in order, none empty.

    Raises BadConditionError for a field that no message has.
    """
    unknown = set(conditions) - set(FIELDS)
    if unknown:
        message = f"a promise cannot depend on {min(unknown)!r}"
        raise BadConditionError(message)
    kept: dict[str, list[str]] = {}
    for name in FIELDS:
        values = {_plain(name, value) for value in conditions.get(name, ())} - {""}
        if values:
            kept[name] = sorted(values)
    return kept


def _plain(name: str, value: str) -> str:
    text = value.strip().casefold() if name in ("language", "tier") else value.strip()
    return language_of(text) if name == "language" else text


def language_of(tag: str) -> str:
    """Return the primary part of a language tag, in small letters: "en-GB" is "en"."""
    return tag.strip().casefold().replace("_", "-").partition("-")[0]


def covering(ordered: Sequence[Conditions], place: int) -> int | None:
    """Return the place of an earlier one that takes all this one could: then it never holds."""
    mine = ordered[place]
    takes = (n for n, earlier in enumerate(ordered[:place]) if _takes_all(earlier, mine))
    return next(takes, None)


def _takes_all(earlier: Conditions, later: Conditions) -> bool:
    return all(
        name in later and set(later[name]) <= set(values) for name, values in earlier.items()
    )
