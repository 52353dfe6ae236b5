"""What a stream brings, told in the same envelope as what a poll finds and under the same keys.

A user's stream also carries the whole home timeline: of that, only what we wrote or are called in
is our business, and so is the deletion of what may be.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

from hearwell.connect import failures
from hearwell.connect.fields import Fields, text_or_none
from hearwell.connect.model import Account, Raw
from hearwell.connectors.mastodon.listing import NOTIFICATIONS, Teller
from hearwell.connectors.mastodon.names import address_of, home_of
from hearwell.connectors.mastodon.transport import Doors, NoStreamError, events

# A server without streams is asked again whether it has one by now.
_NOT_THERE_S = 3600.0
# Statuses of others that passed by, whose deletion is none of our business.
_PASSED_BY = 20_000
# Only of an answer one has to ask where it stands.
_IS_ANSWER = re.compile(r'"in_reply_to_id"\s*:\s*"')


@dataclass(slots=True)
class Ear:
    """Tells of a stream's events what concerns the account. One for each connection."""

    teller: Teller
    account: str
    _passed_by: OrderedDict[str, None] = field(default_factory=OrderedDict)

    async def hear(self, name: str, payload: str) -> Raw | None:
        """The delivery that an event is, if it is one for us.

        Asking where a reply stands is done beside the loop. What cannot be placed just now is
        left to the poll. Raises what concerns the account.
        """
        if not _IS_ANSWER.search(payload):
            return self.tell(name, payload)
        try:
            return await asyncio.to_thread(self.tell, name, payload)
        except (failures.Throttled, failures.Unavailable):
            return None

    def tell(self, name: str, payload: str) -> Raw | None:
        """The same at once. Raises what a read may."""
        reader = _EVENTS.get(name)
        return reader(self, payload) if reader else None

    def notification(self, payload: str) -> Raw | None:
        """Somebody called us, or liked us."""
        entry = _object(payload)
        if entry is None:
            return None
        status = entry.get("status")
        placed = [status] if isinstance(status, dict) else []
        return self.teller.raw(NOTIFICATIONS, {"notifications": [entry]}, placed)

    def status(self, payload: str) -> Raw | None:
        """A status appeared on the home timeline, or was changed."""
        status = _object(payload)
        if status is None:
            return None
        if self._concerns(status):
            return self.teller.statuses([status])
        self._pass_by(str(status.get("id")))
        return None

    def conversation(self, payload: str) -> Raw | None:
        """A private talk went on."""
        talk = _object(payload)
        last = talk.get("last_status") if talk else None
        return self.teller.statuses([last]) if isinstance(last, dict) else None

    def deletion(self, payload: str) -> Raw | None:
        """A status is gone: one of those that concern us, for all we know."""
        status_id = payload.strip().strip('"')
        if not status_id or status_id in self._passed_by:
            return None
        return self.teller.gone([status_id])

    def _concerns(self, status: Fields) -> bool:
        """Whether we wrote it ourselves or are called in it."""
        author = status.get("account")
        mentions = status.get("mentions")
        people = [author, *(mentions if isinstance(mentions, list) else [])]
        home = home_of(self.account)
        accts = (text_or_none(one, "acct") for one in people if isinstance(one, dict))
        is_boost = isinstance(status.get("reblog"), dict)
        return not is_boost and self.account in {address_of(a, home) for a in accts if a}

    def _pass_by(self, status_id: str) -> None:
        self._passed_by[status_id] = None
        while len(self._passed_by) > _PASSED_BY:
            self._passed_by.popitem(last=False)


_EVENTS: Mapping[str, Callable[[Ear, str], Raw | None]] = {
    "notification": Ear.notification,
    "update": Ear.status,
    "status.update": Ear.status,
    "conversation": Ear.conversation,
    "delete": Ear.deletion,
}


def _object(payload: str) -> Fields | None:
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


async def listen(doors: Doors, account: Account, teller: Teller) -> AsyncIterator[Raw]:
    """Deliveries as they come; see ``Streams.listen``.

    A server without streams is silent for an hour, and then asked whether it has one by now: the
    polls hear everything, only later.
    """
    ear, streaming = Ear(teller, account.external_id), account.settings.get("streaming", "")
    try:
        async for name, payload in events(doors, streaming, account.secrets.get("access", "")):
            raw = await ear.hear(name, payload)
            if raw is not None:
                yield raw
    except NoStreamError:
        await asyncio.sleep(_NOT_THERE_S)
