"""Which columns hold sealed values, and how they are sealed anew when there is a newer key.

A package that seals lists its columns; nobody need remember them for a rotation. Rows are locked
while they are exchanged, a few at a time: what a sender or a person writes meanwhile waits for that
long, and stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import models, transaction

from hearwell.kit.scope import scope
from hearwell.kit.seal import Keyring, UnsealError

log = structlog.get_logger(__name__)
Renew = Callable[[bytes], bytes]
_ROWS_AT_ONCE: Final = 50


def one(value: Any, renew: Renew) -> Any:
    """Seal a column of bytes anew; an empty one holds nothing."""
    return renew(bytes(value)) if value else value


def several(values: Sequence[Any], renew: Renew) -> list[bytes]:
    """Seal a column that is a list of them anew."""
    return [renew(bytes(value)) for value in values]


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values: which keys seal it, to what place each row binds it.

    `each` applies a change to every sealed value in the column's.
    """

    model: type[models.Model]
    name: str
    ring: Callable[[], Keyring]
    place: Callable[[Any], bytes]
    each: Callable[[Any, Renew], Any] = one

    @property
    def is_scoped(self) -> bool:
        """Whether its rows are seen in the scope of a workspace only."""
        return any(field.name == "workspace_id" for field in self.model._meta.concrete_fields)

    @property
    def rows(self) -> models.QuerySet[Any]:
        """Its rows, all that this transaction may see."""
        return models.QuerySet(self.model)


def reseal(column: SealedColumn, workspace_id: UUID | None = None) -> int:
    """Seal with the newest key what others have sealed; return how many rows were exchanged.

    In a workspace for a column that is scoped; opens its own short transactions. What no key of
    ours opens stays as it is, and is logged.
    """
    changed, last = 0, None
    while True:
        with scope(workspace_id) if workspace_id else transaction.atomic():
            rows = column.rows.order_by("pk").select_for_update()
            rows = rows.filter(workspace_id=workspace_id) if workspace_id else rows
            part = list((rows.filter(pk__gt=last) if last else rows)[:_ROWS_AT_ONCE])
            changed += column.rows.bulk_update(
                [row for row in part if _is_renewed(column, row)], [column.name]
            )
        if len(part) < _ROWS_AT_ONCE:
            return changed
        last = part[-1].pk


def _is_renewed(column: SealedColumn, row: models.Model) -> bool:
    """Seal the value of a row anew; whether it is another one now."""
    ring, place = column.ring(), column.place(row)
    before = getattr(row, column.name)
    try:
        after = column.each(before, lambda sealed: ring.renewed(sealed, place))
    except UnsealError:
        log.warning("sealed_with_no_key_of_ours", table=column.model._meta.db_table)
        return False
    setattr(row, column.name, after)
    return bool(after != before)
