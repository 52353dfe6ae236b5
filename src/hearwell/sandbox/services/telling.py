"""Tell the brand's page what happened: append entries, and have the webhook sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from hearwell.kit.clock import now
from hearwell.kit.rows import insert
from hearwell.sandbox.models import Entry, Faults, Page, Post

# A held-back entry lets the next one overtake it.
_OVERTAKEN_S = 3


def tell(page: Page, bodies: Sequence[dict[str, Any]]) -> None:
    """Append entries in the caller's scope, numbered in the order of commit."""
    if not bodies:
        return
    if page.is_sister:
        page = Page.objects.select_related("profile").get(is_sister=False)
    _append(page, bodies)


def tell_sister(bodies: Sequence[dict[str, Any]]) -> None:
    """Tell the second account, if there is one, of what it said, names it, or answers it."""
    sister = Page.objects.select_related("profile").filter(is_sister=True).first()
    if sister is not None:
        _append(sister, [body for body in bodies if _concerns(sister, body)])


def _concerns(sister: Page, body: dict[str, Any]) -> bool:
    item, profile = body["item"], sister.profile
    names = {mention["handle"] for mention in item["mentions"]}
    if profile.handle in names or item["author"]["id"] == str(profile.id):
        return True
    parent_id = item["parent_id"]
    return bool(parent_id) and Post.objects.filter(id=parent_id, author=profile).exists()


def _append(page: Page, bodies: Sequence[dict[str, Any]]) -> None:
    if not bodies:
        return
    last = _numbers(page, len(bodies))
    numbers = range(last - len(bodies) + 1, last + 1)
    faults = Faults.objects.filter(page=page).first() or Faults()
    insert([_entry(page, faults, seq, body) for seq, body in zip(numbers, bodies, strict=True)])
    if page.has_webhook:
        _wake(page)


def _numbers(page: Page, count: int) -> int:
    """Take ``count`` numbers; the page's row is locked until the commit, so none is passed by."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sandbox_page SET last_seq = last_seq + %s WHERE workspace_id = %s"
            " AND id = %s RETURNING last_seq",
            [count, page.workspace_id, page.id],
        )
        row = cursor.fetchone()
    if row is None:
        raise Page.DoesNotExist
    return int(row[0])


def _entry(page: Page, faults: Faults, seq: int, body: dict[str, Any]) -> Entry:
    delay_s = faults.delay_s + (_OVERTAKEN_S if faults.reorder and seq % 2 else 0)
    return Entry(
        workspace_id=page.workspace_id,
        seq=seq,
        for_sister=page.is_sister,
        body=body | {"seq": seq},
        not_before=now() + timedelta(seconds=delay_s),
        # Without a webhook there is nothing to send: streams and polls read the entries.
        sent_at=None if page.has_webhook else now(),
    )


def _wake(page: Page) -> None:
    """Have the webhook sent soon, once a request; the sweep finds what no wake-up reached."""
    from hearwell.sandbox.tasks import wake

    if not getattr(page, "is_waking", False):
        page.is_waking = True  # type: ignore[attr-defined]
        transaction.on_commit(lambda: wake(page.workspace_id))
