"""The API's description: openapi.json, and the reference page drawn from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

FILE = "openapi.json"


def described() -> str:
    """Return the OpenAPI document of the code as it is, as it is committed."""
    from hearwell.api.v1.api import api

    document = api.get_openapi_schema(path_prefix="/api/v1")
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


@cache
def committed() -> str:
    """Return the document that is shipped; a test holds it against the code."""
    return resources.files(__package__).joinpath(FILE).read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter or field: what it is called, where it goes, what it must be."""

    name: str
    where: str
    type: str
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What may come back."""

    status: str
    schema: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One call."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    tag: str
    parameters: list[Field]
    body: str
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Shape:
    """One schema."""

    name: str
    description: str
    fields: list[Field]


@dataclass(frozen=True, slots=True)
class Reference:
    """What the reference page shows."""

    title: str
    version: str
    description: str
    groups: list[tuple[str, list[Operation]]]
    shapes: list[Shape]


@cache
def reference() -> Reference:
    """Return the shipped document in the shape of a page."""
    document = json.loads(committed())
    operations = [
        _operation(method, path, found)
        for path, methods in document["paths"].items()
        for method, found in methods.items()
    ]
    tags = list(dict.fromkeys(operation.tag for operation in operations))
    return Reference(
        title=document["info"]["title"],
        version=document["info"]["version"],
        description=document["info"]["description"],
        groups=[(tag, [one for one in operations if one.tag == tag]) for tag in tags],
        shapes=[_shape(name, s) for name, s in document["components"]["schemas"].items()],
    )


def _operation(method: str, path: str, found: dict[str, Any]) -> Operation:
    schema = _schema_of(found.get("requestBody", {}))
    return Operation(
        id=found["operationId"],
        method=method.upper(),
        path=path,
        summary=found.get("summary", ""),
        description=found.get("description", ""),
        tag=next(iter(found.get("tags", ["Other"]))),
        parameters=[
            Field(
                p["name"],
                p["in"],
                _type(p["schema"]),
                p.get("required", False),
                p.get("description", "") or p["schema"].get("description", ""),
            )
            for p in found.get("parameters", [])
        ],
        body=_type(schema) if schema else "",
        answers=[
            Answer(str(status), _type(_schema_of(answer)))
            for status, answer in found["responses"].items()
        ],
    )


def _schema_of(part: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a request body or an answer; empty where it has none."""
    for content in part.get("content", {}).values():
        schema: dict[str, Any] = content.get("schema", {})
        return schema
    return {}


def _shape(name: str, schema: dict[str, Any]) -> Shape:
    required = schema.get("required", [])
    fields = [
        Field(key, "", _type(value), key in required, value.get("description", ""))
        for key, value in schema.get("properties", {}).items()
    ]
    return Shape(name, schema.get("description", ""), fields)


def _type(schema: dict[str, Any]) -> str:
    """Return a schema in a few words: `Case`, `list of Message`, `uuid or null`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for key in ("anyOf", "allOf", "oneOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(_type(one) for one in schema[key]))
    if "enum" in schema:
        return " · ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "")
