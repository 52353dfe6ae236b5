"""A draft as it is stored: plain JSON, and a digest that says it is still the one approved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from hearwell.connect.model import Audience, Author, Draft, Media

Stored = dict[str, Any]


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    message = f"{type(value).__name__} does not belong in a draft"
    raise TypeError(message)


def dumped(draft: Draft) -> Stored:
    """The draft as JSON-able values."""
    plain: Stored = json.loads(json.dumps(asdict(draft), default=_plain))
    return plain


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def loaded(stored: Mapping[str, Any]) -> Draft:
    """The draft back from JSON, equal to the one stored."""
    media = (Media(**{**m, "expires_at": _time(m["expires_at"])}) for m in stored["media"])
    return Draft(
        **{
            **stored,
            "audience": Audience(stored["audience"]),
            "to": Author(**stored["to"]) if stored["to"] else None,
            "media": tuple(media),
            "parent_seen_at": _time(stored["parent_seen_at"]),
        }
    )


def digest(stored: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON: what was approved is what is sent."""
    canonical = json.dumps(stored, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
