"""Our drafts as YouTube wants them, and what would stop them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hearwell.connect import preflight
from hearwell.connect.model import Problem
from hearwell.connect.signature import signed
from hearwell.connectors.youtube.manifest import MANIFEST
from hearwell.connectors.youtube.parse import thread_of

if TYPE_CHECKING:
    from hearwell.connect.model import Account, Draft


def text_of(draft: Draft) -> str:
    """The text as it will stand on the network."""
    return signed(draft.text, draft.initials)


def top_of(draft: Draft) -> str:
    """The comment that a reply goes below: YouTube knows one level of replies only."""
    return draft.root_id or draft.thread_key or thread_of(draft.parent_id or "")


def comment_of(draft: Draft) -> dict[str, Any]:
    """The resource to insert."""
    return {"snippet": {"parentId": top_of(draft), "textOriginal": text_of(draft)}}


def problems(account: Account, draft: Draft) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    found = [
        preflight.for_another(account, draft, "This reply was written for another channel."),
        _no_target(draft),
        _unfit(draft),
    ]
    return preflight.listed(MANIFEST.media_rule, draft, found)


def _no_target(draft: Draft) -> Problem | None:
    return None if top_of(draft) else Problem("target_gone", "There is no comment to answer.")


def _unfit(draft: Draft) -> Problem | None:
    rule = MANIFEST.public_text
    return preflight.wordless(draft) or preflight.too_long(rule, text_of(draft), "YouTube")
