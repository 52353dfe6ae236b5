"""A draft as it is stored: plain JSON, and a digest that says it is still the one approved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from hearwell.connect.attachments import Attachment
from hearwell.connect.model import Audience, Author, Draft, MessageKind
from hearwell.connect.templates import Filled

Stored = dict[str, Any]
# What only the sender knows: it is no part of what was approved.
_ON_THE_WAY = ("handle", "body")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    message = f"{type(value).__name__} does not belong in a draft"
    raise TypeError(message)


def dumped(draft: Draft) -> Stored:
    """The draft as JSON-able values: of its files what they are, not their bytes."""
    bare = tuple(replace(file, handle="", body=b"") for file in draft.media)
    values = asdict(replace(draft, media=bare))
    for file in values["media"]:
        for name in _ON_THE_WAY:
            del file[name]
    if not draft.choices:  # few have any; a sender of the version before knows of none
        del values["choices"]
    if draft.parent_kind is None:
        del values["parent_kind"]
    if draft.template is None:  # the same
        del values["template"]
    plain: Stored = json.loads(json.dumps(values, default=_plain))
    return plain


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _kind(value: str | None) -> MessageKind | None:
    return MessageKind(value) if value else None


def _filled(value: Mapping[str, Any] | None) -> Filled | None:
    if not value:
        return None
    values = tuple((blank, said) for blank, said in value["values"])
    return Filled(value["name"], value["language"], values)


def loaded(stored: Mapping[str, Any]) -> Draft:
    """The draft back from JSON, equal to the one stored."""
    return Draft(
        **{
            **stored,
            "audience": Audience(stored["audience"]),
            "to": Author(**stored["to"]) if stored["to"] else None,
            "media": tuple(Attachment(**file) for file in stored["media"]),
            "parent_seen_at": _time(stored["parent_seen_at"]),
            "choices": tuple(stored.get("choices", ())),
            "parent_kind": _kind(stored.get("parent_kind")),
            "template": _filled(stored.get("template")),
        }
    )


def digest(stored: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON: what was approved is what is sent."""
    canonical = json.dumps(stored, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
