"""After the contact: what people did in public and by their own consent, counted in one query.

A person is who wrote something in public that needs an answer; the first of it in the period is
the contact. Nobody who is erased, is about to be, or wants no messages is in it, and no private
message is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from hearwell.benchmarks.league import archive_ended
from hearwell.benchmarks.queries import panels_of
from hearwell.channels.models import Channel
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.outcomes.rules import (
    AGAIN,
    BUYS,
    COMPETITOR,
    DENYING,
    NO_PURCHASE,
    NO_RIVAL,
    PRAISES,
    RECOMMENDING,
    RECOMMENDS,
    SETTLED,
    WINDOWS,
    Counted,
    Report,
    names_pattern,
    report_of,
)
from hearwell.promotions.held import SHA256, whole_list
from hearwell.promotions.rules import EMAIL, UNVERIFIED
from hearwell.surveys.rules import FAST_S

# So many messages are enough to tell groups apart; of more, people are taken by the chance in their
# id, all that they said with them. Looking up what somebody said is what costs.
MOST: Final = 50_000
_HEARD: Final = """m.workspace_id = %(place)s AND m.direction = 'in' AND m.audience = 'public'
    AND m.deleted_at IS NULL AND m.sent_at >= %(from)s"""
_ALL: Final = f"""
    SELECT count(*) FROM conversations_message m WHERE {_HEARD} AND m.sent_at < %(to)s
"""  # noqa: S608  our own words
# All of `heard` is in one index; the fact and the kind of a message are looked up one by one, for
# a join would read the facts and verdicts of all time.
_PEOPLE: Final = f"""
    heard AS MATERIALIZED (
        SELECT i.contact_id, m.id, m.sent_at, m.case_id, m.channel_id, m.stage
        FROM conversations_message m
        JOIN contacts_identity i ON i.workspace_id = %(place)s AND i.id = m.author_identity_id
            AND (get_byte(uuid_send(i.contact_id), 14) * 256
                + get_byte(uuid_send(i.contact_id), 15)) %% %(every)s = 0
        WHERE {_HEARD} AND m.sent_at < %(to)s::timestamptz + %(longest)s
    ), first AS MATERIALIZED (
        SELECT DISTINCT ON (h.contact_id) h.contact_id, f.asked_at, f.case_id, f.wait_s,
            f.channel_id
        FROM heard h
        CROSS JOIN LATERAL (
            SELECT n.needs, n.asked_at, n.case_id, n.wait_s, n.channel_id
            FROM reports_needfact n
            WHERE n.workspace_id = %(place)s AND n.message_id = h.id
            ORDER BY n.revision DESC LIMIT 1
        ) f
        WHERE h.sent_at < %(to)s AND f.needs AND f.asked_at >= %(from)s AND f.asked_at < %(to)s
            AND NOT coalesce(f.channel_id = ANY(%(rivals)s::uuid[]), false)
        ORDER BY h.contact_id, f.asked_at, h.id
    ), person AS MATERIALIZED (
        SELECT f.contact_id, f.asked_at, f.case_id,
            CASE WHEN f.wait_s <= %(fast_s)s THEN 'fast' WHEN f.wait_s <= %(settled_s)s THEN 'slow'
                ELSE 'never' END AS speed,
            f.wait_s > %(settled_s)s AS is_late,
            (f.asked_at AT TIME ZONE %(zone)s)::date AS asked_on,
            CASE WHEN c.network = 'archive' THEN %(archive)s ELSE %(now)s END::timestamptz AS seen
        FROM first f
        JOIN contacts_contact p ON p.workspace_id = %(place)s AND p.id = f.contact_id
            AND p.erased_at IS NULL AND p.erasing_since IS NULL
        LEFT JOIN channels_channel c ON c.workspace_id = %(place)s AND c.id = f.channel_id
        WHERE NOT EXISTS (SELECT FROM contacts_identity o WHERE o.workspace_id = %(place)s
            AND o.contact_id = f.contact_id AND o.no_messages_since IS NOT NULL)
    )
