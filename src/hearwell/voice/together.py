"""How far service and marketing are one: each item read from settings and records, none typed.

An item changes only when what it looks at changes. Where there is nothing to judge it says so and
is not counted in the score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from hearwell.accounts.models import Workspace
from hearwell.escalation.queries import choice_of, current_paths, paths_for
from hearwell.escalation.roster import roster_of
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.marking import marked as _
from hearwell.reports.rolling.cube import Span
from hearwell.strategy.queries import Readiness, readiness
from hearwell.voice.counting import Tally, tally_of
from hearwell.voice.figures import asked_of
from hearwell.voice.queries import posts_of

WEEK_DAYS, LATELY_DAYS = 7, 28
# A side that says less than a tenth of everything hardly speaks.
LEAST_SHARE: Final = 0.1
MOST_PULL_AGE: Final = timedelta(days=WEEK_DAYS)
_WELL_READ, _HALF_READ = 0.9, 0.5
_FACTS: Final = """SELECT
    (SELECT count(*) FROM accounts_membership WHERE workspace_id = %(w)s AND role = 'marketing'),
    (SELECT count(*) FROM accounts_apitoken t JOIN accounts_membership p ON p.id = t.membership_id
        WHERE t.workspace_id = %(w)s AND t.revoked_at IS NULL AND p.role = 'marketing'),
    (SELECT max(t.last_used_at) FROM accounts_apitoken t
        JOIN accounts_membership p ON p.id = t.membership_id
        WHERE t.workspace_id = %(w)s AND t.revoked_at IS NULL AND p.role = 'marketing'),
    (SELECT bool_or(is_public) FROM waits_waitchoice WHERE workspace_id = %(w)s),
    (SELECT bool_or(in_chat) FROM waits_waitchoice WHERE workspace_id = %(w)s),
    (SELECT count(*) FROM commerce_tool WHERE workspace_id = %(w)s AND live IS NOT NULL
        AND gone_at IS NULL AND NOT is_act),
    (SELECT count(*) FROM commerce_tool WHERE workspace_id = %(w)s AND live IS NOT NULL
        AND gone_at IS NULL AND is_act),
    (SELECT count(*) FROM surveys_survey WHERE workspace_id = %(w)s AND state = 'on'),
    (SELECT count(*) FROM surveys_survey WHERE workspace_id = %(w)s),
    (SELECT count(*) FROM surveys_askchoice WHERE workspace_id = %(w)s
        AND channel_ids <> '[]'::jsonb),
    (SELECT count(*) FROM benchmarks_panel WHERE workspace_id = %(w)s AND NOT is_removed
        AND jsonb_array_length(brands) > 1),
    (SELECT count(*) FROM benchmarks_panel WHERE workspace_id = %(w)s AND NOT is_removed
        AND jsonb_array_length(brands) > 1 AND brands @> '[{"is_own": true}]'),
    (SELECT count(*) FROM integrations_subscription WHERE workspace_id = %(w)s AND is_on),
    (SELECT count(*) FROM listening_term WHERE workspace_id = %(w)s AND is_active),
    (SELECT count(*) FROM reports_goal WHERE workspace_id = %(w)s AND removed_at IS NULL
        AND due_on >= %(today)s)
"""
_WISHES: Final = """
    SELECT count(*), count(*) FILTER (WHERE NOT c.unread) FROM conversations_case c
    WHERE c.workspace_id = %(w)s AND NOT c.is_historic AND c.stage = '' AND c.id IN (
        SELECT m.case_id FROM conversations_message m
        JOIN triage_verdict v ON v.workspace_id = m.workspace_id AND v.message_id = m.id
            AND v.kind = 'idea'
        WHERE m.workspace_id = %(w)s AND m.direction = 'in' AND m.sent_at >= %(since)s)
"""


class Holds(StrEnum):
    """Whether something is so; NOTHING: there is nothing yet to tell it by."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    NOTHING = "nothing"


