"""What an owner lets customers be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.models import Channel
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.surveys.models import AskChoice
from hearwell.surveys.rules import (
    COOL_OFF_DAYS,
    DELAY_MIN,
    LONGEST_COOL_OFF_DAYS,
    LONGEST_DELAY_MIN,
    LONGEST_QUESTION,
    QUESTIONS,
)


class BadChoiceError(ValueError):
    """It cannot be asked so; `str()` says why, `field` where."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(message)
        self.field = field_name


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What is asked where from now on; the fields are those of `AskChoice`."""

    channel_ids: frozenset[UUID] = frozenset()
    in_public: bool = False
    delay_min: int = DELAY_MIN
    cool_off_days: int = COOL_OFF_DAYS
    words: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def choose(workspace_id: UUID, chosen: Chosen, *, by: User) -> None:
    """Keep what an owner chose. Raises BadChoiceError with nothing changed.

    Questions that are due in an account that is off now are not asked.
    """
    after = _checked(workspace_id, chosen)
    kept = AskChoice.objects.select_for_update().filter(workspace_id=workspace_id).first()
    before = {name: getattr(kept, name) for name in after} if kept else None
    values = {**after, "by_id": by.id, "changed_at": now()}
    AskChoice.objects.update_or_create(workspace_id=workspace_id, defaults=values)
    if before != after:
        entry = AuditEntry(
            "waits.solved_chosen", by, "workspace", workspace_id, before=before, after=after
        )
        record_audit(workspace_id, [entry])


def _checked(workspace_id: UUID, chosen: Chosen) -> dict[str, object]:
    for name, most in (
        ("delay_min", LONGEST_DELAY_MIN),
        ("cool_off_days", LONGEST_COOL_OFF_DAYS),
    ):
        if not 0 <= getattr(chosen, name) <= most:
            raise BadChoiceError(name, _("From 0 to %(most)s.") % {"most": most})
    ours = Channel.objects.filter(workspace_id=workspace_id, id__in=chosen.channel_ids)
    after = asdict(chosen)
    after["channel_ids"] = sorted(str(one) for one in ours.values_list("id", flat=True))
    after["words"] = _own_words(chosen.words)
    return after


def _own_words(words: Mapping[str, str]) -> dict[str, str]:
    """Return the questions that differ from ours. Raises BadChoiceError."""
    own = {}
    for tag, ours in QUESTIONS.items():
        text = clean(words.get(tag, ""))[0].strip()
        if len(text) > LONGEST_QUESTION:
            message = _("At most %(most)s letters.") % {"most": LONGEST_QUESTION}
            where = f"words_{tag}"
            raise BadChoiceError(where, message)
        if text and text != ours:
            own[tag] = text
    return own
