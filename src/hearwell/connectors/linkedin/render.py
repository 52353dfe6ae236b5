"""Our answers as the Comments API wants them, and what would stop them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hearwell.connect import preflight
from hearwell.connect.model import Account, Audience, Draft, Problem
from hearwell.connect.signature import signed
from hearwell.connectors.linkedin import little, urns
from hearwell.connectors.linkedin.manifest import MANIFEST

COMMENT_TEXT, PLAIN, LITTLE = "comment_text", "plain", "little"
_NOT_PUBLIC = "LinkedIn lets no app send private messages for a Page. Answer in public, or there."


@dataclass(frozen=True, slots=True)
class Target:
    """What is answered: ``post`` by its URN, ``parent`` the first-level comment, if it is one."""

    post: str
    parent: str = ""

    @property
    def path(self) -> str:
        """Where comments below it are written and listed."""
        return f"socialActions/{urns.encoded(self.parent or self.post)}/comments"


def text_of(draft: Draft) -> str:
    """The text as people will see it."""
    return signed(draft.text, draft.initials)


def target_of(draft: Draft) -> Target | None:
    """What the draft answers; None where that is nothing of LinkedIn's.

    A reply to a reply stands below the same first-level comment: there are two levels only.
    """
    first = urns.comment_of(draft.thread_key) or urns.comment_of(draft.parent_id or "")
    if first is not None:
        return Target(first.post, str(first))
    for urn in (draft.parent_id or "", draft.thread_key):
        if urns.is_post(urn):
            return Target(urn)
    return None


def body_of(account: Account, draft: Draft, target: Target) -> dict[str, Any]:
    """The comment to create."""
    text = text_of(draft)
    is_little = account.settings.get(COMMENT_TEXT) == LITTLE
    body: dict[str, Any] = {
        "actor": account.external_id,
        "object": target.post,
        "message": {"text": little.escaped(text) if is_little else text},
    }
    return body | ({"parentComment": target.parent} if target.parent else {})


def problems(account: Account, draft: Draft) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    found = (
        preflight.for_another(account, draft, "This reply was written for another Page."),
        _no_target(draft),
        _empty_or_too_long(draft),
    )
    return preflight.listed(MANIFEST.media_rule, draft, found)


def _no_target(draft: Draft) -> Problem | None:
    if draft.audience is Audience.PRIVATE:
        return Problem("not_allowed", _NOT_PUBLIC)
    if target_of(draft) is None:
        return Problem("target_gone", "There is no comment or post here that could be answered.")
    return None


def _empty_or_too_long(draft: Draft) -> Problem | None:
    rule = MANIFEST.text_rule(draft.audience)
    return preflight.wordless(draft) or preflight.too_long(rule, text_of(draft), "LinkedIn")
