"""The composer as drawn: who will read it, by whose rules it is counted, what stops it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hearwell.web.components.templates import TemplateChoice


@dataclass(frozen=True)
class Counting:
    """How a network counts: the unit's name, its limit, and whether initials are added.

    ``per_link`` is what a web address counts, however long it is; ``caption`` the limit where
    files go along, if that is another one.
    """

    name: str
    limit: int
    max_bytes: int | None = None
    per_link: int | None = None
    signs: bool = True
    caption: int | None = None


@dataclass(frozen=True)
class FileFace:
    """A file that goes along: named, with what is wrong with it for the readers chosen.

    `longest_alt` is 0 where nothing can be said of it: no picture, or a network without a place
    for descriptions.
    """

    id: str
    name: str
    size: str
    url: str
    icon: str = "paperclip"
    is_picture: bool = False
    alt: str = ""
    longest_alt: int = 0
    trouble: str = ""


@dataclass(frozen=True)
class Files:
    """What goes along with what is written, and what is wrong with all of it together."""

    faces: list[FileFace] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Speaker:
    """An account that can speak in a conversation: its handle, and why it is the one.

    `is_told`: it is not what one would expect, so a line of its own says it.
    """

    id: str
    handle: str
    why: str
    is_chosen: bool = False
    is_told: bool = False

    @property
    def label(self) -> str:
        """The handle with its reason."""
        return f"{self.handle}: {self.why}"


@dataclass(frozen=True)
class ThreadChoice:
    """A conversation that an answer can go to, and the accounts of ours that can speak there.

    `told` is what one must know before writing there; mostly nothing.
    """

    id: str
    label: str
    is_chosen: bool
    speakers: Sequence[Speaker] = ()
    told: str = ""

    @property
    def speaker(self) -> Speaker | None:
        """Which of them speaks."""
        return next((one for one in self.speakers if one.is_chosen), None)


@dataclass(frozen=True)
class WayOut:
    """What can be done where the network refuses an answer: see it there, write in private there.

    ``network`` is its name; the addresses are empty where there are none. ``number`` is what can
    be called: who called is answered by calling them back.
    """

    network: str
    open_url: str = ""
    private_url: str = ""
    number: str = ""


@dataclass(frozen=True)
class Mode:
    """One audience to choose. `why_not` says why it cannot be used; then it is disabled.

    `way_out` is there where the network itself refuses: then both are said beside the modes, too.
    `accept` is for the browser's own chooser of files: types with commas between, or empty.
    `threads` are the conversations that it can go to, of which the chosen one is. `templates` is
    what can be sent where free words are no longer taken; None while they are.
    """

    value: str
    css: str
    icon: str
    label: str
    who: str = ""
    act: str = ""
    hint: str = ""
    network: str = ""
    why_not: str = ""
    is_chosen: bool = False
    counting: Counting | None = None
    takes_files: bool = False
    accept: str = ""
    threads: Sequence[ThreadChoice] = ()
    templates: TemplateChoice | None = None
    way_out: WayOut | None = None

    @property
    def why(self) -> str:
        """Why the account that speaks does, where one conversation is all there is."""
        speaker = self.threads[0].speaker if len(self.threads) == 1 else None
        return speaker.label if speaker else ""


@dataclass(frozen=True)
class Stop:
    """Why a reply was not sent. With `may_force` it can be sent all the same, once asked.

    `force_name` is the field that says so, `force_words` what the button says. `points` are
    what speaks against it, where that is more than one thing; `text` says the same in a row.
    """

    tone: str
    title: str
    text: str
    theirs: str = ""
    code: str = ""
    read_url: str = ""
    force_token: str = ""
    force_name: str = "anyway"
    force_words: str = ""
    points: Sequence[str] = ()

    @property
    def may_force(self) -> bool:
        """Whether "Send anyway" is offered."""
        return bool(self.force_token)


@dataclass(frozen=True)
class Composer:
    """The form under a thread. `wrote` is the audience in which the customer wrote last.

    `then` is the macro that goes on when the reply is sent, `is_given` says that somebody just
    asked for this text, whose caret belongs into it. `overrides` and `is_undescribed` are
    what was agreed to before something else stopped the reply: nobody is asked twice.
    """

    modes: list[Mode] = field(default_factory=list)
    wrote: str = "team"
    initials: str = ""
    key: str = ""
    text: str = ""
    then: str = ""
    is_given: bool = False
    seen_id: str = ""
    seen_version: str = ""
    why_not: str = ""
    is_holding: bool = False
    overrides: str = ""
    is_undescribed: bool = False
    may_solve: bool = False
    files: Files = field(default_factory=Files)

    @property
    def chosen(self) -> Mode | None:
        """The mode that is set."""
        return next((mode for mode in self.modes if mode.is_chosen), None)

    @property
    def refused(self) -> list[Mode]:
        """The modes that the network itself closes, each with what can be done instead."""
        return [mode for mode in self.modes if mode.way_out]

    @property
    def is_called_back(self) -> bool:
        """Whether nothing goes out here because they called: a call is answered by a call."""
        return any(mode.way_out and mode.way_out.number for mode in self.refused if self.why_not)

    @property
    def may_write_privately(self) -> bool:
        """Whether a private message can be written here."""
        return any(mode.value == "private" and not mode.why_not for mode in self.modes)

    @property
    def takes_files(self) -> bool:
        """Whether a file can go out either way."""
        return any(mode.takes_files for mode in self.modes if not mode.why_not)

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
                "caption": mode.counting.caption,
            }
            if mode.counting
            else None
            for mode in self.modes
        }
        return json.dumps(rules)
