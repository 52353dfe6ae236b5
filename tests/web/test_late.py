"""Late and never answered: what the page says, and the words to begin with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hearwell.conversations.models import Case, Message
from hearwell.inbox import acts
from hearwell.inbox.lateness import WORDINGS, Delay, delay_of, late_wording, named_delay
from hearwell.kit.clock import now
from hearwell.knowledge.models import Article, ArticleVersion
from hearwell.sla import services as sla
from hearwell.sla.models import Clock
from hearwell.sla.rules import Hours
from hearwell.triage.models import Verdict
from tests.factories import make_case, make_channel, make_reply
from tests.web.test_list import rows

JSON = {"Accept": "application/json"}


@pytest.fixture
def channel(workspace):
    return make_channel()


@pytest.fixture
def late_case(channel):
    case = make_case("Wo ist mein Koffer?", channel)
    Verdict.objects.filter(case_id=case.id).update(language="de")
    since = now() - timedelta(days=3)
    Case.objects.filter(id=case.id).update(waiting_since=since, due_at=since + timedelta(hours=8))
    return case


def test_what_was_seen_and_not_answered_has_a_queue(agent, channel):
    seen, _unseen, answered = (make_case(text, channel) for text in "abc")
    for case in (seen, answered):
        agent.get(f"/c/{case.id}/")
    make_reply(answered)
    page = agent.get("/inbox/q/seen/")
    assert rows(page) == [str(seen.id)]
    assert 'data-count="seen">1<' in page.content.decode()


def test_a_late_case_offers_words_in_the_customer_s_language(agent, late_case):
    assert 'id="late-words"' in agent.get(f"/c/{late_case.id}/").content.decode()
    told = agent.get(f"/c/{late_case.id}/late/", headers=JSON).json()
    assert told == {"text": f"{WORDINGS['de'][1]} Sie haben mehr als 3 Tage gewartet."}


def test_the_words_stand_above_the_composer_before_anything_is_asked_for(
    agent, viewer, late_case, budget
):
    agent.get(f"/c/{late_case.id}/")
    Message.objects.filter(case_id=late_case.id).update(edited_at=now())
    with budget(12):
        page = agent.get(f"/c/{late_case.id}/").content.decode()
    before = page.split('id="before-reply"')[1].split('id="composer"')[0]
    assert "This answer comes late." in before
    assert f'<q dir="auto" lang="de">{WORDINGS["de"][1]}' in before
    assert 'id="late-words"' in before
    assert WORDINGS["de"][1] not in viewer.get(f"/c/{late_case.id}/").content.decode()


def test_without_scripts_they_stand_in_the_composer(agent, late_case):
    page = agent.get(f"/c/{late_case.id}/late/", follow=True).content.decode()
    assert "Sie hätten sie schon vor Tagen" in page.split('id="ed"')[1].split("</textarea>")[0]


def test_a_case_in_time_offers_none(agent, channel):
    case = make_case("a", channel)
    assert 'id="late-words"' not in agent.get(f"/c/{case.id}/").content.decode()


@pytest.mark.parametrize(("written", "is_own"), [("de", True), ("en", False)])
def test_a_saved_reply_of_that_name_is_taken_instead(
    agent, alice, workspace, late_case, written, is_own
):
    article = Article.objects.create(
        workspace_id=workspace.id, name="Late answer", slug="late-answer"
    )
    ArticleVersion.objects.create(
        workspace_id=workspace.id,
        article=article,
        language=written,
        state="published",
        title="Late",
        reply="{customer.first_name|Hallo}, das dauerte.",
        author_id=alice.id,
        published_at=now(),
    )
    told = agent.get(f"/c/{late_case.id}/late/", headers=JSON).json()
    assert told["text"].startswith("Lena, das dauerte." if is_own else WORDINGS["de"][1])


def test_whoever_may_not_answer_is_offered_nothing(viewer, late_case):
    assert viewer.get(f"/c/{late_case.id}/late/", headers=JSON).status_code == 403


def test_words_fit_how_late_it_is_in_every_language():
    for language, three in WORDINGS.items():
        assert len(set(three)) == 3
        assert [late_wording(language, s) for s in (3600, 2 * 86_400, 8 * 86_400)] == list(three)
    assert late_wording("fi", 60) == WORDINGS["en"][0]


@pytest.mark.parametrize(
    ("language", "waited_s", "said"),
    [
        ("en", 59, ""),
        ("en", 60, "You have waited more than 1 minute."),
        ("en", 6.9 * 3600, "You have waited more than 6 hours."),
        ("de", 30 * 3600, "Sie haben mehr als 30 Stunden gewartet."),
        ("es", 86_400 * 5, "Ha esperado más de 5 días."),
        ("fr", 3600, "Vous attendez depuis plus de 1 heure."),
        ("ar", 3600, "لقد انتظرتم أكثر من ساعة."),
        ("ar", 7200, "لقد انتظرتم أكثر من ساعتين."),
        ("ar", 3 * 3600, "لقد انتظرتم أكثر من 3 ساعات."),
        ("ar", 11 * 3600, "لقد انتظرتم أكثر من 11 ساعة."),
        ("nl", 3600, ""),
    ],
)
def test_the_delay_is_named_and_never_made_longer(language, waited_s, said):
    assert named_delay(language, waited_s) == said


def test_a_delay_is_counted_as_it_was_promised():
    asked = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # a Monday
    at = asked + timedelta(hours=18)
    hours = Hours.parse("UTC", {"mon": [["09:00", "18:00"]], "tue": [["09:00", "18:00"]]}, {})
    assert delay_of(asked, at, at, 7200, hours) is None
    by_day = delay_of(asked, asked + timedelta(hours=2), at, 7200, hours)
    assert by_day == Delay(3 * 3600, 7200, is_business=True)
    assert delay_of(asked, asked, at, 7200, None) == Delay(18 * 3600, 7200, is_business=False)


def test_a_late_case_says_how_long_and_what_was_promised(agent, late_case, channel):
    sla.start_clocks(
        late_case.workspace_id,
        list(late_case.messages.all()),
        {one.message_id: one for one in Verdict.objects.filter(case_id=late_case.id)},
    )
    since = now() - timedelta(days=3)
    Clock.objects.filter(case_id=late_case.id).update(started_at=since, due_at=since)
    page = agent.get(f"/c/{late_case.id}/").content.decode()
    assert "Waiting 3 d; you promised" in page
    assert "you promised" not in agent.get(f"/c/{make_case('x', channel).id}/").content.decode()


def test_what_was_never_answered_stands_before_the_composer(agent, channel, alices):
    old = make_case("scarf", channel)
    acts.close_case(old.id, "no_answer_needed", alices)
    page = agent.get(f"/c/{make_case('hat', channel).id}/").content.decode()
    before = page.split('id="before-reply"')[1].split('id="composer"')[0]
    assert "Earlier, never answered: 1 contact" in before
    assert f"/c/{old.id}/" in before


def test_the_panel_says_how_often_nobody_answered(agent, channel, alices):
    ways = ("no_answer_needed", "answered_elsewhere", "no_answer_needed", "spam")
    for n, reason in enumerate(ways):
        acts.close_case(make_case(f"scarf {n}", channel).id, reason, alices)
    replied = make_case("glove", channel)
    make_reply(replied)
    acts.close_case(replied.id, "solved", alices)
    page = agent.get(f"/c/{make_case('hat', channel).id}/").content.decode()
    assert "2 of 6 contacts never got an answer" in page
    assert page.index('class="unanswered"') < page.index("Profiles<span")
    told = page.split('class="unanswered"')[1].split("</details>")[0]
    assert "scarf 0" in told
    assert "scarf 2" in told
    assert "scarf 1" not in told
