"""Cases that nobody addressed to us: answering there is off until an owner allows it.

Nobody there was promised an answer either: while it is off no clock runs. Whoever addresses us
after all, in the same thread, is answered like anybody.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import RoleName
from hearwell.conversations.models import Case
from hearwell.inbox.unsendable import CannotSend
from hearwell.listening.queries import may_answer_untagged

CODE: Final = "untagged"
_WORDS: Final = gettext_noop(
    "They did not address us, so we do not answer: that is off in this workspace. %(names)s can"
    " allow it under Settings, What we listen for. A note can still be written."
)
_SHOWN: Final = 3


def refuse_untagged(workspace_id: UUID, case_id: UUID) -> None:
    """Raise CannotSend for a case that is closed to answers, saying who may open it."""
    case = Case.objects.filter(workspace_id=workspace_id, id=case_id).only("stage").first()
    if case is not None and (words := why_not_answered(workspace_id, case.stage)):
        raise CannotSend.because(code=CODE, message=words)


def why_not_answered(workspace_id: UUID, stage: str) -> str:
    """Return why a case at this stage takes no answers; empty if it does."""
    if not stage or may_answer_untagged(workspace_id):
        return ""
    return _(_WORDS) % {"names": _owners(workspace_id)}


def _owners(workspace_id: UUID) -> str:
    owners = Membership.objects.select_related("user").filter(
        workspace_id=workspace_id, role=RoleName.OWNER
    )
    names = [str(owner.user) for owner in owners.order_by("created_at")[:_SHOWN]]
    return ", ".join(names) or _("An owner")


def owed(workspace_id: UUID, case_ids: Collection[UUID]) -> list[UUID]:
    """Return those of these cases in which somebody may wait for us: all that take answers."""
    staged = Case.objects.filter(workspace_id=workspace_id, id__in=list(case_ids)).exclude(stage="")
    closed = set(staged.values_list("id", flat=True))
    if not closed or may_answer_untagged(workspace_id):
        return list(case_ids)
    return [case_id for case_id in case_ids if case_id not in closed]
