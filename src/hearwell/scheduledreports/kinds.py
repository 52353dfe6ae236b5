"""The reports that can be sent. The screens register them: a letter says what a page says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from hearwell.accounts.models import Workspace
from hearwell.kit.paper.blocks import Paper


class GoneError(Exception):
    """What the report is about is no longer there."""


@dataclass(frozen=True, slots=True)
class MainLine:
    """A figure or a sentence of the letter's text; `how` is its n, `caveat` what weakens it."""

    title: str
    value: str
    how: str = ""
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A report in the words of one language.

    `days` is short, for the subject; `path` the page it is of; `name` of its files, without ending.
    """

    title: str
    days: str
    period: str
    notes: Sequence[str]
    lines: Sequence[MainLine]
    paper: Paper
    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]
    path: str


Found = Callable[[], Made]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be counted: whole days of the workspace, both included, and of which panel."""

    workspace: Workspace
    first: date
    last: date
    panel_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A report that can be sent. `title` is marked for translation.

    `gather` counts it once for all readers, in the scope of the workspace; what it returns says it
    in the language that is active when it is called. Raises GoneError.
    """

    key: str
    title: str
    gather: Callable[[Asked], Found]
    has_panel: bool = False


KINDS: Final[dict[str, Kind]] = {}


def register(*kinds: Kind) -> None:
    """Offer reports for sending, in this order."""
    KINDS.update({one.key: one for one in kinds})
