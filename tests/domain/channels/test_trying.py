"""From what was typed to an account that is connected: asked first, kept after, wiped never."""

from __future__ import annotations

import pytest
from django.db import connection
from pytest_django import Settings

from hearwell.accounts.models import AuditRow, User, Workspace
from hearwell.accounts.scoping import scope
from hearwell.channels.models import (
    Channel,
    ChannelHealth,
    ChannelState,
    Credential,
    Endpoint,
    HookState,
    StreamCursor,
)
from hearwell.channels.services import disconnect, opened_account, pause, report_failure
from hearwell.channels.services.secrets import opened_ingress
from hearwell.channels.services.trying import (
    ConnectorBroke,
    NotConnectableError,
    OtherAccountError,
    SameNameError,
    Wish,
    keep_trial,
    try_connect,
    ways_in,
)
from hearwell.connect import registry
from hearwell.connect.connecting import FieldRefused
from hearwell.connect.failures import ContractChanged, NeedsReauth
from hearwell.connect.health import Allowance, HealthCheck, HealthState
from hearwell.kit.clock import now
from tests.homing import RING, Homing

WISH = Wish(network="homing", brand="Northwind")
GIVEN = {"ring": RING, "perch": "south", "loud": ""}


@pytest.fixture
def homing(monkeypatch: pytest.MonkeyPatch) -> Homing:
    connector = Homing()
    monkeypatch.setitem(registry._connectors, "homing", connector)
    return connector


def connect(workspace: Workspace, wish: Wish = WISH, actor: User | None = None) -> Channel:
    return keep_trial(workspace.id, try_connect("homing", GIVEN), wish, actor=actor).channel


def test_a_good_trial_is_kept_with_its_health(
    workspace: Workspace, homing: Homing, alice: User
) -> None:
    soon = now()
    homing.loft.expires_at = soon
    homing.loft.allowance = Allowance(38, 100, per_s=86_400, resets_at=soon)

    channel = connect(workspace, actor=alice)

    assert (channel.handle, channel.external_id) == ("@northwind", "loft-7")
    assert (channel.state, channel.purpose, channel.scopes) == ("active", "care", ["coo"])
    assert channel.settings == {"perch": "south"}
    assert opened_account(channel).secrets == {"ring": RING}
    health = ChannelHealth.objects.get()
    assert (health.state, health.expires_at) == ("ok", soon)
    assert health.allowance == {
        "used": 38, "limit": 100, "per_s": 86_400, "resets_at": soon.isoformat(),
    }  # fmt: skip
    assert AuditRow.objects.get(action="channel.connected").actor_name == "Alice Adams"
    assert RING not in str(AuditRow.objects.values_list())


def test_the_web_process_can_connect_though_it_may_open_nothing(
    workspace: Workspace, homing: Homing, settings: Settings
) -> None:
    settings.HEARWELL_ROLE = "web"
    channel = connect(workspace)
    connect(workspace)

    settings.HEARWELL_ROLE = "worker"
    assert opened_account(channel).secrets == {"ring": RING}


@pytest.mark.django_db(transaction=True)
def test_the_network_is_asked_outside_any_transaction(homing: Homing) -> None:
    try_connect("homing", GIVEN)

    assert homing.loft.in_transaction == [False, False]
    assert not connection.in_atomic_block


def test_a_called_network_gets_a_secret_of_our_own_making(
    workspace: Workspace, homing: Homing
) -> None:
    channel = connect(workspace)
    first = opened_ingress(Endpoint.objects.get(id=channel.endpoint_id))
    connect(workspace)

    assert len(first.signing[0]) > 30
    assert first.challenge
    assert opened_ingress(Endpoint.objects.get(id=channel.endpoint_id)) == first


def test_connecting_anew_keeps_everything(workspace: Workspace, homing: Homing) -> None:
    homing.loft.secrets = {"ring": RING, "refresh": "r"}
    channel = connect(workspace)
    StreamCursor.objects.create(
        workspace_id=workspace.id, channel=channel, stream="default", cursor="9"
    )
    report_failure(channel, NeedsReauth())
    pause(channel)

    homing.loft.secrets, homing.loft.handle = {"ring": "silver"}, "@renamed"
    kept = keep_trial(workspace.id, try_connect("homing", GIVEN), WISH)

    again = kept.channel
    assert not kept.is_new
    assert (again.id, again.endpoint_id) == (channel.id, channel.endpoint_id)
    assert (again.handle, again.state) == ("@renamed", "active")
    assert opened_account(again).secrets == {"ring": "silver", "refresh": "r"}
    assert StreamCursor.objects.get().cursor == "9"
    health = ChannelHealth.objects.get()
    assert (health.failure_code, health.failing_since, health.state) == ("", None, "ok")


