"""How a table says what personal data it holds: whose, of what sort, for how long, and what goes.

Every column that can hold words (text, JSON, arrays, bytes, search vectors) is named once: as a
customer's, as a member's of the team, or as nobody's with the reason. Export and erasure are made
of nothing else, so what is tagged is exported and erased, and a test fails on what is not tagged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Sort(StrEnum):
    """What a personal column holds."""

    NAME = "name"
    ADDRESS = "address or id on a network"
    WORDS = "what they wrote"
    ANSWER = "what we answered"
    NOTE = "what the team noted"
    FILE = "files"
    DEALING = "orders, bookings, what we gave"
    SIGN_IN = "sign-in"
    COPY = "exact bytes as they came"


class Erase(StrEnum):
    """What an erasure does with a table's rows."""

    DELETE = "rows are deleted"
    EMPTY = "columns are emptied, rows stay for figures"
    WITH = "rows go with what they belong to"
    LATER = "emptied when it is done with"
    NEVER = "stays"


# Sets of ids and names of one person, computed before anything is read or erased (person.py).
UUID_SETS: Final = (
    "contacts", "identities", "cases", "conversations", "messages", "deliveries", "keys",
    "visitors", "samples",
)  # fmt: skip
TEXT_SETS: Final = ("names", "remotes", "texts")
Columns = Mapping[Sort, str]

# Why a column is nobody's.
OURS: Final = "a word of Hearwell's own: a state, a kind, a code"
SETTING: Final = "a setting of the workspace"
NETWORK: Final = "the name of a network, a channel or a handle of the brand"
HASH: Final = "a fingerprint that nothing can be read from"
SEALED: Final = "a sealed secret"
MACHINE: Final = "what a machine says of itself or of a failure"
FIGURES: Final = "figures and ids"
INVENTED: Final = "the sandbox's invented people"

UNTIL_ERASED: Final = "until erased"
WHILE_MEMBER: Final = "while a member"


@dataclass(frozen=True, slots=True)
class Held:
    """One table.

    Parameters
    ----------
    by: how its rows belong to a person, each `column:set`; any of them is enough.
    personal: a customer's columns by sort, names separated by spaces; `members`: the team's.
    plain: reason -> columns that are nobody's.
    blank: column -> SQL that it becomes, where that is not its empty value.
    through: what empties a table that no role may change: a call of a function of the database.
    not_exported: empty, or why it is not in an export.
    """

    table: str
    by: tuple[str, ...] = ()
    personal: Columns = field(default_factory=dict)
    members: Columns = field(default_factory=dict)
    plain: Mapping[str, str] = field(default_factory=dict)
    erase: Erase = Erase.NEVER
    kept: str = UNTIL_ERASED
    blank: Mapping[str, str] = field(default_factory=dict)
    through: str = ""
    not_exported: str = ""

    @property
    def customer_columns(self) -> tuple[str, ...]:
        """The columns of a customer, in the order they are named."""
        return tuple(name for names in self.personal.values() for name in names.split())

    @property
    def tagged(self) -> list[str]:
        """All columns that it speaks of; a test refuses one named twice."""
        groups = (*self.personal.values(), *self.members.values(), *self.plain.values())
        return [name for names in groups for name in names.split()]


def nobody(reason: str, **tables: str) -> tuple[Held, ...]:
    """Tables without a single personal column, for one reason."""
    return tuple(Held(name, plain={reason: columns}) for name, columns in tables.items())
