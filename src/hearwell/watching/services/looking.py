"""Look an account up before it is watched: a wrong name is said to whoever typed it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction

from hearwell.channels.models import Channel, ChannelState
from hearwell.channels.services import connect_channel
from hearwell.connect.failures import Failure, TargetGone
from hearwell.connect.model import Author
from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.kit.marking import marked as _
from hearwell.kit.scope import scope
from hearwell.watching.events import BrandFound
from hearwell.watching.models import Watch, WatchState
from hearwell.watching.rules import OWN, first_own
from hearwell.watching.services.calling import Line, line_of

ARCHIVE: Final = "archive"
# Of a timeline that begins with what others wrote.
_PAGES: Final = 3
NOBODY: Final = _("There is no such account on this network. Look at its spelling.")
SILENT: Final = _("This account is there and has said nothing in public, so nothing can be read.")


def look_up(workspace_id: UUID, watch_id: UUID) -> bool:
    """Ask the network for the account; True where it is there and is read from now on.

    Whatever stands against it is kept in the row, for the form. Asked again it does nothing.
    """
    with scope(workspace_id):
        watch = Watch.objects.filter(id=watch_id, workspace_id=workspace_id).first()
        if watch is None or watch.state != WatchState.LOOKING:
            return False
    try:
        with scope(workspace_id):
            line = line_of(workspace_id, watch.via_id)
        author = _found(line, watch.typed)
    except TargetGone:
        return _refused(watch, "target_gone", NOBODY)
    except Failure as failure:
        return _refused(watch, failure.code, failure.message)
    if author is None:
        return _refused(watch, "silent", SILENT)
    with scope(workspace_id):
        return _begin(watch, line, author)


def _found(line: Line, typed: str) -> Author | None:
    cursor: str | None = None
    for _page in range(_PAGES):
        page, items = line.read(typed, cursor, OWN)
        author = first_own(items, typed)
        if author is not None or page.cursor is None:
            return author
        cursor = page.cursor
    return None


def _refused(watch: Watch, code: str, why: str) -> bool:
    with scope(watch.workspace_id):
        Watch.objects.filter(
            workspace_id=watch.workspace_id, id=watch.id, state=WatchState.LOOKING
        ).update(
            state=WatchState.REFUSED,
            failure_code=code,
            failure_message=why,
            next_at=None,
            changed_at=now(),
        )
    return False


@transaction.atomic
def _begin(watch: Watch, line: Line, author: Author) -> bool:
    """Make it a watch, or let the panel have the one that there is for this account."""
    mine = Watch.objects.select_for_update().filter(workspace_id=watch.workspace_id)
    asked = mine.filter(id=watch.id, state=WatchState.LOOKING).first()
    if asked is None:
        return False
    known = mine.filter(network=watch.network, author_id=author.external_id).first()
    name = asked.brand_name or author.name or author.handle or author.external_id
    one = known or asked
    if known is not None:
        asked.delete()
    if known is None or known.state == WatchState.STOPPED:
        _set_up(one, line, author, name[:80])
    if one.channel_id is None:  # pragma: no cover  set just above
        raise LookupError(one.id)
    emit([
        BrandFound(
            one.workspace_id, one.id, asked.panel_id, asked.brand_name or one.brand_name,
            one.channel_id, asked.by_id,
        )
    ])  # fmt: skip
    return True


def _set_up(one: Watch, line: Line, author: Author, name: str) -> None:
    one.handle = author.handle or author.external_id
    one.author_id, one.brand_name, one.via_id = author.external_id, name, line.channel.id
    one.hears_all, one.state, one.purge_at, one.left = line.hears_all, WatchState.ACTIVE, None, []
    one.channel_id = record_of(one).id
    one.next_at = one.changed_at = now()
    one.save()


def record_of(watch: Watch) -> Channel:
    """Return the archive that the messages are kept in, made if it is not there."""
    key = key_of(watch)
    known = Channel.objects.filter(
        workspace_id=watch.workspace_id, network=ARCHIVE, external_id=key
    ).first()
    return known or connect_channel(
        workspace_id=watch.workspace_id,
        network=ARCHIVE,
        handle=watch.handle,
        external_id=key,
        brand=watch.brand_name,
        state=ChannelState.READ_ONLY,
        settings={"watched": watch.network},
    )


def key_of(watch: Watch) -> str:
    """Return what the record is called: the network, a colon, the account there."""
    return f"{watch.network}:{watch.author_id}"
