"""Which sorts of case could be given to somebody now. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from typing import NamedTuple
from uuid import UUID

from hearwell.routing.rules import Abilities, Load, Person, needs_from


class Opening(NamedTuple):
    """A sort of case that somebody could be given now.

    `only_id`: the one person who could, where nobody else can; what they gave back is not for them.
    """

    needs_key: str
    load: str
    only_id: UUID | None


def openings(
    people: Sequence[Person], keys: Iterable[str], weights: Mapping[str, int]
) -> list[Opening]:
    """Return the sorts of case, by wanted skills and load, that somebody can do and has room for.

    Any of them can be given: so what nobody has room for keeps nothing else waiting.
    """
    abilities, found = Abilities(people), []
    for key in keys:
        able = (people[place] for place in abilities.places(needs_from(key)))
        best = nlargest(2, able, key=lambda person: person.room)
        for load in Load:
            fitting = [one for one in best if one.room >= weights.get(load.value, 1)]
            if fitting:
                only_id = fitting[0].user_id if len(fitting) == 1 else None
                found.append(Opening(key, load.value, only_id))
    return found
