"""A tool as the settings' form has it: from a definition into values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from hearwell.accounts.rules import RIGHTS
from hearwell.commerce.cards import CardKind, Reading
from hearwell.commerce.definition import (
    ACTS,
    CARD_PARTS,
    MOST_FIELDS,
    READS,
    BadToolError,
    Definition,
    Field,
    Place,
    ToolKind,
    ValueKind,
)
from hearwell.kit.numbers import whole_number
from hearwell.powers.giving import REASONS
from hearwell.powers.money import BadAmountError, plain_amount, to_minor
from hearwell.web.components.powers import GRANT_REASONS, ROLES
from hearwell.web.components.tools import KINDS, SOURCES

SPARE: Final = 3
_LONGEST: Final = 1000
_COLUMNS: Final = ("name", "label", "source", "kind", "place", "detail", "most")
PARTS: Final = ("title", "ref", "state", "amount", "currency", "date", "link")


@dataclass(frozen=True)
class Row:
    """A field as a row of the form; `number` is its place there."""

    number: int
    field: Field
    most: str


def rows_of(definition: Definition, currency: str) -> list[Row]:
    """Return the fields and a few empty rows."""
    blank = Field("", place=Place.BODY.value if definition.is_act else Place.QUERY.value)
    count = min(len(definition.fields) + SPARE, MOST_FIELDS)
    padded = [*definition.fields, *[blank] * (count - len(definition.fields))]
    return [Row(n, one, _most(one, currency)) for n, one in enumerate(padded)]


def _most(one: Field, currency: str) -> str:
    if not one.most:
        return ""
    is_money = one.kind == ValueKind.MONEY
    return plain_amount(one.most, currency) if is_money else str(one.most)


def choices(definition: Definition) -> dict[str, Any]:
    """Return what the form's lists offer."""
    answering = [role for role, rights in RIGHTS.items() if "reply" in rights]
    return {
        "methods": ACTS if definition.is_act else READS,
        "sources": list(SOURCES.items()),
        "value_kinds": [
            (ValueKind.TEXT.value, _("text")),
            (ValueKind.WHOLE.value, _("whole number")),
            (ValueKind.MONEY.value, _("amount of money")),
            (ValueKind.DATE.value, _("day")),
            (ValueKind.CHOICE.value, _("one of a list")),
        ],
        "places": [
            (Place.PATH.value, _("path")),
            (Place.QUERY.value, _("query")),
            (Place.BODY.value, _("body")),
        ],
        "card_parts": CARD_PARTS,
        "card_kinds": [(one.value, KINDS[one.value][0]) for one in CardKind],
        "roles": [(role, ROLES[role], role in definition.roles) for role in answering],
        "reasons": [(k, w) for k, w in GRANT_REASONS.items() if k in REASONS and k != "other"],
        "parts": [(part, getattr(definition.reading, part)) for part in PARTS],
        "details": "\n".join(f"{label}: {place}" for label, place in definition.reading.details),
        "says_one_of": ", ".join(definition.reading.says_one_of),
        "undo_methods": ACTS,
    }


def definition_in(form: QueryDict, currency: str) -> Definition:
    """Return the definition that a form describes. Raises BadToolError."""
    is_act = form.get("kind") == ToolKind.ACT

    def said(name: str) -> str:
        return form.get(name, "").replace("\x00", "").strip()[:_LONGEST]

    def number(name: str, default: int) -> int:
        text = said(name)
        found = whole_number(text, digits=6) if text else default
        if found is None:
            raise BadToolError(_("Write a whole number."), at=name)
        return found

    return Definition(
        title=said("title"),
        kind=ToolKind.ACT.value if is_act else ToolKind.READ.value,
        method=said("method") or ("POST" if is_act else "GET"),
        path=said("path"),
        fields=_fields(form, currency),
        reading=_reading(form),
        about=said("about") if is_act else "",
        roles=tuple(form.getlist("roles")),
        gives=said("gives") if is_act else "",
        reason=said("reason") or "service",
        look_path=said("look_path") if is_act else "",
        look_root=said("look_root") if is_act else "",
        settle_s=number("settle_s", 30),
        undo_method=said("undo_method") or "POST",
        undo_path=said("undo_path") if is_act else "",
        undo_hours=number("undo_hours", 0),
        reply=said("reply") if is_act else "",
        limit_s=number("limit_s", 8),
    )


def _fields(form: QueryDict, currency: str) -> tuple[Field, ...]:
    found = []
    for n in range(MOST_FIELDS):
        row = {name: form.get(f"r{n}-{name}", "").strip()[:_LONGEST] for name in _COLUMNS}
        if not row["name"]:
            continue
        found.append(
            Field(
                row["name"], row["label"][:80], row["source"] or "typed", row["kind"] or "text",
                row["place"] or "body", row["detail"], _bound(row, currency),
                form.get(f"r{n}-required") == "1", form.get(f"r{n}-within") == "1",
            )
        )  # fmt: skip
    return tuple(found)


def _bound(row: Mapping[str, str], currency: str) -> int:
    if not row["most"]:
        return 0
    if row["kind"] == ValueKind.MONEY:
        try:
            return to_minor(row["most"], currency)
        except BadAmountError as error:
            raise BadToolError(_("Write amounts as in 25 or 12.50."), at="fields") from error
    found = whole_number(row["most"], digits=9)
    if found is None:
        raise BadToolError(_("Write the most as a whole number."), at="fields")
    return found


def _reading(form: QueryDict) -> Reading:
    def said(name: str) -> str:
        return form.get(name, "").strip()[:200]

    details = []
    for line in form.get("details", "").splitlines()[:8]:
        label, _colon, place = line.rpartition(":")
        if place.strip():
            details.append((label.strip()[:40] or place.strip("/ "), place.strip()))
    says = [one.strip() for one in form.get("says_one_of", "").split(",") if one.strip()]
    return Reading(
        kind=said("card_kind") or CardKind.OTHER.value, root=said("root"),
        **{part: said(f"at-{part}") for part in PARTS},
        details=tuple(details), says=said("says"), says_one_of=tuple(says[:10]),
        is_minor=form.get("is_minor") == "1",
    )  # fmt: skip
