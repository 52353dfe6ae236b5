"""What watching tells: an account that was looked for is there and joins its panel."""

from __future__ import annotations

from collections.abc import Sequence

from hearwell.accounts.models import User
from hearwell.benchmarks.services import BadPanelError, join_brand
from hearwell.events.registry import on
from hearwell.watching.events import BrandFound


@on(BrandFound)
def on_found(events: Sequence[BrandFound]) -> None:
    """Give the panel its new brand. A panel that is full keeps its brands; the record is read."""
    people = User.objects.in_bulk({one.by_id for one in events})
    for one in events:
        by = people.get(one.by_id)
        if by is None:
            continue
        try:
            join_brand(one.workspace_id, one.panel_id, one.brand_name, one.channel_id, by=by)
        except BadPanelError:
            continue
