"""What nobody was shown as waiting, by reason and day; what to look at again; what to ask. Reads.

Quieted is a message of theirs whose standing duty is *none*, of which triage was sure and the
workspace's labels allow to be; what is *none* without that is unsure: a person is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.triage.engine.closeness import is_close
from hearwell.triage.learning.limits import ASKED_A_DAY, REVIEW_DAYS, REVIEWED

CHATTER, SPAM, PASSED_ON, NETWORK = "chatter", "spam", "passed_on", "network"
REPEATED, UNSURE = "repeated", "unsure"
REASONS: Final = (UNSURE, CHATTER, SPAM, REPEATED, PASSED_ON, NETWORK)
# The first that fits counts, so that each message is counted once.
_REASON: Final = f"""CASE
    WHEN v.is_unsure THEN '{UNSURE}'
    WHEN v.reasons @> '["sign:retweet"]' OR m.text ~* '^rt @' THEN '{PASSED_ON}'
    WHEN v.reasons @> '["sign:network"]' THEN '{NETWORK}'
    WHEN v.kind = 'spam' THEN '{SPAM}'
    WHEN v.near IS NOT NULL AND row_number() OVER (PARTITION BY v.near ORDER BY m.id) > 1
        THEN '{REPEATED}'
    ELSE '{CHATTER}' END"""
_WHERE: Final = """
    FROM triage_verdict v
    JOIN conversations_message m ON m.workspace_id = v.workspace_id AND m.id = v.message_id
    WHERE v.workspace_id = %(workspace)s AND v.duty = 'none' AND NOT v.is_corrected
        AND NOT m.is_historic AND m.deleted_at IS NULL
        AND v.decided_at >= %(since)s AND v.decided_at < %(until)s
"""
_COUNTED: Final = f"""
    SELECT day, reason, count(*) FROM (
        SELECT (v.decided_at AT TIME ZONE %(zone)s)::date AS day, {_REASON} AS reason {_WHERE}
    ) told GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608  only our own fragments
