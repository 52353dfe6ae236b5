"""What a paper is made of: texts in the reader's words already, never markup. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

Tone = Literal["", "ok", "warn", "late", "mut"]


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of what follows, `level` 1 or 2, and a few words beside it."""

    text: str
    beside: str = ""
    level: int = 1
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `strong` stands before it in bold, in the colour of `tone`."""

    text: str
    strong: str = ""
    tone: str = ""
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Note:
    """What must be said before anything is read."""

    text: str
    kind: Literal["note"] = "note"


@dataclass(frozen=True, slots=True)
class Fig:
    """One figure: never a number alone."""

    title: str
    value: str
    how: str
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures side by side."""

    figures: Sequence[Fig]
    kind: Literal["figures"] = "figures"


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `numeric` and `strong` name columns, `grey` the rows that are not to be compared.

    `strong` are those in bold: the first one if none is named.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: Sequence[int] = ()
    grey: Sequence[int] = ()
    strong: Sequence[int] = ()
    foot: str = ""
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a chart: what it says, and how high it is, 0 to 1."""

    label: str
    value: str
    height: float


@dataclass(frozen=True, slots=True)
class Columns:
    """Counts over time. The same stands in a table near it."""

    title: str
    columns: Sequence[Column]
    kind: Literal["columns"] = "columns"


@dataclass(frozen=True, slots=True)
class Share:
    """A point of a line: 0 to 1, None where there was nothing to count."""

    label: str
    share: float | None


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares over time, 0 to 100 %; where there was nothing the line has a gap."""

    title: str
    points: Sequence[Share]
    kind: Literal["shares"] = "shares"


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms, each with what it means."""

    terms: Sequence[tuple[str, str]]
    kind: Literal["terms"] = "terms"


@dataclass(frozen=True, slots=True)
class Items:
    """A list under a few words."""

    title: str
    items: Sequence[str]
    kind: Literal["items"] = "items"


Block = Heading | Text | Note | Figures | Table | Columns | Shares | Terms | Items


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper to print. `place` is whose it is, `made` says when; `page` is "Page {n} of {all}"."""

    title: str
    place: str
    period: str
    made: str
    made_at: datetime
    language: str
    is_rtl: bool
    page: str
    blocks: Sequence[Block] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the values that the child is handed."""
        moment = self.made_at
        day = {"year": moment.year, "month": moment.month, "day": moment.day}
        return {**asdict(self), "made_at": day}
