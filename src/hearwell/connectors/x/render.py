"""What would stop a draft, and the post or the message that it becomes. Pure."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from hearwell.connect import preflight, weighted
from hearwell.connect.model import Account, Audience, Draft, MessageKind, Problem
from hearwell.connect.signature import shown
from hearwell.connect.terms import Charge
from hearwell.connect.wording import RIGHT_MISSING
from hearwell.connectors.x.ids import is_id
from hearwell.connectors.x.manifest import (
    CASHTAGS,
    CREATE,
    CREATE_LINK,
    DM_FILES,
    DM_SEND,
    DM_WRITE,
    ENTERPRISE,
    MANIFEST,
    MEDIA,
    SITE,
    SUMMONED,
    WRITE,
)
from hearwell.connectors.x.messages import group_of, person_of


def post_of(draft: Draft) -> dict[str, Any]:
    """The post that a public draft becomes."""
    body: dict[str, Any] = {"text": shown(draft)}
    if draft.parent_id:
        body["reply"] = {"in_reply_to_tweet_id": draft.parent_id}
    if draft.media:
        body["media"] = {"media_ids": [file.handle for file in draft.media]}
    return body


def message_of(draft: Draft) -> dict[str, Any]:
    """The message that a private draft becomes."""
    files = [{"media_id": file.handle} for file in draft.media]
    return {"text": shown(draft)} | ({"attachments": files} if files else {})


def conversation_of(draft: Draft) -> str:
    """Where a private draft goes, as a part of an address; empty if nowhere."""
    person, group = person_of(draft.thread_key), group_of(draft.thread_key)
    if person or (draft.to and is_id(draft.to.external_id) and not group):
        return f"with/{person or (draft.to.external_id if draft.to else '')}"
    return group


def charges(draft: Draft) -> tuple[Charge, ...]:
    """What sending it will cost. Who called us is answered for less, but never with an address."""
    if draft.audience is Audience.PRIVATE:
        return (Charge(DM_SEND),)
    if weighted.has_address(shown(draft)):
        return (Charge(CREATE_LINK),)
    is_summoned = draft.parent_kind is MessageKind.MENTION
    return (Charge(SUMMONED if is_summoned else CREATE),)


# --- what would stop it --------------------------------------------------------------------------


def problems(account: Account, draft: Draft) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    found = [
        preflight.for_another(account, draft),
        _no_target(draft),
        _not_summoned(account, draft),
        _no_right(account, draft),
        _empty_or_too_long(draft),
        _too_many_symbols(draft),
        _too_many_files(draft),
    ]
    return preflight.listed(MANIFEST.media_rule, draft, found)


def _no_target(draft: Draft) -> Problem | None:
    is_private = draft.audience is Audience.PRIVATE
    there = conversation_of(draft) if is_private else is_id(draft.parent_id)
    return None if there else Problem("target_gone", "There is no message to answer.")


def _not_summoned(account: Account, draft: Draft) -> Problem | None:
    """Self-serve apps answer in public only whoever called the account; Enterprise is exempt.

    Where it is not known what is answered, X has the say.
    """
    is_bound = account.tier != ENTERPRISE and draft.audience is Audience.PUBLIC
    if not is_bound or draft.parent_kind in {None, MessageKind.MENTION}:
        return None
    to = draft.to.external_id if draft.to else ""
    write = f"{SITE}/messages/compose?{urlencode({'recipient_id': to})}" if is_id(to) else ""
    words = (
        "X lets this account answer only who mentions it or quotes one of its posts, and this post"
        " does neither. Answer it on X yourself, or in private once they have agreed to that."
    )
    return Problem("not_allowed", words, elsewhere=write)


def _no_right(account: Account, draft: Draft) -> Problem | None:
    needed = [DM_WRITE if draft.audience is Audience.PRIVATE else WRITE]
    needed += [MEDIA] if draft.media else []
    missing = [one for one in needed if account.scopes and one not in account.scopes]
    if not missing:
        return None
    return Problem("scope_missing", RIGHT_MISSING(right=missing[0]))


def _empty_or_too_long(draft: Draft) -> Problem | None:
    rule = MANIFEST.text_rule(draft.audience)
    return preflight.nothing(draft) or preflight.too_long(rule, shown(draft), "X")


def _too_many_symbols(draft: Draft) -> Problem | None:
    if draft.audience is Audience.PRIVATE or len(weighted.cashtags(draft.text)) <= CASHTAGS:
        return None
    words = "X takes one stock symbol ($…) in a post."
    return Problem("refused", words)


def _too_many_files(draft: Draft) -> Problem | None:
    if draft.audience is Audience.PUBLIC or len(draft.media) <= DM_FILES:
        return None
    words = "X takes one picture with a direct message."
    return Problem("media_rejected", words)
