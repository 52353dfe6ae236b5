"""The report page's figures: the study's methods over the application's own conversations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.reports.queries import response_report
from hearwell.reports.relation import Filters, Period, relation_sql, study
from hearwell.reports.study.methods import METHODS
from hearwell.reports.study.study import Study
from tests.exchange import ANSWER, CHATTER, Exchange, minutes

DAY = Period(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))


def judged(message, verdict=ANSWER):
    """Keep a verdict, as triage does."""
    verdict.of(message).save(force_insert=True)
    return message


def asked(exchange, thread, verdict=ANSWER, **more):
    return judged(exchange.ask(thread, verdict=verdict, **more), verdict)


def by_hand(exchange):
    """Five ask, four need an answer: one in 5 min, one in 2 h, one silent, one after 25 h."""
    start = now() - timedelta(hours=11)  # 01:00
    quick = asked(exchange, "quick", at=start, by="a", text="@northwind where is my bag?")
    slow = asked(exchange, "slow", at=start, by="b", text="@northwind bag lost, please help me")
    asked(exchange, "silent", at=start, by="c", text="@northwind hello? anybody?")
    late = asked(exchange, "late", at=start, by="d", text="@northwind refund?")
    asked(exchange, "chat", CHATTER, at=start, by="e", text="@northwind lovely weather")
    exchange.reply(quick, at=start + minutes(5))
    exchange.reply(slow, at=start + minutes(120))
    exchange.reply(late, at=start + timedelta(hours=25))


@pytest.fixture
def exchange(workspace, frozen):
    made = Exchange(workspace.id)
    by_hand(made)
    frozen.shift(48 * 3600)
    return made


def test_our_own_method_by_hand(exchange):
    report = response_report(exchange.workspace_id, DAY)
    total = report.total
    assert (total.inbound, total.needs_reply, total.answered) == (5, 4, 2)
    assert total.response_rate == 0.5
    times = total.first_response_s
    assert (times.n, times.median, times.mean) == (2, 3750, 3750)
    assert times.p90 == pytest.approx(300 + 0.9 * 6900)
    assert total.within == {"15m": 0.25, "1h": 0.25, "8h": 0.5, "24h": 0.5}
    assert total.waiting == 1
    assert total.caveat == "n < 30"


def test_every_mention_counts_differently(exchange):
    total = response_report(exchange.workspace_id, DAY, "simply-measured").total
    assert (total.needs_reply, total.answered) == (5, 3)
    assert total.first_response_s.median == 7200


def test_questions_only(exchange):
    total = response_report(exchange.workspace_id, DAY, "socially-devoted").total
    assert (total.needs_reply, total.answered) == (3, 2)


def test_the_series_add_up(exchange):
    report = response_report(exchange.workspace_id, DAY)
    assert [(day.day.isoformat(), day.needs_reply, day.answered) for day in report.by_day] == [
        ("2026-03-02", 4, 2)
    ]
    assert dict(report.steps) == {
        **dict.fromkeys(["15m", "30m", "1h", "24h", "longer"], 0),
        "5m": 1,
        "8h": 1,
        "late": 1,
        "waiting": 1,
    }
    (channel,) = report.by_channel
    assert (channel.handle, channel.figures.answered) == ("northwind", 2)


def test_who_waits_now_is_shown_with_their_age(exchange):
    waiting = response_report(exchange.workspace_id, DAY).waiting_now
    assert (waiting.n, waiting.late) == (1, 1)
    assert waiting.longest_s == 59 * 3600


def test_attainment_counts_what_is_open_and_late_as_breached(exchange):
    first, answer, settled = response_report(exchange.workspace_id, DAY).attainment
    assert (first.kind, first.met, first.breached) == ("first_reply", 1, 3)
    assert (answer.kind, answer.met, answer.breached) == ("answer", 2, 2)
    assert (answer.share, settled.n) == (0.5, 0)


def test_the_period_before_is_compared(exchange):
    after = Period(DAY.ends_at, DAY.ends_at + timedelta(days=1))
    report = response_report(exchange.workspace_id, after)
    assert report.total.needs_reply == 0
    assert report.total.response_rate is None
    assert report.before.needs_reply == 4
    assert report.before.waiting == 1


@pytest.mark.parametrize(
    ("filters", "inbound"),
    [
        (Filters(network="pigeon"), 5),
        (Filters(network="elsewhere"), 0),
        (Filters(audience="private"), 0),
        (Filters(is_historic=True), 0),
        (Filters(is_historic=False), 5),
    ],
)
def test_filters(exchange, filters, inbound):
    assert response_report(exchange.workspace_id, DAY, filters=filters).total.inbound == inbound


def test_a_channel_by_itself(exchange):
    other = Exchange(exchange.workspace_id, handle="northwind_help")
    start = DAY.starts_at + timedelta(hours=3)
    asked(other, "x", at=start)
    report = response_report(
        exchange.workspace_id, DAY, filters=Filters(channel_id=other.channel.id)
    )
    assert report.total.inbound == 1
    whole = response_report(exchange.workspace_id, DAY)
    assert [row.handle for row in whole.by_channel] == ["northwind", "northwind_help"]
    assert whole.total.inbound == 6


def test_direct_messages_have_no_parent_and_are_answered_all_the_same(exchange):
    from hearwell.connect.model import Audience, MessageKind

    start = DAY.starts_at + timedelta(hours=5)
    dm = asked(
        exchange, "dm", at=start, by="z", kind=MessageKind.DM, audience=Audience.PRIVATE, text="hi?"
    )
    exchange.reply(dm, at=start + minutes(3), parent="")
    filters = Filters(audience="private")
    total = response_report(exchange.workspace_id, DAY, filters=filters).total
    assert (total.needs_reply, total.answered, total.first_response_s.median) == (1, 1, 180)


def test_machines_replies_do_not_count(exchange):
    start = DAY.starts_at + timedelta(hours=5)
    message = asked(exchange, "auto", at=start, by="y")
    exchange.reply(message, at=start + minutes(1), is_automatic=True)
    assert response_report(exchange.workspace_id, DAY).total.answered == 2


def test_another_workspace_sees_nothing(exchange, other_workspace):
    with scope(other_workspace.id):
        assert response_report(other_workspace.id, DAY).total.inbound == 0
        assert response_report(exchange.workspace_id, DAY).total.inbound == 0


def test_a_report_is_a_handful_of_statements(exchange, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        response_report(exchange.workspace_id, DAY)


def test_an_unknown_method_is_an_error(exchange):
    with pytest.raises(KeyError):
        response_report(exchange.workspace_id, DAY, "best-of-all")


@pytest.mark.parametrize("name", sorted(METHODS))
def test_every_method_runs_and_says_the_same_as_on_an_archive(exchange, tmp_path, name):
    """One definition: the same dialogue as an archive on DuckDB and as conversations here."""
    lines = ["tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id"]
    start = DAY.starts_at + timedelta(hours=1)

    def line(number, author, moment, text, parent=""):
        when = moment.strftime("%a %b %d %H:%M:%S %z %Y")
        inbound = author != "northwind"
        lines.append(f'{number},{author},{inbound},{when},"{text}",,{parent}')

    line(1, "a", start, "@northwind where is my bag?")
    line(2, "b", start, "@northwind bag lost, please help me")
    line(3, "c", start, "@northwind hello? anybody?")
    line(4, "d", start, "@northwind refund?")
    line(5, "e", start, "@northwind lovely weather")
    line(6, "northwind", start + minutes(5), "an answer", 1)
    line(7, "northwind", start + minutes(120), "an answer", 2)
    line(8, "northwind", start + timedelta(hours=25), "an answer", 4)
    line(9, "f", now(), "@nobody the end of the record")
    archive = tmp_path / "archive.csv"
    archive.write_text("\n".join(lines) + "\n")
    expected = Study(archive).total(METHODS[name])
    found = response_report(exchange.workspace_id, DAY, name).total
    told = ("needs_reply", "answered", "response_rate", "first_response_s", "within", "waiting")
    assert {key: getattr(found, key) for key in told} == {
        key: getattr(expected, key) for key in told
    }


def test_only_columns_that_a_method_reads_are_worked_out():
    assert "regexp_matches" in relation_sql(METHODS["quintly"])
    assert "regexp_matches" not in relation_sql(METHODS["hearwell"])


def test_judging_again_replaces_what_was_judged(exchange):
    for _ in range(2):
        outcome = study(exchange.workspace_id, DAY, METHODS["hearwell"], Filters(), horizon=now())
    assert outcome.ask("summary")[0]["inbound"] == 5
