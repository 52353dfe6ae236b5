"""The contract's values: what they show, what they hide, how they sum up."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta

import pytest

from hearwell.connect import failures
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.manifest import Auth, Manifest, ReplyWindow
from hearwell.connect.model import Account, Audience, IngressSecrets
from hearwell.connect.textrule import CodePoints

LATER = datetime(2026, 3, 2, tzinfo=UTC)


def test_secrets_stay_out_of_sight() -> None:
    account = Account("1", secrets={"access": "s3cret"}, settings={"base_url": "https://x"})
    ingress = IngressSecrets(("s3cret",), "s3cret")
    assert "s3cret" not in f"{account!r} {account} {ingress!r}"
    assert "https://x" in repr(account)


def test_health_is_as_bad_as_its_worst_check() -> None:
    states = [HealthState.OK, HealthState.BAD, HealthState.WARNING]
    assert Health(tuple(HealthCheck("reach", s) for s in states)).state is HealthState.BAD
    assert Health((HealthCheck("reach", HealthState.OK),)).state is HealthState.OK
    assert Health(()).state is HealthState.UNKNOWN


def test_a_manifest_knows_the_rule_and_the_window_of_each_audience() -> None:
    manifest = Manifest(
        network="x",
        title="X",
        auth=Auth.NONE,
        public_text=CodePoints(10),
        windows=(ReplyWindow(Audience.PRIVATE, timedelta(days=1)),),
    )
    assert manifest.text_rule(Audience.PRIVATE) is manifest.public_text
    assert manifest.window(Audience.PRIVATE) == timedelta(days=1)
    assert manifest.window(Audience.PUBLIC) is None


def _kinds(kind: type[failures.Failure]) -> list[type[failures.Failure]]:
    ours = [child for child in kind.__subclasses__() if child.__module__ == failures.__name__]
    return [kind, *(k for child in ours for k in _kinds(child))]


@pytest.mark.parametrize("kind", _kinds(failures.Failure), ids=lambda kind: kind.__name__)
def test_every_failure_has_a_code_of_its_own_and_words(kind: type[failures.Failure]) -> None:
    others = [other.code for other in _kinds(failures.Failure) if other is not kind]
    assert kind.code not in others
    assert kind.default_message.endswith(".")


def test_failures_carry_what_is_needed_to_act() -> None:
    throttled = failures.Throttled(LATER, "app", network_code="429")
    assert (throttled.retryable, throttled.retry_at, throttled.scope) == (True, LATER, "app")
    assert failures.QuotaExhausted(LATER).reset_at == LATER
    too_long = failures.TooLong(280, 300, "graphemes")
    assert isinstance(too_long, failures.Refused)
    assert (too_long.limit, too_long.actual, too_long.retryable) == (280, 300, False)
    assert failures.Duplicate(existing="7").existing == "7"
    assert failures.WindowClosed(alternatives=("template",)).alternatives == ("template",)
    assert str(failures.Unavailable("No line.")) == "No line."


def test_what_must_never_be_retried_says_so() -> None:
    assert not failures.OutcomeUnknown.retryable
    assert not failures.NeedsReauth.retryable
    assert failures.Unavailable.retryable


def test_values_travel_between_processes() -> None:
    account = Account("1", scopes=frozenset({"read"}))
    assert pickle.loads(pickle.dumps(account)) == account  # noqa: S301 -- our own bytes
