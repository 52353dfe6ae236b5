"""Keep answers as they are given, and make a version of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.strategy.models import Answers, Playbook
from hearwell.strategy.queries import answers_of, latest, names_of
from hearwell.strategy.rules import Answers as Given
from hearwell.strategy.rules import checked_shift

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('strategy.playbook' || %s, 0))"
MOST_SHIFTS = 60


class NothingChangedError(Exception):
    """The answers are those of the current version: there is nothing to make a version of."""


@transaction.atomic
def keep(workspace_id: UUID, *, by: User, **parts: Any) -> Given:
    """Keep what was answered of one question, the others as they are; returns all of it.

    Parameters are fields of `rules.Answers`. Raises BadAnswerError for a shift that cannot be;
    nothing of what came with it is then kept.
    """
    _hold(workspace_id)
    before = answers_of(workspace_id)
    for place, shift in enumerate(parts.get("rota", ())):
        checked_shift(shift, f"{place}-")
    stored = before.stored() | Given(**{**_as_parts(before), **parts}).stored()
    stored = _cleaned(stored)
    Answers.objects.update_or_create(
        workspace_id=workspace_id,
        defaults={"answers": stored, "changed_at": now(), "changed_by_id": by.id},
    )
    return Given.parse(stored)


def _as_parts(given: Given) -> dict[str, Any]:
    return {name: getattr(given, name) for name in Given.__dataclass_fields__}


def _cleaned(value: Any) -> Any:
    """Return stored answers with every text as PostgreSQL can keep it."""
    if isinstance(value, str):
        return clean(value)[0].strip()
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in value.items()}
    return [_cleaned(one) for one in value] if isinstance(value, list | tuple) else value


def _hold(workspace_id: UUID) -> None:
    rows.fetch(_LOCK, [str(workspace_id)], is_read=False)


@transaction.atomic
def publish(workspace_id: UUID, *, by: User, remark: str = "") -> Playbook:
    """Make the answers as they stand the next version. Raises NothingChangedError."""
    _hold(workspace_id)
    given, before = answers_of(workspace_id), latest(workspace_id)
    if before is not None and Given.parse(before.answers) == given:
        raise NothingChangedError
    made = Playbook.objects.create(
        workspace_id=workspace_id,
        version=before.version + 1 if before else 1,
        answers=given.stored(),
        shown=names_of(workspace_id).stored(),
        remark=clean(remark)[0].strip()[:400],
        made_by_id=by.id,
        made_by_name=str(by),
    )
    entry = AuditEntry(
        "playbook.published", by, "playbook", made.id, f"v{made.version}", None,
        {"version": made.version, "remark": made.remark},
    )  # fmt: skip
    record_audit(workspace_id, [entry])
    return made
