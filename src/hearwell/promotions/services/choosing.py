"""What people choose: how long it cools off, what counts, and whether addresses are told."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.promotions.models import Feed, HoldChoice
from hearwell.promotions.rules import LONGEST_COOL_OFF, LONGEST_STATEMENT, Basis

_HOUR: Final = timedelta(hours=1)
_SHORTEST: Final = 10


class BadHoldChoiceError(ValueError):
    """It cannot be chosen so; `str()` says why, `field` where."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Wish:
    """What is to hold from now on; the fields are those of `HoldChoice`."""

    cool_off_h: int
    counts_praise: bool
    email_basis: str
    email_statement: str


@transaction.atomic
def choose(workspace_id: UUID, wish: Wish, *, by: User, may_state_basis: bool) -> bool:
    """Keep what a workspace chose; True if that changed anything. Raises BadHoldChoiceError.

    Only an owner (`may_state_basis`) says on what ground addresses are told; from anybody else
    that part stays as it is. The list is held against what was told at the next look.
    """
    choice, _made = HoldChoice.objects.select_for_update().get_or_create(workspace_id=workspace_id)
    before = {name: getattr(choice, name) for name in asdict(wish)}
    after = asdict(wish) | {"email_statement": clean(wish.email_statement)[0].strip()}
    if not may_state_basis:
        after |= {name: before[name] for name in ("email_basis", "email_statement")}
    _check(after["cool_off_h"], after["email_basis"], after["email_statement"])
    changed = {name for name in after if before[name] != after[name]}
    if not changed:
        return False
    for name, value in after.items():
        setattr(choice, name, value)
    if changed & {"email_basis", "email_statement"}:
        choice.email_at, choice.email_by_id = now(), by.id
    choice.save()
    Feed.objects.filter(workspace_id=workspace_id).update(counted_at=None)
    entry = AuditEntry(
        "promotions.chosen",
        by,
        "workspace",
        workspace_id,
        before={name: before[name] for name in sorted(changed)},
        after={name: after[name] for name in sorted(changed)},
    )
    record_audit(workspace_id, [entry])
    return True


def _check(cool_off_h: int, basis: str, statement: str) -> None:
    most = LONGEST_COOL_OFF // _HOUR
    if not 0 <= cool_off_h <= most:
        words = _("Between 0 and %(most)s hours.")
        raise BadHoldChoiceError(words % {"most": most}, "cool_off_h")
    if basis not in list(Basis):
        raise BadHoldChoiceError(_("Choose one of the grounds."), "email_basis")
    if len(statement) > LONGEST_STATEMENT:
        words = _("At most %(most)s characters.")
        raise BadHoldChoiceError(words % {"most": LONGEST_STATEMENT}, "email_statement")
    if basis != Basis.NONE and len(statement) < _SHORTEST:
        words = _("Say in a sentence what the ground is and where it is written down.")
        raise BadHoldChoiceError(words, "email_statement")
