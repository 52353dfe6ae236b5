"""The reconciling poll: notifications since the last one that was told, whoever was not called.

The finder gives what the webhook gives, under the same ``notificationId``, for sixty days back.
The cursor is the time of the newest that was told and the ids told of the last minutes: LinkedIn
does not promise that notifications appear in their order, so those minutes are read again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hearwell.connect import failures
from hearwell.connect.fields import Fields, number_in
from hearwell.connect.model import Account, Raw, RawPage, Source
from hearwell.connectors.linkedin import parse, sending, urns
from hearwell.connectors.linkedin.manifest import (
    ADMIN,
    BACKFILL,
    DEVELOPMENT,
    DEVELOPMENT_EVERY,
    READ,
)
from hearwell.connectors.linkedin.wire import Line
from hearwell.kit import clock

STREAM = "notifications"
_AGAIN_MS = int(timedelta(minutes=10).total_seconds() * 1000)
_PAGE, _MOST_PAGES = 100, 10


@dataclass(frozen=True, slots=True)
class Told:
    """Where we are: ``newest`` in milliseconds, ``ids`` -> time of what was told around it."""

    newest: int = 0
    ids: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def loaded(cls, cursor: str | None) -> Told:
        """A cursor that cannot be read begins again: twice rather than not at all."""
        try:
            newest, ids = json.loads(cursor or "null")
            return cls(int(newest), {str(key): int(at) for key, at in ids.items()})
        except (TypeError, ValueError, AttributeError):
            return cls()

    def dumped(self) -> str:
        """As a cursor."""
        return json.dumps([self.newest, self.ids], separators=(",", ":"))

    def after(self, entries: list[Fields]) -> Told:
        """Where we are once these were told."""
        ids = {**self.ids, **{parse.key_of(e): number_in(e, "lastModifiedAt") for e in entries}}
        newest = max([self.newest, *ids.values()])
        return Told(newest, {key: at for key, at in ids.items() if at >= newest - _AGAIN_MS})


def poll(line: Line, account: Account, cursor: str | None) -> RawPage:
    """What is new, one delivery a notification. Raises as ``Polls.poll``."""
    told, now = Told.loaded(cursor), clock.now()
    fresh: list[Fields] = []
    for number in range(_MOST_PAGES):
        page = _page(line, account, told, now, number)
        fresh += [one for one in page if parse.key_of(one) not in told.ids]
        if len(page) < _PAGE:
            break
    fresh.sort(key=lambda one: number_in(one, "lastModifiedAt"))
    raws = tuple(_raw(line, {"elements": [_completed(line, one)]}) for one in fresh)
    is_slow = account.tier == DEVELOPMENT
    return RawPage(raws, told.after(fresh).dumped(), now + DEVELOPMENT_EVERY if is_slow else None)


def _page(line: Line, account: Account, told: Told, now: datetime, number: int) -> list[Fields]:
    earliest = int((now - BACKFILL).timestamp() * 1000)
    start = max(earliest, told.newest - _AGAIN_MS)
    end = int(now.timestamp() * 1000) + _AGAIN_MS
    path = (
        f"organizationalEntityNotifications?q=criteria&actions=List({','.join(parse.ACTIONS)})"
        f"&organizationalEntity={urns.encoded(account.external_id)}"
        f"&timeRange=(start:{start},end:{end})&start={number * _PAGE}&count={_PAGE}"
    )
    return parse.entries_of(line.get(path, ADMIN))


def _completed(line: Line, said: Fields) -> Fields:
    """With the comment, where LinkedIn told of one and left it out."""
    comment = urns.comment_of(urns.normal(str(said.get("generatedActivity"))))
    if comment is None or not parse.has_no_words(said):
        return said
    try:
        found = line.get(sending.comment_path(comment), READ)
    except (failures.TargetGone, failures.ScopeMissing):
        return said
    return {**said, "decoratedGeneratedActivity": {"comment": parse.shown_of(found)}}


def fetch_one(line: Line, account: Account, ref: str) -> Raw | None:
    """A comment or a post as a delivery; None if it is gone or not for our eyes."""
    urn = urns.normal(ref)
    comment = urns.comment_of(urn)
    if comment is None and not urns.is_post(urn):
        return None
    path = sending.comment_path(comment) if comment else f"posts/{urns.encoded(urn)}"
    try:
        found = line.get(path, READ)
    except (failures.TargetGone, failures.NotAllowed, failures.ScopeMissing):
        # Posts of members are shown to few apps; what is really missing, the poll says.
        return None
    return _raw(line, {"account": account.external_id, "comment" if comment else "post": found})


def _raw(line: Line, said: Mapping[str, Any]) -> Raw:
    headers = {"content-type": "application/json"}
    return Raw(
        "GET", f"{line.at}/rest", headers, json.dumps(said).encode(), clock.now(), Source.POLL
    )
