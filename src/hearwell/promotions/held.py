"""The list itself, in SQL: who is held back at a moment, worked out from the cases.

A person is held back by a case in which they asked us something (or praised us, where that
counts), while it is open or snoozed and for the cool-off after it was closed. Not counted are:
what triage or a person took for chatter and spam (duty "none", which alone is ever quieted), what
was heard without being addressed to us (stage), what was deleted, archives, emptied cases of
merges, and cases closed as spam, as not about us or as duplicates.

There is no copy that could be wrong: the page, the CSV, the API and the changes read this.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from hearwell.kit.sheets import FORMULA
from hearwell.promotions.models import HoldChoice
from hearwell.promotions.rules import (
    EMAIL,
    NO_MATTER,
    REASONS,
    UNVERIFIED,
    Basis,
    Reason,
    reason_of,
)

_HOUR: Final = timedelta(hours=1)
# Three ranges of three indexes: one condition with OR would read all cases there ever were.
_OF_CASE: Final = """
    SELECT c.id, c.status, c.turn, c.closed_at FROM conversations_case c
    WHERE c.workspace_id = %(workspace)s AND c.merged_into_id IS NULL AND NOT c.is_historic
"""
_CASES: Final = f"""
    SELECT c.id,
        CASE WHEN c.status = 'closed' THEN 5 WHEN c.turn = 'ours' THEN 1
            WHEN c.status = 'snoozed' THEN 4 WHEN c.turn = 'theirs' THEN 3 ELSE 2 END AS rank,
        CASE WHEN c.status = 'closed' THEN c.closed_at + %(cool_off)s END AS until
    FROM (
        {_OF_CASE} AND c.status = 'open' {{only}}
        UNION ALL {_OF_CASE} AND c.status = 'snoozed' {{only}}
        UNION ALL {_OF_CASE} AND c.status = 'closed' {{only}}
            AND c.closed_at > %(now)s::timestamptz - %(cool_off)s
            AND c.closed_reason <> ALL(%(no_matter)s)
    ) c
"""  # noqa: S608  our own fragments
_ASKED: Final = f"""
    SELECT i.contact_id, h.id AS case_id, h.rank, h.until,
        greatest(min(m.sent_at), max(r.at)) AS since
    FROM ({_CASES}) h
    JOIN conversations_message m ON m.workspace_id = %(workspace)s AND m.case_id = h.id
        AND m.direction = 'in' AND m.deleted_at IS NULL AND m.stage = ''
    JOIN triage_verdict v ON v.workspace_id = %(workspace)s AND v.message_id = m.id
        AND v.duty = ANY(%(duties)s)
    JOIN contacts_identity i ON i.workspace_id = %(workspace)s AND i.id = m.author_identity_id
    LEFT JOIN (
        SELECT l.case_id, max(l.at) AS at FROM conversations_caselog l
        WHERE l.workspace_id = %(workspace)s AND l.verb = 'reopened' {{logged}} GROUP BY 1
    ) r ON r.case_id = h.id
    GROUP BY 1, 2, 3, 4
"""  # noqa: S608  our own fragments
SHA256: Final = """
    CASE WHEN i.network = %(email)s AND i.external_id LIKE '%%@%%'
            AND i.external_id NOT LIKE %(unverified)s
        THEN encode(sha256(convert_to(lower(btrim(i.external_id)), 'UTF8')), 'hex')
        WHEN i.network = 'webchat' AND i.handle LIKE '%%@%%'
        THEN encode(sha256(convert_to(lower(btrim(i.handle)), 'UTF8')), 'hex') END
"""
_HELD: Final = f"""
    WITH asked AS MATERIALIZED ({_ASKED}),
    person AS (
        SELECT contact_id, min(rank) AS rank, min(since) AS since,
            CASE WHEN min(rank) = 5 THEN max(until) END AS until
        FROM asked {{whose}} GROUP BY contact_id
    ),
    entry AS MATERIALIZED (
        SELECT i.network, i.external_id, i.contact_id, p.rank, p.since, p.until,
            CASE WHEN %(with_email)s THEN {SHA256} END AS own_sha256
        FROM person p
        JOIN contacts_identity i ON i.workspace_id = %(workspace)s AND i.contact_id = p.contact_id
    ),
    address AS (
        SELECT contact_id, min(own_sha256) AS sha256 FROM entry
        WHERE own_sha256 IS NOT NULL GROUP BY contact_id
    )
    SELECT e.network, e.external_id AS network_id, e.contact_id,
        coalesce(e.own_sha256, a.sha256, '') AS email_sha256, e.rank, e.since, e.until
    FROM entry e LEFT JOIN address a ON a.contact_id = e.contact_id
    WHERE e.network <> %(email)s
    UNION ALL
    SELECT * FROM (
        SELECT DISTINCT ON (own_sha256) network, own_sha256, contact_id, own_sha256, rank, since,
            until
        FROM entry WHERE network = %(email)s AND own_sha256 IS NOT NULL
        ORDER BY own_sha256, rank, since, contact_id
    ) one_of_each
