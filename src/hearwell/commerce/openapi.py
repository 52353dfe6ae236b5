"""Read an OpenAPI 3 document into tools to choose from. Nothing is fetched; only local $refs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final, cast

from django.utils.translation import gettext as _

from hearwell.commerce.cards import CardKind, Reading
from hearwell.commerce.definition import (
    LONGEST_TITLE,
    MOST_FIELDS,
    Definition,
    Field,
    Place,
    Source,
    ToolKind,
    ValueKind,
)
from hearwell.kit.text import clean

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_OPERATIONS: Final = 300
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_DEEPEST: Final = 6
# What has more than this at one place is no tool; one document may name the same place thousands of
# times, so that whatever is read of a place has to be little.
_MOST_LISTED: Final = 200
_LONGEST_REF: Final = 1000
_LONGEST_CHOICE: Final = 100
_MOST_CHOICES: Final = 20
_JSON: Final = "application/json"
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")
_HOLE: Final = re.compile(r"\{([^{}]*)\}")
# What properties are mostly called that a card shows; the first that is there is taken.
_CALLED: Final[dict[str, tuple[str, ...]]] = {
    "title": ("title", "name", "description", "summary", "subject"),
    "ref": ("number", "order_number", "reference", "code", "ref", "id"),
    "state": ("state", "status"),
    "amount": ("total", "total_amount", "amount", "price"),
    "currency": ("currency", "currency_code"),
    "date": ("date", "created_at", "created", "updated_at", "day"),
    "link": ("payment_link", "tracking_url", "url", "link"),
}


class BadDocumentError(ValueError):
    """What is no OpenAPI 3 document that could be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, and the tool that it would be; `why_not` where it can be none as it is."""

    key: str
    method: str
    path: str
    definition: Definition
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says: the service's name and address, and what can be done there."""

    title: str
    url: str
    operations: list[Operation]


def read_document(text: str | bytes) -> Document:
    """Return what an OpenAPI 3 document in JSON says. Raises BadDocumentError."""
    if len(text) > MOST_BYTES:
        raise BadDocumentError(_("This is larger than 2 MB. Leave out what you do not need."))
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = _("This is no JSON. If your system offers YAML, most offer openapi.json, too.")
        raise BadDocumentError(message) from error
    is_three = isinstance(document, dict) and str(document.get("openapi", "")).startswith("3.")
    if not is_three or not isinstance(document.get("paths"), dict):
        raise BadDocumentError(_("This is no OpenAPI 3 document: “openapi” or “paths” is missing."))
    found = list(islice(_operations(document), MOST_OPERATIONS))
    if not found:
        raise BadDocumentError(_("It names nothing that could be called."))
    return Document(_words(_in(document, "info", "title")), _server(document), found)


def _server(document: Mapping[str, Any]) -> str:
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else {}
    url = first.get("url", "") if isinstance(first, dict) else ""
    return url if isinstance(url, str) and url.startswith("http") and "{" not in url else ""


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        if not isinstance(item, dict) or not isinstance(path, str):
            continue
        for method in _METHODS:
            operation = item.get(method)
            if isinstance(operation, dict):
                shared = item.get("parameters")
                yield _operation(document, path, method, operation, shared)


def _operation(
    document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any], shared: Any
) -> Operation:
    said = operation.get("summary") or operation.get("operationId") or f"{method.upper()} {path}"
    fields, why_not = _fields(document, path, operation, shared)
    is_act = method != "get"
    definition = Definition(
        title=_words(said)[:LONGEST_TITLE] or path[:LONGEST_TITLE],
        kind=ToolKind.ACT.value if is_act else ToolKind.READ.value,
        method=method.upper(),
        path=path,
        fields=tuple(fields[:MOST_FIELDS]),
        reading=_reading(document, operation),
    )
    if len(fields) > MOST_FIELDS:
        why_not = _("It needs more than 12 values.")
    return Operation(f"{method} {path}", method.upper(), path, definition, why_not)


def _fields(
    document: Mapping[str, Any], path: str, operation: Mapping[str, Any], shared: Any
) -> tuple[list[Field], str]:
    """Return the fields, the needed ones first, and why the operation can be no tool as it is."""
    needed: list[Field] = []
    rest: list[Field] = []
    why_not = ""
    listed = [*_list(shared)[:_MOST_LISTED], *_list(operation.get("parameters"))[:_MOST_LISTED]]
    if len(listed) >= _MOST_LISTED:
        return [], _("It needs more than 12 values.")
    for raw in listed:
        one = _resolved(document, raw)
        name, place = str(one.get("name", "")), one.get("in")
        if place not in ("path", "query"):
            why_not = why_not or _needed_elsewhere(one)
            continue
        is_required = bool(one.get("required")) or place == "path"
        if not _NAME.fullmatch(name):
            why_not = why_not or (_("A name cannot be written here.") if is_required else "")
            continue
        made = _field(document, name, one.get("schema"), Place(place), is_required=is_required)
        (needed if is_required else rest).append(made)
    for made in _body_fields(document, operation):
        (needed if made.is_required else rest).append(made)
    known = {one.name for one in needed if one.place == Place.PATH}
    if set(_HOLE.findall(path)) - known:
        why_not = why_not or _("A part of its path is not described.")
    # The last of those with one name counts: an operation's own over those of its path.
    named = {one.name: one for one in [*needed, *rest[: max(0, MOST_FIELDS - len(needed))]]}
    return list(named.values()), why_not


