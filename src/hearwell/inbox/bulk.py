"""What an agent does with many cases at once: rights, clocks, routing and cases move together.

Every act is a fixed number of statements however many cases there are, leaves alone what it does
not fit, says how many those were, and can be undone as a whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.conversations import services as conversations
from hearwell.conversations.filtering import conditions_of
from hearwell.conversations.listing import CaseFilter, queue_of
from hearwell.conversations.models import Batch, BatchKind
from hearwell.conversations.queries import find
from hearwell.conversations.services import BatchGoneError, Seen
from hearwell.inbox.acts import (
    CLOSE_REASONS,
    MAX_SNOOZE,
    NOT_ABOUT_US,
    BadActError,
    NotAllowedError,
    is_member,
)
from hearwell.inbox.placing import forget_closed, note_reopened
from hearwell.inbox.unanswered import never_answered
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.routing import services as routing
from hearwell.sla import services as sla

# What is heard and not about us is judged one by one: it teaches what we listen for.
REASONS: Final = tuple(reason for reason in CLOSE_REASONS if reason != NOT_ABOUT_US)
MOST: Final = 1000
# So long a whole batch can be taken back; the screen offers it for UNDO_SHOWN_S.
UNDO_WITHIN: Final = timedelta(minutes=10)
UNDO_SHOWN_S: Final = 60
_MAX_TAG: Final = 60


@dataclass(frozen=True)
class Done:
    """What a batch did: to how many cases, how many it left, and of those which for what.

    `unanswered_ids`: nobody has answered them; `moved_ids`: something happened since they were
    seen.
    """

    batch: Batch | None
    done: int
    left: int
    unanswered_ids: frozenset[UUID] = frozenset()
    moved_ids: frozenset[UUID] = frozenset()

    @property
    def unanswered(self) -> int:
        """How many were left because nobody has answered them."""
        return len(self.unanswered_ids)

    @property
    def moved(self) -> int:
        """How many were left because something happened since they were seen."""
        return len(self.moved_ids)

    @property
    def done_ids(self) -> list[UUID]:
        """The cases it was done to."""
        return [UUID(row["id"]) for row in self.batch.rows] if self.batch else []


@dataclass(frozen=True)
class Made:
    """What is being done, and since when: clocks that stopped from then on, it has stopped."""

    kind: BatchKind
    data: dict[str, str | None]
    at: datetime = field(default_factory=now)


def cases_in(workspace_id: UUID, wanted: CaseFilter) -> dict[UUID, int]:
    """Return the cases of a list -> their versions.

    At most MOST + 1: then they are too many to act on at once.
    """
    conditions, parameters = conditions_of(workspace_id, wanted, queue_of(wanted))
    if wanted.text:
        conditions.append("c.id = ANY(%(found)s)")
        parameters["found"] = list(find(workspace_id, wanted).hits)
    statement = f"""SELECT c.id, c.version FROM conversations_case c
        WHERE c.workspace_id = %(workspace)s AND {" AND ".join(conditions)}
        ORDER BY c.last_message_at, c.id LIMIT {MOST + 1}"""  # noqa: S608  only our own fragments; values are parameters
    return dict(rows.fetch(statement, parameters))


@transaction.atomic
def assign_cases(
    case_ids: Collection[UUID], user_id: UUID | None, by: Membership, *, is_free: bool = False
) -> Done:
    """Give cases to a member, or to nobody; `is_free`: only those that nobody has.

    Raises BadActError for a stranger.
    """
    ids = _may(by, "assign", case_ids)
    if user_id is not None and not is_member(by.workspace_id, user_id):
        raise BadActError(_("This person is not a member of the workspace."))
    before = conversations.held_by_others(ids, user_id, is_free=is_free)
    routing.assign([UUID(row["id"]) for row in before], user_id, actor=by.user)
    made = Made(BatchKind.ASSIGN, {"to": str(user_id) if user_id else None})
    return _kept(made, by, before, len(ids))


@transaction.atomic
def tag_cases(case_ids: Collection[UUID], name: str, by: Membership) -> Done:
    """Put a label on cases."""
    ids = _may(by, "tag", case_ids)
    tag = " ".join(name.split())[:_MAX_TAG]
    if not tag:
        raise BadActError(_("Write the label first."))
    before = conversations.untagged(ids, tag)
    conversations.tag([UUID(row["id"]) for row in before], [tag], by.user_id)
    return _kept(Made(BatchKind.TAG, {"tag": tag}), by, before, len(ids))


@transaction.atomic
def close_cases(seen: Seen, reason: str, by: Membership) -> Done:
    """Close cases with a reason, as far as they are as they were seen.

    What nobody has answered was not solved: such cases are left, unless the reason says why they
    need no answer.
    """
    ids = _may(by, "close", seen)
    if reason not in REASONS:
        raise BadActError(_("Choose a reason for closing the cases."))
    made = Made(BatchKind.CLOSE, {"reason": reason})
    silent = never_answered(by.workspace_id, ids) if reason == "solved" else set()
    answered = {case_id: seen[case_id] for case_id in ids if case_id not in silent}
    before = conversations.close_many(answered, reason, by.user_id)
    closed = [UUID(row["id"]) for row in before]
    sla.end(by.workspace_id, closed, reason)
    routing.drop_claims(closed, why="closed")
    forget_closed(by.workspace_id, closed)
    moved = conversations.moved_on(answered)
    return _kept(made, by, before, len(ids), unanswered_ids=frozenset(silent), moved_ids=moved)


@transaction.atomic
def snooze_cases(seen: Seen, until: datetime, by: Membership) -> Done:
    """Put cases away until a time, as far as they are as they were seen. Their clocks run on."""
    ids = _may(by, "close", seen)
    if not now() < until <= now() + MAX_SNOOZE:
        raise BadActError(_("Choose a time between now and 90 days from now."))
    before = conversations.snooze_many(seen, until, by.user_id)
    made = Made(BatchKind.SNOOZE, {"until": until.isoformat()})
    return _kept(made, by, before, len(ids), moved_ids=conversations.moved_on(seen))


@transaction.atomic
def undo(batch_id: UUID, by: Membership) -> conversations.Undone:
    """Take a whole batch back, but for what somebody else has changed since.

    Raises BatchGoneError where it is not theirs, was undone, or is too long ago.
    """
    undone = conversations.undo_batch(batch_id, by.user_id, UNDO_WITHIN)
    batch, ids = undone.batch, undone.case_ids
    if not can(by.role, _RIGHT[BatchKind(batch.kind)]):
        raise NotAllowedError(_RIGHT[BatchKind(batch.kind)])
    if batch.kind == BatchKind.CLOSE and ids:
        sla.take_back(by.workspace_id, ids, batch.at)
        note_reopened(by.workspace_id, ids)
    if batch.kind == BatchKind.ASSIGN and ids:
        was = {UUID(row["id"]): row["assignee_id"] for row in batch.rows}
        _audit_given_back(batch, {case_id: was[case_id] for case_id in ids}, by)
        routing.hold(by.workspace_id, [i for i in ids if was[i]])
        routing.requeue(by.workspace_id, {i: None for i in ids if not was[i]})
    return undone


def _audit_given_back(batch: Batch, given: Mapping[UUID, str | None], by: Membership) -> None:
    """Write down who has the cases again: the trail says they were given away (routing.assign)."""
    before = {"assignee_id": batch.data["to"]}
    record_audit(
        by.workspace_id,
        [
            AuditEntry(
                "case.assigned", by.user, "case", case_id, "", before, {"assignee_id": holder}
            )
            for case_id, holder in given.items()
        ],
    )


_RIGHT: Final = {
    BatchKind.ASSIGN: "assign",
    BatchKind.TAG: "tag",
    BatchKind.CLOSE: "close",
    BatchKind.SNOOZE: "close",
}


def _may(by: Membership, action: str, case_ids: Collection[UUID]) -> list[UUID]:
    """Return the ids, each once. Raises NotAllowedError, BadActError for too many."""
    if not can(by.role, action):
        raise NotAllowedError(action)
    ids = list(dict.fromkeys(case_ids))
    if len(ids) > MOST:
        raise BadActError(_("At most %(most)s cases at once.") % {"most": MOST})
    return ids


def _kept(
    batch: Made,
    by: Membership,
    before: list[dict[str, object]],
    asked: int,
    **left: frozenset[UUID],
) -> Done:
    if not before:
        return Done(None, 0, asked, **left)
    kept = conversations.keep_batch(batch.kind, by.user_id, batch.data, before, batch.at)
    return Done(kept, len(before), asked - len(before), **left)


__all__ = [
    "MOST",
    "REASONS",
    "BatchGoneError",
    "Done",
    "assign_cases",
    "cases_in",
    "close_cases",
    "snooze_cases",
    "tag_cases",
    "undo",
]
