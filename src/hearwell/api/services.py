"""The memory of idempotency keys; the only writer of its table."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from hearwell.accounts.models import Membership
from hearwell.api.models import Remembered
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7

KEPT = timedelta(hours=48)


def remember(by: Membership, key: str, digest: str) -> tuple[Remembered, bool]:
    """Write a key down, in the caller's transaction; return its row and whether it is new.

    Where another request holds the key, this waits until that one has committed or failed.
    """
    row = Remembered(
        id=uuid7(), workspace_id=by.workspace_id, membership_id=by.id, key=key, digest=digest
    )
    Remembered.objects.bulk_create([row], ignore_conflicts=True)
    kept = Remembered.objects.get(workspace_id=by.workspace_id, membership_id=by.id, key=key)
    return kept, kept.id == row.id


def keep_answer(kept: Remembered, status: int, content_type: str, body: str) -> None:
    """Write down what was answered, to be given again."""
    Remembered.objects.filter(workspace_id=kept.workspace_id, id=kept.id).update(
        status=status, content_type=content_type, body=body
    )


def forget_keys() -> int:
    """Delete what is older than two days, in every workspace; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_forget(%s)", [now() - KEPT])
        row = cursor.fetchone()
    return int(row[0]) if row else 0
