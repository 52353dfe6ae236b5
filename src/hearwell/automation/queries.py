"""Reads of automation: rules, what they did, what one would do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from hearwell.automation.facts import Known, latest
from hearwell.automation.models import Rule, Run, RunState
from hearwell.automation.rules import Conditions, Then, Trigger, is_called, matches, obstacle
from hearwell.conversations.models import Case, Status
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7_at
from hearwell.knowledge.models import Article, ArticleVersion, VersionState
from hearwell.knowledge.queries import reply_of
from hearwell.sla.calendars import current_calendars
from hearwell.triage.learning.aside import Aside

LOOKED_AT: Final = 500
AN_HOUR: Final = timedelta(hours=1)
SHOWN: Final = 50


def rules_of(workspace_id: UUID) -> list[Rule]:
    """Return the rules in their order; one query."""
    return list(Rule.objects.filter(workspace_id=workspace_id).order_by("position"))


def rule_by_id(workspace_id: UUID, rule_id: UUID) -> Rule | None:
    """Return a rule, or None."""
    return Rule.objects.filter(workspace_id=workspace_id, id=rule_id).first()


def listening_rules(workspace_id: UUID, triggers: Collection[Trigger]) -> list[Rule]:
    """Return those rules that are on and wait for one of these, in their order; one query."""
    return list(_waiting(workspace_id, triggers).order_by("position"))


def has_rules(workspace_id: UUID, triggers: Collection[Trigger]) -> bool:
    """Say whether any rule that is on waits for one of these; one query."""
    return _waiting(workspace_id, triggers).exists()


def _waiting(workspace_id: UUID, triggers: Collection[Trigger]) -> QuerySet[Rule]:
    waiting = Rule.objects.filter(workspace_id=workspace_id, is_active=True, paused_at=None)
    return waiting.filter(trigger__in=[t.value for t in triggers])


def counts_of(workspace_id: UUID) -> dict[UUID, tuple[int, int]]:
    """Return rule -> how often it did something, and was refused, in the last seven days."""
    week = Run.objects.filter(workspace_id=workspace_id, at__gte=now() - timedelta(days=7))
    counted = week.values("rule_id").annotate(
        did=Count("id", filter=~Q(state=RunState.REFUSED)),
        refused=Count("id", filter=Q(state=RunState.REFUSED)),
    )
    return {one["rule_id"]: (one["did"], one["refused"]) for one in counted}


def acted_lately(rule: Rule) -> int:
    """Return on how many cases a rule acted within the last hour."""
    runs = Run.objects.filter(workspace_id=rule.workspace_id, rule=rule, at__gt=now() - AN_HOUR)
    return runs.exclude(state=RunState.REFUSED).count()


@dataclass(frozen=True, slots=True)
class RunLine:
    """A line of the run log, with the case that it is about."""

    run: Run
    label: str
    title: str


def runs_of(workspace_id: UUID, rule_id: UUID, most: int = SHOWN) -> list[RunLine]:
    """Return what a rule did last, the latest first; two queries."""
    found = Run.objects.filter(workspace_id=workspace_id, rule_id=rule_id)
    return _lined(workspace_id, list(found.order_by("-at", "-id")[:most]))


def _lined(workspace_id: UUID, runs: Sequence[Run]) -> list[RunLine]:
    cases = Case.objects.filter(workspace_id=workspace_id).in_bulk([run.case_id for run in runs])
    return [
        RunLine(
            run, cases[run.case_id].label, cases[run.case_id].title or cases[run.case_id].preview
        )
        for run in runs
        if run.case_id in cases
    ]


def runs_in(workspace_id: UUID, case_id: UUID) -> list[Run]:
    """Return what rules did in a case, with the rules, the latest first; one query."""
    found = Run.objects.filter(workspace_id=workspace_id, case_id=case_id).select_related("rule")
    return list(found.order_by("-at", "-id")[:SHOWN])


def suggestions_due(workspace_id: UUID, most: int) -> list[Run]:
    """Return the runs whose reply can be laid ready or never will be, with the rules; held.

    Those whose case nobody has yet wait outside, however many they are.
    """
    cases = Case.objects.filter(workspace_id=workspace_id, id=OuterRef("case_id"))
    waits = cases.filter(assignee_id=None).exclude(status=Status.CLOSED)
    runs = Run.objects.select_for_update(of=("self",)).select_related("rule")
    due = runs.filter(~Exists(waits), workspace_id=workspace_id, suggests=True)
    return list(due.order_by("at")[:most])


def sendable(workspace_id: UUID, article_id: UUID) -> dict[UUID, ArticleVersion]:
    """Return the published saved replies of an article, by id: what a rule may send."""
    found = ArticleVersion.objects.filter(
        workspace_id=workspace_id,
        article_id=article_id,
        state=VersionState.PUBLISHED,
        article__is_retired=False,
    ).exclude(reply="")
    return {one.id: one for one in found.defer("search")}


def seal_of(rule: Rule, texts: Collection[UUID]) -> str:
    """Return what stands for a rule and its texts as they are: any change makes another."""
    return ":".join([str(rule.version), *sorted(map(str, texts))])


def reply_in(workspace_id: UUID, article_id: UUID, language: str) -> ArticleVersion | None:
    """Return the saved reply that a rule sends to a customer of this language."""
    return reply_of(workspace_id, article_id, language)


def articles_with_reply(workspace_id: UUID) -> list[Article]:
    """Return the articles that have a published saved reply, by name; one query."""
    versions = ArticleVersion.objects.filter(
        workspace_id=workspace_id, state=VersionState.PUBLISHED
    ).exclude(reply="")
    found = Article.objects.filter(workspace_id=workspace_id, is_retired=False)
    return list(found.filter(id__in=versions.values("article_id")).order_by("name"))


@dataclass(frozen=True, slots=True)
class Match:
    """A case that fits; `hindered`: act -> why it would not be done; `taken_by`: a rule before."""

    known: Known
    hindered: dict[str, str]
    taken_by: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would do with the latest cases, newest first."""

    looked_at: int
    matches: Sequence[Match]


