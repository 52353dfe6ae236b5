"""Our answers as Reddit wants them, and what would stop them. Pure."""

from __future__ import annotations

from hearwell.connect import preflight
from hearwell.connect.model import Account, Audience, Draft, Problem
from hearwell.connect.signature import shown
from hearwell.connectors.reddit import markdown
from hearwell.connectors.reddit.manifest import MANIFEST
from hearwell.connectors.reddit.parse import COMMENT, MESSAGE, POST

_KINDS = {Audience.PUBLIC: (COMMENT, POST), Audience.PRIVATE: (MESSAGE,)}


def text_of(draft: Draft) -> str:
    """The Markdown that shows the text. A private message carries no initials."""
    return markdown.escaped(shown(draft))


def target_of(draft: Draft) -> str:
    """The fullname of what is answered; empty where that is nothing of Reddit's."""
    candidates = (draft.parent_id or "", draft.thread_key.partition(":")[0])
    kinds = _KINDS[draft.audience]
    return next((name for name in candidates if name.partition("_")[0] in kinds), "")


def problems(account: Account, draft: Draft) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    found = (preflight.for_another(account, draft), _no_target(draft), _empty_or_too_long(draft))
    return preflight.listed(MANIFEST.media_rule, draft, found)


def _no_target(draft: Draft) -> Problem | None:
    if target_of(draft):
        return None
    return Problem("target_gone", "There is nothing here that Reddit lets us answer.")


def _empty_or_too_long(draft: Draft) -> Problem | None:
    rule = MANIFEST.text_rule(draft.audience)
    return preflight.wordless(draft) or preflight.too_long(rule, text_of(draft), "Reddit")
