"""What is old is forgotten; after a restore nothing goes out by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import connection

from hearwell.accounts.models import Workspace
from hearwell.integrations.models import OffReason, Subscription
from hearwell.integrations.services.subscriptions import switch_off
from hearwell.kit.clock import now
from hearwell.kit.scope import scope

DELIVERED_KEPT: Final = timedelta(days=14)
REST_KEPT: Final = timedelta(days=30)
AT_MOST: Final = 20_000


def forget_old() -> int:
    """Delete notices that were delivered 14 days ago, or are 30 days old; return how many."""
    at = now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT integrations_forget(%s, %s, %s)", [at - DELIVERED_KEPT, at - REST_KEPT, AT_MOST]
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def hold_everything() -> int:
    """Switch every webhook of every workspace off: the house that was saved may still be there."""
    held = 0
    for workspace_id in Workspace.objects.values_list("id", flat=True):
        with scope(workspace_id):
            rows = Subscription.objects.filter(workspace_id=workspace_id, is_on=True)
            for row in rows.select_for_update():
                switch_off(row, OffReason.RESTORED)
                held += 1
    return held
