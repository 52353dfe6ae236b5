"""Reads of the web chat. Those with a workspace run in its scope; the others precede it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import OuterRef, Q, Subquery, Sum
from django.db.models.functions import JSONObject

from hearwell.connect.rooms import visitor_of
from hearwell.kit.clock import now
from hearwell.webchat.models import File, Line, Onward, Side, Visitor

PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class SiteRow:
    """The channel behind the key in a page's script tag."""

    endpoint_id: UUID
    workspace_id: UUID
    channel_id: UUID
    site: str
    settings: Mapping[str, Any]


def site_at(key: str) -> SiteRow | None:
    """Return what a key stands for, or None; asked before any workspace is known."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT endpoint_id, workspace_id, channel_id, external_id, settings"
            " FROM webchat_site(%s)",
            [key],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    settings = json.loads(row[4]) if isinstance(row[4], str) else row[4]
    return SiteRow(row[0], row[1], row[2], row[3], settings)


def home_of(visitor_id: UUID) -> tuple[UUID, str] | None:
    """Return the workspace and the site of a visitor, or None; for the worker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id, external_id FROM webchat_home(%s::uuid)", [visitor_id])
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def stale_places(before: datetime) -> list[UUID]:
    """Return the workspaces with something to sweep; for the worker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id FROM webchat_stale(%s)", [before])
        return [row[0] for row in cursor.fetchall()]


def unread_places(at: datetime) -> list[tuple[UUID, UUID]]:
    """Return (workspace, visitor) of those who had time to read an answer; for the worker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id, visitor_id FROM webchat_unread(%s)", [at])
        return [(row[0], row[1]) for row in cursor.fetchall()]


def onward_of(workspace_id: UUID, channel_id: UUID) -> Onward:
    """Return how a chat's answers reach those who have left; the defaults if nobody has chosen."""
    chosen = Onward.objects.filter(workspace_id=workspace_id, channel_id=channel_id).first()
    return chosen or Onward(workspace_id=workspace_id, channel_id=channel_id)


def visitor_by_id(workspace_id: UUID, channel_id: UUID, visitor_id: UUID) -> Visitor | None:
    """Return a visitor of the channel, or None."""
    rows = Visitor.objects.filter(workspace_id=workspace_id, channel_id=channel_id)
    return rows.filter(id=visitor_id).first()


def visitor_of_thread(workspace_id: UUID, thread_key: str) -> tuple[Visitor, Onward] | None:
    """Return whose conversation a thread is, and how answers go on in it; None; one query."""
    try:
        visitor_id = UUID(visitor_of(thread_key))
    except ValueError:
        return None
    chosen = Onward.objects.filter(workspace_id=workspace_id, channel_id=OuterRef("channel_id"))
    facts = JSONObject(is_on="is_on", wait_s="wait_s", mailbox_id="mailbox_id")
    rows = Visitor.objects.filter(workspace_id=workspace_id, id=visitor_id)
    visitor = rows.annotate(onward=Subquery(chosen.values(facts=facts)[:1])).first()
    if visitor is None:
        return None
    onward = Onward(workspace_id=workspace_id, channel_id=visitor.channel_id)
    if visitor.onward:
        onward.is_on, onward.wait_s = visitor.onward["is_on"], visitor.onward["wait_s"]
        mailbox_id = visitor.onward["mailbox_id"]
        onward.mailbox_id = UUID(mailbox_id) if mailbox_id else None
    return visitor, onward


def lines_after(workspace_id: UUID, visitor_id: UUID, seq: int) -> list[Line]:
    """Return the next lines after a place, at most a page of them."""
    rows = Line.objects.filter(workspace_id=workspace_id, visitor_id=visitor_id, seq__gt=seq)
    return list(rows.order_by("seq")[:PAGE])


def newest_lines(workspace_id: UUID, visitor_id: UUID) -> list[Line]:
    """Return the last page of a conversation, oldest first."""
    rows = Line.objects.filter(workspace_id=workspace_id, visitor_id=visitor_id)
    return list(rows.order_by("-seq")[:PAGE])[::-1]


def lines_before(workspace_id: UUID, visitor_id: UUID, seq: int, most: int) -> list[Line]:
    """Return the last lines before a place, oldest first."""
    rows = Line.objects.filter(workspace_id=workspace_id, visitor_id=visitor_id, seq__lt=seq)
    return list(rows.order_by("-seq")[:most])[::-1]


def letters_to(workspace_id: UUID, address: str) -> int:
    """Return how many letters went on to an address in the last day, from whatever chat."""
    since = now() - timedelta(days=1)
    rows = Line.objects.filter(workspace_id=workspace_id, went_at__gte=since)
    return rows.filter(went_to=address).count()


def letters_from(workspace_id: UUID, channel_id: UUID) -> int:
    """Return how many letters of a chat went on in the last hour, to whomever."""
    since = now() - timedelta(hours=1)
    rows = Line.objects.filter(workspace_id=workspace_id, went_at__gte=since)
    return rows.filter(visitor__channel_id=channel_id).count()


def answer_by_key(workspace_id: UUID, visitor_id: UUID, key: str) -> Line | None:
    """Return our answer with this key, or None."""
    rows = Line.objects.filter(workspace_id=workspace_id, visitor_id=visitor_id)
    return rows.filter(side=Side.OUT, key=key).first()


def unseen_answers(workspace_id: UUID, visitor_id: UUID) -> int:
    """Return how many of our answers the visitor has not seen."""
    rows = Line.objects.filter(workspace_id=workspace_id, visitor_id=visitor_id)
    return rows.filter(side=Side.OUT, seen_at__isnull=True).count()


def file_by_id(workspace_id: UUID, visitor_id: UUID, file_id: UUID) -> File | None:
    """Return a file of the visitor, or None."""
    rows = File.objects.filter(workspace_id=workspace_id, visitor_id=visitor_id)
    return rows.filter(id=file_id).first()


def body_of(file: File) -> bytes | None:
    """Return a file's bytes, or None if the storage no longer has them."""
    if not default_storage.exists(file.place):
        return None
    with default_storage.open(file.place) as stored:
        return bytes(stored.read())


def bytes_kept(workspace_id: UUID, visitor_id: UUID) -> tuple[int, int]:
    """Return the bytes of what a visitor sent, and of what everybody sent in the last day."""
    rows = File.objects.filter(workspace_id=workspace_id, is_ours=False)
    mine, since = Q(visitor_id=visitor_id), Q(at__gte=now() - timedelta(days=1))
    sums = rows.filter(mine | since).aggregate(
        mine=Sum("size", filter=mine), day=Sum("size", filter=since)
    )
    return sums["mine"] or 0, sums["day"] or 0


def line_shown(line: Line) -> dict[str, Any]:
    """Return a line as the visitor's page gets it."""
    return {
        "seq": line.seq,
        "id": str(line.id),
        "side": line.side,
        "key": line.key if line.side == Side.IN else "",
        "text": line.text,
        "files": line.files,
        "choices": line.choices,
        "at": line.at.isoformat(),
        "seen": line.seen_at is not None,
    }
