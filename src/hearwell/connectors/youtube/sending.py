"""One reply, once; looking whether it is there; holding back comments of others, deleting ours."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hearwell.connect import failures
from hearwell.connect.fields import Fields, moment_in, nonempty_in, object_in, text_or_none
from hearwell.connect.model import Act, Sent
from hearwell.connectors.google.wire import Line, objects
from hearwell.connectors.youtube import parse, render
from hearwell.connectors.youtube.listing import API
from hearwell.connectors.youtube.manifest import MANIFEST
from hearwell.connectors.youtube.wire import TOO_LONG

if TYPE_CHECKING:
    from hearwell.connect.model import Account, Draft

ACTS = frozenset({Act.HIDE, Act.UNHIDE, Act.DELETE})
HIDE_AS, HELD, REJECTED = "hide_as", "heldForReview", "rejected"
_SKEW, _PAGES = timedelta(minutes=5), 3


def send(line: Line, draft: Draft) -> Sent:
    """Reply below the thread's first comment."""
    try:
        answer = line.do("POST", f"{API}/comments", {"part": "snippet"}, render.comment_of(draft))
    except failures.Refused as error:
        if TOO_LONG not in error.network_code:
            raise
        rule, text = MANIFEST.public_text, render.text_of(draft)
        raise failures.TooLong(
            rule.limit, rule.count(text), rule.name, network_code=error.network_code
        ) from None
    try:
        return _sent(answer)
    except failures.ContractChanged as error:
        raise failures.OutcomeUnknown(network_code="200 without a comment") from error


def find_sent(
    line: Line, account: Account, draft: Draft, since: datetime, linked: Collection[str]
) -> Sent | None:
    """By its author, its thread, its words and its time: YouTube keeps no note of ours."""
    for comment in _replies(line, render.top_of(draft)):
        snippet = object_in(comment.get("snippet"), "a comment's snippet")
        told = snippet.get("authorChannelId")
        is_ours = isinstance(told, dict) and told.get("value") == account.external_id
        is_same = parse.text_of(snippet).strip() == render.text_of(draft).strip()
        is_new = moment_in(snippet, "publishedAt") >= since - _SKEW
        if is_ours and is_same and is_new and comment.get("id") not in linked:
            return _sent(comment)
    return None


def _replies(line: Line, thread_id: str) -> Iterator[Fields]:
    page = ""
    for _ in range(_PAGES):
        params: dict[str, str | int] = {"part": "snippet", "textFormat": "plainText"}
        params |= {"parentId": thread_id, "maxResults": 100}
        if page:
            params["pageToken"] = page
        answer = line.get(f"{API}/comments", params)
        yield from objects(answer, "items")
        page = text_or_none(answer, "nextPageToken") or ""
        if not page:
            return


def _sent(comment: Fields) -> Sent:
    snippet = object_in(comment.get("snippet"), "a comment's snippet")
    at = moment_in(snippet, "publishedAt")
    return Sent(nonempty_in(comment, "id"), parse.permalink_of(comment), at)


def act(line: Line, account: Account, act: Act, ref: str) -> None:
    """Hold a comment back, show it again, or delete one of ours; twice is no error."""
    if act is Act.DELETE:
        _delete(line, ref)
        return
    if act not in ACTS:
        raise failures.NotAllowed
    hidden = REJECTED if account.settings.get(HIDE_AS) == REJECTED else HELD
    status = hidden if act is Act.HIDE else "published"
    params = {"id": ref, "moderationStatus": status}
    line.do("POST", f"{API}/comments/setModerationStatus", params, None)


def _delete(line: Line, ref: str) -> None:
    try:
        line.do("DELETE", f"{API}/comments", {"id": ref}, None)
    except failures.TargetGone:
        return
