"""What can be a key: how it is written, what browsers keep for themselves, what is taken.

A key is one stroke ("j", "Shift+A", "Mod+K") or two after one another ("g i"); "Mod" is Ctrl, or
Cmd on a Mac. strokes.js writes what is pressed in the same way, and both must agree.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.web.commands import COMMANDS, Command

_MOD: Final = frozenset({"mod", "ctrl", "control", "cmd", "command", "strg", "⌘"})
_SHIFT: Final = frozenset({"shift", "⇧"})
_ALT: Final = frozenset({"alt", "option", "altgr", "⌥"})
_NAMED: Final = {
    "enter": "Enter",
    "return": "Enter",
    "esc": "Escape",
    "escape": "Escape",
    "tab": "Tab",
    "space": "Space",
    "backspace": "Backspace",
    "delete": "Delete",
    "del": "Delete",
    "insert": "Insert",
    "home": "Home",
    "end": "End",
    "pageup": "PageUp",
    "pagedown": "PageDown",
    "arrowup": "ArrowUp",
    "arrowdown": "ArrowDown",
    "arrowleft": "ArrowLeft",
    "arrowright": "ArrowRight",
    "contextmenu": "ContextMenu",
    **{f"f{n}": f"F{n}" for n in range(1, 13)},
}
# The function keys that no browser has a use for.
_FREE_NAMED: Final = frozenset({"F2", "F4", "F8", "F9"})
# With Ctrl, nearly everything belongs to the browser or to text; these are free everywhere.
_FREE_WITH_MOD: Final = frozenset(
    {"B", "I", "K", ".", ";", "/", "'", "Enter", "Shift+Enter", "Shift+F", "Shift+L"}
)
_KEPT: Final[dict[str, str | Promise]] = {
    "Tab": gettext_lazy("Tab moves from field to field."),
    "Escape": gettext_lazy("Esc closes and goes back, always."),
    "Enter": gettext_lazy("Enter opens and presses, always."),
    "Space": gettext_lazy("The space bar scrolls and presses."),
    "Mod+A": gettext_lazy("Ctrl+A chooses all text."),
    "Mod+C": gettext_lazy("Ctrl+C copies."),
    "Mod+D": gettext_lazy("Ctrl+D makes a bookmark."),
    "Mod+F": gettext_lazy("Ctrl+F searches the page."),
    "Mod+L": gettext_lazy("Ctrl+L goes to the address."),
    "Mod+N": gettext_lazy("Ctrl+N opens a window."),
    "Mod+P": gettext_lazy("Ctrl+P prints."),
    "Mod+Q": gettext_lazy("Ctrl+Q closes the browser."),
    "Mod+R": gettext_lazy("Ctrl+R loads the page again."),
    "Mod+S": gettext_lazy("Ctrl+S saves the page."),
    "Mod+T": gettext_lazy("Ctrl+T opens a tab."),
    "Mod+V": gettext_lazy("Ctrl+V pastes."),
    "Mod+W": gettext_lazy("Ctrl+W closes the tab."),
    "Mod+X": gettext_lazy("Ctrl+X cuts text."),
    "Mod+Y": gettext_lazy("Ctrl+Y repeats what was undone in text."),
    "Mod+Z": gettext_lazy("Ctrl+Z takes back what was typed."),
}
_STROKES: Final = 2


class BadKeyError(ValueError):
    """No key can be this; the text says why, for the person."""


def shown(key: str) -> str:
    """Write a key as people read it: "Ctrl+K", "g i"."""
    return key.replace("Mod+", "Ctrl+")


def read_key(text: str) -> str:
    """Read a key as people write it; returns it as it is kept, an empty text for none.

    Raises BadKeyError.
    """
    strokes = [_stroke(part) for part in text.split()]
    if len(strokes) > _STROKES:
        raise BadKeyError(_("Two keys one after the other at most."))
    if len(strokes) == _STROKES and any(stroke.startswith("Mod+") for stroke in strokes):
        raise BadKeyError(_("A key with Ctrl stands alone."))
    return " ".join(strokes)


def _stroke(text: str) -> str:
    """Read one stroke: its modifiers, then what is pressed with them."""
    *holds, pressed = ("", "+") if text == "+" else _parts(text)
    held = {hold.lower() for hold in holds if hold}
    if held & _ALT:
        raise BadKeyError(_("Keys with Alt belong to the browser and to screen readers."))
    if not held <= _MOD | _SHIFT:
        raise BadKeyError(_("“%(text)s” is no key we know.") % {"text": text})
    return _free(_written(pressed, is_mod=bool(held & _MOD), is_shift=bool(held & _SHIFT)))


def _parts(text: str) -> list[str]:
    """Split "Ctrl+K" and "Ctrl++"; a plus at the end is the key itself."""
    if text.endswith("++"):
        return [*text[:-2].split("+"), "+"]
    return text.split("+")


def _written(pressed: str, *, is_mod: bool, is_shift: bool) -> str:
    name = _NAMED.get(pressed.lower()) if len(pressed) > 1 else pressed
    if not name or unicodedata.category(name[0])[0] in "CZM":
        raise BadKeyError(_("“%(text)s” is no key we know.") % {"text": pressed})
    is_letter = len(name) == 1 and name.isascii() and name.isalpha()
    if is_letter:
        # A capital letter is that letter with Shift, however it was written.
        is_shift = is_shift or (name.isupper() and not is_mod)
        name = name.upper() if is_mod or is_shift else name.lower()
    has_shift = is_shift and (is_letter or len(name) > 1)
    return ("Mod+" if is_mod else "") + ("Shift+" if has_shift else "") + name


def _free(stroke: str) -> str:
    """Return the stroke unless it is kept. Raises BadKeyError, saying by whom."""
    plain = stroke.removeprefix("Mod+")
    is_free = plain in _FREE_WITH_MOD if plain != stroke else _is_free_alone(stroke)
    if is_free:
        return stroke
    why = _KEPT.get(stroke)
    if why is None:
        why = _("%(key)s belongs to the browser or to text.") % {"key": shown(stroke)}
    words = f"{why} {_ways(is_mod=plain != stroke)}"
    raise BadKeyError(words)


def _is_free_alone(stroke: str) -> bool:
    name = stroke.removeprefix("Shift+")
    return len(name) == 1 or name in _FREE_NAMED


def _ways(*, is_mod: bool) -> str:
    if is_mod:
        return _("Free are Ctrl+B, Ctrl+I, Ctrl+K and Ctrl with . ; / ' or Enter.")
    return _("Take a letter, a digit or a sign, alone or with Shift.")


def effective_keys(custom: Mapping[str, str]) -> dict[str, str]:
    """Return the key of each command, empty if it has none.

    A person's own choice wins; a key that came with the product later and is taken stays off.
    """
    if not custom:
        return {command.id: command.keys for command in COMMANDS}
    own = {c.id: custom[c.id] for c in COMMANDS if c.id in custom}
    keys: dict[str, str] = dict(own)
    for command in COMMANDS:
        if command.id not in own:
            rest = {name: key for name, key in keys.items() if key}
            keys[command.id] = "" if _taken_by(command.keys, rest) else command.keys
    return keys


def check_keys(wanted: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Read the keys that somebody wants, as written; all commands must be there.

    Returns the keys that differ from the default, and for each command that cannot have its key
    why not.
    """
    read: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for command in COMMANDS:
        try:
            read[command.id] = read_key(wanted[command.id])
            _check_place(command, read[command.id])
        except BadKeyError as problem:
            wrong[command.id] = str(problem)
    for name, key in read.items():
        taken = _taken_by(key, {n: k for n, k in read.items() if n != name and k})
        if taken and name not in wrong:
            wrong[name] = _conflict(key, read[taken], taken)
    defaults = {command.id: command.keys for command in COMMANDS}
    return {name: key for name, key in read.items() if key != defaults[name]}, wrong


def _check_place(command: Command, key: str) -> None:
    if command.where == "composer" and key and not key.startswith("Mod+"):
        raise BadKeyError(_("You need this while you type, so it must be a key with Ctrl."))


def _taken_by(key: str, others: Mapping[str, str]) -> str | None:
    """Return the command whose key is the same, or begins as this one does or the other way."""
    for name, other in others.items():
        if key and (key == other or other.startswith(f"{key} ") or key.startswith(f"{other} ")):
            return name
    return None


def _conflict(key: str, other: str, name: str) -> str:
    label = next(str(command.label) for command in COMMANDS if command.id == name)
    values = {"key": shown(key), "label": label, "other": shown(other)}
    if key == other:
        return _("%(key)s is the key of “%(label)s”, too. Change one of them.") % values
    return _("%(key)s and %(other)s (“%(label)s”) begin alike. Change one of them.") % values
