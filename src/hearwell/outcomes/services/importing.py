"""Take a file in, once however often it comes; and take it back, whole. Audited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.contacts.tombstones import graves_among
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.outcomes import purchases, series
from hearwell.outcomes.models import Import, Point, Purchase, What

_LONGEST_NAME = 200


class NotAgreedError(Exception):
    """Nobody said that these customers have agreed; nothing was taken."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is written about a file: its name, how many lines were refused, and by whom."""

    file_name: str
    refused: int
    by: User


def check_purchases(
    workspace_id: UUID, lines: Sequence[purchases.Line]
) -> tuple[list[purchases.Line], int]:
    """Refuse what is of erased people; return the lines and how many orders are known already.

    A query for each network in the file, and one for the orders.
    """
    names: dict[str, set[str]] = defaultdict(set)
    for network, name in (purchases.name_of(one) for one in lines):
        if name:
            names[network].add(name)
    erased = {
        (network, name): at.date()
        for network, some in names.items()
        for name, at in graves_among(workspace_id, network, some, ()).people.items()
    }
    left = purchases.without(lines, erased)
    ids = [one.bought.order_id for one in left if one.bought]
    known = Purchase.objects.filter(workspace_id=workspace_id, order_id__in=ids)
    return left, known.count()


@transaction.atomic
def take_purchases(
    workspace_id: UUID, lines: Sequence[purchases.Line], *, has_agreed: bool, what: Taken
) -> Import:
    """Keep the orders that are new. Raises NotAgreedError; then nothing is kept."""
    if not has_agreed:
        raise NotAgreedError
    one = _begun(workspace_id, What.PURCHASES, what, has_agreed=True)
    fresh = [
        Purchase(
            workspace_id=workspace_id, imported_id=one.id, order_id=it.order_id,
            bought_on=it.bought_on, network=it.network, network_id=it.network_id,
            email_sha256=it.email_sha256, amount_minor=it.amount_minor, currency=it.currency,
        )
        for it in (line.bought for line in lines if line.bought)
    ]  # fmt: skip
    written = rows.insert(
        fresh, conflict="(workspace_id, order_id) DO NOTHING", returning=("order_id",)
    )
    return _ended(one, len(written), len(fresh) - len(written), what)


def check_series(
    workspace_id: UUID, lines: Sequence[series.Line], grain: str
) -> tuple[list[series.Line], int]:
    """Refuse values that contradict those kept; return the lines and how many are known. Two reads.

    The names of series are compared without regard to capitals: the name that is kept stands.
    """
    names = {one.value.name for one in lines if one.value}
    kept = Point.objects.filter(workspace_id=workspace_id)
    spelled = {name.casefold(): (name, has) for name, has in
               kept.values_list("name", "grain").distinct()}  # fmt: skip
    meant = {name: spelled.get(name.casefold(), (name, grain)) for name in names}
    there: dict[tuple[str, date, str], float] = {
        (name, day, unit): value
        for name, day, unit, value in kept.filter(
            name__in=[name for name, _grain in meant.values()]
        ).values_list("name", "starts_on", "unit", "value")
    }
    checked = [_against(one, meant, there, grain) for one in lines]
    known = sum(bool(one.value and one.value.key in there) for one in checked)
    return checked, known


def _against(
    one: series.Line,
    meant: dict[str, tuple[str, str]],
    there: dict[tuple[str, date, str], float],
    grain: str,
) -> series.Line:
    if one.value is None:
        return one
    name, its_grain = meant[one.value.name]
    if its_grain != grain:
        return series.Line(one.number, None, "name", series.OTHER_GRAIN)
    value = replace(one.value, name=name)
    if there.get(value.key, value.value) != value.value:
        return series.Line(one.number, None, "value", series.OTHER_VALUE)
    return replace(one, value=value)


@transaction.atomic
def take_series(
    workspace_id: UUID, lines: Sequence[series.Line], grain: str, *, what: Taken
) -> Import:
    """Keep the values that are new."""
    one = _begun(workspace_id, What.SERIES, what)
    fresh = [
        Point(workspace_id=workspace_id, imported_id=one.id, name=it.name, grain=grain,
              starts_on=it.starts_on, unit=it.unit, is_money=it.is_money, value=it.value)
        for it in (line.value for line in lines if line.value)
    ]  # fmt: skip
    written = rows.insert(
        fresh, conflict="(workspace_id, name, starts_on, unit) DO NOTHING", returning=("id",)
    )
    return _ended(one, len(written), len(fresh) - len(written), what)


@transaction.atomic
def undo_import(workspace_id: UUID, import_id: UUID, *, by: User) -> Import:
    """Take away all that came with a file. Raises Import.DoesNotExist where there is none."""
    kept = Import.objects.select_for_update()
    one = kept.get(workspace_id=workspace_id, id=import_id, undone_at=None)
    Purchase.objects.filter(workspace_id=workspace_id, imported_id=one.id).delete()
    Point.objects.filter(workspace_id=workspace_id, imported_id=one.id).delete()
    one.undone_at, one.undone_by_id = now(), by.id
    one.save(update_fields=["undone_at", "undone_by_id"])
    _audit("outcomes.undone", one, by, taken=one.taken)
    return one


def _begun(workspace_id: UUID, what: What, taken: Taken, *, has_agreed: bool = False) -> Import:
    return Import.objects.create(
        id=uuid7(), workspace_id=workspace_id, what=what, refused=taken.refused,
        file_name=taken.file_name[:_LONGEST_NAME], has_agreed=has_agreed, by_id=taken.by.id,
    )  # fmt: skip


def _ended(one: Import, n: int, known: int, what: Taken) -> Import:
    one.taken, one.known = n, known
    one.save(update_fields=["taken", "known"])
    _audit(
        "outcomes.imported", one, what.by, what=one.what, taken=n, known=known,
        refused=one.refused, has_agreed=one.has_agreed,
    )  # fmt: skip
    return one


def _audit(verb: str, one: Import, by: User, **after: Any) -> None:
    entry = AuditEntry(verb, by, "import", one.id, one.file_name, after=after)
    record_audit(one.workspace_id, [entry])
