"""The stories of watching from a panel: begun there, stopped, and the stop taken back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import User
from hearwell.benchmarks.models import Panel
from hearwell.benchmarks.queries import panel_by_id
from hearwell.benchmarks.rules import MOST_BRANDS
from hearwell.benchmarks.services import BadPanelError, join_brand, leave_panels
from hearwell.watching import services
from hearwell.watching.models import Watch
from hearwell.watching.queries import watch_by_id


@transaction.atomic
def watch_brand(workspace_id: UUID, wish: services.Wish, *, by: User) -> Watch:
    """Have an account looked up for a panel. Raises Panel.DoesNotExist, BadWishError."""
    panel = panel_by_id(workspace_id, wish.panel_id)
    if panel is None:
        raise Panel.DoesNotExist
    if len(panel.brands) >= MOST_BRANDS:
        message = _("At most %(most)s brands in a panel.") % {"most": MOST_BRANDS}
        raise services.BadWishError(services.HANDLE, message)
    return services.ask(workspace_id, wish, by=by)


@transaction.atomic
def stop_watching(workspace_id: UUID, watch_id: UUID, *, keeps: bool, by: User) -> Watch:
    """Stop; where what was read is to go, its brand leaves all panels now. Watch.DoesNotExist."""
    watch = watch_by_id(workspace_id, watch_id)
    left: list[tuple[str, str]] = []
    if watch is not None and watch.channel_id is not None and not keeps:
        left = leave_panels(workspace_id, watch.channel_id, by=by)
    return services.stop(workspace_id, watch_id, keeps=keeps, left=left, by=by)


@transaction.atomic
def watch_again(workspace_id: UUID, watch_id: UUID, *, by: User) -> Watch:
    """Take a stop back, and have the panels again what they lost. Raises Watch.DoesNotExist."""
    before = watch_by_id(workspace_id, watch_id)
    watch = services.undo_stop(workspace_id, watch_id, by=by)
    for panel_id, name in before.left if before else ():
        if watch.channel_id is not None:
            _rejoin(watch, UUID(panel_id), name, by)
    return watch


def _rejoin(watch: Watch, panel_id: UUID, name: str, by: User) -> None:
    """A panel that is full by now, or gone, stays as it is."""
    try:
        join_brand(watch.workspace_id, panel_id, name, watch.channel_id or watch.id, by=by)
    except BadPanelError:
        return
