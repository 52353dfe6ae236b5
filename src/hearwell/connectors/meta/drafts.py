"""What would stop a draft of Facebook's or Instagram's, in the words of each. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hearwell.connect import preflight
from hearwell.connect.manifest import Manifest, ReplyWindow
from hearwell.connect.model import Account, Audience, Draft, Problem
from hearwell.connect.signature import shown
from hearwell.connect.wording import TOO_LONG, Wording
from hearwell.connectors.meta import windows
from hearwell.connectors.meta.talking import is_comment, person_of

# The setting that says that a person of ours may answer for a week.
HUMAN_AGENT = "human_agent"
_PRIVATE_LATE = (
    "This comment is more than 7 days old: it cannot be answered in private any more. You can"
    " answer it in public."
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a network takes, and its words for what it does not. ``too_long`` is that of private."""

    manifest: Manifest
    window: ReplyWindow
    private_answer: timedelta
    other_account: str
    nothing_here: str
    instead: str
    too_long: Wording = TOO_LONG


def problems(rules: Rules, account: Account, draft: Draft, now: datetime) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    found = [
        preflight.for_another(account, draft, rules.other_account),
        _no_target(rules, draft),
        _too_late(rules, account, draft, now),
        _empty_or_too_long(rules, draft),
    ]
    return preflight.listed(rules.manifest.media_rule, draft, found)


def _no_target(rules: Rules, draft: Draft) -> Problem | None:
    is_private = draft.audience is Audience.PRIVATE
    if person_of(draft.thread_key) if is_private else is_comment(draft.parent_id):
        return None
    return Problem("target_gone", rules.nothing_here)


def _too_late(rules: Rules, account: Account, draft: Draft, now: datetime) -> Problem | None:
    if draft.audience is not Audience.PRIVATE:
        return None
    if is_comment(draft.parent_id):
        seen = draft.parent_seen_at
        is_late = seen is not None and now - seen > rules.private_answer
        return Problem("window_closed", _PRIVATE_LATE) if is_late else None
    has_right = account.settings.get(HUMAN_AGENT) == "1"
    return windows.problem_of(rules.window, draft, now, has_right=has_right, instead=rules.instead)


def _empty_or_too_long(rules: Rules, draft: Draft) -> Problem | None:
    rule, text = rules.manifest.text_rule(draft.audience), shown(draft)
    words = rules.too_long if draft.audience is Audience.PRIVATE else TOO_LONG
    long = preflight.too_long(rule, text, rules.manifest.title, words)
    return preflight.wordless(draft) or long
