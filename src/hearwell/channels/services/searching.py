"""One look for words on a network: what is new is kept like any delivery, and read on the drain.

A search answers newest first and knows no "since": how far it was read is ours to remember. The
cursor of a search holds the network time of the newest post seen, and short marks of the posts of
the last pages, so that a page that says nothing new is not kept again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2s
from typing import Final
from uuid import UUID

import structlog
from django.db.models import QuerySet

from hearwell.channels.models import Channel, ChannelState, StreamCursor
from hearwell.channels.rules import NEVER_LOOKED
from hearwell.channels.searching import Search, searches_of
from hearwell.channels.services.accounts import opened_account, renew_secrets
from hearwell.channels.services.health import report_failure
from hearwell.channels.services.ingress import RawRow, keep, wake
from hearwell.channels.services.leases import make_sure
from hearwell.channels.services.metering import charge, make_sure_affordable
from hearwell.connect.contract import Receives, Searches
from hearwell.connect.failures import AccountDisabled, Failure, NeedsReauth
from hearwell.connect.model import Account, Inbound, Raw, RawPage, Source
from hearwell.connect.registry import connector_for
from hearwell.kit.clock import now
from hearwell.kit.scope import scope

log = structlog.get_logger(__name__)
# Nothing to look for: so soon a new term is noticed.
IDLE_S: Final = 20.0
# Between two looks of one account, however many terms there are.
BREATH_S: Final = 2.0
# At most so many pages of one search at once, and so far back the first time.
PAGES: Final = 5
FIRST_BACK: Final = timedelta(hours=24)
# Networks find a post some time after it was written: what is so old may still be new to us.
OVERLAP: Final = timedelta(minutes=15)
_REMEMBERED: Final = 400
_BEGINNING: Final = NEVER_LOOKED
_WELL: Final = {"failure_code": "", "failure_message": "", "failing_since": None}


@dataclass
class Progress:
    """How far one search has been read."""

    newest: datetime | None = None
    known: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, cursor: str | None) -> Progress:
        """Read what `kept` wrote; anything else is the beginning."""
        try:
            held = json.loads(cursor or "")
            return cls(datetime.fromisoformat(held["newest"]), [str(one) for one in held["known"]])
        except (ValueError, KeyError, TypeError):
            return cls()

    def kept(self) -> str:
        """Return it as a cursor."""
        newest = self.newest or _BEGINNING
        return json.dumps({"newest": newest.isoformat(), "known": self.known[-_REMEMBERED:]})

    def news(self, items: Sequence[Inbound]) -> list[str]:
        """Return marks of what was not seen yet, and remember it."""
        known = set(self.known)
        fresh = [one for one in map(_mark, items) if one not in known]
        self.known += fresh
        moments = [item.occurred_at for item in items]
        self.newest = max([*moments, *([self.newest] if self.newest else [])], default=None)
        return fresh


def _mark(item: Inbound) -> str:
    return blake2s(f"{item.external_id}#{item.version}".encode(), digest_size=6).hexdigest()


def search_next(workspace_id: UUID, channel_id: UUID, holder: UUID | None = None) -> float:
    """Look for the words that were looked for longest ago; return the seconds until the next look.

    One look a call, however many terms: the network's patience is shared with polls and answers.
    Raises LeaseLostError and connect failures.
    """
    with scope(workspace_id):
        channel = Channel.objects.get(workspace_id=workspace_id, id=channel_id)
        due, pause = _due(channel)
        if due is None:
            return pause
        row = _cursors(channel).filter(stream=due.stream).first()
        account = opened_account(channel)
    progress = Progress.of(row.cursor if row else None)
    try:
        raws = _looked(channel, account, due, progress)
    except Failure as failure:
        with scope(workspace_id):
            _note_failure(channel, due, failure)
        raise
    with scope(workspace_id):
        if holder is not None:
            make_sure(holder, channel_id)
        if channel.endpoint_id is not None:
            keep([RawRow.of(channel.endpoint_id, raw) for raw in raws])
        StreamCursor.objects.update_or_create(
            workspace_id=workspace_id,
            channel=channel,
            stream=due.stream,
            defaults={"cursor": progress.kept(), "polled_at": now(), **_WELL},
        )
    if raws and channel.endpoint_id is not None:
        wake([channel.endpoint_id])
    return BREATH_S


def _note_failure(channel: Channel, search: Search, failure: Failure) -> None:
    """Keep why a search failed, and since when; what was asked before stands."""
    row, _ = StreamCursor.objects.get_or_create(
        workspace_id=channel.workspace_id,
        channel=channel,
        stream=search.stream,
        defaults={"polled_at": NEVER_LOOKED},
    )
    row.failure_code, row.failure_message = failure.code, failure.message
    row.failing_since = row.failing_since or now()
    row.save(update_fields=["failure_code", "failure_message", "failing_since"])


def _due(channel: Channel) -> tuple[Search | None, float]:
    """Return the search that waits longest if its time has come, else how long until then."""
    searches = searches_of(channel) if channel.state == ChannelState.ACTIVE else ()
    if not searches:
        return None, IDLE_S
    streams = [one.stream for one in searches]
    at = dict(_cursors(channel).filter(stream__in=streams).values_list("stream", "polled_at"))
    longest = min(searches, key=lambda one: at.get(one.stream, _BEGINNING))
    every_s = connector_for(channel.network).manifest.search_every_s
    ago = (now() - at.get(longest.stream, _BEGINNING)).total_seconds()
    return (longest, 0.0) if ago >= every_s else (None, min(IDLE_S, every_s - ago))


def _looked(channel: Channel, account: Account, search: Search, progress: Progress) -> list[Raw]:
    """Read back to what is known already; return the deliveries that say something new."""
    horizon = progress.newest or now() - FIRST_BACK
    found: list[Raw] = []
    cursor: str | None = None
    for _ in range(PAGES):
        page, said = _asked(channel, account, search, cursor)
        read = zip(page.raws, said, strict=True)
        found += [raw for raw, items in read if progress.news(items)]
        oldest = min((item.occurred_at for items in said for item in items), default=None)
        if oldest is None or page.cursor is None or oldest < horizon - OVERLAP:
            break
        cursor = page.cursor
    return [replace(raw, source=Source.SEARCH) for raw in found]


def _asked(
    channel: Channel, account: Account, search: Search, cursor: str | None
) -> tuple[RawPage, list[list[Inbound]]]:
    """Search and read what came; a dead token is renewed once.

    Only what ails the account as a whole is noted under its health: one whose words cannot be
    looked for just now hears and answers as well as before.
    """
    connector = connector_for(channel.network)
    if not isinstance(connector, Searches) or not isinstance(connector, Receives):
        raise TypeError(channel.network)
    try:
        with scope(channel.workspace_id):
            make_sure_affordable(channel)
        try:
            page = connector.search(account, search.words, cursor)
        except NeedsReauth:
            with scope(channel.workspace_id):
                renewed = renew_secrets(channel, account)
            page = connector.search(renewed, search.words, cursor)
        if page.charges:
            with scope(channel.workspace_id):
                charge(channel, page.charges)
        return page, [connector.parse(raw) for raw in page.raws]
    except (NeedsReauth, AccountDisabled) as failure:
        with scope(channel.workspace_id):
            report_failure(channel, failure)
        raise
    except Failure as failure:
        log.warning("search_failed", channel_id=str(channel.id), code=failure.code)
        raise


def _cursors(channel: Channel) -> QuerySet[StreamCursor]:
    return StreamCursor.objects.filter(workspace_id=channel.workspace_id, channel=channel)
