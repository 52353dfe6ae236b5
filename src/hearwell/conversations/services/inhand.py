"""One or two cases in hand: locked, refused where they cannot be moved, saved and told of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from hearwell.conversations.listing import OWN_POST
from hearwell.conversations.models import Case, CaseLog, Conversation, Move
from hearwell.conversations.services.place import here
from hearwell.conversations.services.threads import ARCHIVED, hold_channel_by_id
from hearwell.conversations.services.work import CaseMovedError
from hearwell.kit import rows

OF_A_STATUS: Final = ("status", "closed_reason", "closed_at", "snoozed_until")


class CannotMoveError(ValueError):
    """It cannot be moved as asked; `code` says why: the words are for those who show it.

    `case` is the one that stands in the way.
    """

    def __init__(self, case: Case, code: str) -> None:
        super().__init__(f"{code}: {case.label}")
        self.code, self.case = code, case


@dataclass(frozen=True)
class Moved:
    """What a move did: the cases that changed, the one to look at now first."""

    move: Move
    cases: tuple[UUID, UUID]


def locked(case_ids: Collection[UUID]) -> tuple[dict[UUID, Case], list[Conversation]]:
    """Lock cases with their conversations until the commit; return both as they now are.

    Raises Case.DoesNotExist. A conversation may come to a case until its channel is held, so it
    is looked at once more.
    """
    workspace_id, held = here(), set[UUID]()
    threads = Conversation.objects.filter(workspace_id=workspace_id, case_id__in=case_ids)
    while missing := set(threads.values_list("channel_id", flat=True)) - held:
        for channel_id in sorted(missing):
            hold_channel_by_id(channel_id)
        held |= missing
    homes = list(threads.select_for_update().order_by("id"))
    found = Case.objects.select_for_update().filter(workspace_id=workspace_id, id__in=case_ids)
    cases = {case.id: case for case in found.order_by("id")}
    if set(case_ids) - cases.keys():
        raise Case.DoesNotExist
    return cases, sorted(homes, key=lambda home: (home.created_at, home.id))


def refuse_if_changed(cases: Iterable[Case], expected: Mapping[UUID, int]) -> None:
    """Raise CaseMovedError for the first that is not at the version that the actor saw."""
    for case in cases:
        if expected.get(case.id, case.version) != case.version:
            raise CaseMovedError(case)


def refuse_unless_live(case: Case) -> None:
    """Raise CannotMoveError for what was emptied before and for records of the past."""
    if case.merged_into_id is not None:
        raise CannotMoveError(case, "merged")
    if case.is_historic or case.closed_reason in {ARCHIVED, OWN_POST}:
        raise CannotMoveError(case, "archive")


def status_of(case: Case) -> dict[str, Any]:
    """Return where the work on a case stands, as JSON."""
    values = {name: getattr(case, name) for name in OF_A_STATUS}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}


def changed(case: Case, *fields: str) -> None:
    """Save a case that is locked, with its next version."""
    case.version += 1
    case.save(update_fields=["version", *fields])


def log_line(case: Case, actor_id: UUID | None, verb: str, data: dict[str, Any]) -> None:
    """Write a line into the story of a case."""
    rows.insert(
        [
            CaseLog(
                workspace_id=case.workspace_id,
                case_id=case.id,
                actor_id=actor_id,
                verb=verb,
                data=data,
            )
        ]
    )


def texts_of(ids: Iterable[UUID]) -> list[str]:
    """Return ids as JSON holds them."""
    return [str(one) for one in ids]


def ids_of(texts: Iterable[str]) -> list[UUID]:
    """Return ids from JSON."""
    return [UUID(text) for text in texts]
