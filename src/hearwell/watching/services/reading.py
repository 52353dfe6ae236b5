"""One reading: page by page from the newest back to the last one, each page and its place at once.

The network is asked outside any transaction. What a page brought and how far it came are one
transaction: whatever ends a reading half-way, it goes on after the last page, and what is read
twice is kept once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from hearwell.channels.models import Channel
from hearwell.connect.failures import Failure, QuotaExhausted, Refused, TargetGone, Throttled
from hearwell.connect.model import Inbound, InboundMessage, MessageDeleted
from hearwell.conversations.models import Direction, Message
from hearwell.inbox.watched import (
    known_among,
    take_watched,
    take_watched_deletions,
    take_watched_edits,
    without_erased,
)
from hearwell.kit.clock import now
from hearwell.kit.marking import marked as _
from hearwell.kit.scope import scope
from hearwell.watching.models import Watch, WatchState
from hearwell.watching.queries import pace_of
from hearwell.watching.rules import (
    OWN,
    SAID,
    Brand,
    Page,
    horizon,
    left_today,
    missing,
    page_of,
    share_of_first,
    tomorrow,
    wait_after,
)
from hearwell.watching.services.calling import Line, line_of
from hearwell.watching.services.looking import key_of, record_of

log = structlog.get_logger(__name__)
# Pages of one go: a job is short, and others take their turn.
PAGES: Final = 10
CEILING: Final = "ceiling"
NOT_KEPT: Final = _("What came could not be kept. It has been noted and will be tried again.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reading stands: of two that read on from one place, one is stored."""

    phase: str
    cursor: str | None
    pass_at: datetime

    @classmethod
    def of(cls, watch: Watch) -> Place:
        """Return where to go on, or the beginning of a reading."""
        return cls(watch.phase or OWN, watch.cursor, watch.pass_at or now())

    def is_of(self, watch: Watch) -> bool:
        """Say whether the row still stands there."""
        if watch.pass_at is None:
            return self.phase == OWN and self.cursor is None
        return (watch.phase, watch.cursor, watch.pass_at) == (self.phase, self.cursor, self.pass_at)


def read_some(workspace_id: UUID, watch_id: UUID, pages: int = PAGES) -> bool:
    """Read so many pages of what is due; True where more waits. A failure is kept in the row."""
    return all(_read_page(workspace_id, watch_id) for _page in range(pages))


def _read_page(workspace_id: UUID, watch_id: UUID) -> bool:
    """Read one page; True where another is to be read at once."""
    with scope(workspace_id):
        watch = _due(workspace_id, watch_id)
        if watch is None:
            return False
        if left_today(watch.read_on, watch.read_items, now()) <= 0:
            _fail(watch, CEILING, "", tomorrow(now()))
            return False
    place = Place.of(watch)
    try:
        return _asked_and_stored(watch, place)
    except Failure as failure:
        said = failure
    except Exception:
        # A page that cannot be kept is read again later, not at once: reading may cost money.
        log.exception("page_not_kept", watch_id=str(watch_id))
        said = Failure(NOT_KEPT)
    with scope(workspace_id):
        return _failed(workspace_id, watch_id, place, said)


def _asked_and_stored(watch: Watch, place: Place) -> bool:
    with scope(watch.workspace_id):
        line = line_of(watch.workspace_id, watch.via_id)
    raw, items = line.read(_asked_for(watch, place, line), place.cursor, place.phase)
    with scope(watch.workspace_id):
        return _store(watch.workspace_id, watch.id, place, line, items, raw.cursor)


def _asked_for(watch: Watch, place: Place, line: Line) -> str:
    """Return what a page is asked by: the brand's name in texts, or whose timeline it is."""
    if place.phase == SAID:
        return line.connector.called(watch.handle)
    return watch.author_id if line.connector.takes_ids else watch.handle


def _due(workspace_id: UUID, watch_id: UUID) -> Watch | None:
    due = Watch.objects.filter(
        workspace_id=workspace_id, id=watch_id, state=WatchState.ACTIVE, next_at__lte=now()
    )
    return due.first()


def _locked(workspace_id: UUID, watch_id: UUID, place: Place) -> Watch | None:
    rows = Watch.objects.select_for_update().filter(workspace_id=workspace_id, id=watch_id)
    watch = rows.filter(state=WatchState.ACTIVE).first()
    return watch if watch is not None and place.is_of(watch) else None


