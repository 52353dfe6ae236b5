"""What stops a draft on every network alike, in the words of each. Pure.

A connector adds what it alone knows: whom can be answered, and until when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hearwell.connect.model import Problem
from hearwell.connect.wording import TOO_LONG, Wording

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hearwell.connect.mediarule import MediaRule
    from hearwell.connect.model import Account, Draft
    from hearwell.connect.textrule import TextRule


def listed(media: MediaRule, draft: Draft, found: Iterable[Problem | None]) -> list[Problem]:
    """What was found, and what is wrong with the draft's files."""
    return [*(problem for problem in found if problem is not None), *media.problems(draft.media)]


def for_another(account: Account, draft: Draft, said: str = "") -> Problem | None:
    """A draft that was written for another account of ours; ``said`` is how it is said."""
    words = "This reply was written for another account."
    is_ours = draft.account == account.external_id
    return None if is_ours else Problem("not_allowed", said or words)


def nothing(draft: Draft) -> Problem | None:
    """Neither words nor a file."""
    return None if draft.media else wordless(draft)


def wordless(draft: Draft) -> Problem | None:
    """No words, where a file does not go alone."""
    words = "There is nothing to send yet."
    return None if draft.text.strip() else Problem("refused", words)


def too_long(rule: TextRule, text: str, where: str, wording: Wording = TOO_LONG) -> Problem | None:
    """More than ``rule`` lets through: how much more, ``where`` that is, and what it takes."""
    if rule.fits(text):
        return None
    over = rule.count(text) - rule.limit
    return Problem("too_long", wording(over=over, network=where, limit=rule.limit))