"""  # noqa: S608  our own words
_TEXT: Final = """(SELECT {} FROM conversations_message t
                WHERE t.workspace_id = %(place)s AND t.id = said.id)"""
# A text is read only where its kind could count.
_SAID: Final = f"""
    said AS MATERIALIZED (
        SELECT p.contact_id, h.sent_at - p.asked_at AS after, h.id, h.stage,
            coalesce(h.channel_id = ANY(%(rivals)s::uuid[]), false) AS is_theirs,
            coalesce((SELECT v.kind FROM triage_verdict v
                WHERE v.workspace_id = %(place)s AND v.message_id = h.id), '') AS kind
        FROM heard h
        JOIN person p ON p.contact_id = h.contact_id
        WHERE h.case_id <> p.case_id AND h.sent_at > %(from)s
            AND h.sent_at > p.asked_at + %(settled)s AND h.sent_at <= p.asked_at + %(longest)s
            AND h.sent_at <= p.seen
    ), spoken AS (
        SELECT contact_id,
            min(after) FILTER (WHERE NOT is_theirs AND kind <> 'spam') AS again,
            min(after) FILTER (WHERE NOT is_theirs AND kind = 'praise') AS praises,
            min(after) FILTER (WHERE CASE
                WHEN NOT is_theirs AND kind = 'praise' AND stage <> 'about'
                THEN {_TEXT.format("t.text ~* %(recommending)s AND t.text !~* %(denying)s")}
                END) AS recommends,
            min(after) FILTER (WHERE CASE
                WHEN kind NOT IN ('question', 'request', 'prepurchase', 'praise') THEN false
                WHEN is_theirs THEN true
                WHEN %(names)s <> '' THEN {_TEXT.format("t.text ~* %(names)s")}
                END) AS competitor
        FROM said GROUP BY contact_id
    ), promoted AS (
        SELECT p.contact_id, min(q.answered_at - p.asked_at) AS after
        FROM person p
        JOIN surveys_question q ON q.workspace_id = %(place)s AND q.contact_id = p.contact_id
            AND q.survey_id IS NOT NULL AND q.status = 'rated' AND q.answered_at > p.asked_at
            AND ((q.answers->>'nps')::int >= 9 OR (q.answers->>'recommend')::int >= 3)
        GROUP BY 1
    )
"""  # noqa: S608  our own words
_BOUGHT: Final = f"""
    face AS (
        SELECT i.contact_id, i.network, i.external_id, i.handle FROM person p
        JOIN contacts_identity i ON i.workspace_id = %(place)s AND i.contact_id = p.contact_id
    ), owner AS (
        SELECT contact_id, network, external_id, '' AS sha256 FROM face
        UNION ALL
        SELECT i.contact_id, '', '', {SHA256} FROM face i
        WHERE i.network IN ('email', 'webchat')
    ), known AS (
        SELECT min(bought_on) AS first, max(bought_on) AS last FROM outcomes_purchase
        WHERE workspace_id = %(place)s
    ), bought AS (
        SELECT p.contact_id, min(b.bought_on - p.asked_on) AS days
        FROM outcomes_purchase b
        JOIN owner o ON o.network = b.network AND o.external_id = b.network_id
            AND o.sha256 = b.email_sha256
        JOIN person p ON p.contact_id = o.contact_id
        WHERE b.workspace_id = %(place)s AND b.bought_on > p.asked_on
        GROUP BY 1
    )
