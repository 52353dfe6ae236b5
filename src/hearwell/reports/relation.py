"""The conversations of the application as the narrow relation that the study's methods read.

The methods are defined once, in `study/sql`, over `study_message`; this is that relation on
PostgreSQL, made of messages and their verdicts. `brand` is the channel, as in an archive it is the
handle. What nobody addressed to us is not in it: there, no answer was asked for. A reply without a
parent (direct messages have none) answers the latest message of its conversation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from hearwell.reports.study.methods import ALL, Method, compose, sql_file

ARCHIVE = "archive"
# A silence of 24 hours before a message matters to one method; nothing older does to any.
LOOK_BACK = timedelta(days=2)

# Column → what it costs to know. Where a method does not read a column, it is not worked out.
_COSTLY = {
    # An archive calls all that is public a mention, whether it names anybody or not; the record of
    # a watched account does not, and its words may be gone sooner.
    "is_named": """((m.kind = 'mention'
            AND (c.network <> 'archive' OR (c.settings ->> 'watched') IS NOT NULL))
        OR m.text ~* ('@' || regexp_replace(ltrim(c.handle, '@'), '([^A-Za-z0-9_])', '\\\\\\1', 'g')
        || '(?![A-Za-z0-9_])'))""",
    "is_retweet": "starts_with(m.text, 'RT @')",
    "is_question": "strpos(m.text, '?') > 0",
    "handles": """(SELECT count(DISTINCT lower(h[1]))
        FROM regexp_matches(m.text, '@([A-Za-z0-9_]+)', 'g') AS h)""",
}
_UNREAD = {"handles": "0"}
_RELATION = """
    SELECT
        m.id::text AS message,
        {own}::text AS brand,
        CASE WHEN m.direction = 'out' THEN {own}::text
             ELSE coalesce(m.author_identity_id::text, m.id::text) END AS author,
        m.direction = 'out' AS is_own,
        m.sent_at AT TIME ZONE 'UTC' AS "at",
        CASE WHEN m.direction = 'out' THEN coalesce(p.id, l.id)::text END AS parent,
        m.direction = 'in' AND coalesce({needs_reply}, m.needs_reply, false) AS needs_reply,
        {is_named} AS is_named,
        {is_addressed} AS is_addressed,
        {is_retweet} AS is_retweet,
        {is_question} AS is_question,
        {handles} AS handles,
        m.is_automatic
    FROM conversations_message m
    JOIN channels_channel c ON c.workspace_id = m.workspace_id AND c.id = m.channel_id
    LEFT JOIN conversations_conversation h ON m.direction = 'out'
        AND h.workspace_id = m.workspace_id AND h.id = m.conversation_id
    LEFT JOIN triage_verdict v ON v.workspace_id = m.workspace_id AND v.message_id = m.id
    LEFT JOIN conversations_message p ON m.parent_remote_id <> ''
        AND p.workspace_id = m.workspace_id AND p.channel_id = {own}
        AND p.remote_id = m.parent_remote_id
    LEFT JOIN LATERAL (
        SELECT b.id FROM conversations_message b
        WHERE m.direction = 'out' AND m.parent_remote_id = ''
            AND b.workspace_id = m.workspace_id AND b.case_id = m.case_id
            AND b.conversation_id = m.conversation_id
            AND b.direction = 'in' AND b.sent_at <= m.sent_at
        ORDER BY b.sent_at DESC, b.id DESC LIMIT 1
    ) l ON true
    WHERE m.workspace_id = %(workspace)s AND m.kind <> 'note' AND m.sent_at >= %(since)s
        AND m.stage = ''{unwatched}
        AND (%(channel)s::uuid IS NULL OR {own} = %(channel)s)
        AND (%(network)s::text IS NULL OR c.network = %(network)s)
        AND (%(audience)s::text IS NULL OR m.audience = %(audience)s)
        AND (%(historic)s::boolean IS NULL OR m.is_historic = %(historic)s)
"""
# An answer counts for the account that was asked, whichever of ours gave it.
_OWN = "coalesce(h.channel_id, m.channel_id)"
_ADDRESSED = "(m.direction = 'out' OR c.network <> 'archive' OR {is_named} OR p.direction = 'out')"
# What bystanders say in a thread of an archive is in it, and to nobody: neither named nor answered.
BYSTANDERS = """
    DELETE FROM study_message m WHERE NOT m.is_own AND m.is_addressed IS NOT TRUE AND NOT EXISTS (
        SELECT 1 FROM study_message r WHERE r.is_own AND r.brand = m.brand AND r.parent = m.message
    )
"""
"""Run over `study_message` before a method that does not ask who was addressed."""
_SCOPE = """
    SELECT %({which}_starts_at)s::timestamp AS starts_at, %({which}_ends_at)s::timestamp AS ends_at,
        %(horizon)s::timestamp AS horizon, %(window_s)s::integer AS window_s
"""
Parameter = datetime | UUID | str | int | None
_NEEDS_REPLY = "v.duty = 'answer'"
_WATCHED = "(c.settings ->> 'watched') IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which messages a report is about; None takes all. `is_historic` picks archive or live."""

    channel_id: UUID | None = None
    network: str | None = None
    audience: str | None = None
    is_historic: bool | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """From `starts_at` up to, and not including, `ends_at`; both aware."""

    starts_at: datetime
    ends_at: datetime

    @property
    def before(self) -> Period:
        """The period of the same length that ends where this one starts."""
        return Period(self.starts_at - (self.ends_at - self.starts_at), self.starts_at)


