"""To have X call us, to know whether it still does, and to have it tell again what was lost.

A webhook belongs to the app and is managed with the app's own token; what is told of an account is
subscribed in that account's name. X asks our address for a proof every hour and stops at the first
failure (``valid`` is false then); asking it to look again makes it valid, and a replay of the last
hours brings what it did not deliver meanwhile. Older losses are the polls' to find.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from hearwell.connect import failures
from hearwell.connect.fields import Fields, text_or_none
from hearwell.connect.model import Account
from hearwell.connectors.x import parse
from hearwell.connectors.x.listing import WAYS
from hearwell.connectors.x.manifest import DM_READ
from hearwell.connectors.x.signin import CALLED, STREAMED
from hearwell.connectors.x.wire import Line
from hearwell.kit import clock

_POSTS = (parse.MENTION, parse.REPLY, parse.QUOTE, parse.CREATE, parse.DELETE)
_MESSAGES = (parse.DM_RECEIVED, parse.DM_SENT, parse.DM_READ)
_LIST, _HOOKS = "activity/subscriptions", "webhooks"
# X replays no later than some minutes ago, and advises stretches of about two hours.
_REPLAYED, _SETTLED = timedelta(hours=2), timedelta(minutes=11)


@dataclass(frozen=True, slots=True)
class Lines:
    """The app's own line, which manages webhooks, and the account's, which subscribes."""

    app: Line
    account: Line


def events_of(account: Account) -> tuple[str, ...]:
    """What there is to be told of this account."""
    may_read = not account.scopes or DM_READ in account.scopes
    return (*_POSTS, *_MESSAGES) if may_read else _POSTS


def is_told(account: Account) -> bool:
    """Whether X tells us by itself, by calls or on an open line."""
    return account.settings.get(WAYS) in {CALLED, STREAMED}


def subscribe(lines: Lines, account: Account, hook_url: str) -> None:
    """Have it tell us; again is no error. Nothing is done where we ask."""
    if not is_told(account):
        return
    hook = _hook_at(lines.app, hook_url) if account.settings.get(WAYS) == CALLED else ""
    there = {str(one.get("event_type")) for one in standing(lines.app, account)}
    for event in events_of(account):
        if event not in there:
            _subscribe_one(lines.account, account, event, hook)


def _subscribe_one(line: Line, account: Account, event: str, hook: str) -> None:
    body: dict[str, object] = {
        "event_type": event,
        "filter": {"user_id": account.external_id},
        "tag": "hearwell",
    }
    with suppress(failures.Duplicate):
        line.do("POST", _LIST, {**body, **({"webhook_id": hook} if hook else {})})


def _hook_at(app: Line, url: str) -> str:
    """The webhook of our address, made if there is none and made good if X has given it up."""
    for hook in app.get(_HOOKS).entries:
        if hook.get("url") == url:
            number = str(hook.get("id"))
            if hook.get("valid") is False:
                app.do("PUT", f"{_HOOKS}/{number}")
                replay(app, number)
            return number
    made = app.do("POST", _HOOKS, {"url": url})
    found = made.body if "id" in made.body else made.data
    return str(found.get("id"))


def replay(app: Line, hook: str) -> None:
    """Have X deliver once more what it tried to deliver in the last hours.

    An app without the right to it is no worse off: the polls find the same.
    """
    now = clock.now()
    body = {
        "webhook_id": hook,
        "from_date": (now - _REPLAYED).strftime("%Y%m%d%H%M"),
        "to_date": (now - _SETTLED).strftime("%Y%m%d%H%M"),
    }
    with suppress(failures.Failure):
        app.do("POST", f"{_HOOKS}/replay", body)


def unsubscribe(lines: Lines, account: Account) -> None:
    """Stop the telling. The webhook stays: other accounts of the app may use it."""
    if not lines.app.token:
        return
    for one in list(standing(lines.app, account)):
        number = text_or_none(one, "subscription_id")
        if number:
            with suppress(failures.TargetGone):
                lines.app.do("DELETE", f"{_LIST}/{number}")


def standing(app: Line, account: Account) -> Iterator[Fields]:
    """The subscriptions that there are for this account."""
    for one in app.get(_LIST).entries:
        about = one.get("filter")
        if isinstance(about, dict) and about.get("user_id") == account.external_id:
            yield one


def hooks(app: Line) -> list[Fields]:
    """The app's webhooks, with whether X still calls them."""
    return app.get(_HOOKS).entries
