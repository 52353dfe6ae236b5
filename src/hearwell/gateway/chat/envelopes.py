"""From what a visitor did to the raw delivery that is kept of it: as a network would send it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hearwell.channels.services import RawRow, keep
from hearwell.connect.model import Raw
from hearwell.connect.rooms import SIGNATURE, TIMESTAMP, signature_of
from hearwell.gateway.chat.sites import Site
from hearwell.kit.clock import now
from hearwell.webchat.models import Line
from hearwell.webchat.services import Entered


def message_item(entered: Entered, page: str) -> dict[str, Any]:
    """Return the item of a message, with all that the inbox may know of its author."""
    visitor, line = entered.visitor, entered.line
    return {
        "type": "message",
        "id": line.key,
        "visitor": {
            "id": str(visitor.id),
            "name": visitor.name,
            "email": visitor.email,
            "proven": visitor.is_proven,
        },
        "text": line.text,
        "files": line.files,
        "page": page,
        "parent": entered.answers,
        "at": line.at.isoformat(),
    }


def seen_item(line: Line) -> dict[str, Any]:
    """Return the item that says that our answer was seen."""
    seen_at = line.seen_at or now()
    return {"type": "seen", "target": str(line.id), "at": seen_at.isoformat()}


def keep_items(site: Site, items: Sequence[Mapping[str, Any]]) -> None:
    """Keep an envelope in the caller's transaction, so that line and delivery are one commit."""
    if not items:
        return
    at = now()
    body = json.dumps({"site": site.name, "items": list(items)}, ensure_ascii=False).encode()
    stamp = str(int(at.timestamp()))
    headers = {
        "content-type": "application/json",
        TIMESTAMP: stamp,
        SIGNATURE: signature_of(site.envelope_keys[0], stamp, body),
    }
    raw = Raw("POST", f"/chat/{site.endpoint_id}", headers, body, at)
    keep([RawRow.of(site.endpoint_id, raw)])
