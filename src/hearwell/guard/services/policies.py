"""Choose what the guard looks for and how strict it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.guard.likeness import MOST_OF
from hearwell.guard.models import Policy
from hearwell.guard.profanity import WORDS, checked_words
from hearwell.guard.references import LONGEST, MOST, SHORTEST, BadMaskError, checked_mask
from hearwell.guard.rules import DEFAULTS, Check, Level
from hearwell.kit.text import clean

_MOST_OURS = 200


class BadPolicyError(ValueError):
    """What cannot be kept; `field` names where, the message says what to do."""

    def __init__(self, message: str, *, field: str) -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The guard as somebody filled it in. Texts have one entry a line; words, by language."""

    levels: Mapping[str, str]
    ours: str = ""
    patterns: str = ""
    words: Mapping[str, str] | None = None
    alike_of: int = 100
    alike_from: int = 3


@transaction.atomic
def set_policy(workspace_id: UUID, wanted: Wanted, *, by: User) -> Policy:
    """Keep the guard of a workspace. Raises BadPolicyError; then nothing is kept."""
    kept = _checked(wanted)
    Policy.objects.bulk_create([Policy(workspace_id=workspace_id)], ignore_conflicts=True)
    policy = Policy.objects.select_for_update().get(workspace_id=workspace_id)
    before = {name: getattr(policy, name) for name in kept}
    for name, value in kept.items():
        setattr(policy, name, value)
    policy.save(update_fields=list(kept))
    changed = {name for name in kept if before[name] != kept[name]}
    if changed:
        old = {name: before[name] for name in changed}
        new = {name: kept[name] for name in changed}
        entry = AuditEntry("guard.changed", by, "guard", policy.id, "", old, new)
        record_audit(workspace_id, [entry])
    return policy


def _checked(wanted: Wanted) -> dict[str, Any]:
    return {
        "levels": _levels(wanted.levels),
        "ours": _lines(wanted.ours)[:_MOST_OURS],
        "patterns": _masks(wanted.patterns),
        "words": _words(wanted.words or {}),
        **_alike(wanted),
    }


def _levels(wanted: Mapping[str, str]) -> dict[str, str]:
    """What differs from the default; what nobody named stays as it was meant by us."""
    try:
        chosen = {Check(name): Level(level) for name, level in wanted.items()}
    except ValueError as error:
        raise BadPolicyError(
            _("Choose one of the three for each check."), field="levels"
        ) from error
    return {c.value: level.value for c, level in chosen.items() if DEFAULTS[c] is not level}


def _lines(text: str) -> list[str]:
    parts = (" ".join(line.split()) for line in clean(text)[0].splitlines())
    return list(dict.fromkeys(part[:200] for part in parts if part))


def _masks(text: str) -> Sequence[str]:
    lines = _lines(text)
    if len(lines) > MOST:
        raise BadPolicyError(_("At most %(n)s references.") % {"n": MOST}, field="patterns")
    try:
        return [checked_mask(line) for line in lines]
    except BadMaskError as error:
        raise BadPolicyError(_why_no_mask(error), field="patterns") from error


def _why_no_mask(error: BadMaskError) -> str:
    if error.is_length:
        words = _("“%(mask)s”: a reference has %(shortest)s to %(longest)s characters.")
        return words % {"mask": error.mask, "shortest": SHORTEST, "longest": LONGEST}
    words = _("“%(mask)s”: write 9 where a digit stands, or * for a digit or a letter.")
    return words % {"mask": error.mask}


def _words(wanted: Mapping[str, str]) -> dict[str, list[str]]:
    """The lists that differ from the ones that come with Hearwell."""
    lists = {key: checked_words(clean(text)[0]) for key, text in wanted.items() if key in WORDS}
    return {key: words for key, words in lists.items() if set(words) != set(WORDS[key])}


def _alike(wanted: Wanted) -> dict[str, int]:
    if not 1 <= wanted.alike_from <= wanted.alike_of <= MOST_OF:
        message = _("Choose two numbers: from 1, to at most %(n)s replies.")
        raise BadPolicyError(message % {"n": MOST_OF}, field="alike")
    return {"alike_of": wanted.alike_of, "alike_from": wanted.alike_from}
