"""Every way to ask the house for something, drawn from its own lists: nobody adds to them here."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

from hearwell.accounts.access import POLICY_ATTRIBUTE
from hearwell.api.v1.api import api
from tests.architecture.test_urls import is_foreign
from tests.walls.world import NUMBERS, WORDS

# Names of what a form or a query may hold, as views read them.
_READ = re.compile(r"""(?:POST|GET)(?:\.get(?:list)?)?[\[(]\s*["']([\w-]+)["']""")
_FIELD = re.compile(r"^    (\w+)(?:: [^=]+)? = forms\.", re.MULTILINE)
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>|\{(\w+)\}")
Values = Callable[[str], UUID]


@dataclass(frozen=True)
class Route:
    """One address with one method: who may use it, what is put into it."""

    method: str
    path: str
    policy: str
    parameters: tuple[str, ...]
    numbers: frozenset[str]
    body: Mapping[str, Any] | tuple[str, ...] = ()
    query: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a message calls it."""
        return f"{self.method} {self.path}"

    def address(self, values: Values) -> str:
        """Fill the ids in."""

        def one(match: re.Match[str]) -> str:
            name = match[2] or match[3]
            chosen = values(name)
            if name in self.numbers:
                return str(NUMBERS[chosen])
            return str(chosen) if name.endswith("_id") else WORDS[chosen]

        return _PARAMETER.sub(one, self.path)

    def sent(self, one: UUID) -> Any:
        """Return what is sent along, with this id wherever there may be one."""
        if isinstance(self.body, Mapping):
            return json.dumps(_filled(self.body, one))
        return {name: str(one) for name in self.body}

    def asked(self, one: UUID) -> dict[str, str]:
        """Return the query, with this id in it wherever something is read."""
        return {name: str(one) for name in self.query}


def pages() -> Iterator[Route]:
    """Yield every page of ours, to be got and to be posted to."""
    for path, entry in _patterns(get_resolver()):
        view = entry.callback
        if is_foreign(view):
            continue
        names = tuple(entry.pattern.converters)
        numbers = frozenset(
            n for n, c in entry.pattern.converters.items() if isinstance(c, IntConverter)
        )
        strange = [
            n
            for n, c in entry.pattern.converters.items()
            if isinstance(c, UUIDConverter) and not n.endswith("_id")
        ]
        policy = getattr(view, POLICY_ATTRIBUTE)
        if strange and policy != "public":
            message = f"{path}: call what is an id …_id, or the walk takes it for a word"
            raise AssertionError(message)
        read = _names_read(view)
        yield Route("GET", path, policy, names, numbers, query=read)
        yield Route("POST", path, policy, names, numbers, body=read)


def operations() -> Iterator[Route]:
    """Yield every operation of the API."""
    description = api.get_openapi_schema(path_prefix="/api/v1/")
    policies = {
        (method, f"{prefix}{path}"): getattr(operation.view_func, POLICY_ATTRIBUTE, "public")
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }
    for path, item in description["paths"].items():
        for method, operation in item.items():
            yield _operation(description, policies, path, method.upper(), operation)


def _operation(
    description: Mapping[str, Any],
    policies: Mapping[tuple[str, str], str],
    path: str,
    method: str,
    operation: Mapping[str, Any],
) -> Route:
    told = operation.get("parameters", [])
    inside = [one for one in told if one["in"] == "path"]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return Route(
        method,
        path,
        policies[method, path.removeprefix("/api/v1")],
        tuple(one["name"] for one in inside),
        frozenset(one["name"] for one in inside if one["schema"].get("type") == "integer"),
        body=_resolved(description, body.get("schema", {})),
        query=tuple(one["name"] for one in told if _is_id(one["schema"])),
    )


def _is_id(schema: Mapping[str, Any]) -> bool:
    return "uuid" in json.dumps(schema)


def _resolved(description: Mapping[str, Any], schema: Any) -> Any:
    """Put what a schema points at into it."""
    if isinstance(schema, list):
        return [_resolved(description, one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _resolved(description, description["components"]["schemas"][name])
    return {key: _resolved(description, one) for key, one in schema.items()}


def _filled(schema: Mapping[str, Any], one: UUID) -> Any:
    """Return what a schema takes, with this id wherever it takes one."""
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            kinds = sorted(schema[key], key=lambda kind: not _is_id(kind))
            return _filled(kinds[0], one)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    simple: dict[str, Any] = {
        "integer": max(1, schema.get("minimum", 1)),
        "number": max(1, schema.get("minimum", 1)),
        "boolean": True,
        "string": _word(schema.get("format", ""), one),
    }
    match schema.get("type"):
        case "object":
            return _object(schema, one)
        case "array":
            return [_filled(schema.get("items", {}), one)]
        case kind:
            return simple.get(kind or "", {})


def _word(form: str, one: UUID) -> str:
    return {"uuid": str(one), "date-time": "2026-03-03T12:00:00Z"}.get(form, "words")


def _object(schema: Mapping[str, Any], one: UUID) -> dict[str, Any]:
    """Return what must be there, and whatever else takes an id."""
    properties = schema.get("properties", {})
    wanted = set(schema.get("required", ()))
    wanted |= {name for name, kind in properties.items() if _is_id(kind)}
    return {name: _filled(properties[name], one) for name in properties if name in wanted}


def _patterns(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, path)
        elif "(" not in path:
            yield path, entry


def _names_read(view: Callable[..., Any]) -> tuple[str, ...]:
    file = inspect.getsourcefile(inspect.unwrap(view))
    assert file
    return _names_in(Path(file).parent)


@cache
def _names_in(folder: Path) -> tuple[str, ...]:
    text = "\n".join(path.read_text() for path in sorted(folder.glob("*.py")))
    return tuple(sorted({*_READ.findall(text), *_FIELD.findall(text)}))
