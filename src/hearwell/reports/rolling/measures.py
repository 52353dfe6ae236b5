"""What is counted of which fact: one SELECT a measure, each the only definition of its counts.

A measure gives one row for each fact of a span of time: `at`, the cell (`channel_id, kind,
language, team_id`), `flags` (bit n set: the fact counts for `counts[n]`) and `value` (seconds, or
NULL). Its parameters are `place`, `starts_at` and `ends_at`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WEEK_S: Final = 7 * 86_400
NEED, ACKNOWLEDGED, ANSWER, NEXT, SOLVED = "need", "ack", "answer", "next", "solved"
REPLY, HANDLED = "reply", "handled"
N: Final = "n"


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is counted. `counts[0]` is always n, the number of facts.

    `waiting` names the count of those who still wait, whose moments are kept; empty: nobody does.
    """

    name: str
    counts: tuple[str, ...]
    sql: str
    waiting: str = ""

    def place_of(self, count: str) -> int:
        """Return the bit of a count. Raises ValueError for one that the measure has not."""
        return self.counts.index(count)


# A message in a closed case that nobody ever answered was seen: somebody closed it.
_NEEDS: Final = """
    SELECT f.asked_at AS at, f.channel_id, f.kind, f.language, f.team_id,
        1 | (coalesce(f.wait_s <= 86400, false)::int << 1)
            | (coalesce(f.wait_s <= 3600, false)::int << 2)
            | (coalesce(f.wait_s > 86400, false)::int << 3)
            | ((f.replied_at IS NULL)::int << 4)
            | (coalesce(f.replied_at IS NULL AND c.status = 'closed', false)::int << 5)
            | (coalesce(c.opened_at = f.asked_at, false)::int << 6) AS flags,
        f.wait_s AS value
    FROM reports_needfact f
    LEFT JOIN conversations_case c ON c.workspace_id = f.workspace_id AND c.id = f.case_id
    WHERE f.workspace_id = %(place)s AND f.needs
        AND f.asked_at >= %(starts_at)s AND f.asked_at < %(ends_at)s
        AND NOT EXISTS (SELECT FROM reports_needfact later
            WHERE later.workspace_id = f.workspace_id AND later.message_id = f.message_id
                AND later.revision = f.revision + 1)
"""
_ANSWERS: Final = """
    SELECT a.asked_at AS at, a.channel_id, a.kind, a.language, c.team_id,
        1 | (a.is_in_time::int << 1) | (a.sent_outside::int << 2)
            | (a.is_holding::int << 3) AS flags,
        greatest(a.wall_s, 0) AS value
    FROM reports_answerfact a
    LEFT JOIN conversations_case c ON c.workspace_id = a.workspace_id AND c.id = a.case_id
    WHERE a.workspace_id = %(place)s AND {which}
        AND a.asked_at >= %(starts_at)s AND a.asked_at < %(ends_at)s
"""
_EARLIER: Final = """EXISTS (SELECT FROM reports_answerfact e
    WHERE e.workspace_id = a.workspace_id AND e.case_id = a.case_id AND NOT e.is_first
        AND e.asked_at < a.asked_at)"""
