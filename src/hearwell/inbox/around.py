"""What stands around a list of cases: accounts, teams, labels, views, news; in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from hearwell.conversations.viewing import View
from hearwell.kit import rows

# A page has a budget of statements, and four short lists would eat a third of it.
_AROUND: Final = """
    SELECT
        (SELECT json_agg(json_build_array(h.id, h.network, h.handle)
            ORDER BY b.name, h.network, h.handle)
         FROM channels_channel h
         JOIN channels_brand b ON b.workspace_id = h.workspace_id AND b.id = h.brand_id
         WHERE h.workspace_id = %(workspace)s),
        (SELECT json_agg(json_build_array(t.id, t.name) ORDER BY t.name) FROM routing_team t
         WHERE t.workspace_id = %(workspace)s),
        (SELECT json_agg(t.name ORDER BY lower(t.name)) FROM conversations_tag t
         WHERE t.workspace_id = %(workspace)s),
        (SELECT json_agg(json_build_array(v.id, v.name, v.owner_id IS NULL, v.params)
            ORDER BY v.owner_id IS NULL, v.position, v.id)
         FROM conversations_savedview v WHERE v.workspace_id = %(workspace)s
            AND (v.owner_id = %(user)s OR v.owner_id IS NULL) AND v.deleted_at IS NULL),
        (SELECT e.last_seq FROM events_eventcounter e WHERE e.workspace_id = %(workspace)s)
"""


class Account(NamedTuple):
    """A connected account, as a list names it."""

    id: UUID
    network: str
    handle: str


class Around(NamedTuple):
    """What a list can be narrowed by, the views that somebody sees, and the newest event.

    Read it before the rows: what happens between the two is then told again, and never missed.
    """

    channels: Sequence[Account]
    teams: Mapping[UUID, str]
    tags: Sequence[str]
    views: Sequence[View]
    last_seq: int


def around_lists(workspace_id: UUID, user_id: UUID) -> Around:
    """Return what stands around the lists of a person."""
    ((channels, teams, tags, views, last_seq),) = rows.fetch(
        _AROUND, {"workspace": workspace_id, "user": user_id}
    )
    return Around(
        channels=[Account(UUID(channel_id), *rest) for channel_id, *rest in channels or ()],
        teams={UUID(team_id): name for team_id, name in teams or ()},
        tags=tags or [],
        views=[View(UUID(view_id), *rest) for view_id, *rest in views or ()],
        last_seq=last_seq or 0,
    )