def _store(
    workspace_id: UUID,
    watch_id: UUID,
    place: Place,
    line: Line,
    items: list[Inbound],
    further: str | None,
) -> bool:
    """Keep a page and move on; nothing where somebody else has moved on meanwhile."""
    watch = _locked(workspace_id, watch_id, place)
    if watch is None:
        return False
    since = horizon(place.pass_at, watch.ends_at, is_paid=line.is_paid)
    brand = Brand(watch.author_id, key_of(watch), line.connector.called(watch.handle))
    page = page_of(
        _still_known(watch, items), brand, place.phase, since if watch.ends_at is None else None
    )
    watch.items += _take(record_of(watch), place.phase, page, line)
    watch.pass_at, watch.phase, watch.cursor = place.pass_at, place.phase, further
    # An empty page counts, too: a network whose cursor goes in circles has an end all the same.
    read, today = max(page.read, 1), now().date()
    watch.pass_items += read
    watch.read_items = read + (watch.read_items if watch.read_on == today else 0)
    watch.read_on, watch.last_read_at = today, now()
    _heal(watch)
    is_over = _move_on(watch, page, since)
    watch.save()
    return not is_over


def _still_known(watch: Watch, items: list[Inbound]) -> list[Inbound]:
    """Leave out what was written by people who were erased on the network itself."""
    written = [one for one in items if isinstance(one, InboundMessage)]
    kept = {id(one) for one in without_erased(record_of(watch), watch.network, written)}
    return [one for one in items if not isinstance(one, InboundMessage) or id(one) in kept]


def _take(record: Channel, phase: str, page: Page, line: Line) -> int:
    """Put a page into the record; return how many messages were new."""
    fresh = take_watched(record, page.messages)
    changed = [one.external_id for one in (*page.edits, *page.deletions)]
    known = known_among(record, changed) if changed else set()
    take_watched_edits(record, [one for one in page.edits if one.external_id in known])
    gone = [one for one in page.deletions if one.external_id in known]
    if phase == OWN and line.connector.is_gapless:
        gone += _vanished(record, page)
    take_watched_deletions(record, gone)
    return len(fresh)


def _vanished(record: Channel, page: Page) -> list[MessageDeleted]:
    """What the brand said between the ends of a page and is not on it any more."""
    if page.newest is None or page.oldest is None:
        return []
    known = Message.objects.filter(
        workspace_id=record.workspace_id, channel_id=record.id, direction=Direction.OUT,
        deleted_at=None, sent_at__gt=page.oldest, sent_at__lt=page.newest,
    )  # fmt: skip
    shown = [one.external_id for one in page.messages]
    return [
        MessageDeleted(
            external_id=one,
            dedup_key=f"gone:{one}",
            occurred_at=now(),
            account=record.external_id,
            must_purge=True,
        )
        for one in missing(known.values_list("remote_id", flat=True), shown)
    ]


def _move_on(watch: Watch, page: Page, since: datetime) -> bool:
    """Go to the next page, the next phase or the end of the reading; True at its end."""
    if not _is_phase_over(watch, page, since):
        return False
    if watch.phase == OWN and watch.hears_all:
        watch.phase, watch.cursor, watch.pass_items = SAID, None, 0
        return False
    if watch.ends_at is None:
        watch.begins_at = max(since, watch.cut_at or since)
    watch.ends_at = watch.pass_at
    watch.phase, watch.cursor, watch.pass_at, watch.pass_items = "", None, None, 0
    watch.cut_at = None
    watch.next_at = now() + timedelta(hours=pace_of(watch.workspace_id))
    return True


def _is_phase_over(watch: Watch, page: Page, since: datetime) -> bool:
    if watch.cursor is None or (page.oldest is not None and page.oldest < since):
        return True
    is_full = watch.pass_items >= share_of_first(hears_all=watch.hears_all)
    if watch.ends_at is None and is_full:
        watch.cut_at = max(page.oldest or since, watch.cut_at or since)
        return True
    return False


# --- what stands against it --------------------------------------------------------------------


def _failed(workspace_id: UUID, watch_id: UUID, place: Place, failure: Failure) -> bool:
    """Note a failure and when to try again; a place that the network refuses is begun anew."""
    watch = _locked(workspace_id, watch_id, place)
    if watch is None:
        return False
    if isinstance(failure, Refused) and not isinstance(failure, TargetGone) and place.cursor:
        watch.phase, watch.cursor, watch.pass_at = place.phase, None, place.pass_at
        watch.pass_items = 0
        watch.save(update_fields=["phase", "cursor", "pass_at", "pass_items"])
    code = failure.code
    if isinstance(failure, QuotaExhausted) and failure.network_code == "cap":
        code = "cap"
    wait = now() + wait_after(watch.failures)
    told = failure.retry_at if isinstance(failure, Throttled | QuotaExhausted) else None
    _fail(watch, code, failure.message, max(told, now()) if told else wait)
    return False


def _fail(watch: Watch, code: str, message: str, retry_at: datetime) -> None:
    watch.failure_code, watch.failure_message = code, message
    watch.failing_since = watch.failing_since or now()
    watch.failures += 1
    watch.next_at = retry_at
    watch.save(
        update_fields=[
            "failure_code", "failure_message", "failing_since", "failures", "next_at",
        ]
    )  # fmt: skip


def _heal(watch: Watch) -> None:
    watch.failure_code = watch.failure_message = ""
    watch.failing_since, watch.failures = None, 0
