"""Replies are graded: by others than their writer, two of a tenth without seeing each other."""

from __future__ import annotations

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.kit.clock import now
from hearwell.quality import queries, services
from hearwell.quality.agreement import Trust
from hearwell.quality.models import Grade, Sample
from hearwell.quality.rules import CRITERIA, BadGradeError
from hearwell.quality.services import DecidedError, NoReasonError, NotTheirsError, Voice
from hearwell.quality.voice import Holds

FULL = dict.fromkeys(CRITERIA, "yes")
WORSE = {**FULL, "tone": "no"}


@pytest.fixture
def sample(workspace, planned, wrote, alice) -> Sample:
    wrote(1)
    services.draw_now(workspace.id, by=alice)
    Sample.objects.update(wanted=1)
    return Sample.objects.get()


@pytest.fixture
def double(sample) -> Sample:
    Sample.objects.update(wanted=2)
    return Sample.objects.get()


def test_a_grade_settles_a_reply(workspace, sample, alices, bobs):
    assert queries.waiting_count(workspace.id, alices.user_id) == 1
    assert queries.reviews_of(workspace.id, bobs.user_id) == []  # nobody is told in advance

    grade = services.grade(sample.id, WORSE, " Say when. ", by=alices)

    assert (grade.score, grade.note, grade.number) == (pytest.approx(5 / 6), "Say when.", 1)
    assert queries.waiting_count(workspace.id, alices.user_id) == 0
    (review,) = queries.reviews_of(workspace.id, bobs.user_id)
    assert [one.note for one in review.grades] == ["Say when."]
    assert AuditRow.objects.get(action="quality.graded").target_id == sample.id


def test_the_same_again_is_the_same(sample, alices):
    services.grade(sample.id, FULL, "", by=alices)
    services.grade(sample.id, FULL, "", by=alices)

    assert Grade.objects.count() == 1


def test_nobody_grades_their_own(workspace, planned, wrote, lea, leas):
    wrote(1, by=lea)
    services.draw_now(workspace.id, by=lea)
    assert queries.to_grade(workspace.id, lea.id) == []
    with pytest.raises(NotTheirsError):
        services.grade(Sample.objects.get().id, FULL, "", by=leas)


def test_agents_do_not_grade(sample, bobs):
    with pytest.raises(PermissionError):
        services.grade(sample.id, FULL, "", by=bobs)


def test_two_do_not_see_each_other_before_both_have_graded(workspace, double, alices, leas, bobs):
    services.grade(double.id, FULL, "", by=alices)

    assert queries.read_again(workspace.id, double.id, leas.user_id).others == []
    assert queries.read_again(workspace.id, double.id, alices.user_id).others == []
    assert queries.reviews_of(workspace.id, bobs.user_id) == []
    assert queries.waiting_for_a_second(workspace.id) == 1
    services.grade(double.id, WORSE, "", by=leas)
    for one in (alices, leas):
        assert len(queries.read_again(workspace.id, double.id, one.user_id).others) == 1
    # Who has not graded it sees nobody's.
    assert queries.read_again(workspace.id, double.id, bobs.user_id).others == []


def test_agreement_is_of_what_they_said_before_they_saw(workspace, double, alices, leas):
    services.grade(double.id, WORSE, "", by=alices)
    services.grade(double.id, {**WORSE, "voice": "no"}, "", by=alices)  # nobody to see yet
    services.grade(double.id, FULL, "", by=leas)
    services.grade(double.id, FULL, "", by=alices)  # persuaded

    ((one, other),) = queries.pairs_of(workspace.id)
    assert sorted([one["voice"], other["voice"]]) == ["no", "yes"]
    assert queries.agreement_now(workspace.id).overall.trust is Trust.TOO_FEW


def test_a_second_opinion_that_nobody_asked_for_counts(workspace, sample, alices, leas):
    services.grade(sample.id, FULL, "", by=alices)
    services.grade(sample.id, FULL, "", by=leas)

    assert Sample.objects.get().wanted == 2
    assert len(queries.pairs_of(workspace.id)) == 1


def test_who_reads_what_a_writer_finds_not_right_is_blind_no_more(
    workspace, sample, alices, leas, bobs
):
    services.grade(sample.id, WORSE, "", by=alices)
    services.dispute(sample.id, "They asked for it short.", by=bobs)
    services.grade(sample.id, FULL, "", by=leas)

    assert not Grade.objects.get(grader_id=leas.user_id).is_blind
    assert queries.pairs_of(workspace.id) == []


def test_a_regrade_keeps_what_was_said(workspace, sample, alices):
    services.grade(sample.id, FULL, "", by=alices)
    services.grade(sample.id, WORSE, "Too short.", by=alices)

    read = queries.read_again(workspace.id, sample.id, alices.user_id)
    assert [one.number for one in read.history] == [1, 2]
    assert read.mine.note == "Too short."
    services.take_back(sample.id, by=alices)
    assert queries.read_again(workspace.id, sample.id, alices.user_id).mine.number == 1
    services.take_back(sample.id, by=alices)
    assert Sample.objects.get().done_at is None
    assert queries.waiting_count(workspace.id, alices.user_id) == 1
    assert services.take_back(sample.id, by=alices) is None
    assert services.grade(sample.id, FULL, "", by=alices).number == 3


