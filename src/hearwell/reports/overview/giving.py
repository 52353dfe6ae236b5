"""What was given to customers: how many grants, in how many solved cases, and how much money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from hearwell.kit import rows
from hearwell.kit.marking import marked as _
from hearwell.reports.overview.figure import Figure, figure_of, share
from hearwell.reports.rolling.cube import Span
from hearwell.reports.rolling.reading import midnight

# Grants are few beside messages, so they are read from the facts themselves.
_GIVEN: Final = """
    WITH given AS (
        SELECT g.case_id, g.currency, g.amount_minor,
            g.at >= %(starts_at)s AND g.at < %(ends_at)s AS is_now
        FROM reports_grantfact g
        WHERE g.workspace_id = %(place)s AND g.state = 'granted' AND g.at < %(ends_at)s
            AND NOT EXISTS (SELECT FROM reports_grantfact n WHERE n.workspace_id = g.workspace_id
                AND n.grant_id = g.grant_id AND n.revision > g.revision)
    ), solved AS (
        SELECT count(*) AS n FROM (SELECT DISTINCT case_id FROM given) k
        CROSS JOIN LATERAL (
            SELECT r.at, r.reason FROM reports_resolutionfact r
            WHERE r.workspace_id = %(place)s AND r.case_id = k.case_id AND r.is_closing
            ORDER BY r.case_version LIMIT 1
        ) first
        WHERE first.at >= %(starts_at)s AND first.at < %(ends_at)s
            AND first.reason NOT IN ('spam', 'duplicate', 'not_about_us')
    )
    SELECT '', count(*) FILTER (WHERE is_now), NULL, (SELECT n FROM solved) FROM given
    UNION ALL
    SELECT currency, count(*), sum(amount_minor)::bigint, NULL FROM given
    WHERE is_now GROUP BY currency
    ORDER BY 1
"""


def grants(workspace_id: UUID, span: Span, zone: ZoneInfo, solved: int) -> Iterator[Figure]:
    """How many grants a solved case had, and what they came to in each currency; one statement."""
    starts_at, ends_at = midnight(span.first, zone), midnight(span.after, zone)
    values = {"place": workspace_id, "starts_at": starts_at, "ends_at": ends_at}
    (_all, n_grants, _none, cases), *found = rows.fetch(_GIVEN, values)
    yield figure_of(
        "granted_cases", _("Solved with a grant"),
        _("Cases closed for the first time that had been given something which was not taken "
          "back, of all closed for the first time."),
        share(cases, solved), "share", solved,
    )  # fmt: skip
    yield figure_of(
        "grants", _("Grants"),
        _("What was given to customers within the powers of somebody and not taken back, by the "
          "day it was given. n are the cases closed for the first time beside it."),
        float(n_grants), "n", solved,
    )  # fmt: skip
    for currency, n, amount, _cases in found:
        yield replace(figure_of(
            f"granted_{currency.lower()}", _("Given to customers"),
            _("The sum of the same grants in this currency; currencies are never added up."),
            amount, "money", n,
        ), currency=currency)  # fmt: skip
