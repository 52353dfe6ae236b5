"""Queues: their names, their order on the screen, and what an empty one says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from hearwell.conversations.viewing import COUNTED_TO, View
from hearwell.web.agent.inbox.facets import FILTERS


class Named(Protocol):
    """An account as far as the list of queues draws it."""

    @property
    def id(self) -> UUID:
        """Its id."""

    @property
    def network(self) -> str:
        """Its network."""

    @property
    def handle(self) -> str:
        """What it is called there."""


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
    Queue(
        "seen", _("Seen, not answered"), "eye", _("Whoever looked at a case, answered it."), TEAM
    ),
    Queue("unassigned", _("Unassigned"), "users", _("Every case has somebody."), TEAM),
    Queue("praise", _("Praise to thank"), "heart", _("No kind word is without thanks."), TEAM),
    Queue("heard", _("Heard, not tagged"), "ear", _("Nobody spoke of you unasked."), TEAM),
    Queue("closed", _("Closed"), "check", _("Nothing has been solved yet."), DONE),
    Queue("archive", _("Archive"), "archive", _("No archive has been imported."), DONE),
    Queue("all", _("All open"), "layers", _("There is no open case."), DONE),
)
DEFAULT: Final = "needs"
APPROVAL: Final = "approval"
GRANTS: Final = "grants"
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
    count: int | str | None = None
    is_hot: bool = False
    is_current: bool = False


@dataclass(frozen=True)
class Group:
    """Lines under one heading."""

    label: str | Promise
    entries: list[Entry]
    url: str = ""


def queue_by_key(key: str) -> Queue:
    """Return a queue. Raises Http404 for a name we do not have."""
    try:
        return _BY_KEY[key]
    except KeyError as error:
        raise Http404 from error


@dataclass(frozen=True)
class Views:
    """The saved views of the rail, how many cases are in each, and the one that is shown."""

    saved: Sequence[View] = ()
    counts: Mapping[UUID, int] = field(default_factory=dict)
    current: str = ""


def queue_groups(
    current: str,
    counts: Mapping[str, int],
    channels: Sequence[Named],
    channel_id: str = "",
    views: Views | None = None,
) -> list[Group]:
    """Return the queue list as it is drawn, counts included."""
    groups: list[Group] = []
    shown = views or Views()
    current = "" if shown.current else current
    for queue in QUEUES:
        if not groups or groups[-1].label != queue.group:
            groups.append(Group(queue.group, []))
        groups[-1].entries.append(_entry(queue, counts, is_current=current == queue.key))
        if channel_id and current == queue.key:
            groups[-1].entries[-1] = _entry(queue, counts, is_current=False)
        if queue.key == _BEFORE_APPROVAL and APPROVAL in counts:
            groups[-1].entries.append(_approval_entry(counts, is_current=current == APPROVAL))
        if queue.key == _BEFORE_APPROVAL and GRANTS in counts:
            groups[-1].entries.append(_grants_entry(counts))
    groups[1:1] = _view_groups(shown)
    if channels:
        entries = [_channel_entry(channel, counts, channel_id) for channel in channels]
        groups.append(Group(_("Channels"), entries))
    return groups


def _view_groups(views: Views) -> list[Group]:
    manage = reverse("saved_views")
    named = ((_("My views"), False), (_("Views of the team"), True))
    groups = [
        Group(label, [_view_entry(v, views) for v in views.saved if v.is_shared is shared], manage)
        for label, shared in named
    ]
    return [group for group in groups if group.entries]


def view_params(view: View) -> dict[str, str]:
    """Return the parameters of the list that a view shows, as `listpage.wanted` does.

    What an older or newer version knew and this one does not is left out.
    """
    known = {name: str(view.params[name]) for name in ("q", *FILTERS) if view.params.get(name)}
    queue = str(view.params.get("queue", DEFAULT))
    return {"queue": queue if queue in _BY_KEY else DEFAULT, **known, "view": str(view.id)}


def view_url(view: View) -> str:
    """Return the address of the list that a view shows."""
    params = view_params(view)
    return f"{reverse('inbox_queue', args=[params.pop('queue')])}?{urlencode(params)}"


def count_words(count: int | None) -> int | str | None:
    """Say how many cases a view has; of very many, that they are more than were counted."""
    return f"{COUNTED_TO - 1}+" if count is not None and count >= COUNTED_TO else count


def _view_entry(view: View, views: Views) -> Entry:
    return Entry(
        key=f"view:{view.id}",
        label=view.name,
        url=view_url(view),
        icon="bookmark",
        count=count_words(views.counts.get(view.id)),
        is_current=views.current == str(view.id),
    )


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


def _grants_entry(counts: Mapping[str, int]) -> Entry:
    """What waits for a second person to be given; decided on the page of what was given."""
    label, url = _("Grants to decide"), reverse("grants")
    return Entry(key=GRANTS, label=label, url=url, icon="gift", count=counts[GRANTS])


def _channel_entry(channel: Named, counts: Mapping[str, int], current: str) -> Entry:
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
