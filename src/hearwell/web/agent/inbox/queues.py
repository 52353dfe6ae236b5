"""Queues: their names, their order on the screen, and what an empty one says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from hearwell.channels.models import Channel


@dataclass(frozen=True)
class Queue:
    """A queue: its key in counts and addresses, how it is called, what it says when empty."""

    key: str
    label: str | Promise
    icon: str
    empty: str | Promise
    group: str | Promise = ""


TEAM: Final = _("Team")
DONE: Final = _("Done")
QUEUES: Final = (
    Queue("mine", _("Mine"), "user", _("Nothing is assigned to you.")),
    Queue("snoozed", _("Snoozed"), "alarm-clock", _("Nothing is put away for later.")),
    Queue("needs", _("Needs answer"), "inbox", _("Nobody waits for an answer."), TEAM),
    Queue("urgent", _("Urgent"), "zap", _("Nothing urgent waits."), TEAM),
    Queue("late", _("Late"), "triangle-alert", _("Every promise is kept so far."), TEAM),
    Queue("unassigned", _("Unassigned"), "users", _("Every case has somebody."), TEAM),
    Queue("praise", _("Praise to thank"), "heart", _("No kind word is without thanks."), TEAM),
    Queue("heard", _("Heard, not tagged"), "ear", _("Nobody spoke of you unasked."), TEAM),
    Queue("closed", _("Closed"), "check", _("Nothing has been solved yet."), DONE),
    Queue("archive", _("Archive"), "archive", _("No archive has been imported."), DONE),
    Queue("all", _("All open"), "layers", _("There is no open case."), DONE),
)
DEFAULT: Final = "needs"
APPROVAL: Final = "approval"
_BEFORE_APPROVAL: Final = "unassigned"
_BY_KEY: Final = {queue.key: queue for queue in QUEUES}


@dataclass(frozen=True)
class Entry:
    """A line of the queue list."""

    key: str
    label: str | Promise
    url: str
    icon: str = ""
    network: str = ""
    count: int | None = None
    is_hot: bool = False
    is_current: bool = False


@dataclass(frozen=True)
class Group:
    """Lines under one heading."""

    label: str | Promise
    entries: list[Entry]


def queue_by_key(key: str) -> Queue:
    """Return a queue. Raises Http404 for a name we do not have."""
    try:
        return _BY_KEY[key]
    except KeyError as error:
        raise Http404 from error


def queue_groups(
    current: str, counts: Mapping[str, int], channels: Sequence[Channel], channel_id: str = ""
) -> list[Group]:
    """Return the queue list as it is drawn, counts included."""
    groups: list[Group] = []
    for queue in QUEUES:
        if not groups or groups[-1].label != queue.group:
            groups.append(Group(queue.group, []))
        groups[-1].entries.append(_entry(queue, counts, is_current=current == queue.key))
        if channel_id and current == queue.key:
            groups[-1].entries[-1] = _entry(queue, counts, is_current=False)
        if queue.key == _BEFORE_APPROVAL and APPROVAL in counts:
            groups[-1].entries.append(_approval_entry(counts, is_current=current == APPROVAL))
    if channels:
        entries = [_channel_entry(channel, counts, channel_id) for channel in channels]
        groups.append(Group(_("Channels"), entries))
    return groups


def _entry(queue: Queue, counts: Mapping[str, int], *, is_current: bool) -> Entry:
    count = counts.get(queue.key)
    return Entry(
        key=queue.key,
        label=queue.label,
        url=reverse("inbox_queue", args=[queue.key]),
        icon=queue.icon,
        count=count,
        is_hot=queue.key == "late" and bool(count),
        is_current=is_current,
    )


def _approval_entry(counts: Mapping[str, int], *, is_current: bool) -> Entry:
    """Replies, not cases: a page of its own, among the queues."""
    return Entry(
        key=APPROVAL,
        label=_("For approval"),
        url=reverse("approvals"),
        icon="stamp",
        count=counts[APPROVAL],
        is_current=is_current,
    )


def _channel_entry(channel: Channel, counts: Mapping[str, int], current: str) -> Entry:
    key = f"channel:{channel.id}"
    is_archive = channel.network == "archive"
    base = reverse("inbox_queue", args=["archive" if is_archive else DEFAULT])
    return Entry(
        key=key,
        label=channel.handle,
        url=f"{base}?{urlencode({'channel': str(channel.id)})}",
        network=channel.network,
        count=counts.get(key, None if is_archive else 0),
        is_current=current == str(channel.id),
    )