def relation_sql(*methods: Method, watched: bool = False) -> str:
    """Return the SELECT that gives `study_message`, with the columns that these methods read.

    What other brands' watched accounts say is in it only where `watched`: it is none of ours.
    """
    read = {word for method in methods for word in re.findall(r"\w+", method.sql)}
    columns = {
        name: cost if name in read else _UNREAD.get(name, "false") for name, cost in _COSTLY.items()
    }
    columns["is_addressed"] = _ADDRESSED.format(is_named=_COSTLY["is_named"])
    columns["needs_reply"] = _NEEDS_REPLY
    columns["unwatched"] = "" if watched else f" AND NOT {_WATCHED}"
    return _RELATION.format(**columns, own=_OWN)


@dataclass(frozen=True, slots=True)
class Study:
    """What a method said of the messages of a period, for as long as the transaction lasts.

    It lies in temporary tables, worked out once for all the figures of a report; the next study
    replaces it.
    """

    scope: dict[str, Parameter]

    def ask(self, question: str, *, is_by_channel: bool = False) -> list[dict[str, Any]]:
        """Answer `summary`, `spread` or `by-day`: one row a channel, or one for all."""
        brand = "brand" if is_by_channel else "''::text AS brand"
        return self._answer(question, brand, "study_judged", "now")

    def ask_before(self, question: str) -> list[dict[str, Any]]:
        """Answer the same for the period before, all channels in one."""
        return self._answer(question, "''::text AS brand", "study_earlier", "before")

    def _answer(self, question: str, brand: str, table: str, which: str) -> list[dict[str, Any]]:
        columns = f"{brand}, message, asked_at, needs_reply, wait_s, is_outlier, is_waiting"
        judged = f"SELECT {columns} FROM {table}"  # noqa: S608  our own names
        scope = _SCOPE.format(which=which)
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH study_scope AS ({scope}), judged AS ({judged})"
                f" {_escaped(sql_file(question))}",
                self.scope,
            )
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def study(
    workspace_id: UUID, period: Period, method: Method, filters: Filters, *, horizon: datetime
) -> Study:
    """Run a method over the messages of a period and of the one before.

    `horizon` is the end of the record: now. One round trip, however many tables.
    """
    scope = _scope(period, horizon) | {"window_s": method.ripe_after_s}
    chosen = _chosen(workspace_id, period.before.starts_at, filters)
    statements = _PREPARE.format(
        relation=relation_sql(method),
        bystanders=BYSTANDERS,
        judged=_judging(method, "now"),
        earlier=_judging(method, "before"),
    )
    with connection.cursor() as cursor:
        cursor.execute(statements, {**scope, **chosen})
    return Study(scope)


def compared(
    workspace_id: UUID, period: Period, filters: Filters, *, horizon: datetime
) -> dict[str, dict[str, Any]]:
    """Run every method over the same messages; return its name -> a row of `summary`.

    Two statements: the messages once, and all methods over them.
    """
    chosen = _chosen(workspace_id, period.starts_at, filters) | _scope(period, horizon)
    asked = (_SCOPE.format(which="now").replace("%(window_s)s", str(m.ripe_after_s)) for m in ALL)
    union = " UNION ALL ".join(
        f"SELECT '{method.name}' AS method, said.* FROM ("  # noqa: S608  our own names
        + compose(method, "summary", scope="{scope}", is_by_brand=False)
        .replace("%", "%%")
        .replace("{scope}", scope)
        + ") said"
        for method, scope in zip(ALL, asked, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""DROP TABLE IF EXISTS pg_temp.study_message;
            CREATE TEMPORARY TABLE study_message ON COMMIT DROP AS {relation_sql(*ALL)};
            {BYSTANDERS};
            ANALYZE study_message;
            SET LOCAL enable_nestloop = off""",
            chosen,
        )
        cursor.execute(union, chosen)
        names = [column.name for column in cursor.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        cursor.execute("SET LOCAL enable_nestloop = on")
    return {row["method"]: row for row in found}


def _scope(period: Period, horizon: datetime) -> dict[str, Parameter]:
    scope: dict[str, Parameter] = {"horizon": _naive(horizon)}
    for which, span in (("now", period), ("before", period.before)):
        scope[f"{which}_starts_at"] = _naive(span.starts_at)
        scope[f"{which}_ends_at"] = _naive(span.ends_at)
    return scope


def _chosen(workspace_id: UUID, since: datetime, filters: Filters) -> dict[str, Parameter]:
    return {
        "workspace": workspace_id,
        "since": since - LOOK_BACK,
        "channel": filters.channel_id,
        "network": filters.network,
        "audience": filters.audience,
        "historic": filters.is_historic,
    }


# The methods join what they have worked out themselves, of which the planner knows nothing: it
# takes thousands of rows for one and nests loops (measured: 10.6 s in place of 0.3 s). Statistics
# of the relation, and no nested loops while a method runs, keep it from that.
_PREPARE = """
    DROP TABLE IF EXISTS pg_temp.study_message, pg_temp.study_judged, pg_temp.study_earlier;
    CREATE TEMPORARY TABLE study_message ON COMMIT DROP AS {relation};
    {bystanders};
    ANALYZE study_message;
    SET LOCAL enable_nestloop = off;
    CREATE TEMPORARY TABLE study_judged ON COMMIT DROP AS {judged};
    CREATE TEMPORARY TABLE study_earlier ON COMMIT DROP AS {earlier};
    SET LOCAL enable_nestloop = on
"""


def _judging(method: Method, which: str) -> str:
    return judging_sql(method, _SCOPE.format(which=which))


def judging_sql(method: Method, scope: str) -> str:
    """Return the SELECT that judges; nested, because a method may begin with its own WITH."""
    judged = _escaped(method.sql)
    return f"WITH study_scope AS ({scope}) SELECT * FROM (\n{judged}\n) AS judged"  # noqa: S608


def _escaped(sql: str) -> str:
    """Return SQL without placeholders, safe to run with parameters."""
    return sql.replace("%", "%%")


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
