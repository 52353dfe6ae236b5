"""Approved templates: out of the network's list into the account's settings and back. Pure.

Kept are those that can be sent with words alone: approved, without a picture or film in the
header, and without buttons that want something filled in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from hearwell.connect.fields import Fields, text_or_none
from hearwell.connect.templates import SETTING, Template

# Enough for every team that was seen; the settings are read with each page.
MOST: Final = 100
_PLAIN_BUTTONS: Final = frozenset({"QUICK_REPLY", "PHONE_NUMBER", "URL"})
_NO_WORDS: Final = frozenset({"AUTHENTICATION"})


def usable(found: Sequence[Any]) -> list[Template]:
    """Those of the network's list that can be sent, by name."""
    read = [_template(one) for one in found if isinstance(one, dict)]
    known = {one.key: one for one in read if one is not None}
    return sorted(known.values(), key=lambda one: one.key)[:MOST]


def stored(templates: Sequence[Template]) -> str:
    """Templates as a setting of the account."""
    return json.dumps([asdict(one) for one in templates], ensure_ascii=False)


def kept_in(settings: Mapping[str, str]) -> tuple[Template, ...]:
    """The templates among an account's settings; none where nobody has asked for them yet."""
    try:
        found = json.loads(settings.get(SETTING) or "[]")
        return tuple(_loaded(one) for one in found)
    except (ValueError, TypeError, KeyError, AttributeError):
        return ()


def _loaded(one: Mapping[str, Any]) -> Template:
    samples = tuple((str(blank), str(said)) for blank, said in one.get("samples", ()))
    return Template(**{**one, "samples": samples})


def _template(one: Fields) -> Template | None:
    name, language = text_or_none(one, "name"), text_or_none(one, "language")
    category = text_or_none(one, "category") or ""
    if not name or not language or one.get("status") != "APPROVED" or category in _NO_WORDS:
        return None
    parts = _parts(one.get("components"))
    if parts is None or not parts.get("BODY"):
        return None
    return Template(
        name=name,
        language=language,
        body=_words(parts["BODY"]),
        header=_words(parts.get("HEADER", {})),
        footer=_words(parts.get("FOOTER", {})),
        category=category.lower(),
        samples=(*_samples("header", parts), *_samples("body", parts)),
    )


def _words(part: Fields) -> str:
    return (text_or_none(part, "text") or "").strip()


def _parts(components: object) -> dict[str, Fields] | None:
    """The parts by type; None if one of them cannot be sent with words alone."""
    found: dict[str, Fields] = {}
    for one in components if isinstance(components, list) else []:
        kind = str(one.get("type")).upper() if isinstance(one, dict) else ""
        if kind == "BUTTONS":
            if not _are_plain(one.get("buttons")):
                return None
        elif kind in {"BODY", "FOOTER"} or (kind == "HEADER" and one.get("format") == "TEXT"):
            found[kind] = one
        else:
            return None
    return found


def _are_plain(buttons: object) -> bool:
    known = buttons if isinstance(buttons, list) else []
    return all(
        isinstance(one, dict)
        and one.get("type") in _PLAIN_BUTTONS
        and "{{" not in str(one.get("url", ""))
        for one in known
    )


def _samples(part: str, parts: Mapping[str, Fields]) -> list[tuple[str, str]]:
    """What was given as examples: by number in lists, by name in objects."""
    example = parts.get(part.upper(), {}).get("example")
    if not isinstance(example, dict):
        return []
    named = example.get(f"{part}_text_named_params")
    if isinstance(named, list):
        pairs = [(one.get("param_name"), one.get("example")) for one in named if _is_object(one)]
        return [(f"{part}:{name}", str(said)) for name, said in pairs]
    listed = example.get(f"{part}_text")
    first = listed[0] if isinstance(listed, list) and listed else []
    values = first if isinstance(first, list) else listed if isinstance(listed, list) else []
    return [(f"{part}:{number}", str(said)) for number, said in enumerate(values, 1)]


def _is_object(one: object) -> bool:
    return isinstance(one, dict)
