"""Facts of hand-offs, replies, grants and surveys: by hand, once, and made anew alike."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import ProgrammingError, transaction

from hearwell.accounts.models import Membership
from hearwell.conversations import services as conversations
from hearwell.conversations.events import CaseClosed
from hearwell.conversations.models import Case
from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.knowledge.models import ArticleVersion
from hearwell.powers.models import Grant
from hearwell.reports.facts import record_resolutions
from hearwell.reports.models import GrantFact, HandFact, ReplyFact, ResolutionFact, SurveyFact
from hearwell.reports.overview.report import overview
from hearwell.reports.rolling.cube import Span
from hearwell.reports.services import recompute, record_all, record_grants, record_replies
from hearwell.reports.sweeps import roll_everywhere
from hearwell.routing.events import CaseClaimed, CaseReleased, TeamChanged
from hearwell.surveys.events import SurveyAnswered, SurveyAsked
from tests.domain.reports.test_facts import told

SAVED = "Thank you for telling us. We are looking into it."


def grant(case: Case, by: Membership, state: str, amount: int = 2500) -> Grant:
    return Grant.objects.create(
        workspace_id=case.workspace_id, key=uuid4(), case_id=case.id, kind="goodwill",
        reason="delay", amount_minor=amount, currency="EUR", state=state, giver_id=by.user_id,
        approver_id=by.user_id,
    )  # fmt: skip


@pytest.fixture
def desk(exchange, workspace, alice, bob, frozen):
    """Three cases of one day. The first went from hand to hand; the second nobody passed on.

    Alice takes the first, gives it to Bob, another team gets it; Bob claims it, replies after two
    minutes, again after an hour, and closes it a minute later. The second is Bob's alone.
    """
    place = exchange.workspace_id
    first, second, third = (
        exchange.ask(name, by=name, at=now() + timedelta(minutes=n))
        for n, name in enumerate(("dora", "emil", "fritz"))
    )
    frozen.shift(600)
    conversations.assign([first.case_id], alice.id, actor_id=alice.id)
    conversations.assign([first.case_id], bob.id, actor_id=alice.id)
    conversations.assign([second.case_id], bob.id, actor_id=bob.id)
    emit([TeamChanged(place, [first.case_id], uuid4(), "overflow")])
    frozen.shift(60)
    emit([CaseClaimed(place, first.case_id, bob.id, now() + timedelta(minutes=10))])
    frozen.shift(120)
    exchange.reply(first, at=now(), author_user_id=bob.id, text="Dear Dora, we found it. ^BB")
    frozen.shift(3600)
    exchange.reply(first, at=now(), author_user_id=bob.id, text=f"{SAVED}  ^BB")
    frozen.shift(60)
    emit([CaseReleased(place, first.case_id, bob.id, "expired")])
    for one in (first, second):
        conversations.close(one.case_id, "solved", bob.id)
    conversations.close(third.case_id, "spam", bob.id)
    record_resolutions(told(place, CaseClosed))
    return [Case.objects.get(id=one.case_id) for one in (first, second, third)]


@pytest.fixture
def by(workspace, bob):
    return Membership.objects.get(workspace_id=workspace.id, user=bob)


@pytest.fixture
def saved(workspace, alice):
    from hearwell.knowledge.models import Article

    article = Article.objects.create(workspace_id=workspace.id)
    ArticleVersion.objects.create(
        workspace_id=workspace.id, article=article, language="en", state="published", title="t",
        reply=SAVED, author_id=alice.id, published_at=now(),
    )  # fmt: skip


def figures(workspace):
    today = now().date()
    return {
        one.key: (one.value, one.n, one.currency)
        for one in overview(workspace, Span(today, today)).figures
    }


def test_hand_offs_and_handle_time_by_hand(desk, workspace):
    recompute(workspace.id)
    found = figures(workspace)
    assert found["without_handoff"] == (0.5, 2, "")
    assert found["one_handoff"] == (0, 2, "")
    assert found["more_handoffs"] == (0.5, 2, "")
    # Claimed, replied after 120 s; an hour is no work; replied, closed after 60 s.
    assert found["handle_time"] == (180, 1, "")


def test_how_personal_replies_are(desk, saved, workspace):
    recompute(workspace.id)
    found = figures(workspace)
    assert found["personal_share"] == (0.5, 2, "")
    assert found["named_share"][1] == 2
    first, second = ReplyFact.objects.order_by("at")
    assert (first.has_initials, first.is_own_words) == (True, True)
    assert (second.has_initials, second.is_own_words) == (True, False)
    assert first.has_name is ("dora" in desk[0].contact.name.casefold())


def test_grants_by_currency_and_what_was_taken_back(desk, by, workspace):
    recompute(workspace.id)
    given, back = grant(desk[0], by, "granted"), grant(desk[1], by, "granted", 9900)
    grant(desk[1], by, "waiting")
    assert roll_everywhere() >= 0  # a grant alone makes its workspace due
    assert figures(workspace)["granted_eur"] == (12_400, 2, "EUR")
    Grant.objects.filter(id=back.id).update(state="returned")
    assert record_grants(workspace.id) == 1
    assert record_grants(workspace.id) == 0
    assert list(
        GrantFact.objects.filter(grant_id=back.id).order_by("revision").values_list("state")
    ) == [("granted",), ("returned",)]
    found = figures(workspace)
    assert found["granted_eur"] == (given.amount_minor, 1, "EUR")
    assert found["granted_cases"] == (0.5, 2, "")
    assert found["grants"] == (1, 2, "")


def test_survey_answers_are_facts_and_the_latest_counts(desk, workspace):
    about = (workspace.id, uuid4(), uuid4(), desk[0].id, uuid4(), "pigeon")
    emit([SurveyAsked(*about)])
    emit([SurveyAnswered(*about, 1, {"csat": 2, "nps": 7})])
    emit([SurveyAnswered(*about, 2, {"csat": 5})])
    record_all(workspace.id)
    rows = set(SurveyFact.objects.values_list("item", "value", "times"))
    assert rows == {("", None, 0), ("csat", 2, 1), ("nps", 7, 1), ("csat", 5, 2)}


def test_all_can_be_made_anew_and_telling_twice_changes_nothing(desk, by, workspace):
    assert record_replies(workspace.id, []) == 0
    assert record_all(workspace.id) > 0
    assert record_all(workspace.id) == 0
    kinds = sorted(HandFact.objects.filter(case_id=desk[0].id).values_list("kind", flat=True))
    assert kinds == ["assigned", "assigned", "claimed", "released", "team"]
    assert ResolutionFact.objects.filter(is_closing=True).count() == 3


def test_these_facts_cannot_be_altered(desk, workspace, as_app_role):
    record_all(workspace.id)
    for model in (HandFact, ReplyFact, GrantFact, SurveyFact):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            model.objects.update(at=now())
