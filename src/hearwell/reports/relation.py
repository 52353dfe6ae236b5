"""The conversations of the application as the narrow relation that the study's methods read.

The methods are defined once, in `study/sql`, over `study_message`; this is that relation on
PostgreSQL, made of messages and their verdicts. `brand` is the channel, as in an archive it is the
handle. A reply without a parent (direct messages have none) answers the latest message of its
conversation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from hearwell.kit.ids import uuid7
from hearwell.reports.study.methods import Method, sql_file

ARCHIVE = "archive"
# A silence of 24 hours before a message matters to one method; nothing older does to any.
LOOK_BACK = timedelta(days=2)

# Column → what it costs to know. Where a method does not read a column, it is not worked out.
_COSTLY = {
    "is_named": """(m.kind = 'mention' OR m.text ~* ('@'
        || regexp_replace(ltrim(c.handle, '@'), '([^A-Za-z0-9_])', '\\\\\\1', 'g')
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
        m.channel_id::text AS brand,
        CASE WHEN m.direction = 'out' THEN m.channel_id::text
             ELSE coalesce(m.author_identity_id::text, m.id::text) END AS author,
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
    LEFT JOIN triage_verdict v ON v.workspace_id = m.workspace_id AND v.message_id = m.id
    LEFT JOIN conversations_message p ON m.parent_remote_id <> ''
        AND p.workspace_id = m.workspace_id AND p.channel_id = m.channel_id
        AND p.remote_id = m.parent_remote_id
    LEFT JOIN LATERAL (
        SELECT b.id FROM conversations_message b
        WHERE b.workspace_id = m.workspace_id AND b.case_id = m.case_id
            AND b.conversation_id = m.conversation_id
            AND b.direction = 'in' AND b.sent_at <= m.sent_at
        ORDER BY b.sent_at DESC, b.id DESC LIMIT 1
    ) l ON m.direction = 'out' AND m.parent_remote_id = ''
    WHERE m.workspace_id = %(workspace)s AND m.kind <> 'note' AND m.sent_at >= %(since)s
        AND (%(channel)s::uuid IS NULL OR m.channel_id = %(channel)s)
        AND (%(network)s::text IS NULL OR c.network = %(network)s)
        AND (%(audience)s::text IS NULL OR m.audience = %(audience)s)
        AND (%(historic)s::boolean IS NULL OR m.is_historic = %(historic)s)
"""
_ADDRESSED = "(m.direction = 'out' OR c.network <> 'archive' OR {is_named} OR p.direction = 'out')"
_SCOPE = """
    SELECT %(starts_at)s::timestamp AS starts_at, %(ends_at)s::timestamp AS ends_at,
        %(horizon)s::timestamp AS horizon, %(window_s)s::integer AS window_s
"""
Parameters = Mapping[str, datetime | UUID | str | int | None]
_NEEDS_REPLY = "v.duty = 'answer'"


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


def relation_sql(method: Method) -> str:
    """Return the SELECT that gives `study_message`, with the columns this method reads."""
    read = set(re.findall(r"\w+", method.sql))
    columns = {
        name: cost if name in read else _UNREAD.get(name, "false") for name, cost in _COSTLY.items()
    }
    addressed = _ADDRESSED.format(is_named=_COSTLY["is_named"])
    columns["is_addressed"] = addressed if "is_addressed" in read else "true"
    columns["needs_reply"] = _NEEDS_REPLY
    return _RELATION.format(**columns)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a method said of every message of a period, ready to be asked the study's questions.

    It lies in a temporary table, worked out once for all the figures of a report, that goes with
    the transaction.
    """

    table: str
    scope: Parameters

    def ask(self, question: str, *, is_by_channel: bool = False) -> list[dict[str, Any]]:
        """Answer `summary`, `spread` or `by-day`: one row a channel, or one for all."""
        judged = f"SELECT {_columns(is_by_channel=is_by_channel)} FROM {self.table}"  # noqa: S608
        statement = f"WITH study_scope AS ({_SCOPE}), judged AS ({judged}) {_asked(question)}"
        return _rows(statement, self.scope)


def judge(
    workspace_id: UUID, period: Period, method: Method, filters: Filters, horizon: datetime
) -> Judged:
    """Run a method over the messages of a period; `horizon` is the end of the record."""
    table = f"reports_judged_{uuid7().hex}"
    parameters = _parameters(workspace_id, period, method, filters, horizon)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS {_judging(method)}", parameters
        )
    return Judged(table, {name: parameters[name] for name in _SCOPED})


def ask_once(
    question: str,
    workspace_id: UUID,
    period: Period,
    method: Method,
    filters: Filters,
    horizon: datetime,
) -> list[dict[str, Any]]:
    """Answer one question over all channels in one statement."""
    judged = f"SELECT {_columns(is_by_channel=False)} FROM ({_judging(method)}) AS by_channel"  # noqa: S608
    statement = f"WITH study_scope AS ({_SCOPE}), judged AS ({judged}) {_asked(question)}"
    return _rows(statement, _parameters(workspace_id, period, method, filters, horizon))


def _judging(method: Method) -> str:
    """Return the SELECT that judges. A method may begin with its own WITH, so it is nested."""
    relations = f"study_message AS MATERIALIZED ({relation_sql(method)}), study_scope AS ({_SCOPE})"
    return f"WITH {relations} SELECT * FROM (\n{_escaped(method.sql)}\n) AS judged"  # noqa: S608


def _columns(*, is_by_channel: bool) -> str:
    brand = "brand" if is_by_channel else "''::text AS brand"
    return f"{brand}, message, asked_at, needs_reply, wait_s, is_outlier, is_waiting"


def _asked(question: str) -> str:
    return _escaped(sql_file(question))


def _rows(statement: str, parameters: Parameters) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


_SCOPED = ("starts_at", "ends_at", "horizon", "window_s")


def _parameters(
    workspace_id: UUID, period: Period, method: Method, filters: Filters, horizon: datetime
) -> Parameters:
    return {
        "starts_at": _naive(period.starts_at),
        "ends_at": _naive(period.ends_at),
        "horizon": _naive(horizon),
        "window_s": method.ripe_after_s,
        "workspace": workspace_id,
        "since": period.starts_at - LOOK_BACK,
        "channel": filters.channel_id,
        "network": filters.network,
        "audience": filters.audience,
        "historic": filters.is_historic,
    }


def _escaped(sql: str) -> str:
    """Return SQL without placeholders, safe to run with parameters."""
    return sql.replace("%", "%%")


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
