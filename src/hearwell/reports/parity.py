"""Whether all channels are alike: staff, rights, times and hand-offs, side by side.

Rates and times are those of the response report, clocks those of sla: nothing is defined twice.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.channels.models import Channel
from hearwell.channels.queries import channels_of
from hearwell.conversations.models import Passing
from hearwell.kit import rows
from hearwell.reports.queries import channel_figures
from hearwell.reports.relation import Period
from hearwell.reports.study.figures import Figures
from hearwell.reports.study.methods import DEFAULT, METHODS, Method
from hearwell.routing.board import skills_of
from hearwell.routing.rules import SkillKind, has_skills
from hearwell.sla.queries import Attainment, attainment_by_channel

# By the account that was asked: an answer of another one of ours in its thread counts there.
_SAID: Final = """
    WITH said AS (
        SELECT v.channel_id,
            count(DISTINCT m.case_id) FILTER (WHERE m.direction = 'in') AS cases,
            count(DISTINCT m.author_user_id) FILTER (
                WHERE m.direction = 'out' AND NOT m.is_automatic) AS staff
        FROM conversations_message m
        JOIN conversations_conversation v ON v.workspace_id = m.workspace_id
            AND v.id = m.conversation_id
        WHERE m.workspace_id = %(place)s AND m.kind <> 'note' AND m.sent_at >= %(since)s
            AND m.sent_at < %(until)s AND m.stage = ''
        GROUP BY v.channel_id
    ), runs AS (
        SELECT r.channel_id, r.case_id, r.state, t.title
        FROM commerce_toolrun r
        JOIN commerce_tool t ON t.workspace_id = r.workspace_id AND t.id = r.tool_id
        WHERE r.workspace_id = %(place)s AND r.created_at >= %(since)s
            AND r.created_at < %(until)s AND r.undoes_id IS NULL
    ), done AS (
        SELECT channel_id, jsonb_object_agg(title, n) AS tools
        FROM (SELECT channel_id, title, count(*) AS n FROM runs WHERE state = 'done'
              GROUP BY channel_id, title) AS each
        GROUP BY channel_id
    ), used AS (
        SELECT channel_id, count(DISTINCT case_id) AS tool_cases,
            count(*) FILTER (WHERE state = 'failed') AS failed
        FROM runs GROUP BY channel_id
    )
    SELECT channel_id, coalesce(cases, 0), coalesce(staff, 0),
        coalesce(tools, '{}'), coalesce(failed, 0), coalesce(tool_cases, 0), live.n
    FROM (SELECT count(*) AS n FROM commerce_tool
          WHERE workspace_id = %(place)s AND live IS NOT NULL AND gone_at IS NULL) AS live
    LEFT JOIN (said FULL JOIN used USING (channel_id) LEFT JOIN done USING (channel_id)) ON true
"""


@dataclass(frozen=True, slots=True)
class ChannelParity:
    """One account. `staff` answered there in the period, `able` may and can; `cases` had a word.

    `passed` counts how often customers were asked to go on elsewhere, by reason and by where to.
    `tools_there` is how many tools those who may answer have, `tools` how often each did something
    for customers of this account, `tool_cases` in how many cases.
    """

    channel: Channel
    figures: Figures
    clocks: Sequence[Attainment]
    cases: int
    staff: int
    able: int
    passed: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    ways: Mapping[str, int] = field(default_factory=dict)
    tools_there: int = 0
    tools: Mapping[str, int] = field(default_factory=dict)
    tools_failed: int = 0
    tool_cases: int = 0

    @property
    def tools_done(self) -> int:
        """How often anything was done for customers of this account."""
        return sum(self.tools.values())

    @property
    def passed_share(self) -> float | None:
        """Hand-offs of the cases in which customers wrote there; None without any."""
        return self.passed / self.cases if self.cases else None


@dataclass(frozen=True, slots=True)
class ParityReport:
    """All accounts side by side, those with most to answer first."""

    method: Method
    period: Period
    channels: Sequence[ChannelParity]


def parity_report(workspace_id: UUID, period: Period, method: str = DEFAULT) -> ParityReport:
    """Return the parity report. Raises KeyError for a method that is none."""
    way = METHODS[method]
    figures = {one.channel_id: one.figures for one in channel_figures(workspace_id, period, method)}
    clocks = attainment_by_channel(workspace_id, period.starts_at, period.ends_at)
    named = {"place": workspace_id, "since": period.starts_at, "until": period.ends_at}
    read = rows.fetch(_SAID, named)
    said, there = {row[0]: row[1:6] for row in read}, read[0][6]
    passed = _passed(workspace_id, period)
    able = _able(workspace_id)
    found = []
    for channel in channels_of(workspace_id):
        cases, staff, tools, failed, tool_cases = said.get(channel.id, (0, 0, "{}", 0, 0))
        own = passed.get(channel.id, [])
        found.append(
            ChannelParity(
                channel=channel,
                figures=figures.get(channel.id) or Figures.none(way, str(channel.id)),
                clocks=clocks.get(channel.id, ()),
                cases=cases,
                staff=staff,
                able=sum(has_skills(one, _wanted(channel)) for one in able),
                passed=len(own),
                reasons=Counter(reason for reason, _way in own),
                ways=Counter(way_on for _reason, way_on in own),
                tools_there=there,
                tools=json.loads(tools),
                tools_failed=failed,
                tool_cases=tool_cases,
            )
        )
    found.sort(key=lambda one: (-one.figures.needs_reply, one.channel.handle))
    return ParityReport(way, period, found)


def _wanted(channel: Channel) -> tuple[tuple[str, str], ...]:
    return ((SkillKind.NETWORK.value, channel.network),)


def _able(workspace_id: UUID) -> list[dict[str, set[str]]]:
    """Return the skills of all who may answer."""
    skills = skills_of(workspace_id)
    members = Membership.objects.filter(workspace_id=workspace_id)
    return [skills.get(m.user_id, {}) for m in members if can(m.role, "reply")]


def _passed(workspace_id: UUID, period: Period) -> dict[UUID | None, list[tuple[str, str]]]:
    noted = Passing.objects.filter(
        workspace_id=workspace_id, at__gte=period.starts_at, at__lt=period.ends_at
    )
    by: dict[UUID | None, list[tuple[str, str]]] = {}
    for channel_id, reason, goes_to in noted.values_list("channel_id", "reason", "goes_to"):
        by.setdefault(channel_id, []).append((reason, goes_to))
    return by
