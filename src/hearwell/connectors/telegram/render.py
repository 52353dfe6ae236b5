"""Our drafts as the Bot API wants them, and what would stop them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hearwell.connect.model import Audience, Draft, Problem
from hearwell.connect.signature import signed
from hearwell.connectors.telegram.manifest import MANIFEST

if TYPE_CHECKING:
    from hearwell.connect.model import Account


def text_of(draft: Draft) -> str:
    """The text as it will stand there. A private chat carries no initials."""
    return draft.text if draft.audience is Audience.PRIVATE else signed(draft.text, draft.initials)


def payload_of(draft: Draft) -> dict[str, Any]:
    """The body of ``sendMessage``."""
    chat, connection = chat_of(draft.thread_key)
    body: dict[str, Any] = {"chat_id": chat, "text": text_of(draft)}
    if connection:
        body["business_connection_id"] = connection
    number = (draft.parent_id or "").rpartition(":")[2]
    if number.isdigit() and draft.audience is Audience.PUBLIC:
        # Who asked in a group is answered there by name; a question that is gone still is.
        reply = {"message_id": int(number), "allow_sending_without_reply": True}
        body["reply_parameters"] = reply
    return body


def chat_of(thread_key: str) -> tuple[int, str]:
    """The chat of a thread and its business connection, if it has one; 0 for no chat of ours."""
    kind, _, rest = thread_key.partition(":")
    if kind == "business":
        connection, _, rest = rest.partition(":")
    else:
        connection = ""
    number = rest.partition(":")[0]
    return (int(number) if number.removeprefix("-").isdecimal() else 0), connection


def problems(account: Account, draft: Draft) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    found = [_wrong_account(account, draft), _no_target(draft), _empty_or_too_long(draft)]
    return [problem for problem in (*found, _media(draft)) if problem is not None]


def _wrong_account(account: Account, draft: Draft) -> Problem | None:
    if draft.account == account.external_id:
        return None
    return Problem("not_allowed", "This reply was written for another bot.")


def _no_target(draft: Draft) -> Problem | None:
    if chat_of(draft.thread_key)[0]:
        return None
    return Problem("target_gone", "A bot can only answer somebody who wrote to it.")


def _empty_or_too_long(draft: Draft) -> Problem | None:
    if not draft.text.strip():
        return Problem("refused", "There is nothing to send yet.")
    rule, text = MANIFEST.text_rule(draft.audience), text_of(draft)
    if rule.fits(text):
        return None
    return Problem("too_long", f"{rule.count(text) - rule.limit} characters too long for Telegram.")


def _media(draft: Draft) -> Problem | None:
    if not draft.media:
        return None
    return Problem("media_rejected", "Files cannot be sent to Telegram from here yet.")