def preview(
    workspace_id: UUID,
    trigger: Trigger,
    tags: Collection[str],
    wanted: Conditions,
    then: Then,
    before: Sequence[Rule],
) -> Preview:
    """Try a rule on the last five hundred cases as they stand now; changes nothing; three queries.

    `before` are the rules that stand before it. Hours count as they were when the customer last
    wrote.
    """
    hours = current_calendars(workspace_id) if wanted.hours else []
    found = latest(workspace_id, LOOKED_AT, hours)
    stops = [
        (one.name, one.wanted) for one in before
        if one.is_last and one.is_active and one.trigger == trigger.value
    ]  # fmt: skip
    fitting = [
        _match(one, then, stops)
        for one in found
        if is_called(trigger, tags, one.facts.case.tags) and matches(wanted, one.facts)
    ]
    return Preview(len(found), fitting)


def _match(known: Known, then: Then, stops: Sequence[tuple[str, Conditions]]) -> Match:
    hindered = {act: why for act in then.acts if (why := obstacle(act, known.facts))}
    taken_by = next((name for name, wanted in stops if matches(wanted, known.facts)), "")
    return Match(known, hindered, taken_by)


_PUT_AWAY: Final = """
    SELECT r.id, r.case_id, r.at, u.name,
        r.did @> '[{"act": "close", "ok": true}]' AS is_closed
    FROM automation_run r
    JOIN automation_rule u ON u.workspace_id = r.workspace_id AND u.id = r.rule_id
    WHERE r.workspace_id = %(workspace)s AND r.id >= %(first)s AND r.id < %(last)s
        AND r.state = 'done' AND r.undone_at IS NULL
        AND (r.did @> '[{"act": "close", "ok": true}]'
            OR r.did @> '[{"act": "snooze_h", "ok": true}]')
"""
_PUT_AWAY_BY_DAY: Final = f"""
    SELECT (at AT TIME ZONE %(zone)s)::date, count(*) FROM ({_PUT_AWAY}) away GROUP BY 1 ORDER BY 1
"""  # noqa: S608  only our own fragments
_PUT_AWAY_CASES: Final = f"""
    SELECT away.case_id, coalesce(m.author_name, ''), coalesce(m.text, ''),
        coalesce(m.language, ''), coalesce(m.sent_at, away.at), away.name
    FROM ({_PUT_AWAY} ORDER BY r.id DESC LIMIT %(most)s) away
    LEFT JOIN LATERAL (
        SELECT author_name, text, language, sent_at FROM conversations_message m
        WHERE m.workspace_id = %(workspace)s AND m.case_id = away.case_id AND m.direction = 'in'
        ORDER BY m.sent_at DESC, m.id DESC LIMIT 1
    ) m ON true
    ORDER BY away.id DESC
"""  # noqa: S608  only our own fragments


def put_away_by_day(
    workspace_id: UUID, since: datetime, until: datetime, zone: str
) -> dict[date, int]:
    """Return how many cases rules closed or snoozed on each day; one statement."""
    values = {"first": uuid7_at(since), "last": uuid7_at(until), "zone": zone}
    return dict(rows.fetch(_PUT_AWAY_BY_DAY, {"workspace": workspace_id, **values}))


def put_away(workspace_id: UUID, since: datetime, until: datetime, most: int) -> list[Aside]:
    """Return the latest words in the cases that rules closed or snoozed, and which rule it was."""
    values = {"first": uuid7_at(since), "last": uuid7_at(until), "most": most}
    found = rows.fetch(_PUT_AWAY_CASES, {"workspace": workspace_id, **values})
    return [Aside(*row) for row in found]
