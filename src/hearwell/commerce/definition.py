"""What a tool is: where it goes, what it sends, what it reads, who may use it.

Everything that is sent is named here: nothing of a customer leaves that no field asks for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Final, cast

from django.utils.translation import gettext as _

from hearwell.accounts.rules import RIGHTS
from hearwell.commerce.cards import CardKind, Reading
from hearwell.guard.references import BadMaskError, checked_mask
from hearwell.kit.text import clean
from hearwell.powers.giving import REASONS

MOST_FIELDS: Final = 12
LONGEST_TITLE: Final = 80
LONGEST_PATH: Final = 500
LONGEST_VALUE: Final = 500
LONGEST_REPLY: Final = 1000
MOST_CHOICES: Final = 20
LONGEST_LABEL: Final = 80
MOST_DETAILS: Final = 8
MOST_SAYINGS: Final = 10
GREATEST: Final = 10**12
MOST_HOURS: Final = 24 * 30
MOST_SETTLE_S: Final = 600
MOST_LIMIT_S: Final = 20
KEY: Final = "key"
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}(?:\.[A-Za-z_][A-Za-z0-9_-]{0,39}){0,3}")
_HOLE: Final = re.compile(r"\{([^{}]*)\}")
_POINTER: Final = re.compile(r"(?:/[^\s/]{1,60}){0,8}")
READS: Final = ("GET", "POST")
ACTS: Final = ("POST", "PUT", "PATCH", "DELETE")


class ToolKind(StrEnum):
    """Whether it only reads."""

    READ = "read"
    ACT = "act"


class Source(StrEnum):
    """Where the value of a field comes from."""

    TYPED = "typed"
    CARD = "card"
    FOUND = "found"
    EMAIL = "email"
    PHONE = "phone"
    HANDLE = "handle"
    NAME = "name"
    CASE = "case"
    FIXED = "fixed"


class ValueKind(StrEnum):
    """What a value has to look like."""

    TEXT = "text"
    WHOLE = "whole"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"


class Place(StrEnum):
    """Where a value goes."""

    PATH = "path"
    QUERY = "query"
    BODY = "body"


CARD_PARTS: Final = ("ref", "amount", "state", "title")


class BadToolError(ValueError):
    """A tool that cannot be kept; the text says why and what to do, `field` where."""

    def __init__(self, message: str, *, at: str) -> None:
        super().__init__(message)
        self.field = at


@dataclass(frozen=True, slots=True)
class Field:
    """One value that is sent.

    `name` is what the other side calls it, dotted where it lies deeper in a body. `detail`: the
    mask of what is FOUND in the conversation, the part of a CARD, the text of what is FIXED, the
    choices of a CHOICE parted by |. `most`: the longest text, the greatest number, or the greatest
    amount in minor units; 0 for none. `within_card`: no amount above the card's.
    """

    name: str
    label: str = ""
    source: str = Source.TYPED.value
    kind: str = ValueKind.TEXT.value
    place: str = Place.BODY.value
    detail: str = ""
    most: int = 0
    is_required: bool = True
    within_card: bool = False

    @property
    def choices(self) -> list[str]:
        """What may be chosen."""
        return [one.strip() for one in self.detail.split("|") if one.strip()]

    @property
    def is_asked(self) -> bool:
        """Whether a person says it, or may change what stands there.

        What names the card that is acted on is never changed: its amount bounds what is given.
        """
        if self.source == Source.CARD:
            return self.detail == "amount"
        return self.source in (Source.TYPED, Source.FOUND, Source.EMAIL, Source.PHONE)


@dataclass(frozen=True, slots=True)
class Definition:
    """A tool.

    `path` and its like hold {names} of fields; `look_path` and `undo_path` may hold {key}, the
    action's own key, and {ref}, that of what it made. `about` is the kind of card it acts on, empty
    for none. `gives` names the field whose amount counts against powers. `roles`: who may use it;
    empty for all who answer customers. `reply` is what may be said of it, with {title}, {ref},
    {state}, {amount}, {date} and {link} of its result.
    """

    title: str
    kind: str = ToolKind.READ.value
    method: str = "GET"
    path: str = "/"
    fields: tuple[Field, ...] = ()
    reading: Reading = field(default_factory=Reading)
    about: str = ""
    roles: tuple[str, ...] = ()
    gives: str = ""
    reason: str = "service"
    look_path: str = ""
    look_root: str = ""
    settle_s: int = 30
    undo_method: str = "POST"
    undo_path: str = ""
    undo_hours: int = 0
    reply: str = ""
    limit_s: int = 8

    @property
    def is_act(self) -> bool:
        """Whether it does something."""
        return self.kind == ToolKind.ACT

    @property
    def asked(self) -> tuple[Field, ...]:
        """What a person is asked for."""
        return tuple(one for one in self.fields if one.is_asked)

    @property
    def bounded(self) -> tuple[str, ...]:
        """The names of the amounts that its card bounds."""
        return tuple(f.name for f in self.fields if f.within_card and f.kind == ValueKind.MONEY)

    def kept(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return asdict(self)


def definition_from(kept: Mapping[str, Any]) -> Definition:
    """Return a stored definition; parts that an older one lacks take their defaults."""
    values = {one.name: kept[one.name] for one in fields(Definition) if one.name in kept}
    values["fields"] = tuple(Field(**one) for one in kept.get("fields", ()))
    read = dict(kept.get("reading", {}))
    read["details"] = tuple((label, place) for label, place in read.get("details", ()))
    read["says_one_of"] = tuple(read.get("says_one_of", ()))
    values["reading"] = Reading(**read)
    values["roles"] = tuple(kept.get("roles", ()))
    return Definition(**values)


def checked(wanted: Definition) -> Definition:
    """Return a definition as it may be kept. Raises BadToolError."""
    wanted = cast("Definition", _storable(wanted))
    _check_lengths(wanted)
    title = clean(wanted.title)[0].strip()
    if not 0 < len(title) <= LONGEST_TITLE:
        raise BadToolError(_("Give it a name of at most 80 characters."), at="title")
    _check_way(wanted)
    names = _check_fields(wanted)
    _check_paths(wanted, names)
    _check_reading(wanted.reading)
    _check_money(wanted)
    _check_rest(wanted)
    return wanted


def _storable(found: Any) -> Any:
    """Return texts, and what holds them, without what no database keeps."""
    if isinstance(found, str):
        return clean(found)[0]
    if isinstance(found, tuple):
        return tuple(_storable(one) for one in found)
    if isinstance(found, Definition | Field | Reading):
        parts = {one.name: _storable(getattr(found, one.name)) for one in fields(found)}
        return replace(found, **parts)
    return found


def _check_lengths(one: Definition) -> None:
    """Refuse what would weigh on every page that reads the tool."""
    is_wide = len(one.reading.details) > MOST_DETAILS or len(one.reading.says_one_of) > MOST_SAYINGS
    if is_wide or len(one.fields) > MOST_FIELDS:
        raise BadToolError(_("This is too long."), at="reading" if is_wide else "fields")
    for name in ("fields", "reading"):
        if _longest(getattr(one, name)) > LONGEST_REPLY:
            raise BadToolError(_("This is too long."), at=name)
    longest = max((name for name in one.__slots__), key=lambda name: _longest(getattr(one, name)))
    if _longest(getattr(one, longest)) > LONGEST_REPLY:
        raise BadToolError(_("This is too long."), at=longest)


def _longest(found: Any) -> int:
    """Return the length of the longest text in a part."""
    if isinstance(found, str):
        return len(found)
    if isinstance(found, Field | Reading):
        found = tuple(getattr(found, one.name) for one in fields(found))
    return max(map(_longest, found), default=0) if isinstance(found, tuple) else 0


def _check_way(one: Definition) -> None:
    if one.kind not in set(ToolKind):
        raise BadToolError(_("Choose whether it looks something up or does something."), at="kind")
    if one.method not in (ACTS if one.is_act else READS):
        raise BadToolError(_("Choose a method that fits."), at="method")


def _check_fields(one: Definition) -> set[str]:
    if len(one.fields) > MOST_FIELDS:
        raise BadToolError(_("A tool has at most 12 fields."), at="fields")
    names = [field.name for field in one.fields]
    if len(names) != len(set(names)):
        raise BadToolError(_("Two fields have the same name."), at="fields")
    for asked in one.fields:
        _check_field(asked)
    return set(names)


def _check_field(one: Field) -> None:
    if not _NAME.fullmatch(one.name) or one.name in (KEY, "ref"):
        message = _("“%(name)s” cannot be the name of a field: letters, digits, - and _ only.")
        raise BadToolError(message % {"name": one.name[:40]}, at="fields")
    words = {"name": one.name}
    known: tuple[set[str], ...] = (set(Source), set(ValueKind), set(Place))
    if any(v not in all_ for v, all_ in zip((one.source, one.kind, one.place), known, strict=True)):
        raise BadToolError(_("Choose where “%(name)s” comes from and goes.") % words, at="fields")
    if len(one.label) > LONGEST_LABEL or not 0 <= one.most <= GREATEST:
        raise BadToolError(_("This is too long."), at="fields")
    if one.source == Source.FOUND:
        _check_mask(one)
    if one.source == Source.FIXED and not 0 < len(one.detail) <= LONGEST_VALUE:
        raise BadToolError(_("Say what “%(name)s” always is.") % words, at="fields")
    if one.source == Source.CARD and one.detail not in CARD_PARTS:
        raise BadToolError(_("Choose the part of the card for “%(name)s”.") % words, at="fields")
    is_list = one.source == Source.TYPED and one.kind == ValueKind.CHOICE
    if is_list and not 0 < len(one.choices) <= MOST_CHOICES:
        raise BadToolError(_("Name the choices of “%(name)s”, parted by |.") % words, at="fields")


def _check_mask(one: Field) -> None:
    try:
        checked_mask(one.detail)
    except BadMaskError as error:
        message = _("Write for “%(name)s” how it looks, as in NW-999999: A a letter, 9 a digit.")
        raise BadToolError(message % {"name": one.name}, at="fields") from error


def _check_paths(one: Definition, names: set[str]) -> None:
    holes = _check_path(one.path, names, at="path")
    in_path = {field.name for field in one.fields if field.place == Place.PATH}
    if holes != in_path:
        message = _("The path must hold each field that goes there, in braces, and no other.")
        raise BadToolError(message, at="path")
    if any(not f.is_required for f in one.fields if f.place == Place.PATH):
        raise BadToolError(_("What stands in the path is always needed."), at="fields")
    if not one.is_act:
        return
    if one.look_path:
        found = _check_path(one.look_path, names | {KEY}, at="look_path")
        if not _POINTER.fullmatch(one.look_root):
            raise BadToolError(_("This is no path that could be called."), at="look_root")
        if KEY not in found:
            message = _("Looking up goes by the action's key: put {key} into its path.")
            raise BadToolError(message, at="look_path")
    if one.undo_path:
        _check_path(one.undo_path, names | {KEY, "ref"}, at="undo_path")
        if one.undo_method not in ACTS or not 0 < one.undo_hours <= MOST_HOURS:
            raise BadToolError(_("Say for how many hours it can be undone."), at="undo_path")


def _check_path(path: str, names: set[str], *, at: str) -> set[str]:
    is_plain = path.isascii() and path.isprintable() and " " not in path and "#" not in path
    bare = _HOLE.sub("x", path)
    if not path.startswith("/") or path.startswith("//") or not is_plain or "\\" in path:
        raise BadToolError(_("A path begins with / and has no blanks."), at=at)
    segments = bare.partition("?")[0].split("/")
    if len(path) > LONGEST_PATH or "{" in bare or "}" in bare or {".", ".."} & set(segments):
        raise BadToolError(_("This is no path that could be called."), at=at)
    holes = set(_HOLE.findall(path))
    if holes - names:
        message = _("No field is called “%(name)s”.") % {"name": min(holes - names)[:40]}
        raise BadToolError(message, at=at)
    return holes


def _check_reading(one: Reading) -> None:
    if one.kind not in set(CardKind):
        raise BadToolError(_("Choose what the answer is shown as."), at="reading")
    pointers = [one.root, one.title, one.ref, one.state, one.amount, one.currency, one.date,
                one.link, one.says, *(place for _label, place in one.details)]  # fmt: skip
    wrong = next((p for p in pointers if not _POINTER.fullmatch(p)), None)
    if wrong is not None:
        message = _("“%(place)s” is no place in an answer: write it as in /order/total.")
        raise BadToolError(message % {"place": wrong[:60]}, at="reading")
    if not any((one.title, one.ref, one.state)):
        message = _("Say where at least a title, a number or a state stands in the answer.")
        raise BadToolError(message, at="reading")
    if bool(one.says) != bool(one.says_one_of):
        message = _("Say both where success stands in the answer and what it is called there.")
        raise BadToolError(message, at="reading")


def _check_money(one: Definition) -> None:
    if not one.gives:
        return
    money = [f for f in one.fields if f.name == one.gives and f.kind == ValueKind.MONEY]
    if not one.is_act or not money:
        message = _("Only an amount of an action can count against powers.")
        raise BadToolError(message, at="gives")
    if not money[0].is_required or money[0].source not in (Source.TYPED, Source.CARD):
        message = _("An amount that counts against powers is always said by a person.")
        raise BadToolError(message, at="gives")
    if one.reason not in REASONS or one.reason == "other":
        raise BadToolError(_("Choose why it is given."), at="reason")


def _check_rest(one: Definition) -> None:
    answering = {role for role, rights in RIGHTS.items() if "reply" in rights}
    if set(one.roles) - answering:
        raise BadToolError(_("Only roles that answer customers can use tools."), at="roles")
    if one.about and one.about not in set(CardKind):
        raise BadToolError(_("Choose what it acts on."), at="about")
    needs_card = any(f.source == Source.CARD and f.is_required for f in one.fields)
    if needs_card and not one.about:
        raise BadToolError(_("Say on what kind of card it acts: a field needs one."), at="about")
    if not 1 <= one.limit_s <= MOST_LIMIT_S:
        raise BadToolError(_("Give it between 1 and 20 seconds."), at="limit_s")
    if not 0 <= one.settle_s <= MOST_SETTLE_S:
        raise BadToolError(_("Between 0 and 600 seconds."), at="settle_s")
    if len(one.reply) > LONGEST_REPLY:
        raise BadToolError(_("What may be said is too long."), at="reply")


def is_for(definition: Definition, role: str) -> bool:
    """Whether a role may use it."""
    rights = RIGHTS.get(role, frozenset())
    return "reply" in rights and (not definition.roles or role in definition.roles)


def labels_of(one: Sequence[Field]) -> dict[str, str]:
    """Return what the fields are called on screen."""
    return {field.name: field.label or field.name for field in one}
