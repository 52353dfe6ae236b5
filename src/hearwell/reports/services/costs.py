"""Say what an hour of care costs; kept in the audit trail."""

from __future__ import annotations

from hearwell.accounts.models import Membership
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.clock import now
from hearwell.powers.money import BadAmountError, shown_amount, to_minor
from hearwell.reports.models import CostChoice

MOST_HOURS = 100_000


class BadCostError(ValueError):
    """No amount, no currency or no hours. `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def set_cost(by: Membership, hourly: str, currency: str, hours_a_week: str) -> CostChoice:
    """Keep what an hour costs and how many a week are worked. Raises BadCostError."""
    money, written = currency.strip().upper(), hours_a_week.strip()
    is_money = len(money) == 3 and money.isascii() and money.isalpha()  # noqa: PLR2004  ISO 4217
    is_hours = written.isascii() and written.isdigit() and 0 < int(written) <= MOST_HOURS
    for field, is_fine in (("currency", is_money), ("hours_a_week", is_hours)):
        if not is_fine:
            raise BadCostError(field)
    minor = _minor(hourly, money)
    choice, _is_new = CostChoice.objects.update_or_create(
        workspace_id=by.workspace_id,
        defaults={
            "hourly_minor": minor, "currency": money, "hours_a_week": int(written),
            "by_id": by.user_id, "changed_at": now(),
        },
    )  # fmt: skip
    entry = AuditEntry(
        "reports.cost_set", by.user, "cost", choice.id, f"{shown_amount(minor, money)}, {written} h"
    )
    record_audit(by.workspace_id, [entry])
    return choice


def _minor(text: str, currency: str) -> int:
    try:
        return to_minor(text, currency)
    except BadAmountError as error:
        field = "hourly"
        raise BadCostError(field) from error
