"""New keys for a house at work: known first, then used, then all secrets are sealed with them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from hearwell.accounts import factorsealing
from hearwell.accounts.models import Workspace
from hearwell.accounts.services import providers
from hearwell.channels.services import secrets
from hearwell.commerce import sealing as commerce
from hearwell.integrations import sealing as integrations
from hearwell.kit import keyfiles
from hearwell.kit.resealing import SealedColumn, reseal
from hearwell.notifications import sealing as notifications
from hearwell.secondopinion import sealing as secondopinion

SEALED: Final[tuple[SealedColumn, ...]] = (
    *factorsealing.SEALED,
    *providers.SEALED,
    *secrets.SEALED,
    *commerce.SEALED,
    *integrations.SEALED,
    *notifications.SEALED,
    *secondopinion.SEALED,
)
# All processes look at the keys whenever they use one; a shared disk may be slow to tell.
NOTICE_S: Final = 3.0


class OlderKeysNeededError(RuntimeError):
    """Something was still sealed with an older key."""


def announce(folder: Path) -> bool:
    """Make new keys that only open yet, unless there are some; say whether there were none."""
    if keyfiles.is_between_keys(folder):
        return False
    keyfiles.make_next(folder)
    return True


def rotate(folder: Path, *, notice_s: float = NOTICE_S, told: Callable[[int], None]) -> int:
    """Have everything sealed with new keys; return how many rows were sealed anew.

    What was begun and not ended, here or by `announce`, is gone on with. `told` is called with the
    rows of each look at all of them, until one finds nothing to do.
    """
    if announce(folder):
        time.sleep(notice_s)
    keyfiles.use_next(folder)
    time.sleep(notice_s)
    total = 0
    while changed := reseal_everything():
        total += changed
        told(changed)
    return total


def reseal_everything() -> int:
    """Look at every sealed value there is; return how many rows an older key had sealed."""
    workspaces = list(Workspace.objects.values_list("id", flat=True))
    return sum(
        reseal(column, workspace_id)
        for column in SEALED
        for workspace_id in (workspaces if column.is_scoped else [None])
    )


def remove_older(folder: Path) -> Sequence[str]:
    """Remove the keys that nothing needs any more; return their names.

    Raises OlderKeysNeededError if something did need one just now; it does not any more.
    """
    keyfiles.use_next(folder)
    changed = reseal_everything()
    if changed:
        message = f"{changed} rows were still sealed with an older key. They are not any more."
        raise OlderKeysNeededError(message)
    return keyfiles.remove_older(folder)