def test_a_draft_counts_nowhere(workspace, sample, alices):
    services.grade(sample.id, {"tone": "no"}, "Later", by=alices, is_draft=True)
    services.grade(sample.id, {"tone": "yes"}, "Later", by=alices, is_draft=True)

    assert Grade.objects.get().is_draft
    assert queries.to_grade(workspace.id, alices.user_id)[0].has_draft
    assert queries.read_again(workspace.id, sample.id, alices.user_id).draft.marks == {
        "tone": "yes"
    }
    with pytest.raises(BadGradeError):
        services.grade(sample.id, {"tone": "yes"}, "", by=alices)
    services.grade(sample.id, FULL, "", by=alices)
    assert not Grade.objects.get().is_draft


def test_scores_are_of_chance_alone_and_few_are_not_shown(
    workspace, planned, wrote, alice, alices, bob, frozen
):
    wrote(10)
    services.draw_now(workspace.id, by=alice)
    Sample.objects.update(wanted=1)
    for one in Sample.objects.all():
        services.grade(one.id, FULL if one.is_random else WORSE, "", by=alices)
    since, until = now().replace(day=1), now()

    found = queries.scores_between(workspace.id, since, until, 3)
    assert (found.random.n, found.random.mean) == (3, 1.0)
    assert found.risky.n == 2
    assert found.risky.mean is None
    (of_bob,) = found.agents
    assert (of_bob.agent_id, of_bob.random.n) == (bob.id, 3)
    assert next(one for one in found.criteria if one.criterion == "tone").counts["yes"] == 3
    assert [score.n for _week, score in found.weeks] == [3]
    assert queries.scores_between(workspace.id, since, until, 4).random.mean is None


def test_the_writer_answers_and_a_lead_decides(workspace, sample, alices, leas, bobs):
    services.grade(sample.id, WORSE, "", by=alices)
    with pytest.raises(NoReasonError):
        services.dispute(sample.id, "  ", by=bobs)
    services.acknowledge(sample.id, by=bobs)
    services.dispute(sample.id, "They asked for it short.", by=bobs)
    assert [one.sample.id for one in queries.disputes(workspace.id, leas.user_id)] == [sample.id]
    with pytest.raises(NoReasonError):
        services.decide(sample.id, "", stands=False, by=leas)

    services.decide(sample.id, "They did.", stands=False, by=leas)

    assert Sample.objects.get().is_out
    assert queries.scores_between(workspace.id, sample.sent_at, now(), 1).random.n == 0
    assert queries.disputes(workspace.id, leas.user_id) == []
    with pytest.raises(DecidedError):
        services.decide(sample.id, "No.", stands=True, by=leas)
    with pytest.raises(DecidedError):
        services.dispute(sample.id, "Still", by=bobs)


def test_nobody_answers_a_review_of_somebody_else(sample, alices, leas):
    services.grade(sample.id, FULL, "", by=alices)
    with pytest.raises(Sample.DoesNotExist):
        services.acknowledge(sample.id, by=leas)


def test_a_calibration_is_graded_blind_then_shown(workspace, wrote, alices, leas, bobs):
    wrote(4)
    made = services.begin_calibration("March", 3, by=alices)
    _one, replies = queries.graded_together(workspace.id, made.id, alices.user_id)
    assert len(replies) == 3
    first = replies[0].sample
    services.grade(first.id, FULL, "", by=alices)
    services.grade(first.id, {**FULL, "tone": "no", "solved": "no"}, "", by=leas)
    assert queries.graded_together(workspace.id, made.id, leas.user_id)[1][0].grades == []
    assert queries.waiting_count(workspace.id, alices.user_id) == 0  # apart from what was drawn
    with pytest.raises(Sample.DoesNotExist):
        services.agree(first.id, FULL, "", by=alices)

    services.open_calibration(made.id, by=alices)

    shown = queries.graded_together(workspace.id, made.id, leas.user_id)[1][0]
    assert len(shown.grades) == 2
    assert shown.spread == pytest.approx(1 / 3)
    with pytest.raises(NotTheirsError):
        services.grade(first.id, WORSE, "", by=leas)
    assert services.agree(first.id, WORSE, "Curt.", by=leas).agreed == WORSE
    assert queries.reviews_of(workspace.id, bobs.user_id) == []
    assert queries.pairs_of(workspace.id) == []


def test_scorecards_and_guides_have_versions(workspace, alice):
    words = {"tone": {"yes": "Warm", "no": "Cold"}}
    assert services.write_card(workspace.id, words, by=alice).number == 1
    assert services.write_card(workspace.id, words, by=alice) is None
    assert services.write_card(workspace.id, {}, by=alice).number == 2
    first = services.write_guide(workspace.id, Holds(), Voice(avoid="per policy"), by=alice)
    services.write_guide(workspace.id, Holds(), Voice(text="Be kind"), by=alice)
    services.write_guide(workspace.id, Holds(language="de"), Voice(avoid="leider"), by=alice)

    assert queries.avoided_by(workspace.id, None, "de-DE", "Leider per policy") == ["leider"]
    services.bring_back(workspace.id, first.id, by=alice)
    found = queries.avoided_by(workspace.id, None, "de-DE", "Leider per policy")
    assert found == ["leider", "per policy"]
    assert [one.number for one in queries.guide_history(workspace.id, Holds())] == [3, 2, 1]
