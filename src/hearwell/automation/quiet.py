"""Cases in which the customer has not answered for so long that a rule looks at them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hearwell.automation.models import Rule
from hearwell.automation.queries import listening_rules
from hearwell.automation.rules import Trigger
from hearwell.automation.services import Call, run_rules
from hearwell.kit import rows
from hearwell.kit.clock import now

AT_ONCE: Final = 500
MOST_BATCHES: Final = 20
# What fell silent while nothing ran is looked at for so long; older silence is history.
REACH: Final = timedelta(days=7)
# One event is one reply of a person's: whatever is sent by itself since begins no new silence.
_SILENT: Final = """
    SELECT c.id, c.last_reply_at,
        'quiet:' || to_char(c.last_reply_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')
    FROM conversations_case c
    WHERE c.workspace_id = %(workspace)s AND c.status <> 'closed' AND NOT c.is_historic
        AND c.turn = 'theirs' AND c.last_reply_at <= %(before)s AND c.last_reply_at > %(since)s
        AND (c.last_reply_at, c.id) > (%(at)s, %(after)s)
        AND NOT EXISTS (SELECT FROM automation_run r
            WHERE r.workspace_id = c.workspace_id AND r.rule_id = %(rule)s AND r.case_id = c.id
                AND r.event_key = 'quiet:' || to_char(c.last_reply_at AT TIME ZONE 'UTC',
                    'YYYYMMDDHH24MISSUS'))
    ORDER BY c.last_reply_at, c.id LIMIT %(most)s
"""


def look_for_quiet(workspace_id: UUID) -> int:
    """Run the rules that wait for silence on what has fallen silent; in the caller's scope.

    A rule begins with silence that is complete after it was last changed: no change reaches back.
    """
    did = 0
    for rule in listening_rules(workspace_id, {Trigger.QUIET}):
        for calls in _batches(rule):
            did += run_rules(workspace_id, calls, only=rule)
    return did


def _batches(rule: Rule) -> Iterator[list[Call]]:
    """Yield the silent cases of a rule, page by page, the longest silent first."""
    span, moment = timedelta(hours=rule.quiet_h), now()
    since = max(rule.changed_at, moment - REACH) - span
    at, after = since, UUID(int=0)
    for _ in range(MOST_BATCHES):
        found = _page(rule, before=moment - span, since=since, at=at, after=after)
        if found:
            yield [Call(trigger=Trigger.QUIET, case_id=row[0], key=row[2]) for row in found]
        if len(found) < AT_ONCE:
            return
        after, at = found[-1][:2]


def _page(
    rule: Rule, *, before: datetime, since: datetime, at: datetime, after: UUID
) -> list[tuple[UUID, datetime, str]]:
    values = {
        "workspace": rule.workspace_id, "rule": rule.id, "before": before, "since": since,
        "at": at, "after": after, "most": AT_ONCE,
    }  # fmt: skip
    return [(row[0], row[1], row[2]) for row in rows.fetch(_SILENT, values)]
