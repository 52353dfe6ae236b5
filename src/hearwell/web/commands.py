"""Every command that has a key: one list for the keyboard, the palette and the help page.

The scripts act on `id`; a command with a `url` simply goes there. Keys are separated by a space
when they follow one another ("g i"); "Mod" is Ctrl, or Cmd on a Mac.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Command:
    """A thing one can do: where it works (any page, the list, an open case) and its keys."""

    id: str
    keys: str
    label: str | Promise
    icon: str
    where: str = "any"
    url: str = ""


COMMANDS: Final[tuple[Command, ...]] = (
    Command("next", "j", _("Next case"), "arrow-down", "list"),
    Command("previous", "k", _("Previous case"), "arrow-up", "list"),
    Command("open", "o", _("Open the case"), "chevron-right", "list"),
    Command("next-open", "Mod+.", _("Done here: open the next case"), "arrow-right"),
    Command("back", "u", _("Back to the list"), "chevron-left", "case"),
    Command("reply", "r", _("Reply the way they wrote"), "reply", "case"),
    Command("private", "p", _("Private message"), "lock", "case"),
    Command("note", "n", _("Team note"), "sticky-note", "case"),
    Command("holding", "h", _("Holding reply, on or off"), "hourglass", "case"),
    Command("claim", "a", _("Assign to me"), "user", "case"),
    Command("late-words", "Shift+L", _("Words for a late answer"), "clock-alert", "case"),
    Command("assign", "Shift+A", _("Assign to someone"), "user-plus", "case"),
    Command("label", "l", _("Label"), "tag", "case"),
    Command("kind", "w", _("What kind of message it is"), "tags", "case"),
    Command("sounds", "Shift+S", _("How the message sounds"), "smile", "case"),
    Command("urgency", "Shift+U", _("How urgent it is"), "flame", "case"),
    Command("thanks", "Shift+T", _("Only thanks, or not"), "handshake", "case"),
    Command("right", "Shift+W", _("The kind is right"), "check-check", "case"),
    Command("solve", "e", _("Solve"), "check", "case"),
    Command("snooze", "s", _("Snooze"), "alarm-clock", "case"),
    Command("merge", "m", _("Merge into another case"), "merge", "case"),
    Command("split", "Shift+M", _("Split off a conversation"), "split", "case"),
    Command("give", "Shift+G", _("Give something"), "gift", "case"),
    Command("escalate", "Shift+E", _("Escalate"), "arrow-up-right", "case"),
    Command("incident", "Shift+I", _("Join an incident"), "siren", "case"),
    Command("approve", "y", _("Read and approve"), "stamp"),
    Command("choose", "x", _("Choose the case"), "square-check", "list"),
    Command("choose-range", "Shift+X", _("Choose up to here"), "square-check", "list"),
    Command("filter", "f", _("Filter the list"), "list-filter", "list"),
    Command("show-new", ".", _("Show new cases"), "arrow-up", "list"),
    Command("take-next", "t", _("Take the next case"), "hand", "list"),
    Command("presence", "v", _("Available, busy or away"), "circle-user-round"),
    Command("undo", "z", _("Undo sending"), "undo-2"),
    Command("search", "/", _("Search"), "search"),
    Command("queues", "q", _("Queues"), "menu", "list"),
    Command("customer", "i", _("Customer"), "user-round", "case"),
    Command("send", "Mod+Enter", _("Send"), "send", "composer"),
    Command("send-solve", "Mod+Shift+Enter", _("Send and solve"), "send", "composer"),
    Command("saved", "Mod+;", _("Saved replies and macros"), "book-open", "case"),
    Command("new-case", "c", _("New case, by hand"), "plus", url="/inbox/new/"),
    Command("go-inbox", "g i", _("Go to: Inbox"), "inbox", url="/inbox/"),
    Command("go-mine", "g m", _("Go to: Mine"), "user", url="/inbox/q/mine/"),
    Command("go-unassigned", "g u", _("Go to: Unassigned"), "users", url="/inbox/q/unassigned/"),
    Command(
        "go-approval", "g a", _("Go to: Waiting for approval"), "stamp", url="/inbox/approval/"
    ),
    Command("go-reports", "g r", _("Go to: Reports"), "chart-column", url="/reports/response/"),
    Command("go-quality", "g q", _("Go to: Quality"), "list-checks", url="/quality/"),
    Command("voice", "Shift+V", _("Voice guide, open or closed"), "message-square-quote", "case"),
    Command("go-spikes", "g p", _("Go to: Spikes"), "activity", url="/spikes/"),
    Command("go-incidents", "g c", _("Go to: Incidents"), "siren", url="/incidents/"),
    Command(
        "go-escalations", "g e", _("Go to: Escalated cases"), "arrow-up-right", url="/escalations/"
    ),
    Command(
        "go-teach", "g h", _("Go to: Help it learn"), "graduation-cap", url="/understanding/teach/"
    ),
    Command(
        "go-unshown", "", _("Go to: What was not shown"), "eye-off", url="/understanding/unshown/"
    ),
    Command(
        "go-unsure",
        "",
        _("Go to: What triage is unsure of"),
        "circle-question-mark",
        url="/inbox/q/quiet/?unsure=yes",
    ),
    Command("go-accuracy", "", _("Go to: Accuracy"), "target", url="/understanding/accuracy/"),
    Command("go-board", "g b", _("Go to: Status board"), "megaphone", url="/status-board/"),
    Command("go-team", "g t", _("Go to: Team"), "users", url="/team/"),
    Command("go-wall", "g w", _("Go to: Wallboard"), "monitor", url="/wallboard/"),
    Command("go-settings", "g s", _("Go to: Settings"), "sliders-horizontal", url="/settings/"),
    Command("go-grants", "", _("Go to: What we gave"), "gift", url="/grants/"),
    Command("go-held", "", _("Go to: Promotions held back"), "megaphone-off", url="/promotions/"),
    Command("my-powers", "", _("What I may do"), "scale", url="/me/powers/"),
    Command("my-tokens", "", _("My tokens for programs"), "key-round", url="/me/tokens/"),
    Command("palette", "Mod+K", _("Commands, cases and people"), "command"),
    Command("help", "?", _("All keys"), "keyboard"),
)
# For those who see no cases.
WITHOUT_CASES: Final = frozenset({"go-held", "my-tokens", "palette", "help"})


def caps_of(keys: str) -> list[str]:
    """Return the caps of a key: "g i" has two, "Mod+K" too."""
    caps: list[str] = []
    for stroke in keys.replace("Mod+", "Ctrl+").split():
        *held, pressed = ("+",) if stroke == "+" else stroke.split("+")
        caps += [*held, pressed]
    return caps


@lru_cache(maxsize=128)
def _worded(_language: str, keys: tuple[str, ...]) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "id": c.id,
            "keys": key,
            "label": str(c.label),
            "where": c.where,
            "url": c.url,
            "caps": caps_of(key),
            "icon": c.icon,
        }
        for c, key in zip(COMMANDS, keys, strict=True)
    )


def worded_commands(keys: Mapping[str, str] | None = None) -> tuple[dict[str, Any], ...]:
    """Return the commands in the reader's language, ready for a template or for JSON.

    `keys` are the person's own, by command; without, each has its default.
    """
    own = tuple((keys or {}).get(c.id, c.keys) for c in COMMANDS)
    return _worded(get_language() or "", own)
