"""The composer as drawn: who will read it, by whose rules it is counted, what stops it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Counting:
    """How a network counts: the unit's name, its limit, and whether initials are added.

    ``per_link`` is what a web address counts, however long it is.
    """

    name: str
    limit: int
    max_bytes: int | None = None
    per_link: int | None = None
    signs: bool = True


@dataclass(frozen=True)
class Mode:
    """One audience to choose. `why_not` says why it cannot be used; then it is disabled."""

    value: str
    css: str
    icon: str
    label: str
    who: str
    act: str
    hint: str = ""
    network: str = ""
    why_not: str = ""
    is_chosen: bool = False
    counting: Counting | None = None


@dataclass(frozen=True)
class Stop:
    """Why a reply was not sent. With `may_force` it can be sent all the same, once asked."""

    tone: str
    title: str
    text: str
    theirs: str = ""
    code: str = ""
    read_url: str = ""
    force_token: str = ""

    @property
    def may_force(self) -> bool:
        """Whether "Send anyway" is offered."""
        return bool(self.force_token)


@dataclass(frozen=True)
class Composer:
    """The form under a thread. `wrote` is the audience in which the customer wrote last.

    `then` is the macro that goes on when the reply is sent.
    """

    modes: list[Mode] = field(default_factory=list)
    wrote: str = "team"
    initials: str = ""
    key: str = ""
    text: str = ""
    then: str = ""
    seen_id: str = ""
    seen_version: str = ""
    why_not: str = ""
    is_holding: bool = False
    may_solve: bool = False

    @property
    def chosen(self) -> Mode | None:
        """The mode that is set."""
        return next((mode for mode in self.modes if mode.is_chosen), None)

    @property
    def signs(self) -> bool:
        """Whether initials are added to what goes out in public."""
        return bool(self.initials) and any(
            mode.counting.signs for mode in self.modes if mode.counting and not mode.why_not
        )

    @property
    def hint(self) -> str:
        """What the empty box says: who will read what is written there."""
        return self.chosen.hint if self.chosen else ""

    @property
    def rules_json(self) -> str:
        """The counting of each audience, for the script that mirrors it."""
        rules: dict[str, Any] = {
            mode.value: {
                "name": mode.counting.name,
                "limit": mode.counting.limit,
                "max_bytes": mode.counting.max_bytes,
                "per_link": mode.counting.per_link,
                "signs": mode.counting.signs,
            }
            if mode.counting
            else None
            for mode in self.modes
        }
        return json.dumps(rules)
