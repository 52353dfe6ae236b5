"""Our drafts as Harbour wants them, and what would stop them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hearwell.connect import preflight
from hearwell.connect.model import Audience, Draft, Problem
from hearwell.connect.signature import shown
from hearwell.connectors.sandbox.manifest import MANIFEST

if TYPE_CHECKING:
    from datetime import datetime

    from hearwell.connect.model import Account


def payload_of(draft: Draft, key: str) -> tuple[str, dict[str, Any]]:
    """The path to post to and the body to post."""
    body: dict[str, Any] = {"text": shown(draft), "client_ref": key}
    if draft.media:
        body["media_ids"] = [file.handle for file in draft.media]
    if draft.audience is Audience.PRIVATE:
        return "messages", body | {"to": draft.to.external_id if draft.to else ""}
    return "comments", body | {"in_reply_to": draft.parent_id or ""}


def problems(account: Account, draft: Draft, now: datetime) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    found = [
        preflight.for_another(account, draft),
        _no_target(draft),
        _empty_or_too_long(draft),
        _window_closed(draft, now),
    ]
    return preflight.listed(MANIFEST.media_rule, draft, found)


def _no_target(draft: Draft) -> Problem | None:
    has_target = draft.to if draft.audience is Audience.PRIVATE else draft.parent_id
    return None if has_target else Problem("target_gone", "There is no message to answer.")


def _empty_or_too_long(draft: Draft) -> Problem | None:
    rule = MANIFEST.text_rule(draft.audience)
    return preflight.nothing(draft) or preflight.too_long(rule, shown(draft), "Harbour")


def _window_closed(draft: Draft, now: datetime) -> Problem | None:
    window = MANIFEST.window(draft.audience)
    if window is None or draft.parent_seen_at is None or now - draft.parent_seen_at <= window:
        return None
    return Problem("window_closed", "Harbour takes private answers for seven days only.")
