"""As much of OpenAPI 3.1 as the official specification of the Cloud API needs."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

DATA = Path(os.environ.get("HEARWELL_DATA", Path(__file__).parents[5] / "shared"))
SPECS = DATA / "specs"
SPECIFICATION = SPECS / "meta-whatsapp-business-messaging-api_v23.0.yaml"
PLAIN = {"string": str, "boolean": bool, "integer": int, "number": (int, float)}
# What every call to the Graph takes, and what the API's own pages document since this version.
GRAPHS = {"appsecret_proof", "limit", "after", "fields"}
NEWER = {"biz_opaque_callback_data": str, "recipient": str}


@cache
def specification() -> Any:
    """The official specification; the test is skipped where it does not lie."""
    if not SPECIFICATION.exists():
        pytest.skip(f"no specification at {SPECIFICATION}; set HEARWELL_DATA")
    return yaml.load(SPECIFICATION.read_text(), yaml.CSafeLoader)


def operation(method: str, path: str) -> Any:
    """What the specification says of a call; the path comes without its version."""
    number = {"106540352242922": "{Phone-Number-ID}", "102290129340398": "{WABA-ID}"}
    known = "/".join(number.get(one, one) for one in path.split("/"))
    known = re.sub(r"^\d+$", "{Media-ID}", known)
    paths = specification()["paths"]
    assert f"/{{Version}}/{known}" in paths, f"{path} is not in the specification"
    return paths[f"/{{Version}}/{known}"][method.lower()]


def wrong_with(schema: Any, value: Any) -> str:
    """Why a value is not of a schema; empty where it is."""
    schema = _resolved(schema)
    chosen = _told_apart(schema, value)
    if chosen is not None:
        return wrong_with(chosen, value)
    for one in ("oneOf", "anyOf"):
        if one in schema:
            tried = [wrong_with(_merged(schema, part, one), value) for part in schema[one]]
            if "" not in tried:
                return min(tried, key=len)
    if "enum" in schema and value not in schema["enum"]:
        return f"{value!r} is none of {schema['enum']}"
    kind = schema.get("type", "object" if "properties" in schema else "")
    if kind == "array":
        found = (wrong_with(schema.get("items", {}), one) for one in value)
        return next(filter(None, found), "") if isinstance(value, list) else f"{value!r}: no list"
    if kind == "object":
        return _wrong_object(schema, value)
    return "" if not kind or isinstance(value, PLAIN[kind]) else f"{value!r} is no {kind}"


def _told_apart(schema: Any, value: Any) -> Any:
    """The one of several schemas that a field of the value names."""
    by = schema.get("discriminator")
    if by is None or not isinstance(value, dict):
        return None
    ref = by.get("mapping", {}).get(value.get(by["propertyName"]))
    # What is told apart may name its parent, which tells it apart again.
    return _without(_resolved({"$ref": ref}), "discriminator") if ref else None


def _wrong_object(schema: Any, value: Any) -> str:
    if not isinstance(value, dict):
        return f"{value!r} is no object"
    known = schema.get("properties", {})
    if lacking := sorted(set(schema.get("required", ())) - value.keys()):
        return f"lacks {lacking}"
    unknown = value.keys() - known.keys() - NEWER.keys()
    if schema.get("additionalProperties") is False and unknown:
        return f"does not know {sorted(unknown)}"
    found = (f"{name}: {why}" for name in known if (why := _wrong_in(known, name, value)))
    return next(iter(found), "")


def _wrong_in(known: Any, name: str, value: Any) -> str:
    return wrong_with(known[name], value[name]) if name in value else ""


def _resolved(schema: Any) -> Any:
    """A schema with what it refers to in it, and all that it is made of as one."""
    while "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = {**specification()["components"]["schemas"][name], **_without(schema, "$ref")}
    for part in schema.get("allOf", ()):
        schema = _merged(schema, part, "allOf")
    return _without(schema, "allOf")


def _merged(schema: Any, part: Any, name: str) -> Any:
    whole, part = _without(schema, name), _resolved(part)
    properties = {**whole.get("properties", {}), **part.get("properties", {})}
    required = [*whole.get("required", ()), *part.get("required", ())]
    return {**whole, **part, "properties": properties, "required": required}


def _without(schema: Any, name: str) -> Any:
    return {key: value for key, value in schema.items() if key != name}