_SHOWN: Final = f"""
    SELECT id, case_id, author_name, text, language, sent_at, kind, certainty, reasons FROM (
        SELECT m.id, m.case_id, m.author_name, m.text, m.language, m.sent_at, v.kind, v.certainty,
            v.reasons, v.decided_at, {_REASON} AS reason {_WHERE}
    ) told WHERE reason = %(reason)s ORDER BY decided_at DESC, id DESC LIMIT %(most)s
"""  # noqa: S608  only our own fragments
# Which ones is the messages' own ids' hash, so that what was looked at brings no other one in.
_SAMPLE: Final = f"""
    {_WHERE} AND NOT v.is_unsure
        AND ('x' || left(md5(m.id::text), 8))::bit(32)::bigint %% 1000 < %(mille)s
        AND NOT EXISTS (SELECT FROM triage_lesson l WHERE l.workspace_id = v.workspace_id
            AND l.message_id = v.message_id AND l.head = 'duty')
"""
_SAMPLED: Final = f"""
    SELECT m.id, m.case_id, m.author_name, m.text, m.language, m.sent_at, v.kind, v.certainty,
        v.reasons
    {_SAMPLE} ORDER BY m.sent_at LIMIT %(most)s
"""
_SAMPLE_SIZE: Final = f"SELECT count(*) {_SAMPLE}"
_ASKABLE: Final = """
    SELECT m.id, m.case_id, m.author_name, m.text, m.language, m.sent_at, v.kind, v.certainty,
        v.reasons, v.near
    FROM triage_verdict v
    JOIN conversations_message m ON m.workspace_id = v.workspace_id AND m.id = v.message_id
    WHERE v.workspace_id = %(workspace)s AND v.is_unsure AND NOT v.is_corrected
        AND v.decided_at >= %(since)s AND NOT m.is_historic AND m.deleted_at IS NULL
        AND NOT m.is_purged AND m.text <> ''
        AND NOT EXISTS (SELECT FROM triage_lesson l WHERE l.workspace_id = v.workspace_id
            AND l.message_id = v.message_id)
    ORDER BY v.certainty, m.id DESC LIMIT 500
"""
_ASKED_TODAY: Final = """
    SELECT count(DISTINCT message_id) FROM triage_lesson
    WHERE workspace_id = %(workspace)s AND source = 'asked' AND at >= %(since)s
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A message to look at: what it says, and what triage made of it."""

    id: UUID
    case_id: UUID
    author: str
    text: str
    language: str
    sent_at: datetime
    kind: str
    certainty: float
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many messages of one day nobody was shown as waiting, for one reason."""

    day: date
    reason: str
    n: int


def _seen(row: Sequence[Any]) -> Seen:
    values: list[Any] = [*row[:-1], orjson.loads(row[-1])]  # past Django, JSON comes as text
    return Seen(*values)


def unshown_counts(
    workspace_id: UUID, since: datetime, until: datetime, zone: str
) -> list[DayCount]:
    """Return the counts by day and reason; one statement."""
    values = {"workspace": workspace_id, "since": since, "until": until, "zone": zone}
    return [DayCount(*row) for row in rows.fetch(_COUNTED, values)]


def unshown_messages(
    workspace_id: UUID, reason: str, since: datetime, until: datetime, most: int
) -> list[Seen]:
    """Return the newest messages that nobody was shown for this reason; one statement."""
    values = {
        "workspace": workspace_id, "since": since, "until": until, "reason": reason, "most": most,
    }  # fmt: skip
    return [_seen(row) for row in rows.fetch(_SHOWN, values)]


def review_count(workspace_id: UUID, today: datetime) -> int:
    """Return how many of what was quieted are to be looked at again; one statement."""
    values = _sampled(today, REVIEWED) | {"workspace": workspace_id}
    ((n,),) = rows.fetch(_SAMPLE_SIZE, values)
    return int(n)


def _sampled(today: datetime, share: float) -> dict[str, Any]:
    return {
        "since": today - timedelta(days=REVIEW_DAYS), "until": today, "mille": round(1000 * share),
    }  # fmt: skip


def to_review(
    workspace_id: UUID, today: datetime, *, most: int = 50, share: float = REVIEWED
) -> list[Seen]:
    """Return what is to be looked at again of what was quieted on the last whole days.

    Two per cent, chosen by a hash of their ids: the same ones whoever asks, none that has been
    labelled since. `today` is when this day began. One statement.
    """
    values = _sampled(today, share) | {"workspace": workspace_id, "most": most}
    return [_seen(row) for row in rows.fetch(_SAMPLED, values)]


def to_ask(workspace_id: UUID, today: datetime, most: int = ASKED_A_DAY) -> list[Seen]:
    """Return the messages that it helps most to hear about, at most so many a day; two statements.

    How unsure triage is of one times the root of how many there are like it; of each story one.
    """
    values: dict[str, Any] = {"workspace": workspace_id, "since": today}
    ((asked,),) = rows.fetch(_ASKED_TODAY, values)
    if asked >= most:
        return []
    values["since"] = now() - timedelta(days=REVIEW_DAYS)
    found = [(_seen(row[:-1]), row[-1]) for row in rows.fetch(_ASKABLE, values)]
    return most_useful(found, most - asked)


def most_useful(found: Iterable[tuple[Seen, int | None]], most: int) -> list[Seen]:
    """Return the most useful of messages with their near keys, the least sure first on a tie."""
    stories: list[tuple[Seen, int | None, int]] = []
    for seen, key in found:
        for at, (first, known, n) in enumerate(stories):
            if is_close(key, known):
                stories[at] = (first, known, n + 1)
                break
        else:
            stories.append((seen, key, 1))
    ranked = sorted(stories, key=lambda one: -(1.0 - one[0].certainty) * one[2] ** 0.5)
    return [seen for seen, _, _ in ranked[:most]]
