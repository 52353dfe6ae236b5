"""What an owner lets customers know, and who lets themselves be named."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.text import clean
from hearwell.waits.models import Named, WaitChoice

LONGEST_NAME: Final = 40


class BadNameError(ValueError):
    """Nobody can be named so; `str()` says why."""


@dataclass(frozen=True)
class Chosen:
    """What customers may know from now on; the fields are those of `WaitChoice`."""

    is_public: bool = False
    in_chat: bool = False
    has_roster: bool = False


@transaction.atomic
def choose(workspace_id: UUID, chosen: Chosen, *, by: User) -> bool:
    """Keep what an owner chose; True if that changed anything."""
    choice, _made = WaitChoice.objects.select_for_update().get_or_create(workspace_id=workspace_id)
    after = asdict(chosen)
    before = {name: getattr(choice, name) for name in after}
    changed = sorted(name for name in after if before[name] != after[name])
    if not changed:
        return False
    for name in changed:
        setattr(choice, name, after[name])
    choice.save(update_fields=changed)
    entry = AuditEntry(
        "waits.chosen",
        by,
        "workspace",
        workspace_id,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    record_audit(workspace_id, [entry])
    return True


def be_named(workspace_id: UUID, user: User, first_name: str) -> None:
    """Let customers know a member's first name, or (empty) no longer. Raises BadNameError."""
    name = " ".join(clean(first_name)[0].split())
    mine = Named.objects.filter(workspace_id=workspace_id, user_id=user.id)
    if not name:
        mine.delete()
        return
    if len(name) > LONGEST_NAME:
        raise BadNameError(_("At most %(most)s letters.") % {"most": LONGEST_NAME})
    Named.objects.update_or_create(
        workspace_id=workspace_id, user_id=user.id, defaults={"first_name": name}
    )
