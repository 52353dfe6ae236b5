"""How the X in memory words its answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from hearwell.connectors.x.ids import moment_of

Fields = dict[str, Any]
_NAME = re.compile(r"@(\w{1,15})")
_PROBLEMS = "https://api.twitter.com/2/problems/"


def said(**body: Any) -> httpx.Response:
    """A good answer."""
    headers = {"x-rate-limit-limit": "300", "x-rate-limit-remaining": "290"}
    return httpx.Response(200, json=body, headers={**headers, "x-rate-limit-reset": "1795766400"})


def refusal(status: int, kind: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """An error as X words it."""
    body = {"type": f"{_PROBLEMS}{kind}" if kind else "about:blank", "status": status}
    return httpx.Response(
        status, json={**body, "title": "In X's words"}, headers=dict(headers or {})
    )


def problem(kind: str, number: str) -> Fields:
    """What an answer of 200 says of something that it lacks."""
    return {
        "type": f"{_PROBLEMS}{kind}",
        "title": "Not Found Error",
        "parameter": "ids",
        "resource_type": "tweet",
        "resource_id": number,
        "value": number,
    }


def shown_post(
    found: Sequence[Fields], posts: Mapping[str, Fields], handles: Mapping[str, str]
) -> Fields:
    """Posts as X shows them, with people and the posts that they refer to beside them."""
    numbers = {handle: user for user, handle in handles.items()}
    refs = [posts.get(ref["id"]) for one in found for ref in one["referenced_tweets"]]
    beside = [_bare(one, numbers) for one in refs if one]
    users = [
        {"id": user, "username": handle, "name": handle.capitalize()}
        for user, handle in handles.items()
    ]
    page: Fields = {
        "includes": {"users": users, "tweets": beside},
        "meta": {"result_count": len(found)},
    }
    return page | ({"data": [_bare(one, numbers) for one in found]} if found else {})


def _bare(post: Fields, numbers: Mapping[str, str]) -> Fields:
    """One post as X shows it; what it is nothing of is not there."""
    text = post["text"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    called = [
        {
            "start": one.start(),
            "end": one.end(),
            "username": one[1],
            **({"id": numbers[one[1]]} if one[1] in numbers else {}),
        }
        for one in _NAME.finditer(text)
    ]
    kept = {name: value for name, value in post.items() if name != "files" and value != []}
    return {**kept, "text": text, "lang": "en"} | (
        {"entities": {"mentions": called}} if called else {}
    )


def shown_dm(message: Fields, handles: Mapping[str, str]) -> Fields:
    """A direct message in the shape of its events."""
    sender, recipient = message["sender_id"], message["recipient_id"]
    users = {
        user: {"data": {"id": user, "username": handles[user], "name": handles[user].capitalize()}}
        for user in (sender, recipient)
    }
    event = {
        "type": "message_create",
        "id": message["id"],
        "created_timestamp": str(int(moment_of(message["id"]).timestamp() * 1000)),
        "message_create": {
            "target": {"recipient_id": recipient},
            "sender_id": sender,
            "message_data": {"text": message["text"], "entities": {}},
        },
    }
    return {"direct_message_events": [event], "users": users}
