"""Word from Google that there is a review, by Cloud Pub/Sub: pulled, not pushed.

A push would be signed with keys of Google's that change every few days and would have to be
fetched to check them, which a pure ``verify`` cannot do; a secret in its address would prove less
than a signature. And it says only which review, never what is in it. So a subscription is pulled
under the account's own sign-in: there is nothing to forge, it needs no public address, and all it
does is to have the polls ask at once, whose answers come from Google itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from hearwell.connect import failures
from hearwell.connect.model import Account, Nudge
from hearwell.connectors.google.wire import Line, objects

TOPIC, SUBSCRIPTION = "topic", "subscription"
_MOST: Final = 100
_PAUSE_S: Final = 5.0
TYPES = ("NEW_REVIEW", "UPDATED_REVIEW")


async def listen(pubsub: Line, notifications: Line, account: Account) -> AsyncGenerator[Nudge]:
    """A nudge whenever messages wait; none without the setting. Raises failures."""
    subscription = account.settings.get(SUBSCRIPTION, "")
    if not subscription:
        return
    if account.settings.get(TOPIC):
        await asyncio.to_thread(announce, notifications, account)
    while True:
        if await asyncio.to_thread(rung, pubsub, subscription):
            yield Nudge()
        else:
            await asyncio.sleep(_PAUSE_S)


def announce(line: Line, account: Account) -> None:
    """Have Google tell the topic of reviews; again is no error."""
    name = f"{account.external_id}/notificationSetting"
    body = {
        "name": name,
        "pubsubTopic": account.settings.get(TOPIC, ""),
        "notificationTypes": list(TYPES),
    }
    line.do("PATCH", f"v1/{name}", {"updateMask": "pubsubTopic,notificationTypes"}, body)


def rung(line: Line, subscription: str) -> bool:
    """Take what waits in the subscription; whether there was anything."""
    try:
        answer = line.do("POST", f"v1/{subscription}:pull", None, {"maxMessages": _MOST})
    except failures.OutcomeUnknown:
        # The wait for messages ended before one came; those taken are told again later.
        return False
    found = [one.get("ackId") for one in objects(answer, "receivedMessages")]
    ids = [one for one in found if isinstance(one, str)]
    if ids:
        line.do("POST", f"v1/{subscription}:acknowledge", None, {"ackIds": ids})
    return bool(ids)
