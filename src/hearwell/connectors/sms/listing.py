"""The provider's list of messages, read for what is new or has changed since we last looked.

The list is filtered by day and not by time, newest first; so pages are read until they are older
than the cursor, and only what changed since is handed on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import moment_or_none, nonempty_in, object_in, text_or_none
from hearwell.connectors.sms.manifest import PAGE
from hearwell.connectors.sms.parse import moment_of

Ask = Callable[[str, Mapping[str, str] | None], dict[str, Any]]
# Of one look: 200 messages, more than a number can send or get in a minute.
_MOST_PAGES: Final = 4
_BACK: Final = timedelta(days=1)


def changed_since(
    ask: Ask, path: str, narrowed: Mapping[str, str], cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """What is new or changed, oldest first, and the cursor after it.

    ``narrowed`` is the filter (``To`` or ``From``). A cursor is a time and what was seen just then:
    the list counts whole seconds, so that the time alone would miss or repeat something.
    """
    since, seen = _read(cursor)
    params = {**narrowed, "PageSize": str(PAGE)}
    if since is not None:
        params["DateSent>"] = (since - _BACK).date().isoformat()
    listed = _pages(ask, path, params)
    fresh = [
        one
        for one in listed
        if since is None or (changed_at(one) >= since and _mark(one) not in seen)
    ]
    if not listed:
        return [], cursor
    newest = max(map(changed_at, listed))
    marks = sorted({_mark(one) for one in listed if changed_at(one) == newest})
    return list(reversed(fresh)), f"{newest.isoformat()} {','.join(marks)}"


def _pages(ask: Ask, path: str, params: Mapping[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page = ask(path, params)
    for _ in range(_MOST_PAGES):
        found += messages_in(page)
        following = text_or_none(page, "next_page_uri")
        if following is None or not following.startswith("/"):
            break
        page = ask(following, None)
    return found


def messages_in(page: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The messages of a page. Raises ``ContractChanged``."""
    listed = page.get("messages")
    if not isinstance(listed, list):
        message = "The network sent no list of messages"
        raise ContractChanged(message)
    return [dict(object_in(one, "a message")) for one in listed]


def changed_at(one: Mapping[str, Any]) -> datetime:
    """When something about it changed last."""
    written = text_or_none(one, "date_updated") or nonempty_in(one, "date_created")
    return moment_of(written)


def _mark(one: Mapping[str, Any]) -> str:
    return f"{nonempty_in(one, 'sid')}:{text_or_none(one, 'status') or ''}"


def _read(cursor: str | None) -> tuple[datetime | None, frozenset[str]]:
    if not cursor:
        return None, frozenset()
    moment, _, marks = cursor.partition(" ")
    return moment_or_none(moment), frozenset(marks.split(","))
