"""From values to one request: checked by kind and bound, each in its own place. Pure but for words.

The path takes values percent-encoded, so none can leave its place; nothing else is ever added.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _

from hearwell.commerce.definition import KEY, Definition, Field, Place, Source, ValueKind
from hearwell.kit.numbers import whole_number
from hearwell.kit.text import clean
from hearwell.powers.money import BadAmountError, digits_of, plain_amount, to_minor

_HOLE: Final = re.compile(r"\{([^{}]*)\}")
_LONGEST: Final = 1000
_DIGITS: Final = 15
Values = Mapping[str, str | int]


class BadValueError(ValueError):
    """A value that does not fit; the text says what to do, `field` whose it is."""

    def __init__(self, message: str, *, at: str) -> None:
        super().__init__(message)
        self.field = at


@dataclass(frozen=True, slots=True)
class Request:
    """One call: path and query below the service's address, and a body, if there is one."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The bytes of its body."""
        return b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()


def read_value(
    one: Field, text: str, currency: str, *, card_minor: int | None = None
) -> str | int | None:
    """Return a value as it is kept: money in minor units; None for one left out.

    `card_minor` is the amount of the card that it is about. Raises BadValueError.
    """
    said = clean(text)[0].strip()
    if not said:
        if one.is_required:
            raise BadValueError(_("This is needed."), at=one.name)
        return None
    match one.kind:
        case ValueKind.MONEY:
            return _money(one, said, currency, card_minor)
        case ValueKind.WHOLE:
            return _whole(one, said)
        case ValueKind.DATE:
            return _day(one, said)
        case ValueKind.CHOICE:
            if one.source == Source.TYPED and said not in one.choices:
                raise BadValueError(_("Choose one of these."), at=one.name)
    if len(said) > (one.most or _LONGEST):
        raise BadValueError(_("This is too long."), at=one.name)
    return said


def _money(one: Field, said: str, currency: str, card_minor: int | None) -> int:
    try:
        minor = to_minor(said, currency)
    except BadAmountError as error:
        raise BadValueError(_("Say how much, as in 25 or 12.50."), at=one.name) from error
    if one.within_card and card_minor is None:
        raise BadValueError(_("Its card says no amount, so none can be given back."), at=one.name)
    bounds = [one.most] if one.most else []
    if one.within_card and card_minor is not None:
        bounds.append(card_minor)
    if minor <= 0:
        raise BadValueError(_("Say how much, as in 25 or 12.50."), at=one.name)
    if bounds and minor > min(bounds):
        most = {"most": plain_amount(max(0, min(bounds)), currency)}
        raise BadValueError(_("At most %(most)s.") % most, at=one.name)
    return minor


def _whole(one: Field, said: str) -> int:
    number = whole_number(said, digits=_DIGITS)
    if number is None or (one.most and number > one.most):
        message = _("Write a whole number of at most %(most)s.") % {"most": one.most or "15 digits"}
        raise BadValueError(message, at=one.name)
    return number


def _day(one: Field, said: str) -> str:
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError as error:
        raise BadValueError(_("Write the day as in 2026-11-30."), at=one.name) from error


def request_for(
    definition: Definition,
    values: Values,
    *,
    currency: str,
    key: str = "",
    key_header: str = "",
) -> Request:
    """Return the call that a tool makes with these values. Raises BadValueError."""
    sent = {
        one.name: _as_sent(one, values[one.name], currency, is_minor=definition.reading.is_minor)
        for one in definition.fields
        if values.get(one.name) not in (None, "")
    }
    query = {f.name: sent[f.name] for f in _in(definition, Place.QUERY) if f.name in sent}
    body: dict[str, Any] = {}
    for one in _in(definition, Place.BODY):
        if one.name in sent:
            _put(body, one.name.split("."), sent[one.name])
    path = _filled(definition.path, sent)
    if query:
        path += ("&" if "?" in path else "?") + urlencode(query)
    has_body = bool(body) or definition.method != "GET"
    headers = {key_header: key} if key and key_header else {}
    return Request(definition.method, path, body if has_body else None, headers)


def look_request(definition: Definition, values: Values, *, currency: str, key: str) -> Request:
    """Return the call that asks whether an action was done. Raises BadValueError."""
    return Request("GET", _filled(definition.look_path, _all(definition, values, currency, key)))


def undo_request(
    definition: Definition, values: Values, *, currency: str, key: str, ref: str, key_header: str,
    own_key: str,
) -> Request:  # fmt: skip
    """Return the call that undoes an action, by a key of its own. Raises BadValueError."""
    every = _all(definition, values, currency, key) | {"ref": ref}
    headers = {key_header: own_key} if key_header else {}
    return Request(definition.undo_method, _filled(definition.undo_path, every), {}, headers)


def _all(definition: Definition, values: Values, currency: str, key: str) -> dict[str, Any]:
    is_minor = definition.reading.is_minor
    sent = {
        one.name: _as_sent(one, values[one.name], currency, is_minor=is_minor)
        for one in definition.fields
        if values.get(one.name) not in (None, "")
    }
    return sent | {KEY: key}


def _in(definition: Definition, place: Place) -> list[Field]:
    return [one for one in definition.fields if one.place == place]


def _as_sent(one: Field, value: str | int, currency: str, *, is_minor: bool) -> str | int:
    """Money goes as the other side writes it: whole minor units, or as in 49.90."""
    if one.kind != ValueKind.MONEY or is_minor or not isinstance(value, int):
        return value
    digits = digits_of(currency)
    whole, part = divmod(value, 10**digits)
    return f"{whole}.{part:0{digits}d}" if digits else str(whole)


def _filled(path: str, values: Mapping[str, Any]) -> str:
    def put(match: re.Match[str]) -> str:
        said = str(values.get(match[1], ""))
        if said in ("", ".", ".."):
            raise BadValueError(_("This is needed."), at=match[1])
        return quote(said, safe="")

    return _HOLE.sub(put, path)


def _put(body: dict[str, Any], names: list[str], value: Any) -> None:
    inner = body
    for name in names[:-1]:
        deeper = inner.setdefault(name, {})
        if not isinstance(deeper, dict):
            raise BadValueError(_("Two fields stand in each other's way."), at=name)
        inner = deeper
    inner[names[-1]] = value
