"""Raw deliveries go no later than the words in them must, where a network sets a rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import ProgrammingError, transaction

from hearwell.channels.models import Channel, ParkedDelivery, RawDelivery
from hearwell.channels.services import connect_channel
from hearwell.channels.services.parking import replay
from hearwell.channels.services.replaying import replay_endpoint
from hearwell.channels.sweeps import KEEP_RAW, forget_raws
from hearwell.connect import registry
from hearwell.connect.terms import Retention
from hearwell.kit import ids as ids_module
from tests.domain.channels.conftest import Loft, deliver, drain
from tests.pigeon import Pigeon, message

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RULE = timedelta(hours=48)


def _ruled(monkeypatch: pytest.MonkeyPatch, text: timedelta | None) -> None:
    manifest = replace(Pigeon.manifest, retention=Retention("So long.", text=text))
    kind = type("Ruled", (Pigeon,), {"manifest": manifest})
    monkeypatch.setitem(registry._connectors, "pigeon", kind())


def _at(age: timedelta) -> int:
    with time_machine.travel(START + age, tick=False):
        return forget_raws()


def _delivered(channel: Channel, *ids: str, is_drained: bool = True) -> None:
    with time_machine.travel(START, tick=False):
        ids_module._last_ms = 0  # put back at the end of each test
        deliver(channel, *(message(one) for one in ids))
        if is_drained:
            drain(channel)


def test_the_bytes_go_with_the_words(
    monkeypatch: pytest.MonkeyPatch, channel: Channel, loft: Loft
) -> None:
    _ruled(monkeypatch, RULE)
    _delivered(channel, "1", "2")
    assert _at(RULE - timedelta(seconds=1)) == 0
    assert _at(RULE + timedelta(seconds=1)) == 1
    assert not RawDelivery.objects.exists()


def test_a_rule_as_long_as_a_day_is_kept_at_all_counts_too(
    monkeypatch: pytest.MonkeyPatch, channel: Channel, loft: Loft
) -> None:
    _ruled(monkeypatch, KEEP_RAW)
    _delivered(channel, "1")
    assert _at(KEEP_RAW + timedelta(seconds=1)) == 1


def test_what_waits_to_be_taken_in_and_what_has_no_rule_stays(
    monkeypatch: pytest.MonkeyPatch, channel: Channel, loft: Loft
) -> None:
    _ruled(monkeypatch, RULE)
    _delivered(channel, "1", is_drained=False)
    assert _at(RULE + timedelta(hours=1)) == 0
    drain(channel)
    _ruled(monkeypatch, None)
    assert _at(RULE + timedelta(hours=2)) == 0
    assert RawDelivery.objects.count() == 1


def test_what_a_worker_was_away_for_goes_at_night(
    monkeypatch: pytest.MonkeyPatch, channel: Channel, loft: Loft
) -> None:
    _ruled(monkeypatch, RULE)
    _delivered(channel, "1")
    assert _at(timedelta(days=12)) == 0
    assert _at(timedelta(days=12, hours=14)) == 1


def test_what_was_taken_in_late_goes_at_night_too(
    monkeypatch: pytest.MonkeyPatch, channel: Channel, loft: Loft
) -> None:
    _ruled(monkeypatch, RULE)
    _delivered(channel, "1", is_drained=False)
    assert _at(timedelta(days=8)) == 0
    drain(channel)
    assert _at(timedelta(days=8, hours=14)) == 1


def test_other_networks_keep_theirs(
    monkeypatch: pytest.MonkeyPatch, channel: Channel, loft: Loft
) -> None:
    monkeypatch.setitem(registry._connectors, "dove", Pigeon())
    other = connect_channel(
        workspace_id=channel.workspace_id, network="dove", handle="@d", external_id="loft",
        brand="Doves",
    )  # fmt: skip
    _ruled(monkeypatch, RULE)
    _delivered(channel, "1")
    _delivered(other, "2")
    assert _at(RULE + timedelta(hours=1)) == 1
    assert RawDelivery.objects.get().endpoint_id == other.endpoint_id


def test_what_was_parked_says_that_its_bytes_are_gone(
    monkeypatch: pytest.MonkeyPatch, channel: Channel, loft: Loft
) -> None:
    _ruled(monkeypatch, RULE)
    loft.poison["1"] = ValueError("no")
    _delivered(channel, "1")
    row = ParkedDelivery.objects.get()
    assert _at(RULE + timedelta(hours=1)) == 1
    replay(channel.workspace_id, [row.id])
    assert channel.endpoint_id is not None
    replay_endpoint(channel.workspace_id, channel.endpoint_id)
    row.refresh_from_db()
    assert (row.state, row.code) == ("open", "expired")


def test_nobody_but_the_worker_may_and_in_no_other_way(
    monkeypatch: pytest.MonkeyPatch, channel: Channel, loft: Loft, request: pytest.FixtureRequest
) -> None:
    _ruled(monkeypatch, RULE)
    _delivered(channel, "1")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        RawDelivery.objects.all().delete()
    request.getfixturevalue("as_app_role")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        _at(RULE + timedelta(hours=1))
