"""The story of cases that belong together, or do not: merge, split, and both back again.

Only people do this. Whatever suggests that two cases are one matter is shown with its reason and
waits for somebody's press.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final
from uuid import UUID

from django.db import OperationalError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg.errors import DeadlockDetected

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case
from hearwell.conversations.services import CannotMoveError, Moved
from hearwell.inbox.acts import BadActError, NotAllowedError
from hearwell.kit.clock import now
from hearwell.listening import services as listening
from hearwell.routing import services as routing
from hearwell.routing.models import Claim
from hearwell.routing.services import TakenError
from hearwell.sla import services as sla
from hearwell.triage import services as triage

RIGHT: Final = "close"
_ATTEMPTS: Final = 3
_WHY_NOT: Final[Mapping[str, str | Promise]] = {
    "same": _("That is this very case. Choose another one."),
    "merged": _("%(case)s was merged into another case before. Open that one, then try again."),
    "archive": _("%(case)s is a record of the past, which stays as it is."),
    "went_on": _("What was said in %(case)s goes on in a newer case. Merge that one."),
    "unaddressed": _(
        "Nobody addressed us in %(case)s, so it cannot be joined with a case in which we answer."
    ),
    "not_there": _("That conversation is not in %(case)s any more. Look at what is there now."),
    "nothing_left": _("Nothing would be left in %(case)s. Move what else is in it first."),
    "gone_on": _("The conversations have moved on from %(case)s since. Take that back first."),
    "more_inside": _("%(case)s holds more than was split off. Split that off first, or merge."),
}


def merge_cases(
    into_id: UUID,
    from_id: UUID,
    by: Membership,
    *,
    why: str = "",
    expected: Mapping[UUID, int] | None = None,
) -> Moved:
    """Move all that is in one case into another.

    Raises TakenError while somebody else is on either, CaseMovedError if either has changed since
    the person looked, BadActError with words for the person, Case.DoesNotExist.
    """

    def act() -> Moved:
        _refuse_if_taken(by, [into_id, from_id])
        return conversations.merge(into_id, from_id, by.user_id, why=why, expected=expected)

    return _regrouped(act, by, "case.merged")


def split_case(
    case_id: UUID,
    conversation_ids: Collection[UUID],
    by: Membership,
    *,
    expected_version: int | None = None,
) -> Moved:
    """Move conversations of a case into a new one. Raises as `merge_cases` does."""

    def act() -> Moved:
        _refuse_if_taken(by, [case_id])
        return conversations.split(
            case_id, conversation_ids, by.user_id, expected_version=expected_version
        )

    return _regrouped(act, by, "case.split")


def undo_move(move_id: UUID, by: Membership) -> Moved:
    """Take a merge or a split back. Raises BadActError if the conversations went on since."""
    return _regrouped(lambda: conversations.undo_move(move_id, by.user_id), by, "case.unmoved")


def _regrouped(act: Callable[[], Moved], by: Membership, action: str) -> Moved:
    """Do it; once more where somebody who locked the same the other way round was let pass."""
    if not can(by.role, RIGHT):
        raise NotAllowedError(RIGHT)
    for _attempt in range(_ATTEMPTS - 1):
        try:
            return _regrouped_once(act, by, action)
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
    return _regrouped_once(act, by, action)


@transaction.atomic
def _regrouped_once(act: Callable[[], Moved], by: Membership, action: str) -> Moved:
    """Do it, and let all that is kept of messages elsewhere follow them."""
    try:
        moved = act()
    except CannotMoveError as error:
        raise BadActError(str(_WHY_NOT[error.code]) % {"case": error.case.label}) from error
    workspace_id = by.workspace_id
    latest = triage.follow(workspace_id, moved.cases)
    conversations.judge_cases(latest)
    listening.follow(workspace_id, moved.cases)
    sla.regroup(workspace_id, moved.cases)
    emptied = Case.objects.filter(workspace_id=workspace_id, id__in=moved.cases).exclude(
        merged_into_id=None
    )
    gone = list(emptied.values_list("id", flat=True))
    routing.drop_claims(gone, why="merged")
    routing.forget(workspace_id, gone)  # its sweep notes what is open again
    _audit(moved, by, action)
    return moved


def _refuse_if_taken(by: Membership, case_ids: Collection[UUID]) -> None:
    """Let nobody's case be moved away under their hands."""
    held = Claim.objects.filter(
        workspace_id=by.workspace_id, case_id__in=list(case_ids), expires_at__gt=now()
    ).exclude(user_id=by.user_id)
    claim = held.first()
    if claim is not None:
        person = Membership.objects.select_related("user").filter(
            workspace_id=by.workspace_id, user_id=claim.user_id
        )
        raise TakenError(claim.user_id, str(person[0].user) if person else "", claim)


def _audit(moved: Moved, by: Membership, action: str) -> None:
    move = moved.move
    line = AuditEntry(
        action,
        by.user,
        "case",
        move.to_case_id,
        before={"case_id": str(move.from_case_id)},
        after={
            "case_id": str(move.to_case_id),
            "conversation_ids": move.conversation_ids,
            "move_id": str(move.id),
        },
    )
    record_audit(by.workspace_id, [line])
