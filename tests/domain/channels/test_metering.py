"""The meter: charges counted where they arise, caps and quotas that stop, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar

import pytest
import time_machine

from hearwell.accounts.models import AuditRow, User, Workspace
from hearwell.accounts.scoping import scope
from hearwell.channels.costs import costs_of
from hearwell.channels.models import Channel, ChannelHealth, Usage
from hearwell.channels.services import metering
from hearwell.channels.services.leases import LeaseLostError
from hearwell.channels.services.polling import poll_once
from hearwell.channels.spending import spread_s, stage_of
from hearwell.channels.standing import standing_of, warnings
from hearwell.connect import registry
from hearwell.connect.contract import Metered
from hearwell.connect.failures import QuotaExhausted
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import Account, Audience, Draft, Raw, RawPage
from hearwell.connect.terms import Charge, Price, Quota
from hearwell.events.models import Event
from hearwell.kit.ids import uuid7
from tests.domain.channels.conftest import Loft, connected, deliver, drain
from tests.pigeon import Pigeon, message

NOON = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
DRAFT = Draft(text="Coo", audience=Audience.PUBLIC, account="loft")


@dataclass
class Courier(Pigeon, Metered):
    """Pigeons that are paid: a cent for each one heard, two for one sent, half a one for asking."""

    manifest: ClassVar[Manifest] = replace(
        Pigeon.manifest,
        prices=(
            Price("read", "A message read", 10_000),
            Price("write", "A message sent", 20_000),
            Price("ask", "One look", 5_000),
        ),
    )

    def heard(self, raw: Raw) -> Sequence[Charge]:
        """One for each delivery."""
        return (Charge("read"),)

    def said(self, draft: Draft) -> Sequence[Charge]:
        """One each."""
        return (Charge("write"),)


@dataclass
class Rationed(Courier):
    """Ten units a day, in California."""

    manifest: ClassVar[Manifest] = replace(
        Pigeon.manifest, quota=Quota(10, "America/Los_Angeles", (("ask", 4), ("write", 5)))
    )


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def _hired(monkeypatch: pytest.MonkeyPatch, workspace: Workspace, kind: type[Courier]) -> Channel:
    connector = kind()
    connector.pages = lambda _account, _stream, _cursor: RawPage((), "1", None, (Charge("ask"),))
    monkeypatch.setitem(registry._connectors, "pigeon", connector)
    return connected(workspace)


@pytest.fixture
def courier(monkeypatch: pytest.MonkeyPatch, workspace: Workspace, loft: Loft) -> Channel:
    return _hired(monkeypatch, workspace, Courier)


@pytest.fixture
def rationed(monkeypatch: pytest.MonkeyPatch, workspace: Workspace, loft: Loft) -> Channel:
    return _hired(monkeypatch, workspace, Rationed)


def _counts() -> dict[str, tuple[int, int]]:
    return {one.what: (one.count, one.micros) for one in Usage.objects.all()}


def test_what_is_delivered_is_counted_once_and_added_up(courier: Channel) -> None:
    deliver(courier, message("1"), message("2"))
    drain(courier)
    deliver(courier, message("3"))
    drain(courier)
    drain(courier)

    assert _counts() == {"read": (2, 20_000)}
    assert Usage.objects.get().day == NOON.date()


def test_a_poll_is_counted_whatever_it_brought(courier: Channel) -> None:
    poll_once(courier.workspace_id, courier.id, "default")
    poll_once(courier.workspace_id, courier.id, "default")
    assert _counts() == {"ask": (2, 10_000)}


def test_a_poll_is_counted_though_its_page_cannot_be_kept(courier: Channel) -> None:
    with pytest.raises(LeaseLostError):
        poll_once(courier.workspace_id, courier.id, "default", uuid7())
    assert _counts() == {"ask": (1, 5_000)}


def test_networks_that_are_free_write_no_meter(channel: Channel) -> None:
    deliver(channel, message("1"))
    drain(channel)
    assert not Usage.objects.exists()


def test_own_prices_stand_before_those_of_the_manifest(courier: Channel, alice: User) -> None:
    metering.set_terms(courier.workspace_id, "pigeon", cap_micros=None, prices={"ask": 7}, by=alice)
    poll_once(courier.workspace_id, courier.id, "default")
    assert _counts() == {"ask": (1, 7)}
    assert AuditRow.objects.filter(action="network.terms").count() == 1


def test_near_the_cap_admins_are_told_once_and_at_it_polls_stop(
    courier: Channel, alice: User, loft: Loft
) -> None:
    metering.set_terms(courier.workspace_id, "pigeon", cap_micros=22_000, prices={}, by=alice)
    for _ in range(5):
        poll_once(courier.workspace_id, courier.id, "default")
    told = Event.objects.filter(name__icontains="SpendingNearsCap").order_by("id")
    assert [one.payload["stage"] for one in told] == ["near", "reached"]

    with pytest.raises(QuotaExhausted) as stopped:
        poll_once(courier.workspace_id, courier.id, "default")
    assert stopped.value.reset_at is not None
    assert stopped.value.reset_at <= NOON + metering.LOOK_AGAIN
    assert ChannelHealth.objects.get().failure_code == "quota_exhausted"
    assert _counts() == {"ask": (5, 25_000)}

    deliver(courier, message("late"))  # webhooks are still taken and shown
    drain(courier)
    assert loft.ids == ["late"]

    metering.set_terms(courier.workspace_id, "pigeon", cap_micros=90_000, prices={}, by=alice)
    poll_once(courier.workspace_id, courier.id, "default")


def test_a_cap_is_for_a_month(courier: Channel, alice: User) -> None:
    metering.set_terms(courier.workspace_id, "pigeon", cap_micros=5_000, prices={}, by=alice)
    poll_once(courier.workspace_id, courier.id, "default")
    with pytest.raises(QuotaExhausted):
        poll_once(courier.workspace_id, courier.id, "default")
    with time_machine.travel(datetime(2026, 4, 1, 0, 1, tzinfo=UTC), tick=False):
        poll_once(courier.workspace_id, courier.id, "default")


def test_an_answer_must_fit_below_the_cap_and_the_composer_says_so(
    courier: Channel, alice: User
) -> None:
    (cost,) = costs_of(courier, DRAFT)
    assert (cost.code, cost.blocking) == ("costs", False)
    assert "$0.02" in cost.message

    metering.set_terms(courier.workspace_id, "pigeon", cap_micros=19_999, prices={}, by=alice)
    assert [one.code for one in costs_of(courier, DRAFT)] == ["costs", "quota_exhausted"]
    with pytest.raises(QuotaExhausted, match="cap"):
        metering.make_sure_affordable(courier, [Charge("write")])


def test_a_quota_is_counted_in_units_until_its_own_midnight(rationed: Channel) -> None:
    poll_once(rationed.workspace_id, rationed.id, "default")
    assert metering.units_left(rationed) == 6
    poll_once(rationed.workspace_id, rationed.id, "default")
    with pytest.raises(QuotaExhausted) as stopped:
        metering.make_sure_affordable(rationed, [Charge("write")])
    assert stopped.value.reset_at == datetime(2026, 4, 1, 7, 0, tzinfo=UTC)
    with time_machine.travel(datetime(2026, 4, 1, 6, 59, tzinfo=UTC), tick=False):
        assert metering.units_left(rationed) == 2
    with time_machine.travel(datetime(2026, 4, 1, 7, 0, tzinfo=UTC), tick=False):
        assert metering.units_left(rationed) == 10


def test_when_too_little_is_left_for_an_answer_it_is_told_once(rationed: Channel) -> None:
    for _ in range(3):
        metering.charge(rationed, [Charge("ask")])
    (told,) = Event.objects.filter(name="QuotaUsedUp")
    assert told.payload == {"network": "pigeon", "day": "2026-03-31"}
    assert [one.what for one in warnings(rationed.workspace_id)] == ["quota"]
    with time_machine.travel(datetime(2026, 4, 1, 7, 0, tzinfo=UTC), tick=False):
        assert not warnings(rationed.workspace_id)


def test_polls_are_spread_so_that_the_quota_lasts(rationed: Channel) -> None:
    pause = poll_once(rationed.workspace_id, rationed.id, "default")
    assert pause == pytest.approx(spread_s(6, 4, 19 * 3600))
    assert spread_s(10_000, 0, 3600) == 0


def test_accounts_of_one_app_share_its_units_and_keep_some_for_answers(
    monkeypatch: pytest.MonkeyPatch, rationed: Channel, workspace: Workspace
) -> None:
    wide = replace(Rationed.manifest, quota=Quota(100, "America/Los_Angeles", (("ask", 4),)))
    monkeypatch.setattr(Rationed, "manifest", wide)
    told: list[int | None] = []
    connector = registry._connectors["pigeon"]
    assert isinstance(connector, Rationed)

    def page(account: Account, _stream: str, _cursor: str | None) -> RawPage:
        told.append(account.units)
        return RawPage((), "1", None, (Charge("ask"),))

    connector.pages = page
    poll_once(rationed.workspace_id, rationed.id, "default")
    other = connected(workspace, handle="@second", external_id="second")
    gone = connected(workspace, handle="@third", external_id="third")
    Channel.objects.filter(id=gone.id).update(state="disconnected")
    pauses = [poll_once(one.workspace_id, one.id, "default") for one in (rationed, other)]
    assert told == [80, 38, 36]
    assert pauses == [pytest.approx(spread_s(left, 8, 19 * 3600)) for left in (92, 88)]


def test_what_the_network_granted_counts_for_all_accounts_of_the_app(
    monkeypatch: pytest.MonkeyPatch, rationed: Channel, workspace: Workspace
) -> None:
    quota = Quota(10, "America/Los_Angeles", (("ask", 4),), setting="units")
    monkeypatch.setattr(Rationed, "manifest", replace(Rationed.manifest, quota=quota))
    assert metering.units_left(rationed) == 10
    connected(workspace, handle="@second", external_id="second", settings={"units": "50"})
    assert metering.units_left(rationed) == 50
    metering.charge(rationed, [Charge("ask", 2)])
    standing = standing_of(workspace.id, Rationed.manifest)
    assert (standing.units, standing.units_used) == (50, 8)
    assert not warnings(workspace.id)
    for nonsense in ("", "0", "-3", "٣", "9" * 10):
        Channel.objects.filter(external_id="second").update(settings={"units": nonsense})
        assert metering.units_left(rationed) == 2
        assert warnings(workspace.id)


def test_another_workspace_sees_neither_meter_nor_terms(
    courier: Channel, alice: User, other_workspace: Workspace
) -> None:
    metering.set_terms(courier.workspace_id, "pigeon", cap_micros=1, prices={}, by=alice)
    poll_once(courier.workspace_id, courier.id, "default")
    with scope(other_workspace.id):
        assert metering.spent_this_month(other_workspace.id, Courier.manifest) == 0


def test_stages() -> None:
    found = [stage_of(n, 100).value for n in (79, 80, 99, 100)]
    assert found == ["well", "near", "near", "reached"]
    assert stage_of(5, None).value == "well"