"""  # noqa: S608  our own fragments
_ALL_CASES: Final = {"only": "", "logged": ""}
_SOME_CASES: Final = {
    "only": "AND c.id = ANY(%(cases)s)", "logged": "AND l.case_id = ANY(%(cases)s)",
}  # fmt: skip
ALL: Final = _HELD.format(**_ALL_CASES, whose="")
# Of some people, by the cases that can have anything to do with them.
SOME: Final = _HELD.format(**_SOME_CASES, whose="WHERE contact_id = ANY(%(contacts)s)")
ASKED_ALL: Final = _ASKED.format(**_ALL_CASES)
ASKED_SOME: Final = _ASKED.format(**_SOME_CASES)
_MOMENT: Final = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')"""
_REASON: Final = "(%(reasons)s::text[])[rank]"
# JSON has none of these signs, so that nothing is quoted or escaped.
_RAW: Final = r"FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02'"
_CSV: Final = f"""
    COPY (SELECT network, {{network_id}} AS network_id, email_sha256, {_REASON} AS reason,
        {_MOMENT.format("since")} AS since, {_MOMENT.format("until")} AS until
    FROM ({ALL}) h) TO STDOUT WITH (FORMAT csv, HEADER)
"""  # noqa: S608  our own fragments
IN_CSV: Final = _CSV.format(network_id="network_id")
# For people, who open it in a spreadsheet: no id is a formula there. A number with a sign is none.
IN_SHEET: Final = _CSV.format(
    network_id=rf"""CASE
        WHEN normalize(network_id, NFKC) ~ '{FORMULA}' AND network_id !~ '^[+-][0-9]+$'
        THEN '''' || network_id ELSE network_id END"""
)
IN_AUDIENCE: Final = f"""
    COPY (SELECT DISTINCT email_sha256 FROM ({ALL}) h WHERE email_sha256 <> '')
    TO STDOUT WITH (FORMAT csv, HEADER)
"""  # noqa: S608  our own fragments
IN_JSON: Final = f"""
    COPY (SELECT json_build_object('network', network, 'network_id', network_id, 'contact_id',
        contact_id, 'email_sha256', email_sha256, 'reason', {_REASON}, 'since', since, 'until',
        until) FROM ({ALL}) h) TO STDOUT WITH ({_RAW})
"""  # noqa: S608  our own fragments


@contextmanager
def whole_list() -> Iterator[None]:
    """Let statements about the whole list be planned as such.

    Nothing tells the planner how many people a hundred thousand cases are: it takes them for two
    hundred and looks each one up (measured: twice the time).
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'")
        yield
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL work_mem TO DEFAULT")


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody nothing is to be promoted to, on one network.

    `until`: the end of the cool-off, None while a case is open.
    """

    network: str
    network_id: str
    contact_id: UUID
    email_sha256: str
    reason: Reason
    since: datetime
    until: datetime | None

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> Held:
        """Return a row of the list."""
        network, network_id, contact_id, email, rank, since, until = row
        return cls(network, network_id, contact_id, email, reason_of(rank), since, until)


def values_of(choice: HoldChoice, at: datetime) -> dict[str, Any]:
    """Return what the statements need to know."""
    return {
        "workspace": choice.workspace_id,
        "now": at,
        "cool_off": choice.cool_off_h * _HOUR,
        "no_matter": list(NO_MATTER),
        "duties": ["answer", "acknowledge"] if choice.counts_praise else ["answer"],
        "email": EMAIL,
        "reasons": [reason.value for reason in REASONS],
        "unverified": f"{UNVERIFIED}%",
        "with_email": choice.email_basis != Basis.NONE,
    }
