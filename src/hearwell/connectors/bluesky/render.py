"""Our drafts as Bluesky wants them, and what would stop them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hearwell.connect import preflight
from hearwell.connect.model import Problem
from hearwell.connect.signature import signed
from hearwell.connect.textrule import utf8_length
from hearwell.connectors.bluesky import uris
from hearwell.connectors.bluesky.manifest import BYTES, MANIFEST
from hearwell.connectors.bluesky.richtext import facets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hearwell.connect.attachments import Attachment
    from hearwell.connect.model import Account, Draft

IMAGES = "app.bsky.embed.images"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def text_of(draft: Draft) -> str:
    """The text as it will stand on the network."""
    return signed(draft.text, draft.initials)


def rkey_of(draft: Draft, key: str) -> str:
    """The record's key: the same for every attempt at the same reply."""
    return uris.record_key(key, draft.parent_seen_at or _EPOCH)


def stamp(moment: datetime) -> str:
    """A time as records hold it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def record_of(
    draft: Draft,
    parent: Mapping[str, Any],
    did_of: Callable[[str], str | None],
    at: datetime,
) -> dict[str, Any]:
    """The post: ``parent`` is the view of the one answered, ``did_of`` tells whose a handle is."""
    text = text_of(draft)
    record: dict[str, Any] = {
        "$type": uris.POST,
        "text": text,
        "createdAt": stamp(at),
        "reply": reply_of(parent),
    }
    facets = facets_of(text, did_of)
    if draft.media:
        record["embed"] = {"$type": IMAGES, "images": [_image(file) for file in draft.media]}
    return record | ({"facets": facets} if facets else {})


def _image(file: Attachment) -> dict[str, Any]:
    """A picture in a record: what the server called it when it was handed over."""
    return {"alt": file.alt, "image": json.loads(file.handle)}


def reply_of(parent: Mapping[str, Any]) -> dict[str, Any]:
    """Root and parent, each with the version it had: a parent that is a root is both."""
    own = {"uri": parent.get("uri"), "cid": parent.get("cid")}
    record = parent.get("record")
    above = record.get("reply") if isinstance(record, dict) else None
    root = above.get("root") if isinstance(above, dict) else None
    if not isinstance(root, dict):
        return {"root": own, "parent": own}
    return {"root": {"uri": root.get("uri"), "cid": root.get("cid")}, "parent": own}


# --- before sending ------------------------------------------------------------------------------


def problems(account: Account, draft: Draft) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    found = [preflight.for_another(account, draft), _no_target(draft), *_unfit(draft)]
    return preflight.listed(MANIFEST.media_rule, draft, found)


def _no_target(draft: Draft) -> Problem | None:
    name = uris.name_of(draft.parent_id or "")
    if name is not None and name.collection == uris.POST:
        return None
    return Problem("target_gone", "There is no post to answer.")


def _unfit(draft: Draft) -> list[Problem | None]:
    """Too long by either of the two counts that the network takes."""
    if empty := preflight.nothing(draft):
        return [empty]
    text, rule = text_of(draft), MANIFEST.public_text
    over, over_bytes = rule.count(text) - rule.limit, utf8_length(text) - BYTES
    return [
        Problem("too_long", f"{over} characters too long for Bluesky.") if over > 0 else None,
        Problem(
            "too_long",
            f"{over_bytes} bytes too long for Bluesky, which takes {BYTES}:"
            " emoji of families and flags count many.",
        )
        if over_bytes > 0
        else None,
    ]