# A case that was closed for another reason than having been dealt with is no resolution.
_SOLVED: Final = """
    WITH touched AS (
        SELECT DISTINCT case_id FROM reports_resolutionfact
        WHERE workspace_id = %(place)s AND is_closing
            AND at >= %(starts_at)s AND at < %(ends_at)s
    ), run AS (
        SELECT r.case_id, r.at, r.is_closing, r.reason, r.open_s,
            count(*) FILTER (WHERE r.is_closing) OVER past AS closings,
            lead(r.at) OVER past AS next_at, lead(r.is_closing) OVER past AS next_closes
        FROM reports_resolutionfact r JOIN touched USING (case_id)
        WHERE r.workspace_id = %(place)s
        WINDOW past AS (PARTITION BY r.case_id ORDER BY r.case_version, r.is_closing)
    ), replies AS (
        SELECT a.case_id, count(DISTINCT a.reply_id) AS n
        FROM reports_answerfact a JOIN touched USING (case_id)
        WHERE a.workspace_id = %(place)s GROUP BY a.case_id
    ), held AS (
        SELECT h.case_id, h.at, h.kind = 'team' OR h.holder_id <> lag(h.holder_id) OVER (
            PARTITION BY h.case_id, h.kind ORDER BY h.at, h.id) AS is_passed
        FROM reports_handfact h JOIN touched USING (case_id)
        WHERE h.workspace_id = %(place)s AND h.holder_id IS NOT NULL
            AND h.kind IN ('assigned', 'team')
    ), closing AS (
        SELECT *, NOT coalesce(next_closes, true) AS is_back,
            NOT coalesce(next_closes, true) AND next_at <= at + interval '7 days' AS is_back_soon
        FROM run
        WHERE is_closing AND at >= %(starts_at)s AND at < %(ends_at)s
            AND reason NOT IN ('spam', 'duplicate', 'not_about_us')
    ), passed AS (
        SELECT k.case_id, count(*) AS n FROM closing k JOIN held ON held.case_id = k.case_id
        WHERE k.closings = 1 AND held.is_passed AND held.at <= k.at GROUP BY k.case_id
    )
    SELECT k.at, c.channel_id, '' AS kind, '' AS language, c.team_id,
        1 | ((k.closings = 1)::int << 1) | (k.is_back::int << 2) | (k.is_back_soon::int << 3)
            | ((k.closings = 1 AND NOT k.is_back_soon AND coalesce(p.n, 0) = 1)::int << 4)
            | ((k.closings = 1 AND coalesce(h.n, 0) = 0)::int << 5)
            | ((k.closings = 1 AND coalesce(h.n, 0) = 1)::int << 6) AS flags,
        CASE WHEN k.closings = 1 THEN greatest(k.open_s, 0) END AS value
    FROM closing k
    LEFT JOIN replies p ON p.case_id = k.case_id
    LEFT JOIN passed h ON h.case_id = k.case_id
    LEFT JOIN conversations_case c ON c.workspace_id = %(place)s AND c.id = k.case_id
"""
_REPLIES: Final = """
    SELECT r.at, r.channel_id, r.kind, r.language, c.team_id,
        1 | ((r.has_initials AND (r.has_name OR r.is_own_words))::int << 1)
            | (r.has_initials::int << 2) | (r.has_name::int << 3) | (r.is_own_words::int << 4)
            | (r.is_outside::int << 5) AS flags,
        NULL::bigint AS value
    FROM reports_replyfact r
    LEFT JOIN conversations_case c ON c.workspace_id = r.workspace_id AND c.id = r.case_id
    WHERE r.workspace_id = %(place)s AND r.at >= %(starts_at)s AND r.at < %(ends_at)s
"""
# What somebody is known to have done at a case: from one of these to the next of the same person
# is work where it is not long; longer, nobody knows, so nothing is counted.
IDLE_S: Final = 600
_HANDLED: Final = f"""
    WITH solved AS (
        SELECT DISTINCT ON (r.case_id) r.case_id, r.at, r.actor_id, r.reason
        FROM reports_resolutionfact r
        WHERE r.workspace_id = %(place)s AND r.is_closing AND r.case_id IN (
            SELECT k.case_id FROM reports_resolutionfact k
            WHERE k.workspace_id = %(place)s AND k.is_closing
                AND k.at >= %(starts_at)s AND k.at < %(ends_at)s)
        ORDER BY r.case_id, r.case_version
    ), done AS (
        SELECT case_id, h.holder_id AS person, h.at
        FROM reports_handfact h JOIN solved USING (case_id)
        WHERE h.workspace_id = %(place)s
            AND (h.kind = 'claimed' OR (h.kind = 'released' AND h.why = 'released'))
        UNION ALL
        SELECT case_id, f.agent_id, f.at FROM reports_replyfact f JOIN solved USING (case_id)
        WHERE f.workspace_id = %(place)s AND f.agent_id IS NOT NULL
        UNION ALL
        SELECT s.case_id, s.actor_id, s.at FROM solved s WHERE s.actor_id IS NOT NULL
    ), gaps AS (
        SELECT d.case_id, extract(epoch FROM d.at - lag(d.at) OVER (
            PARTITION BY d.case_id, d.person ORDER BY d.at)) AS gap_s
        FROM done d JOIN solved s ON s.case_id = d.case_id AND d.at <= s.at
    ), worked AS (
        SELECT case_id, round(sum(gap_s))::bigint AS worked_s FROM gaps
        WHERE gap_s <= {IDLE_S} GROUP BY case_id
    )
    SELECT s.at, c.channel_id, '' AS kind, '' AS language, c.team_id, 1 AS flags,
        w.worked_s AS value
    FROM solved s JOIN worked w ON w.case_id = s.case_id
    LEFT JOIN conversations_case c ON c.workspace_id = %(place)s AND c.id = s.case_id
    WHERE s.at >= %(starts_at)s AND s.at < %(ends_at)s
        AND s.reason NOT IN ('spam', 'duplicate', 'not_about_us')
"""  # noqa: S608  our own number
_KEPT: Final = (N, "in_time", "outside", "holding")
MEASURES: Final = {
    measure.name: measure
    for measure in (
        Measure(
            NEED,
            (N, "answered", "within_1h", "late", "waiting", "closed_silent", "opens"),
            _NEEDS,
            waiting="waiting",
        ),
        Measure(ACKNOWLEDGED, _KEPT, _ANSWERS.format(which="a.is_first")),
        Measure(ANSWER, _KEPT, _ANSWERS.format(which=f"NOT a.is_first AND NOT {_EARLIER}")),
        Measure(NEXT, _KEPT, _ANSWERS.format(which=f"NOT a.is_first AND {_EARLIER}")),
        Measure(
            SOLVED,
            (N, "first", "back", "back_soon", "one_contact", "passed_never", "passed_once"),
            _SOLVED,
        ),
        Measure(REPLY, (N, "personal", "initials", "named", "own", "outside"), _REPLIES),
        Measure(HANDLED, (N,), _HANDLED),
    )
}
