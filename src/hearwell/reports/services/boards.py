"""The verbs of the wallboard's links: made by an owner, shown once, ended for good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from hearwell.accounts.models import Membership, User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.clock import now
from hearwell.kit.links import digest_of, new_token, workspace_in
from hearwell.kit.scope import scope
from hearwell.reports.models import BoardLink

MOST_LINKS: Final = 50
SEEN_EVERY: Final = timedelta(minutes=1)


class TooManyLinksError(Exception):
    """The workspace has as many links as it may have."""


def make_board_link(membership: Membership, name: str) -> tuple[BoardLink, str]:
    """Make a link for a screen; return its row and its token, which is shown once.

    Raises TooManyLinksError.
    """
    if len(board_links(membership.workspace_id)) >= MOST_LINKS:
        raise TooManyLinksError
    token = new_token(membership.workspace_id)
    link = BoardLink.objects.create(
        workspace_id=membership.workspace_id,
        name=name,
        digest=digest_of(token),
        made_by=membership.user_id,
    )
    _audit("board.link_made", link, membership.user)
    return link, token


def end_board_link(membership: Membership, link_id: UUID) -> bool:
    """End a link for good; False where there is no such link. Screens notice within seconds."""
    links = BoardLink.objects.filter(workspace_id=membership.workspace_id, revoked_at=None)
    link = links.filter(id=link_id).first()
    if link is None or not links.filter(id=link_id).update(revoked_at=now()):
        return False
    _audit("board.link_ended", link, membership.user)
    return True


def board_links(workspace_id: UUID) -> list[BoardLink]:
    """Return the links that work, newest first."""
    found = BoardLink.objects.filter(workspace_id=workspace_id, revoked_at=None)
    return list(found.order_by("-created_at"))


def workspace_of_board(token: str) -> UUID | None:
    """Return the workspace that a link shows, or None. That it was seen is noted once a minute."""
    workspace_id = workspace_in(token)
    if workspace_id is None:
        return None
    with scope(workspace_id):
        found = BoardLink.objects.filter(workspace_id=workspace_id, revoked_at=None)
        link = found.filter(digest=digest_of(token)).first()
        if link is None:
            return None
        if link.last_seen_at is None or now() - link.last_seen_at > SEEN_EVERY:
            found.filter(id=link.id).update(last_seen_at=now())
    return workspace_id


def ended_boards(tokens: Collection[str]) -> set[str]:
    """Return those of some tokens that no longer open a board; one query a workspace."""
    by_place: dict[UUID | None, set[str]] = defaultdict(set)
    for token in tokens:
        by_place[workspace_in(token)].add(token)
    ended = by_place.pop(None, set())
    for workspace_id, some in by_place.items():
        if workspace_id is not None:
            ended |= some - _working(workspace_id, some)
    return ended


def _working(workspace_id: UUID, tokens: Collection[str]) -> set[str]:
    by_digest = {digest_of(token): token for token in tokens}
    with scope(workspace_id):
        found = BoardLink.objects.filter(
            workspace_id=workspace_id, revoked_at=None, digest__in=list(by_digest)
        )
        return {by_digest[bytes(digest)] for digest in found.values_list("digest", flat=True)}


def _audit(action: str, link: BoardLink, actor: User) -> None:
    entry = AuditEntry(action, actor, "board_link", link.id, link.name)
    record_audit(link.workspace_id, [entry])
