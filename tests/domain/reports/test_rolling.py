"""Roll-ups: whatever is asked, they say what the facts say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from django.db import ProgrammingError, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hearwell.accounts.models import Workspace
from hearwell.channels.models import ImportRun
from hearwell.conversations import services as conversations
from hearwell.conversations.events import CaseClosed, CaseReopened
from hearwell.conversations.models import Message
from hearwell.kit.clock import now
from hearwell.reports.cli import reports
from hearwell.reports.facts import record_answers, record_resolutions
from hearwell.reports.models import AnswerFact, NeedFact, RollupBlock, RollupClock, RollupDue
from hearwell.reports.overview.report import DUE, overview
from hearwell.reports.queries import response_report
from hearwell.reports.rolling import measures
from hearwell.reports.rolling.cube import Slice, Span, cover, cube_of
from hearwell.reports.services import (
    judge_all,
    judge_cases,
    keep_up,
    keeping,
    recompute,
    roll_all,
    roll_due,
)
from hearwell.reports.sweeps import roll_everywhere
from hearwell.sla.events import ClockMet
from hearwell.triage.models import Verdict
from tests.domain.reports.test_facts import told
from tests.domain.reports.test_response_report import DAY, by_hand, judged
from tests.exchange import Exchange

ZONE = ZoneInfo("Europe/Berlin")


@pytest.fixture
def house(workspace, frozen):
    made = Exchange(workspace.id)
    by_hand(made)
    frozen.shift(48 * 3600)
    return made


def need_of(house):
    day = DAY.starts_at.date()
    cube = cube_of(house.workspace_id, Span(day, day), Slice())
    return cube.total(measures.NEED)


def test_needs_are_judged_as_our_own_method_does(house):
    assert judge_all(house.workspace_id) == 4
    waits = sorted(NeedFact.objects.values_list("wait_s", flat=True), key=str)
    assert waits == [300, 7200, 90000, None]
    assert judge_all(house.workspace_id) == 0


def test_a_reply_is_a_new_revision_and_the_day_is_counted_anew(house):
    recompute(house.workspace_id)
    assert (need_of(house).n(), need_of(house).n("waiting")) == (4, 1)
    silent = NeedFact.objects.get(wait_s=None)
    house.reply(Message.objects.get(id=silent.message_id), at=now())
    assert judge_cases(house.workspace_id, [silent.case_id]) == 1
    assert judge_cases(house.workspace_id, [silent.case_id]) == 0
    assert NeedFact.objects.get(message_id=silent.message_id, revision=1).replied_at == now()
    assert keep_up(house.workspace_id) == 1
    assert not RollupDue.objects.exists()
    need = need_of(house)
    assert [need.n(one) for one in ("n", "answered", "late", "waiting")] == [4, 2, 2, 0]


def test_half_a_second_too_late_is_too_late(house):
    start = DAY.starts_at + timedelta(hours=3)
    asked = judged(house.ask("edge", at=start, by="edge"))
    house.reply(asked, at=start + timedelta(days=1, milliseconds=500))
    recompute(house.workspace_id)
    assert (need_of(house).n("answered"), need_of(house).n("late")) == (2, 2)
    assert response_report(house.workspace_id, DAY).total.answered == 2


def test_a_correction_takes_a_message_out_and_brings_it_back(house):
    from hearwell.triage.models import Verdict

    judge_all(house.workspace_id)
    verdict = Verdict.objects.filter(duty="answer").first()
    for duty, n in (("none", 3), ("answer", 4)):
        Verdict.objects.filter(id=verdict.id).update(duty=duty)
        assert judge_cases(house.workspace_id, [verdict.case_id]) == 1
        roll_due(house.workspace_id)
        assert need_of(house).n() == n
    assert NeedFact.objects.filter(message_id=verdict.message_id).count() == 3


def test_the_first_sweep_counts_everything_and_a_new_time_zone_does_so_again(house, workspace):
    assert roll_everywhere() == 2  # asked on one, replied to on the next as well
    assert need_of(house).n() == 4
    workspace.time_zone = "Pacific/Auckland"  # 01:00 UTC is 14:00 there
    workspace.save()
    roll_everywhere()
    assert need_of(house).by_hour()[14] == 4
    assert roll_everywhere() == 0


def test_what_was_made_in_an_older_form_is_made_anew(house):
    recompute(house.workspace_id)
    assert roll_everywhere() == 0
    RollupBlock.objects.all().delete()
    RollupClock.objects.update(form=0)
    assert roll_everywhere() == 2
    assert need_of(house).n() == 4


def test_the_same_facts_make_the_same_blocks(house, frozen):
    frozen.move_to(datetime(2026, 4, 2, tzinfo=UTC))
    made = []
    for _ in range(2):
        recompute(house.workspace_id)
        columns = ("grain", "cut", "measure", "keys", "seats", "counts", "waits", "since")
        held = RollupBlock.objects.values_list(*columns)
        made.append(sorted(tuple(map(bytes_of, row)) for row in held))
    assert made[0] == made[1]
    assert {(row[0], row[1]) for row in made[0]} == {
        (b"d", b"cell"),
        (b"m", b"cell"),
        (b"m", b"side"),
    }


def bytes_of(value):
    return value.encode() if isinstance(value, str) else bytes(value)


def test_a_month_that_ends_is_counted_as_one(house, frozen):
    """Nothing of it became due: it is the end of the month that counts."""
    keep_up(house.workspace_id)
    march = Span(date(2026, 3, 1), date(2026, 3, 31))
    frozen.move_to(datetime(2026, 4, 1, 0, 0, 5, tzinfo=UTC))
    for _ in range(2):
        assert cube_of(house.workspace_id, march, Slice()).total(measures.NEED).n() == 4
        roll_everywhere()
    assert RollupBlock.objects.filter(grain="m", cut="side", measure="need").count() == 1
    assert roll_everywhere() == 0


def test_an_import_that_finished_is_counted(house, frozen):
    keep_up(house.workspace_id)
    assert roll_everywhere() == 0
    frozen.shift(60)
    other = Exchange(house.workspace_id, handle="northwind_help")
    judged(other.ask("old", at=DAY.starts_at + timedelta(hours=4)))
    ImportRun.objects.create(
        workspace_id=house.workspace_id, fingerprint="f", file_name="f", path="f", layout="twcs",
        state="done", finished_at=now(),
    )  # fmt: skip
    frozen.shift(60)
    assert roll_everywhere() > 0
    assert need_of(house).n() == 5
    assert roll_everywhere() == 0


def test_an_import_that_finishes_while_all_is_judged_is_counted_in_the_next_round(
    house, frozen, monkeypatch
):
    def judge_meanwhile(workspace_id: UUID) -> int:
        found = judge_all(workspace_id)
        frozen.shift(60)
        other = Exchange(workspace_id, handle="northwind_help")
        judged(other.ask("old", at=DAY.starts_at + timedelta(hours=4)))
        ImportRun.objects.create(
            workspace_id=workspace_id, fingerprint="f", file_name="f", path="f", layout="twcs",
            state="done", finished_at=now(),
        )  # fmt: skip
        frozen.shift(60)
        return found

    monkeypatch.setattr(keeping, "judge_all", judge_meanwhile)
    recompute(house.workspace_id)
    monkeypatch.undo()
    assert need_of(house).n() == 4
    place = Workspace.objects.get(id=house.workspace_id)
    day = DAY.starts_at.date()
    assert DUE in overview(place, Span(day, day)).notes
    assert roll_everywhere() > 0
    assert need_of(house).n() == 5
    assert DUE not in overview(place, Span(day, day)).notes
    assert roll_everywhere() == 0


def test_an_import_that_was_not_seen_to_finish_is_counted_in_the_next_round(house, frozen):
    """Its word is a few seconds old when others can read it."""
    finished_at = now()
    frozen.shift(4)
    recompute(house.workspace_id)
    ImportRun.objects.create(
        workspace_id=house.workspace_id, fingerprint="f", file_name="f", path="f", layout="twcs",
        state="done", finished_at=finished_at,
    )  # fmt: skip
    frozen.shift(30)
    assert roll_everywhere() > 0
    assert roll_everywhere() == 0


def test_the_language_is_the_one_that_triage_heard(house):
    Verdict.objects.update(language="de")
    Message.objects.update(language="en-US")
    quiet = Verdict.objects.all()[0]
    Verdict.objects.filter(message_id=quiet.message_id).update(language="")
    recompute(house.workspace_id)
    record_answers(told(house.workspace_id, ClockMet))
    for facts, message in ((NeedFact, "message_id"), (AnswerFact, "asked_by")):
        heard = dict(facts.objects.values_list(message, "language"))
        assert heard
        assert heard == {m: "en" if m == quiet.message_id else "de" for m in heard}


def test_a_command_counts_everything_anew(house, workspace):
    run = CliRunner().invoke(reports, ["recompute", workspace.slug])
    assert (run.exit_code, run.output.startswith(f"{workspace.slug}: 2 days in")) == (0, True)
    assert need_of(house).n() == 4
    refused = CliRunner().invoke(reports, ["recompute", "nobody"])
    assert (refused.exit_code, "There is no workspace 'nobody'." in refused.output) == (1, True)


def test_totals_are_those_of_the_response_report(house):
    recompute(house.workspace_id)
    need, said = need_of(house), response_report(house.workspace_id, DAY).total
    assert (need.n(), need.n("answered"), need.n("waiting")) == (
        said.needs_reply, said.answered, said.waiting,
    )  # fmt: skip
    assert need.quantile(0.5, 86_400) == said.first_response_s.median
    assert need.quantile(0.9, 86_400) == pytest.approx(said.first_response_s.p90)


def test_answers_by_hand(house):
    record_answers(told(house.workspace_id, ClockMet))
    recompute(house.workspace_id)
    cube = cube_of(house.workspace_id, Span(date(2026, 3, 2), date(2026, 3, 2)), Slice())
    first, answer, following = (
        cube.total(one) for one in (measures.ACKNOWLEDGED, measures.ANSWER, measures.NEXT)
    )
    assert (first.n(), answer.n(), following.n()) == (3, 3, 0)
    assert answer.n("in_time") == 2
    assert (answer.total_s, answer.quantile(0.5)) == (300 + 7200 + 90000, 7200)


def test_resolutions_that_came_back_by_hand(house, alice, frozen):
    """Two cases closed, one for spam; of the two one came back after an hour and was closed."""
    judge_all(house.workspace_id)
    quick, slow, spam = NeedFact.objects.order_by("wait_s", "id")[:3]
    record_answers(told(house.workspace_id, ClockMet))
    conversations.close(quick.case_id, "solved", alice.id)
    conversations.close(slow.case_id, "solved", alice.id)
    conversations.close(spam.case_id, "spam", alice.id)
    record_resolutions(told(house.workspace_id, CaseClosed))
    frozen.shift(3600)
    conversations.reopen(quick.case_id, alice.id)
    record_resolutions(told(house.workspace_id, CaseReopened))
    frozen.shift(3600)
    conversations.close(quick.case_id, "solved", alice.id)
    record_resolutions(told(house.workspace_id, CaseClosed))
    recompute(house.workspace_id)
    day = now().date()
    solved = cube_of(house.workspace_id, Span(day, day), Slice()).total(measures.SOLVED)
    found = {one: solved.n(one) for one in ("n", "first", "back", "back_soon", "one_contact")}
    assert found == {"n": 3, "first": 2, "back": 1, "back_soon": 1, "one_contact": 1}


def test_needs_cannot_be_altered(house, as_app_role):
    judge_all(house.workspace_id)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        NeedFact.objects.update(needs=False)


def test_whole_months_that_are_over_are_read_as_such():
    months, days = cover(Span(date(2026, 1, 30), date(2026, 3, 31)), date(2026, 3, 31))
    assert months == [date(2026, 2, 1)]
    assert (len(days), days[0], days[-1]) == (33, date(2026, 1, 30), date(2026, 3, 31))


CHANNELS = [UUID(int=1), UUID(int=2)]
fact = st.tuples(
    st.integers(0, 90 * 24 * 60),  # minutes after the start, across the last Sunday of March
    st.sampled_from(CHANNELS),
    st.sampled_from(["post", "dm"]),
    st.sampled_from(["de", "en"]),
    st.none() | st.integers(0, 200_000),
)


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    facts=st.lists(fact, min_size=1, max_size=60),
    first=st.integers(0, 89),
    length=st.integers(0, 89),
    chosen=st.builds(
        Slice,
        channel_id=st.none() | st.sampled_from(CHANNELS),
        language=st.sampled_from([None, "de"]),
    ),
)
def test_any_slice_is_what_the_facts_say(workspace, frozen, facts, first, length, chosen):
    start = date(2026, 2, 1)
    span = Span(start + timedelta(days=first), start + timedelta(days=first + length))
    with transaction.atomic():
        workspace.time_zone = ZONE.key
        workspace.save()
        begin = datetime(2026, 2, 1, tzinfo=ZONE).astimezone(UTC)
        for minute, channel, kind, language, wait in facts:
            at = begin + timedelta(minutes=minute)
            NeedFact.objects.create(
                workspace_id=workspace.id, message_id=uuid4(), revision=0, needs=True,
                case_id=uuid4(), channel_id=channel, kind=kind, language=language, asked_at=at,
                replied_at=None if wait is None else at + timedelta(seconds=wait), wait_s=wait,
            )  # fmt: skip
        roll_all(workspace.id)
        cube = cube_of(workspace.id, span, chosen)
        need = cube.total(measures.NEED)
        expected = [
            (at.hour, wait)
            for minute, channel, _, language, wait in facts
            if (at := (begin + timedelta(minutes=minute)).astimezone(ZONE)).date() in span.days
            and chosen.channel_id in {None, channel} and chosen.language in {None, language}
        ]  # fmt: skip
        waits = sorted(wait for _, wait in expected if wait is not None)
        assert need.n() == len(expected)
        assert need.n("answered") == sum(1 for wait in waits if wait <= 86_400)
        assert need.n("waiting") == len(expected) - len(waits)
        assert need.by_hour() == [sum(1 for at, _ in expected if at == h) for h in range(24)]
        assert need.total_s == sum(waits)
        if waits:
            assert need.times()[:, 0].tolist() == waits
        by_kind = cube.by("kind", measures.NEED)
        assert sum(one.n() for one in by_kind.values()) == need.n()
        transaction.set_rollback(True)
    assert not RollupBlock.objects.exists()