def _needed_elsewhere(one: Mapping[str, Any]) -> str:
    is_sign_in = str(one.get("name", "")).lower() in ("authorization", "idempotency-key")
    return _("It needs a header of its own.") if one.get("required") and not is_sign_in else ""


def _body_fields(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[Field]:
    body = _resolved(document, operation.get("requestBody"))
    schema = _resolved(document, _in(body, "content", _JSON, "schema"))
    yield from _properties(document, schema, "", 0)


def _properties(
    document: Mapping[str, Any], schema: Mapping[str, Any], before: str, depth: int
) -> Iterator[Field]:
    listed = _list(schema.get("required"))[:_MOST_LISTED]
    required = {one for one in listed if isinstance(one, str)}
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return
    needed = [(name, properties[name]) for name in required if name in properties]
    rest = ((name, raw) for name, raw in properties.items() if name not in required)
    for name, raw in [*needed[: 2 * MOST_FIELDS], *islice(rest, 2 * MOST_FIELDS)]:
        one = _resolved(document, raw)
        if not isinstance(name, str) or not _NAME.fullmatch(name) or one.get("readOnly"):
            continue
        is_required = name in required
        if isinstance(one.get("properties"), dict):
            if depth < 2 and is_required:  # noqa: PLR2004  a body of bodies is for programs
                yield from _properties(document, one, f"{before}{name}.", depth + 1)
        elif one.get("type") != "array":
            yield _field(document, f"{before}{name}", one, Place.BODY, is_required=is_required)


def _field(
    document: Mapping[str, Any], name: str, raw: Any, place: Place, *, is_required: bool
) -> Field:
    schema = _resolved(document, raw)
    choices = _choices(schema.get("enum"))
    kind, detail = ValueKind.TEXT, ""
    if choices:
        kind, detail = ValueKind.CHOICE, " | ".join(choices)
    elif schema.get("type") == "integer":
        kind = ValueKind.WHOLE
    elif schema.get("format") == "date":
        kind = ValueKind.DATE
    most = schema.get("maxLength") if kind == ValueKind.TEXT else schema.get("maximum")
    bound = most if isinstance(most, int) and 0 < most < 10**9 else 0
    label = _words(schema.get("title") or "")[:80]
    source, kind_ = Source.TYPED.value, kind.value
    return Field(name, label, source, kind_, place.value, detail, bound, is_required)


def _choices(enum: Any) -> list[str]:
    """Return what may be chosen; nothing where a choice is too long to be one."""
    listed = islice((one for one in _list(enum)[:_MOST_LISTED] if isinstance(one, str | int)),
                    _MOST_CHOICES)  # fmt: skip
    found = [str(one) if not isinstance(one, str) else one for one in listed]
    return [] if any(len(one) > _LONGEST_CHOICE for one in found) else found


def _reading(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Reading:
    """Guess where the parts of a card stand in the answer; an admin says it better."""
    responses = operation.get("responses")
    answers = responses if isinstance(responses, dict) else {}
    good = next((one for code, one in answers.items() if str(code).startswith("2")), None)
    schema = _resolved(document, _in(_resolved(document, good), "content", _JSON, "schema"))
    root, thing = _thing(document, schema)
    properties = thing.get("properties")
    names = properties if isinstance(properties, dict) else {}
    places = {
        part: next((f"/{name}" for name in called if name in names), "")
        for part, called in _CALLED.items()
    }
    kind = next((k.value for k in CardKind if k.value in root.casefold()), CardKind.OTHER.value)
    return replace(Reading(kind=kind, root=root), **cast("dict[str, Any]", places))


def _thing(document: Mapping[str, Any], schema: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return what an answer is about: itself, the one object in it, or what its list holds."""
    if schema.get("type") == "array":
        return "", _resolved(document, schema.get("items"))
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return "", {}
    if len(properties) > 3:  # noqa: PLR2004  the thing itself; a wrapping has it and how many
        return "", schema
    inner = {name: _resolved(document, one) for name, one in properties.items()}
    deeper = [n for n, one in inner.items() if one.get("properties") or one.get("type") == "array"]
    if len(deeper) != 1 or not _NAME.fullmatch(deeper[0]):
        return "", schema
    one = inner[deeper[0]]
    return f"/{deeper[0]}", _resolved(document, one.get("items")) if "items" in one else one


def _resolved(document: Mapping[str, Any], raw: Any) -> Mapping[str, Any]:
    """Follow local references, a few deep; anything else is nothing."""
    for _step in range(_DEEPEST):
        if not isinstance(raw, dict):
            return {}
        ref = raw.get("$ref")
        if not isinstance(ref, str):
            return raw
        if not ref.startswith("#/") or len(ref) > _LONGEST_REF:
            return {}
        parts = [part.replace("~1", "/").replace("~0", "~") for part in ref[2:].split("/")]
        raw = _in(document, *parts)
    return {}


def _in(found: Any, *names: str) -> Any:
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _words(found: Any) -> str:
    return " ".join(clean(found[:_LONGEST_REF])[0].split()) if isinstance(found, str) else ""
