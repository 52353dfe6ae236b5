"""Choose what each role may do alone, and how much there is for surprises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.powers.giving import DEFAULTS, MOST_MINOR, Power
from hearwell.powers.grants import powers_of
from hearwell.powers.models import Grant, RolePower
from hearwell.powers.services.grants import lock_purse

_CURRENCY = re.compile(r"[A-Z]{3}")


class BadMatrixError(ValueError):
    """What cannot be kept; the message says what to do."""


@transaction.atomic
def set_powers(workspace_id: UUID, wanted: Mapping[str, Power], *, by: User) -> None:
    """Keep what each role may do alone. Raises BadMatrixError; then nothing is kept."""
    lock_purse(workspace_id)
    before = powers_of(workspace_id, list(DEFAULTS))
    for role, power in wanted.items():
        _check(role, power)
    changed = {role: power for role, power in wanted.items() if _told(power) != _told(before[role])}
    rows = [_row(workspace_id, role, power) for role, power in changed.items()]
    RolePower.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["workspace_id", "role"],
        update_fields=["networks", "audiences", "kinds", "case_minor", "year_minor", "day_minor"],
    )
    record_audit(
        workspace_id,
        [
            AuditEntry("power.changed", by, "role", None, role, _told(before[role]), _told(power))
            for role, power in changed.items()
        ],
    )


def _check(role: str, power: Power) -> None:
    if role not in DEFAULTS:
        raise BadMatrixError(_("This role does not answer customers."))
    limits = power.limits
    for amount in (limits.case, limits.year, limits.day):
        if amount is not None and not 0 <= amount <= MOST_MINOR:
            raise BadMatrixError(_("Write limits as in 25 or 12.50; empty is no limit."))
    if limits.year is not None and limits.case is not None and limits.year < limits.case:
        raise BadMatrixError(_("A customer's year cannot be less than one case."))


def _row(workspace_id: UUID, role: str, power: Power) -> RolePower:
    return RolePower(
        workspace_id=workspace_id,
        role=role,
        networks=sorted(power.networks),
        audiences=sorted(power.audiences),
        kinds=sorted(power.kinds),
        case_minor=power.limits.case,
        year_minor=power.limits.year,
        day_minor=power.limits.day,
    )


def _told(power: Power) -> dict[str, Any]:
    lists = {name: sorted(getattr(power, name)) for name in ("networks", "audiences", "kinds")}
    return {**asdict(power.limits), **lists}


@transaction.atomic
def set_purse(
    workspace_id: UUID, *, currency: str, month_minor: int, each_minor: int, by: User
) -> None:
    """Choose the currency and the budget for surprises. Raises BadMatrixError."""
    purse = lock_purse(workspace_id)
    if not _CURRENCY.fullmatch(currency):
        raise BadMatrixError(_("Write the currency as its three letters, as in EUR."))
    if not 0 <= each_minor <= MOST_MINOR or not 0 <= month_minor <= MOST_MINOR:
        raise BadMatrixError(_("Write amounts as in 25 or 12.50."))
    is_other = currency != purse.currency
    if is_other and Grant.objects.filter(workspace_id=workspace_id).exists():
        raise BadMatrixError(_("Something was given already: the currency cannot change any more."))
    names = ("currency", "surprise_month_minor", "surprise_each_minor")
    before = {name: getattr(purse, name) for name in names}
    after = dict(zip(names, (currency, month_minor, each_minor), strict=True))
    if before == after:
        return
    for name, value in after.items():
        setattr(purse, name, value)
    purse.save(update_fields=list(names))
    record_audit(
        workspace_id, [AuditEntry("power.purse_changed", by, "purse", purse.id, "", before, after)]
    )
