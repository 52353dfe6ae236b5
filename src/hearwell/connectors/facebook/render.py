"""Our drafts as Facebook wants them, and what would stop them. Pure."""

from __future__ import annotations

from datetime import datetime

from hearwell.connect.model import Account, Audience, Draft, Problem
from hearwell.connect.signature import signed
from hearwell.connect.wording import TOO_LONG
from hearwell.connectors.facebook.manifest import MANIFEST, PRIVATE_ANSWER, WINDOW
from hearwell.connectors.meta import windows
from hearwell.connectors.meta.talking import is_comment, person_of

HUMAN_AGENT = "human_agent"
_INSTEAD = "They can write again, and then you can; below a post of yours you can answer in public."
_PRIVATE_LATE = (
    "This comment is more than 7 days old: it cannot be answered in private any more. You can"
    " answer it in public."
)


def text_of(draft: Draft) -> str:
    """The text as it will stand there. A private message carries no initials."""
    return draft.text if draft.audience is Audience.PRIVATE else signed(draft.text, draft.initials)


def problems(account: Account, draft: Draft, now: datetime) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    found = [
        _wrong_account(account, draft),
        _no_target(draft),
        _too_late(account, draft, now),
        _empty_or_too_long(draft),
    ]
    files = MANIFEST.media_rule.problems(draft.media)
    return [*(problem for problem in found if problem is not None), *files]


def has_human_agent(account: Account) -> bool:
    """Whether a person of ours may answer for a week."""
    return account.settings.get(HUMAN_AGENT) == "1"


def _wrong_account(account: Account, draft: Draft) -> Problem | None:
    if draft.account == account.external_id:
        return None
    return Problem("not_allowed", "This reply was written for another Page.")


def _no_target(draft: Draft) -> Problem | None:
    is_private = draft.audience is Audience.PRIVATE
    if (is_private and person_of(draft.thread_key)) or (not is_private and _is_public(draft)):
        return None
    return Problem("target_gone", "There is nothing here that Facebook lets a Page answer.")


def _is_public(draft: Draft) -> bool:
    return is_comment(draft.parent_id)


def _too_late(account: Account, draft: Draft, now: datetime) -> Problem | None:
    if draft.audience is not Audience.PRIVATE:
        return None
    if is_comment(draft.parent_id):
        seen = draft.parent_seen_at
        is_late = seen is not None and now - seen > PRIVATE_ANSWER
        return Problem("window_closed", _PRIVATE_LATE) if is_late else None
    return windows.problem_of(
        WINDOW, draft, now, has_right=has_human_agent(account), instead=_INSTEAD
    )


def _empty_or_too_long(draft: Draft) -> Problem | None:
    if not draft.text.strip():
        return Problem("refused", "There is nothing to send yet.")
    rule, text = MANIFEST.text_rule(draft.audience), text_of(draft)
    if rule.fits(text):
        return None
    over = rule.count(text) - rule.limit
    return Problem("too_long", TOO_LONG(over=over, network="Facebook"))
