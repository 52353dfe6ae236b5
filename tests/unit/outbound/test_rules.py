"""The law of deliveries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.connect import failures
from hearwell.connect.manifest import ReadBack
from hearwell.connect.model import Pending, Sent
from hearwell.outbound import rules
from hearwell.outbound.rules import ALLOWED, FINAL, IN_FLIGHT, State
from tests.harbour_wire import MANIFEST

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SENT = Sent("w1", "https://wire.test/w1", NOW)
LATER = NOW + timedelta(minutes=3)


def attempt(**more: object) -> rules.Attempt:
    fields = {
        "manifest": MANIFEST,
        "attempts": 1,
        "first_queued_at": NOW,
        "unknown_since": None,
        "now": NOW,
        **more,
    }
    return rules.Attempt(**fields)  # type: ignore[arg-type]


states = st.sampled_from(State)


@given(st.lists(states, max_size=30))
def test_every_walk_obeys_the_table_and_never_leaves_a_final_state(steps: list[State]) -> None:
    here = State.DRAFT
    for step in steps:
        if here in FINAL:
            with pytest.raises(rules.ForbiddenMoveError):
                rules.check_move(here, step)
        elif step in ALLOWED[here]:
            rules.check_move(here, step)
            here = step
        else:
            with pytest.raises(rules.ForbiddenMoveError):
                rules.check_move(here, step)


def test_every_state_has_its_line_and_can_be_reached() -> None:
    assert set(ALLOWED) == set(State)
    reached, fresh = {State.DRAFT}, {State.DRAFT}
    while fresh:
        fresh = {after for before in fresh for after in ALLOWED[before]} - reached
        reached |= fresh
    assert reached == set(State)


def test_only_sending_leads_into_doubt_and_only_the_claim_leads_to_sending() -> None:
    assert {s for s in State if State.SENDING in ALLOWED[s]} == {State.QUEUED}
    assert {s for s in State if State.UNKNOWN in ALLOWED[s]} == {State.SENDING, State.PENDING}
    assert set(FINAL) == {State.CONFIRMED, State.CANCELLED, State.FAILED}
    assert State.CANCELLED not in {after for s in IN_FLIGHT for after in ALLOWED[s]}


surely_nothing = [
    failures.Throttled(LATER),
    failures.Throttled(None),
    failures.QuotaExhausted(LATER),
    failures.Unavailable(),
]
accounts = [
    failures.NeedsReauth(),
    failures.ScopeMissing(),
    failures.AccountDisabled(),
    rules.WrongAccountError(),
]
final_no = [
    failures.Refused(),
    failures.WindowClosed(alternatives=("template",)),
    failures.NotAllowed(),
    failures.TargetGone(),
    failures.Duplicate(),
    failures.TooLong(10, 11, "code_points"),
    failures.MediaRejected(),
]
in_doubt = [
    failures.OutcomeUnknown(),
    failures.ContractChanged(),
    failures.BadSignature(),
    TimeoutError(),
    ConnectionResetError(),
    ValueError("a bug"),
]


@pytest.mark.parametrize("answer", surely_nothing, ids=repr)
def test_where_surely_nothing_happened_it_goes_back_to_the_queue(answer: failures.Failure) -> None:
    verdict = rules.verdict_on_send(answer, attempt())
    assert verdict.to is State.QUEUED
    assert verdict.not_before is not None
    assert verdict.not_before >= (answer.retry_at or NOW)
    assert verdict.message


@pytest.mark.parametrize("answer", accounts, ids=repr)
def test_a_broken_account_holds(answer: failures.Failure) -> None:
    verdict = rules.verdict_on_send(answer, attempt())
    assert (verdict.to, verdict.code) == (State.HELD, answer.code)


def test_a_dead_token_that_can_be_renewed_is_tried_once_more() -> None:
    verdict = rules.verdict_on_send(failures.NeedsReauth(), attempt(can_renew=True))
    assert (verdict.to, verdict.renew, verdict.not_before) == (State.QUEUED, True, NOW)


@pytest.mark.parametrize("answer", final_no, ids=repr)
def test_a_refusal_is_final_and_says_why(answer: failures.Failure) -> None:
    verdict = rules.verdict_on_send(answer, attempt())
    assert (verdict.to, verdict.code, verdict.message) == (
        State.FAILED,
        answer.code,
        answer.message,
    )


def test_a_closed_window_names_the_ways_still_open() -> None:
    verdict = rules.verdict_on_send(failures.WindowClosed(alternatives=("template",)), attempt())
    assert verdict.alternatives == ("template",)


@pytest.mark.parametrize("answer", in_doubt, ids=repr)
def test_whatever_is_not_known_to_be_harmless_is_unknown(answer: Exception) -> None:
    verdict = rules.verdict_on_send(answer, attempt())
    assert verdict.to is State.UNKNOWN
    assert verdict.read_back_after == NOW + timedelta(seconds=0.6)


def test_a_duplicate_after_an_earlier_attempt_may_be_ours() -> None:
    verdict = rules.verdict_on_send(failures.Duplicate(), attempt(attempts=2))
    assert verdict.to is State.UNKNOWN


@given(st.integers(0, 40))
def test_no_failure_that_may_have_posted_ever_queues(attempts: int) -> None:
    for answer in in_doubt:
        verdict = rules.verdict_on_send(answer, attempt(attempts=attempts, can_renew=True))
        assert verdict.to is State.UNKNOWN


def test_a_network_out_of_reach_for_half_an_hour_fails_in_the_end() -> None:
    long_ago = NOW - timedelta(minutes=31)
    verdict = rules.verdict_on_send(failures.Unavailable(), attempt(first_queued_at=long_ago))
    assert (verdict.to, verdict.code) == (State.FAILED, "unreachable")
    assert "Nothing was posted" in verdict.message


def test_pending_waits_for_its_result() -> None:
    verdict = rules.verdict_on_send(Pending("tok", LATER), attempt())
    assert (verdict.to, verdict.token, verdict.read_back_after) == (State.PENDING, "tok", LATER)


# --- reading back ----------------------------------------------------------------------------


def test_a_find_is_proof() -> None:
    for read_back in ReadBack:
        manifest = replace(MANIFEST, read_back=read_back)
        assert rules.verdict_on_read_back(SENT, attempt(manifest=manifest)).to is State.SENT


def test_an_absence_queues_only_where_it_is_authoritative() -> None:
    expected = {
        ReadBack.AUTHORITATIVE: State.QUEUED,
        ReadBack.HINT: State.UNKNOWN,
        ReadBack.NONE: State.NEEDS_HUMAN,
    }
    for read_back, state in expected.items():
        manifest = replace(MANIFEST, read_back=read_back)
        assert rules.verdict_on_read_back(None, attempt(manifest=manifest)).to is state


@pytest.mark.parametrize("answer", [*surely_nothing, *accounts, *in_doubt], ids=repr)
def test_a_failed_look_proves_nothing(answer: Exception) -> None:
    verdict = rules.verdict_on_read_back(answer, attempt(unknown_since=NOW))
    assert verdict.to is State.UNKNOWN
    assert verdict.read_back_after is not None
    assert verdict.read_back_after > NOW


@pytest.mark.parametrize("answer", [None, failures.Unavailable(), failures.Throttled(LATER)])
def test_after_ten_minutes_of_doubt_a_person_must_look(answer: Exception | None) -> None:
    since = NOW - timedelta(minutes=10, seconds=1)
    verdict = rules.verdict_on_read_back(answer, attempt(unknown_since=since))
    assert verdict.to is State.NEEDS_HUMAN


def test_settling() -> None:
    assert rules.verdict_on_settle(SENT, attempt()).to is State.SENT
    assert rules.verdict_on_settle(Pending("b", LATER), attempt()).token == "b"
    assert rules.verdict_on_settle(failures.MediaRejected(), attempt()).to is State.FAILED
    assert rules.verdict_on_settle(failures.Throttled(LATER), attempt()).read_back_after == LATER
    assert rules.verdict_on_settle(TimeoutError(), attempt()).to is State.UNKNOWN
    old = attempt(unknown_since=NOW - timedelta(minutes=11))
    assert rules.verdict_on_settle(failures.Unavailable(), old).to is State.UNKNOWN


# --- times -----------------------------------------------------------------------------------


def test_undo_is_ten_seconds_and_never_outside_nought_to_thirty() -> None:
    assert [rules.undo_seconds(s) for s in (None, -5, 0, 7, 30, 120)] == [10, 0, 0, 7, 30, 30]


@given(st.integers(0, 10_000), st.floats(-1, 1))
def test_waiting_grows_and_stays_within_its_bounds(attempts: int, spread: float) -> None:
    assert 1.6 <= rules.wait_s(attempts, spread) <= 360


@given(st.floats(0.1, 120), st.floats(0, 600))
def test_the_lease_covers_the_latest_start_and_the_longest_call(timeout: float, lag: float) -> None:
    manifest = replace(MANIFEST, request_timeout_s=timeout, read_lag_s=lag)
    assert rules.lease_s(manifest) >= rules.latest_start_s(manifest) + 3 * timeout
    assert rules.settle_s(manifest) >= timeout + lag
