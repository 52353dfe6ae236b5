"""What a Page does in public: answer below something, find that answer again, moderate."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from hearwell.connect import failures
from hearwell.connect.fields import Fields, moment_in, text_or_none
from hearwell.connect.model import Act, Draft, Sent
from hearwell.connect.signature import shown
from hearwell.connectors.meta.hook import id_in
from hearwell.connectors.meta.listing import Way
from hearwell.connectors.meta.talking import SKEW, same
from hearwell.connectors.meta.wire import Graph, Params

_SAID = "id,created_time,permalink_url"
_COMMENT = f"{_SAID},from,message,parent{{id}},attachment"
POST = f"{_SAID},from,message,status_type"
MESSAGE = "id,message,from,to,created_time,attachments"
STREAMS: Final[Mapping[str, Way]] = {
    "feed": Way(
        "feed", f"{POST},comments.limit(50).order(reverse_chronological){{{_COMMENT}}}", "comments"
    ),
    "tagged": Way("tagged", POST),
    "ratings": Way(
        "ratings",
        "created_time,rating,recommendation_type,review_text,reviewer{id,name},open_graph_story{id}",
    ),
    "conversations": Way(
        "conversations?platform=messenger", f"messages.limit(25){{{MESSAGE}}}", "messages"
    ),
}


def answer(line: Graph, draft: Draft) -> Sent:
    """A comment below what is answered. Raises failures."""
    body = {"message": shown(draft), "fields": _SAID}
    told = line.post(f"{draft.parent_id}/comments", body)
    try:
        return _sent(told.fields)
    except failures.ContractChanged as error:
        raise failures.OutcomeUnknown from error


def find(
    line: Graph, page: str, draft: Draft, *, since: datetime, linked: Collection[str]
) -> Sent | None:
    """Our comment below it with these words, unless it is somebody else's already."""
    asked: Params = {"fields": _COMMENT, "order": "reverse_chronological", "limit": 50}
    for one in line.get(f"{draft.parent_id}/comments", asked).entries:
        author = one.get("from")
        is_ours = isinstance(author, dict) and str(author.get("id")) == page
        is_free = is_ours and one.get("id") not in linked
        if is_free and same(one.get("message"), shown(draft)):
            sent = _sent(one)
            if sent.at >= since - SKEW:
                return sent
    return None


def _sent(fields: Fields) -> Sent:
    link = text_or_none(fields, "permalink_url") or ""
    return Sent(id_in(fields, "id"), link, moment_in(fields, "created_time"))


def moderate(line: Graph, act: Act, ref: str) -> None:
    """Hide, show again, like or take that back. Raises failures."""
    if act in {Act.HIDE, Act.UNHIDE}:
        line.post(ref, {"is_hidden": act is Act.HIDE})
    elif act is Act.LIKE:
        line.post(f"{ref}/likes")
    else:
        line.delete(f"{ref}/likes")


def below(found: Fields) -> dict[str, Any]:
    """A single object as the entry that would have held it: a post, or a comment in its post."""
    parent = found.get("object")
    if not isinstance(parent, dict) or not parent.get("id"):
        return dict(found)
    names = ("id", "status_type")
    post = {name: parent[name] for name in names if name in parent}
    return {**post, "comments": {"data": [dict(found)]}}
