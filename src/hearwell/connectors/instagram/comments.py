"""What we do in public on Instagram: answer below something, find that again, moderate."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from hearwell.connect import failures
from hearwell.connect.fields import Fields, moment_in, moment_or_none
from hearwell.connect.model import Account, Act, Draft, Sent
from hearwell.connect.signature import shown
from hearwell.connectors.instagram.parse import MENTION
from hearwell.connectors.meta.hook import id_in
from hearwell.connectors.meta.listing import Way
from hearwell.connectors.meta.talking import SKEW, is_comment, same
from hearwell.connectors.meta.wire import Graph
from hearwell.kit import clock

COMMENT = "id,text,username,from,timestamp"
MESSAGE = "id,message,from,to,created_time,attachments"
STREAMS: Final[Mapping[str, Way]] = {
    "media": Way(
        "media",
        f"id,comments.limit(50){{{COMMENT},replies.limit(50){{{COMMENT}}}}}",
        "comments",
        "timestamp",
        "replies",
    ),
    "tags": Way("tags", "id,caption,username,timestamp,permalink", moment="timestamp"),
    "conversations": Way(
        "conversations?platform=instagram", f"messages.limit(25){{{MESSAGE}}}", "messages"
    ),
}


def answer(line: Graph, account: Account, draft: Draft) -> Sent:
    """A reply to a comment, or a comment where we were mentioned. Raises failures."""
    said = {"message": shown(draft), "fields": "id,timestamp"}
    if draft.thread_key.startswith(MENTION):
        media = draft.thread_key.removeprefix(MENTION)
        where = {"media_id": media}
        if draft.parent_id != media:
            where["comment_id"] = str(draft.parent_id)
        told = line.post(f"{account.external_id}/mentions", {**said, **where})
    else:
        told = line.post(f"{_first_level(draft)}/replies", said)
    try:
        at = moment_or_none(told.fields.get("timestamp")) or clock.now()
        return Sent(id_in(told.fields, "id"), "", at)
    except failures.ContractChanged as error:
        raise failures.OutcomeUnknown from error


def find(
    line: Graph, account: Account, draft: Draft, *, since: datetime, linked: Collection[str]
) -> Sent | None:
    """Our reply below it with these words, unless it is somebody else's already."""
    is_mention = draft.thread_key.startswith(MENTION)
    path = f"{draft.parent_id}/comments" if is_mention else f"{_first_level(draft)}/replies"
    for one in line.get(path, {"fields": COMMENT, "limit": 50}).entries:
        is_free = _is_ours(one, account) and one.get("id") not in linked
        if is_free and same(one.get("text"), shown(draft)):
            sent = Sent(id_in(one, "id"), "", moment_in(one, "timestamp"))
            if sent.at >= since - SKEW:
                return sent
    return None


def _first_level(draft: Draft) -> str:
    """Only a first-level comment can be replied to: the one that the thread is named after."""
    return draft.thread_key if is_comment(draft.thread_key) else str(draft.parent_id)


def _is_ours(one: Fields, account: Account) -> bool:
    author = one.get("from")
    number = str(author.get("id", "")) if isinstance(author, dict) else ""
    return number == account.external_id or one.get("username") == account.handle.lstrip("@")


def moderate(line: Graph, act: Act, ref: str) -> None:
    """Hide, or show again. Raises failures."""
    line.post(ref, {"hide": act is Act.HIDE})


def below(found: Fields) -> dict[str, Any]:
    """A single comment as the entry that would have held it."""
    media = found.get("media")
    about = {"id": id_in(media, "id")} if isinstance(media, dict) else {"id": id_in(found, "id")}
    return {**about, "comments": {"data": [dict(found)]}}
