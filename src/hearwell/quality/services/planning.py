"""What a lead chooses: how much is read again, and what each mark means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.quality.models import Plan, Scorecard
from hearwell.quality.queries import card_of
from hearwell.quality.rules import CRITERIA, LONGEST_ANCHOR, MARKS

MOST_A_WEEK: Final = 50
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('quality.card' || %s, 0))"
_ANCHORED: Final = MARKS[:3]


@dataclass(frozen=True)
class Planned:
    """How much is read again from now on; the fields are those of `Plan`."""

    is_on: bool
    a_week: int = 5
    random_percent: int = 60
    double_percent: int = 10
    fewest: int = 10
    new_days: int = 30


@transaction.atomic
def plan(workspace_id: UUID, planned: Planned, *, by: User) -> bool:
    """Keep what was planned; True if that changed anything.

    Switched on, it draws from this week on: nobody is judged for what was written before.
    """
    kept, _made = Plan.objects.select_for_update().get_or_create(workspace_id=workspace_id)
    after = asdict(planned)
    before = {name: getattr(kept, name) for name in after}
    changed = sorted(name for name in after if before[name] != after[name])
    if not changed:
        return False
    if planned.is_on and not kept.is_on:
        kept.since = now()
    for name in changed:
        setattr(kept, name, after[name])
    kept.save()
    entry = AuditEntry(
        "quality.planned",
        by,
        "workspace",
        workspace_id,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    record_audit(workspace_id, [entry])
    return True


@transaction.atomic
def write_card(
    workspace_id: UUID, anchors: Mapping[str, Mapping[str, str]], *, by: User, remark: str = ""
) -> Scorecard | None:
    """Make a version of the scorecard; None where nothing is said that the last did not say.

    `anchors`: criterion -> mark -> what it means. What is left empty is as Hearwell comes.
    """
    rows.fetch(_LOCK, [str(workspace_id)], is_read=False)
    stored = {
        name: {mark: text for mark in _ANCHORED if (text := _short(anchors, name, mark))}
        for name in CRITERIA
    }
    last = card_of(workspace_id)
    if {name: words for name, words in stored.items() if words} == {
        name: words for name, words in last.anchors.items() if words
    }:
        return None
    made = Scorecard.objects.create(
        workspace_id=workspace_id,
        number=last.number + 1,
        anchors=stored,
        remark=" ".join(clean(remark)[0].split())[:LONGEST_ANCHOR],
        by_id=by.id,
    )
    entry = AuditEntry("quality.card_written", by, "scorecard", made.id, f"v{made.number}")
    record_audit(workspace_id, [entry])
    return made


def _short(anchors: Mapping[str, Mapping[str, str]], name: str, mark: str) -> str:
    text = clean(anchors.get(name, {}).get(mark, ""))[0]
    return " ".join(text.split())[:LONGEST_ANCHOR]
