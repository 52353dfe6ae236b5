"""What would stop a draft before it is put into a visitor's conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hearwell.connect import preflight
from hearwell.connect.model import Audience, Draft, Problem
from hearwell.connect.rooms import visitor_of
from hearwell.connect.wording import Wording
from hearwell.connectors.webchat.manifest import MANIFEST

if TYPE_CHECKING:
    from hearwell.connect.model import Account

_TOO_LONG = Wording("%(over)s characters too long for the chat.")


def visitor_for(draft: Draft) -> str:
    """The visitor that a draft is for; empty if it is for nobody in a chat."""
    return visitor_of(draft.thread_key)


def problems(account: Account, draft: Draft) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    found = [
        _wrong_account(account, draft),
        _no_visitor(draft),
        _empty_or_too_long(draft),
    ]
    return preflight.listed(MANIFEST.media_rule, draft, found)


def _wrong_account(account: Account, draft: Draft) -> Problem | None:
    if draft.account == account.external_id and draft.audience is Audience.PRIVATE:
        return None
    return Problem("not_allowed", "This reply was written for another account.")


def _no_visitor(draft: Draft) -> Problem | None:
    return None if visitor_for(draft) else Problem("target_gone", "There is nobody to answer.")


def _empty_or_too_long(draft: Draft) -> Problem | None:
    rule = MANIFEST.text_rule(draft.audience)
    return preflight.nothing(draft) or preflight.too_long(rule, draft.text, "", _TOO_LONG)
