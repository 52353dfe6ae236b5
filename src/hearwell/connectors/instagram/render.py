"""Our drafts as Instagram wants them, and what would stop them. Pure."""

from __future__ import annotations

from datetime import datetime

from hearwell.connect.model import Account, Audience, Draft, Problem
from hearwell.connect.signature import signed
from hearwell.connect.wording import TOO_LONG, Wording
from hearwell.connectors.instagram.manifest import MANIFEST, PRIVATE_ANSWER, WINDOW
from hearwell.connectors.meta import windows
from hearwell.connectors.meta.talking import is_comment, person_of

HUMAN_AGENT = "human_agent"
_INSTEAD = (
    "They can write again, and then you can; below a picture of yours you can answer in public."
)
_BYTES_TOO_LONG = Wording(
    "%(over)s bytes (letters with accents take two, most emoji four or more) too long for"
    " Instagram."
)
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


def _wrong_account(account: Account, draft: Draft) -> Problem | None:
    if draft.account == account.external_id:
        return None
    return Problem("not_allowed", "This reply was written for another account.")


def _no_target(draft: Draft) -> Problem | None:
    is_private = draft.audience is Audience.PRIVATE
    if person_of(draft.thread_key) if is_private else is_comment(draft.parent_id):
        return None
    return Problem("target_gone", "There is nothing here that Instagram lets us answer.")


def _too_late(account: Account, draft: Draft, now: datetime) -> Problem | None:
    if draft.audience is not Audience.PRIVATE:
        return None
    if is_comment(draft.parent_id):
        seen = draft.parent_seen_at
        is_late = seen is not None and now - seen > PRIVATE_ANSWER
        return Problem("window_closed", _PRIVATE_LATE) if is_late else None
    has_right = account.settings.get(HUMAN_AGENT) == "1"
    return windows.problem_of(WINDOW, draft, now, has_right=has_right, instead=_INSTEAD)


def _empty_or_too_long(draft: Draft) -> Problem | None:
    if not draft.text.strip():
        return Problem("refused", "There is nothing to send yet.")
    rule, text = MANIFEST.text_rule(draft.audience), text_of(draft)
    if rule.fits(text):
        return None
    over = rule.count(text) - rule.limit
    if draft.audience is Audience.PRIVATE:
        return Problem("too_long", _BYTES_TOO_LONG(over=over))
    return Problem("too_long", TOO_LONG(over=over, network="Instagram"))
