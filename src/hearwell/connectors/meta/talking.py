"""Saying something in private: the same call for Messenger and Instagram."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from hearwell.connect import failures
from hearwell.connect.fields import Fields, moment_in
from hearwell.connect.manifest import ReplyWindow
from hearwell.connect.model import Draft, Sent
from hearwell.connectors.meta import windows
from hearwell.connectors.meta.hook import id_in
from hearwell.connectors.meta.messaging import THREAD
from hearwell.connectors.meta.wire import Graph
from hearwell.kit import clock

_COMMENT = re.compile(r"\d+(?:_\d+)*")
# Two computers' clocks may differ by this much.
SKEW = timedelta(minutes=2)
_LOOKED_THROUGH = 25


def is_comment(ref: str | None) -> bool:
    """Whether an id is that of a comment or post: those are digits, a private message's is not."""
    return bool(ref) and _COMMENT.fullmatch(ref or "") is not None


def person_of(thread_key: str) -> str:
    """Whom a private thread is with; empty if it is none."""
    return thread_key.removeprefix(THREAD) if thread_key.startswith(THREAD) else ""


def payload_of(draft: Draft, key: str, window: ReplyWindow, now: datetime) -> dict[str, Any]:
    """The body of the call. A comment that is answered in private is its own address."""
    to = {"id": person_of(draft.thread_key)}
    said: dict[str, Any] = {"text": draft.text} | ({"metadata": key} if key else {})
    if is_comment(draft.parent_id):
        return {"recipient": {"comment_id": draft.parent_id}, "message": said}
    if windows.needs_tag(window, draft, now):
        tagged = {"messaging_type": "MESSAGE_TAG", "tag": windows.HUMAN_AGENT}
        return {"recipient": to, **tagged, "message": said}
    return {"recipient": to, "messaging_type": "RESPONSE", "message": said}


def say(line: Graph, account: str, draft: Draft, key: str, window: ReplyWindow) -> Sent:
    """Send it once. Raises failures."""
    now = clock.now()
    answer = line.post(f"{account}/messages", payload_of(draft, key, window, now))
    try:
        return Sent(id_in(answer.fields, "message_id"), "", now)
    except failures.ContractChanged as error:
        raise failures.OutcomeUnknown from error


def find(
    line: Graph,
    account: str,
    platform: str,
    draft: Draft,
    *,
    own: Collection[str] = (),
    since: datetime,
    linked: Collection[str],
) -> Sent | None:
    """What we said to this person with these words, unless it is somebody else's already.

    ``own`` are our numbers and names, where ``account`` is not the only one.
    """
    fields = f"messages.limit({_LOOKED_THROUGH}){{id,message,from,created_time}}"
    asked = {"platform": platform, "user_id": person_of(draft.thread_key), "fields": fields}
    talks = line.get(f"{account}/conversations", asked).entries
    for talk in talks:
        held = talk.get("messages")
        listed = held.get("data") if isinstance(held, dict) else None
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, dict) and _is_it(
                one, own or (account,), draft.text, since - SKEW, linked
            ):
                return Sent(id_in(one, "id"), "", moment_in(one, "created_time"))
    return None


def _is_it(
    one: Fields, own: Collection[str], text: str, since: datetime, linked: Collection[str]
) -> bool:
    author = one.get("from")
    told: Fields = author if isinstance(author, dict) else {}
    is_ours = any(str(told.get(name)) in own for name in ("id", "username") if told.get(name))
    is_free = is_ours and one.get("id") not in linked and same(one.get("message"), text)
    return is_free and moment_in(one, "created_time") >= since


def same(theirs: object, ours: str) -> bool:
    """Equal but for white space, which networks trim and fold."""
    return isinstance(theirs, str) and theirs.split() == ours.split()
