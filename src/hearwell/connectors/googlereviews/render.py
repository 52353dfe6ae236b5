"""Our answers as Google wants them, and what would stop them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hearwell.connect import preflight
from hearwell.connect.model import Problem
from hearwell.connect.wording import BYTES_TOO_LONG
from hearwell.connectors.googlereviews.manifest import LONGEST_BYTES, MANIFEST
from hearwell.connectors.googlereviews.parse import review_of

if TYPE_CHECKING:
    from hearwell.connect.model import Account, Draft


def text_of(draft: Draft) -> str:
    """The text as it will stand on the network."""
    return draft.text.strip()


def target_of(draft: Draft) -> str:
    """The review that is answered."""
    return review_of(draft.root_id or draft.thread_key or draft.parent_id or "")


def problems(account: Account, draft: Draft) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    found = [
        preflight.for_another(account, draft, "This answer was written for another business."),
        _no_target(account, draft),
        _unfit(draft),
    ]
    return preflight.listed(MANIFEST.media_rule, draft, found)


def _no_target(account: Account, draft: Draft) -> Problem | None:
    if target_of(draft).startswith(f"{account.external_id}/locations/"):
        return None
    return Problem("target_gone", "There is no review to answer.")


def _unfit(draft: Draft) -> Problem | None:
    if empty := preflight.wordless(draft):
        return empty
    over = MANIFEST.public_text.count(text_of(draft)) - LONGEST_BYTES
    words = BYTES_TOO_LONG(over=over, network="Google", limit=LONGEST_BYTES)
    return Problem("too_long", words) if over > 0 else None
