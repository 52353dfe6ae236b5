"""Our answers as Reddit wants them, and what would stop them. Pure."""

from __future__ import annotations

from hearwell.connect.model import Account, Audience, Draft, Problem
from hearwell.connect.signature import signed
from hearwell.connect.wording import TOO_LONG
from hearwell.connectors.reddit import markdown
from hearwell.connectors.reddit.manifest import MANIFEST
from hearwell.connectors.reddit.parse import COMMENT, MESSAGE, POST

_KINDS = {Audience.PUBLIC: (COMMENT, POST), Audience.PRIVATE: (MESSAGE,)}


def text_of(draft: Draft) -> str:
    """The Markdown that shows the text. A private message carries no initials."""
    text = draft.text if draft.audience is Audience.PRIVATE else signed(draft.text, draft.initials)
    return markdown.escaped(text)


def target_of(draft: Draft) -> str:
    """The fullname of what is answered; empty where that is nothing of Reddit's."""
    candidates = (draft.parent_id or "", draft.thread_key.partition(":")[0])
    kinds = _KINDS[draft.audience]
    return next((name for name in candidates if name.partition("_")[0] in kinds), "")


def problems(account: Account, draft: Draft) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    found = (_wrong_account(account, draft), _no_target(draft), _empty_or_too_long(draft))
    files = MANIFEST.media_rule.problems(draft.media)
    return [*(problem for problem in found if problem is not None), *files]


def _wrong_account(account: Account, draft: Draft) -> Problem | None:
    if draft.account == account.external_id:
        return None
    return Problem("not_allowed", "This reply was written for another account.")


def _no_target(draft: Draft) -> Problem | None:
    if target_of(draft):
        return None
    return Problem("target_gone", "There is nothing here that Reddit lets us answer.")


def _empty_or_too_long(draft: Draft) -> Problem | None:
    if not draft.text.strip():
        return Problem("refused", "There is nothing to send yet.")
    rule, text = MANIFEST.text_rule(draft.audience), text_of(draft)
    if rule.fits(text):
        return None
    over = rule.count(text) - rule.limit
    return Problem("too_long", TOO_LONG(over=over, network="Reddit"))