WORDS: Final = {
    Holds.YES: _("yes"),
    Holds.PARTLY: _("partly"),
    Holds.NO: _("no"),
    Holds.NOTHING: _("nothing to judge"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is so or not. `evidence` is marked, with places for `values`.

    `page` is the name of the page where it is changed.
    """

    key: str
    title: str
    holds: Holds
    evidence: str
    page: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The documented object; moments as ISO 8601 in the evidence."""
        values = {
            key: one.isoformat() if isinstance(one, datetime) else one
            for key, one in self.values.items()
        }
        return {
            "key": self.key,
            "title": self.title,
            "holds": self.holds.value,
            "evidence": self.evidence % values,
        }


@dataclass(frozen=True, slots=True)
class Together:
    """All items; `score` of `of`: yes is one, partly a half."""

    items: list[Item]

    @property
    def of(self) -> int:
        """How many could be judged."""
        return sum(one.holds is not Holds.NOTHING for one in self.items)

    @property
    def score(self) -> float:
        """How many hold."""
        worth = {Holds.YES: 1.0, Holds.PARTLY: 0.5}
        return sum(worth.get(one.holds, 0.0) for one in self.items)


@dataclass(frozen=True, slots=True)
class _Facts:
    marketers: int
    tokens: int
    pulled_at: datetime | None
    is_public: bool | None
    in_chat: bool | None
    looks: int
    acts: int
    surveys_on: int
    surveys: int
    asks_solved: int
    panels: int
    own_panels: int
    webhooks: int
    terms: int
    goals: int


def together_of(workspace: Workspace) -> Together:
    """Read everything; some sixteen statements, however large the workspace."""
    today = now().astimezone(ZoneInfo(workspace.time_zone)).date()
    ((*found,),) = rows.fetch(_FACTS, {"w": workspace.id, "today": today})
    facts = _Facts(*found)
    lately = Span(today - timedelta(days=LATELY_DAYS - 1), today)
    tally = tally_of(posts_of(asked_of(workspace, lately)).counted)
    values = {"w": workspace.id, "since": now() - timedelta(days=LATELY_DAYS)}
    ((wishes, read),) = rows.fetch(_WISHES, values)
    return Together(
        [
            *_voices(tally),
            *_marketing(facts),
            _owners(readiness(workspace)),
            _promise(facts),
            _escalation(workspace),
            *_means(facts),
            _wishes(wishes, read),
            *_outward(facts),
        ]
    )


def _voices(tally: Tally) -> Iterator[Item]:
    marketing = tally.others
    yield Item(
        "marketing_seen", _("Service sees what marketing posts"),
        Holds.YES if marketing else Holds.NO,
        _("Posts seen in 28 days: %(all)s. Those that answer nobody: %(n)s."),
        "settings_networks", {"n": marketing, "all": tally.n},
    )  # fmt: skip
    smaller = min(tally.care, marketing) / tally.n if tally.n else None
    yield Item(
        "balance", _("Neither service nor marketing speaks alone"),
        Holds.NOTHING if smaller is None else Holds.YES if smaller >= LEAST_SHARE
        else Holds.PARTLY if smaller else Holds.NO,
        _("Care in 28 days: %(care)s of %(all)s posts. Each side should have a tenth."),
        "report_voice", {"care": tally.care, "all": tally.n},
    )  # fmt: skip


def _marketing(facts: _Facts) -> Iterator[Item]:
    yield Item(
        "marketing_role", _("Marketing has its own way in"), _is(facts.marketers),
        _("People with the role Marketing: %(n)s."), "settings_people", {"n": facts.marketers},
    )  # fmt: skip
    title = _("Promotions are held back from people with open cases")
    if facts.pulled_at is None:
        yield Item(
            "held_back", title, Holds.PARTLY if facts.tokens else Holds.NO,
            _("Tokens of Marketing that were ever used to read the list: none of %(n)s."),
            "settings_promotions", {"n": facts.tokens},
        )  # fmt: skip
        return
    is_fresh = now() - facts.pulled_at <= MOST_PULL_AGE
    yield Item(
        "held_back", title, Holds.YES if is_fresh else Holds.PARTLY,
        _("A system of Marketing last read the list on %(at)s; it should every seven days."),
        "settings_promotions", {"at": facts.pulled_at},
    )  # fmt: skip


def _owners(ready: Readiness) -> Item:
    lacks = sorted({one.question for one in ready.missing} & {"networks", "rota"})
    holds = (
        Holds.NO if len(lacks) > 1 else Holds.PARTLY if lacks or not ready.version else Holds.YES
    )
    return Item(
        "owners", _("Every network and hour has an owner for service"), holds,
        _("What the playbook lacks about networks and hours: %(n)s."),
        "playbook", {"n": sum(one.question in lacks for one in ready.missing)},
    )  # fmt: skip


def _promise(facts: _Facts) -> Item:
    holds = Holds.YES if facts.is_public else Holds.PARTLY if facts.in_chat else Holds.NO
    words = {
        Holds.YES: _("Customers can read how long an answer takes, before they ask."),
        Holds.PARTLY: _("Only who is in the web chat is told how long an answer takes."),
        Holds.NO: _("Nobody is told how long an answer takes."),
    }
    return Item("promise", _("The promise is public"), holds, words[holds], "settings_waits")


def _escalation(workspace: Workspace) -> Item:
    choice = choice_of(workspace.id)
    roster = roster_of(workspace.id, choice.parts)
    paths = paths_for(current_paths(workspace.id), "").values()
    whole = sum(
        (one.owner == "assignee" or bool(roster.all_of(one.owner)))
        and bool(roster.all_of(one.backup))
        for one in paths
    )
    return Item(
        "escalation", _("The way up is complete"),
        Holds.YES if whole == len(paths) else Holds.PARTLY if whole else Holds.NO,
        _("Severities with somebody in the first and the second place: %(n)s of %(all)s."),
        "settings_escalation", {"n": whole, "all": len(paths)},
    )  # fmt: skip


def _means(facts: _Facts) -> Iterator[Item]:
    yield Item(
        "orders", _("Orders can be seen and changed in the conversation"),
        Holds.YES if facts.looks and facts.acts else Holds.PARTLY if facts.looks or facts.acts
        else Holds.NO,
        _("Tools that look something up: %(looks)s. Tools that do something: %(acts)s."),
        "settings_tools", {"looks": facts.looks, "acts": facts.acts},
    )  # fmt: skip
    yield Item(
        "surveys", _("Customers are asked"),
        Holds.YES if facts.surveys_on else Holds.PARTLY if facts.surveys or facts.asks_solved
        else Holds.NO,
        _("Surveys that are on: %(on)s of %(all)s."),
        "settings_surveys", {"on": facts.surveys_on, "all": facts.surveys},
    )  # fmt: skip
    yield Item(
        "panel", _("There are others to compare with"),
        Holds.YES if facts.own_panels else Holds.PARTLY if facts.panels else Holds.NO,
        _("Panels of two brands or more: %(n)s. Those with our own brand: %(own)s."),
        "benchmarks", {"n": facts.panels, "own": facts.own_panels},
    )  # fmt: skip


def _wishes(n: int, read: int) -> Item:
    share = read / n if n else None
    return Item(
        "wishes", _("Wishes are read"),
        Holds.NOTHING if share is None else Holds.YES if share >= _WELL_READ
        else Holds.PARTLY if share >= _HALF_READ else Holds.NO,
        _("Cases with an idea in 28 days that somebody opened: %(read)s of %(n)s."),
        "report_voice_people", {"n": n, "read": read},
    )  # fmt: skip


def _outward(facts: _Facts) -> Iterator[Item]:
    yield Item(
        "webhooks", _("Other systems are told"), _is(facts.webhooks),
        _("Webhooks that are on: %(n)s."), "settings_webhooks", {"n": facts.webhooks},
    )  # fmt: skip
    yield Item(
        "listening", _("What is said without naming us is heard"), _is(facts.terms),
        _("Terms that are listened for: %(n)s."), "settings_listening", {"n": facts.terms},
    )  # fmt: skip
    yield Item(
        "goals", _("There are goals with an owner and a date"), _is(facts.goals),
        _("Goals whose date is to come: %(n)s."), "report_summary", {"n": facts.goals},
    )  # fmt: skip


def _is(n: int) -> Holds:
    return Holds.YES if n else Holds.NO
