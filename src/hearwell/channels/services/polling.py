"""One poll: ask a network, keep what it brought and move the cursor, both or neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction

from hearwell.channels.models import Channel, ChannelState, StreamCursor
from hearwell.channels.services.accounts import opened_account, renew_secrets
from hearwell.channels.services.connecting import lay_settings, pause_ended
from hearwell.channels.services.health import report_failure, report_health, report_success
from hearwell.channels.services.ingress import RawRow, keep, wake
from hearwell.channels.services.leases import make_sure
from hearwell.channels.services.metering import (
    charge,
    make_sure_affordable,
    paced,
    units_for_polls,
)
from hearwell.connect.contract import Connector, Polls
from hearwell.connect.failures import Ended, Failure, NeedsReauth
from hearwell.connect.health import HealthState
from hearwell.connect.model import Account, Raw, RawPage
from hearwell.connect.registry import connector_for
from hearwell.connect.templates import SendsTemplates
from hearwell.kit.clock import now
from hearwell.kit.crashpoints import reached
from hearwell.kit.scope import scope

log = structlog.get_logger(__name__)
# How far back a reconciling poll reads again, and how fine the marks are from which it can start.
RECONCILE_BACK = timedelta(hours=48)
MARK_EVERY = timedelta(hours=1)
# An end all the same, for a network whose cursor goes in circles.
MOST_PAGES = 2_000
# So long a poll that brings nothing writes nothing.
IDLE = timedelta(minutes=1)


def poll_once(
    workspace_id: UUID, channel_id: UUID, stream: str, holder: UUID | None = None
) -> float:
    """Ask for one page after the cursor and return the seconds until the next; 0 if more waits.

    ``holder`` is the listener that must still hold the account when the page is stored: of two
    that believe so, one stores. Raises LeaseLostError, and connect failures after they were noted
    under the channel's health.
    """
    with scope(workspace_id):
        channel = Channel.objects.get(workspace_id=workspace_id, id=channel_id)
        account = opened_account(channel)
        row = StreamCursor.objects.filter(
            workspace_id=workspace_id, channel=channel, stream=stream
        ).first()
    cursor = row.cursor if row else None
    page = _asked(channel, account, stream, cursor)
    with scope(workspace_id):
        if holder is not None:
            make_sure(holder, channel_id)
        if page.raws or row is None or row.cursor != page.cursor or row.polled_at < now() - IDLE:
            _keep_page(channel, page.raws)
            _move(channel, stream, page.cursor)
        report_success(channel)
        slowest = paced(channel, page.charges)
    reached("I1")
    if page.raws and channel.endpoint_id is not None:
        wake([channel.endpoint_id])
    return max(_pause(channel, page), slowest)


def reconcile(workspace_id: UUID, channel_id: UUID, stream: str, *, pages: int = MOST_PAGES) -> int:
    """Read the last 48 hours again, beside the cursor, and return the raws that came.

    What a webhook or a stream lost is found here; what is known already has no effect. However
    much it is, it is read to its end: what is new lies there.
    """
    with scope(workspace_id):
        channel = Channel.objects.get(workspace_id=workspace_id, id=channel_id)
        account = opened_account(channel)
        row = StreamCursor.objects.filter(
            workspace_id=workspace_id, channel=channel, stream=stream
        ).first()
    if row is None:
        return 0
    cursor, found = oldest_mark(row.marks, now() - RECONCILE_BACK), 0
    for _ in range(pages):
        page = _asked(channel, account, stream, cursor)
        with scope(workspace_id):
            _keep_page(channel, page.raws)
        found += len(page.raws)
        if not page.raws or page.cursor == cursor:
            break
        cursor = page.cursor
    else:
        log.error("reconcile_cut_short", channel_id=str(channel_id), pages=pages)
    with scope(workspace_id):
        StreamCursor.objects.filter(workspace_id=workspace_id, id=row.id).update(
            reconciled_at=now()
        )
    if found and channel.endpoint_id is not None:
        wake([channel.endpoint_id])
    return found


def oldest_mark(marks: Sequence[tuple[str, str | None]], start: datetime) -> str | None:
    """Return the cursor that stood at or before `start`; the oldest known if none is that old."""
    before = [cursor for at, cursor in marks if datetime.fromisoformat(at) <= start]
    if before:
        return before[-1]
    return marks[0][1] if marks else None


def keep_streamed(channel: Channel, raws: Sequence[Raw]) -> None:
    """Keep what a stream brought and wake the drain."""
    _keep_page(channel, raws)
    if channel.endpoint_id is not None:
        wake([channel.endpoint_id])


def check_health(workspace_id: UUID, channel_id: UUID) -> None:
    """Ask the network how the account stands, outside any transaction, and store the verdict.

    A disconnected account is asked nothing: there is nothing left to ask with.
    """
    with scope(workspace_id):
        channel = Channel.objects.get(workspace_id=workspace_id, id=channel_id)
        if channel.state == ChannelState.DISCONNECTED:
            return
        account = opened_account(channel)
    connector = connector_for(channel.network)
    verdict = connector.health(account)
    approved = _templates(connector, account) if verdict.state != HealthState.BAD else {}
    with scope(workspace_id):
        report_health(channel, verdict)
        if approved:
            lay_settings(channel, approved)


def _templates(connector: Connector, account: Account) -> Mapping[str, str]:
    """Ask which templates are approved; where nobody answers, those known before stay."""
    if not isinstance(connector, SendsTemplates):
        return {}
    try:
        return connector.read_templates(account)
    except Failure:
        return {}


def _asked(channel: Channel, account: Account, stream: str, cursor: str | None) -> RawPage:
    """Poll; a dead token is renewed once. The failure is noted before it is raised.

    What it cost is counted at once, whatever becomes of the page: it was paid.
    """
    connector = connector_for(channel.network)
    if not isinstance(connector, Polls):
        raise TypeError(channel.network)
    try:
        with scope(channel.workspace_id):
            make_sure_affordable(channel)
            account = replace(account, units=units_for_polls(channel))
        try:
            page = connector.poll(account, stream, cursor)
        except NeedsReauth:
            with scope(channel.workspace_id):
                renewed = renew_secrets(channel, account)
            page = connector.poll(renewed, stream, cursor)
    except Failure as failure:
        with scope(channel.workspace_id):
            report_failure(channel, failure)
            if isinstance(failure, Ended):
                pause_ended(channel)
        raise
    if page.charges:
        with scope(channel.workspace_id):
            charge(channel, page.charges)
    return page


def _keep_page(channel: Channel, raws: Sequence[Raw]) -> None:
    if channel.endpoint_id is not None:
        with transaction.atomic():
            keep([RawRow.of(channel.endpoint_id, raw) for raw in raws])


def _move(channel: Channel, stream: str, cursor: str | None) -> None:
    """Save the cursor, and once an hour a mark of where it stood, if any will be gone back to."""
    row, _ = StreamCursor.objects.select_for_update().get_or_create(
        workspace_id=channel.workspace_id, channel=channel, stream=stream
    )
    moment, changed = now(), ["polled_at"]
    is_exact = connector_for(channel.network).manifest.is_poll_exact
    if not is_exact and (
        not row.marks or datetime.fromisoformat(row.marks[-1][0]) <= moment - MARK_EVERY
    ):
        horizon = moment - RECONCILE_BACK - 2 * MARK_EVERY
        recent = [mark for mark in row.marks if datetime.fromisoformat(mark[0]) > horizon]
        row.marks = [*recent, (moment.isoformat(), row.cursor)]
        changed.append("marks")
    if row.cursor != cursor:
        changed.append("cursor")
    row.cursor, row.polled_at = cursor, moment
    # Two days of marks are large: rewritten at each poll they would be most of what is written.
    row.save(update_fields=changed)


def _pause(channel: Channel, page: RawPage) -> float:
    if page.poll_after is None:
        return connector_for(channel.network).manifest.poll_every_s
    return max(0.0, (page.poll_after - now()).total_seconds())
