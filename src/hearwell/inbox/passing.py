"""The story of asking a customer to go on elsewhere: never without a reason, never empty-handed.

The case stays one: it is not closed, its clocks run on, and what they have told us is kept with it,
so that whoever goes on with them need not ask again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.models import Channel
from hearwell.connect.model import Audience
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, Passing
from hearwell.inbox.acts import BadActError, NotAllowedError
from hearwell.inbox.drafts import give_back, lock_home
from hearwell.inbox.handles import can_speak
from hearwell.kit.clock import now
from hearwell.kit.text import clean

PRIVATE, PHONE, OTHER = "private", "phone", "other"
REASONS: Final[Mapping[str, str | Promise]] = {
    "personal": gettext_lazy("Personal data is needed"),
    "proof": gettext_lazy("They must prove who they are"),
    "limit": gettext_lazy("This channel cannot carry it: too long, files, its window is closed"),
    "talk": gettext_lazy("It is quicker to talk"),
    "asked": gettext_lazy("The customer asked for it"),
    "other": gettext_lazy("Another reason, in words"),
}
LONGEST: Final = 2000
_PRESSED_TWICE: Final = timedelta(minutes=5)


class BadPassingError(BadActError):
    """Something that was filled in cannot be; `field` names it."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Where to, why, and what they have told us already. ``message`` becomes the agent's draft."""

    goes_to: str
    reason: str
    words: str = ""
    known: str = ""
    message: str = ""
    version: int | None = None


def ways_on(case: Case, channels: Sequence[Channel]) -> list[str]:
    """Return where a customer can be asked to go on: in private here, elsewhere, by phone."""
    own = next((one for one in channels if one.id == case.channel_id), None)
    is_public = case.audience == Audience.PUBLIC.value
    ways = [PRIVATE] if is_public and own and can_speak(own, Audience.PRIVATE) else []
    near = [one for one in channels if own is None or one.brand_id == own.brand_id]
    others = {
        one.network
        for one in near
        if one.network != case.network and any(can_speak(one, a) for a in Audience)
    }
    last = [PHONE] if case.network != PHONE else []
    return [*ways, *sorted(others - {PHONE}), *last, OTHER]


@transaction.atomic
def pass_on(case_id: UUID, wish: Wish, by: Membership, channels: Sequence[Channel]) -> Passing:
    """Note it with its reason and put the asking words into the composer; nothing is sent.

    The same from the same person within minutes is one, and is noted once.

    Raises NotAllowedError, BadPassingError with nothing noted, CaseMovedError if the case has
    changed since the person looked, Case.DoesNotExist.
    """
    if not can(by.role, "reply"):
        right = "reply"
        raise NotAllowedError(right)
    case = lock_home(by.workspace_id, case_id)
    if wish.version is not None and wish.version != case.version:
        raise conversations.CaseMovedError(case)
    words = clean(wish.words)[0].strip()[:LONGEST]
    _check(case, wish, words, channels)
    known = clean(wish.known)[0].strip()[:LONGEST]
    asked: dict[str, str] = {
        "goes_to": wish.goes_to, "reason": wish.reason, "words": words, "known": known,
    }  # fmt: skip
    before = Passing.objects.filter(
        workspace_id=by.workspace_id,
        case_id=case.id,
        actor_id=by.user_id,
        at__gt=now() - _PRESSED_TWICE,
        **asked,
    ).first()
    if before is not None:
        return before
    noted = conversations.pass_on(case, **asked, actor_id=by.user_id)
    message = clean(wish.message)[0].strip()
    if message:
        give_back(by.workspace_id, case.id, by.user_id, case.audience or "public", message)
    entry = AuditEntry(
        "case.passed_on", by.user, "case", case.id, f"{case.network} → {wish.goes_to}", None,
        {"reason": wish.reason},
    )  # fmt: skip
    record_audit(by.workspace_id, [entry])
    return noted


def _check(case: Case, wish: Wish, words: str, channels: Sequence[Channel]) -> None:
    if case.is_historic:
        raise BadPassingError(_("This is a record of the past."), "goes_to")
    if wish.goes_to not in ways_on(case, channels):
        raise BadPassingError(_("Choose where they shall go on."), "goes_to")
    if wish.reason not in REASONS:
        raise BadPassingError(_("Say why they cannot be helped here."), "reason")
    if wish.reason == "other" and not words:
        raise BadPassingError(_("Write the reason in a few words."), "words")