def test_a_disconnected_account_goes_on_where_it_stopped(
    workspace: Workspace, homing: Homing
) -> None:
    channel = connect(workspace)
    StreamCursor.objects.create(
        workspace_id=workspace.id, channel=channel, stream="default", cursor="9"
    )
    disconnect(channel)

    again = connect(workspace)

    assert (again.id, again.state) == (channel.id, "active")
    assert StreamCursor.objects.get().cursor == "9"
    assert opened_ingress(Endpoint.objects.get(id=again.endpoint_id)).signing


def test_a_bad_trial_keeps_nothing(workspace: Workspace, homing: Homing) -> None:
    missing = "The right “answer” is missing."
    homing.loft.checks = (HealthCheck("scopes", HealthState.BAD, missing),)
    trial = try_connect("homing", GIVEN)

    assert not trial.is_good
    with pytest.raises(ContractChanged):
        keep_trial(workspace.id, trial, WISH)
    assert not Channel.objects.exists()


def test_that_nobody_calls_us_yet_is_no_fault_of_an_account(
    workspace: Workspace, homing: Homing
) -> None:
    homing.loft.checks = (
        HealthCheck("credentials", HealthState.OK),
        HealthCheck("subscription", HealthState.BAD, "Nobody calls."),
    )

    connect(workspace)

    assert [check["name"] for check in ChannelHealth.objects.get().checks] == ["credentials"]


def test_a_warning_is_kept_and_shown(workspace: Workspace, homing: Homing) -> None:
    homing.loft.checks = (HealthCheck("scopes", HealthState.WARNING, "May only read."),)

    connect(workspace)

    assert ChannelHealth.objects.get().checks[0]["message"] == "May only read."


def test_another_account_is_not_taken_for_the_one_to_be_connected_again(
    workspace: Workspace, homing: Homing
) -> None:
    channel = connect(workspace)
    homing.loft.external_id, homing.loft.handle = "loft-8", "@other"

    with pytest.raises(OtherAccountError) as caught:
        connect(workspace, Wish("homing", "Northwind", channel_id=channel.id))

    assert (caught.value.signed_in_as, caught.value.wanted) == ("@other", "@northwind")
    assert Channel.objects.count() == 1


def test_the_same_name_under_another_id_is_asked_about(
    workspace: Workspace, homing: Homing
) -> None:
    first = connect(workspace)
    homing.loft.external_id, homing.loft.handle = "loft-8", "@NorthWind"

    with pytest.raises(SameNameError) as caught:
        connect(workspace)
    assert caught.value.network_id == "loft-7"

    sure = connect(workspace, Wish("homing", "Northwind", is_sure=True))
    assert sure.id != first.id


def test_an_account_that_took_the_place_of_a_disconnected_one_is_connected(
    workspace: Workspace, homing: Homing
) -> None:
    disconnect(connect(workspace))
    homing.loft.external_id = "loft-8"

    assert connect(workspace).external_id == "loft-8"


def test_the_account_of_another_workspace_is_none_of_ours(
    workspace: Workspace, other_workspace: Workspace, homing: Homing
) -> None:
    with scope(other_workspace.id):
        theirs = connect(other_workspace)

    ours = connect(workspace, Wish("homing", "Northwind", channel_id=theirs.id))

    assert ours.id != theirs.id
    assert Credential.objects.count() == 1


@pytest.mark.parametrize("network", ["pigeon", "archive"])
def test_what_cannot_be_connected_is_not(homing: Homing, network: str) -> None:
    registry.register(Homing())
    with pytest.raises((NotConnectableError, registry.UnknownNetworkError)):
        ways_in(network)
    with pytest.raises((NotConnectableError, registry.UnknownNetworkError)):
        try_connect(network, {})


def test_a_bug_of_a_connector_is_loud_and_has_words(
    homing: Homing, caplog: pytest.LogCaptureFixture
) -> None:
    homing.loft.raises = KeyError("ring")

    with pytest.raises(ConnectorBroke) as caught:
        try_connect("homing", GIVEN)
    assert "noted" in caught.value.message

    homing.loft.raises, homing.loft.external_id = None, ""
    with pytest.raises(ConnectorBroke):
        try_connect("homing", GIVEN)


def test_a_refusal_comes_through(homing: Homing) -> None:
    with pytest.raises(FieldRefused) as caught:
        try_connect("homing", {**GIVEN, "ring": "tin"})

    assert caught.value.field_name == "ring"


def test_calls_are_switched_on_only_at_a_public_address(
    workspace: Workspace, homing: Homing, settings: Settings
) -> None:
    settings.HEARWELL_URL = "http://localhost:8000"
    channel = connect(workspace)
    assert ChannelHealth.objects.get().hook_state == HookState.UNREACHABLE

    settings.HEARWELL_URL = "https://care.northwind.com"
    connect(workspace)
    assert ChannelHealth.objects.get().hook_state == HookState.WAITING
    assert channel.state == ChannelState.ACTIVE