"""  # noqa: S608  our own words
_COUNTED: Final = f"""
    WITH {_PEOPLE}, {_SAID}, {_BOUGHT}, seen AS (
        SELECT p.*, w.days, make_interval(days => w.days) AS long,
            p.asked_at + make_interval(days => w.days) <= p.seen AS is_ended,
            p.asked_at + make_interval(days => w.days) <= %(now)s
                AND p.asked_on + 1 >= k.first AND p.asked_on + w.days <= k.last AS is_covered
        FROM person p CROSS JOIN unnest(%(windows)s::int[]) AS w(days) CROSS JOIN known k
    )
    SELECT p.speed, p.days, count(*), count(*) FILTER (WHERE is_ended),
        count(*) FILTER (WHERE is_covered), count(*) FILTER (WHERE is_late),
        count(*) FILTER (WHERE is_ended AND s.again <= long),
        count(*) FILTER (WHERE is_ended AND s.praises <= long),
        count(*) FILTER (WHERE is_ended AND least(s.recommends, r.after) <= long),
        count(*) FILTER (WHERE is_ended AND s.competitor <= long),
        count(*) FILTER (WHERE is_covered AND b.days <= p.days)
    FROM seen p
    LEFT JOIN spoken s ON s.contact_id = p.contact_id
    LEFT JOIN promoted r ON r.contact_id = p.contact_id
    LEFT JOIN bought b ON b.contact_id = p.contact_id
    GROUP BY 1, 2
"""  # noqa: S608  our own words
_ANY_PURCHASE: Final = (
    "SELECT EXISTS (SELECT FROM outcomes_purchase WHERE workspace_id = %(place)s)"
)
_ORDER: Final = (AGAIN, PRAISES, RECOMMENDS, COMPETITOR, BUYS)


def after_contact(
    workspace_id: UUID, starts_at: datetime, ends_at: datetime, *, zone: str = "UTC"
) -> Report:
    """Count what people did after their first contact of a period. Eight queries.

    `zone` is the workspace's: purchases have days. Of more than `MOST` messages some of the people
    are taken, and the report says one in how many.
    """
    rivals, names = rivals_of(workspace_id)
    values: dict[str, Any] = {
        "place": workspace_id, "from": starts_at, "to": ends_at, "zone": zone, "now": now(),
        "archive": archive_ended(workspace_id) or now(), "rivals": rivals,
        "names": names_pattern(names), "windows": list(WINDOWS),
        "longest": _days(max(WINDOWS)), "settled": SETTLED, "fast_s": FAST_S,
        "settled_s": SETTLED.total_seconds(), "recommending": RECOMMENDING, "denying": DENYING,
        "email": EMAIL, "unverified": f"{UNVERIFIED}%",
    }  # fmt: skip
    ((has_purchases,),) = rows.fetch(_ANY_PURCHASE, values)
    ((heard,),) = rows.fetch(_ALL, values)
    every = max(1, -(-heard // MOST))
    why = {} if has_purchases else {BUYS: NO_PURCHASE}
    if not names:
        why[COMPETITOR] = NO_RIVAL
    with whole_list():
        counted = [_counted(row) for row in rows.fetch(_COUNTED, values | {"every": every})]
    return report_of(counted, why, every)


def rivals_of(workspace_id: UUID) -> tuple[list[UUID], list[str]]:
    """Return accounts of other brands in the panels, and what those brands are called.

    A panel that does not say which brand is ours says of none that it is not.
    """
    panels = [panel.members for panel in panels_of(workspace_id)]
    brands = [one for members in panels if any(b.is_own for b in members) for one in members]
    ours = {one for brand in brands if brand.is_own for one in brand.channel_ids}
    others = [brand for brand in brands if not brand.is_own]
    ids = {UUID(one) for brand in others for one in brand.channel_ids if one not in ours}
    own_names = {brand.name.casefold() for brand in brands if brand.is_own}
    names = [brand.name for brand in others if brand.name.casefold() not in own_names]
    return sorted(ids), [*names, *_handles(workspace_id, ids)]


def _handles(workspace_id: UUID, ids: set[UUID]) -> Sequence[str]:
    if not ids:
        return []
    those = Channel.objects.filter(workspace_id=workspace_id, id__in=ids)
    return list(those.values_list("handle", flat=True))


def _days(n: int) -> Any:
    return n * SETTLED


def _counted(row: tuple[Any, ...]) -> Counted:
    speed, days, people, ended, covered, late, *done = row
    return Counted(speed, days, people, ended, covered, late, dict(zip(_ORDER, done, strict=True)))
