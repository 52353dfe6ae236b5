"""Connecting accounts, their secrets, their health."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from hearwell.accounts.models import AuditRow, User, Workspace
from hearwell.accounts.scoping import scope
from hearwell.channels import queries
from hearwell.channels.models import (
    Brand,
    Channel,
    ChannelHealth,
    ChannelState,
    Credential,
    Endpoint,
    Following,
)
from hearwell.channels.services import (
    opened_account,
    pause,
    renew_secrets,
    report_failure,
    report_health,
    report_success,
    resume,
    rotate_secret,
)
from hearwell.channels.services.connecting import ReadOnlyChannelError
from hearwell.channels.services.secrets import opened_ingress
from hearwell.connect.connecting import FieldRefused
from hearwell.connect.failures import NeedsReauth, Throttled, Unavailable
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.model import Account
from hearwell.events.models import Event
from hearwell.kit.clock import now
from hearwell.kit.seal import KeyMissingError, UnsealError
from tests.domain.channels.conftest import Loft, connected
from tests.pigeon import SECRET, Pigeon


def _health(channel: Channel) -> ChannelHealth:
    return ChannelHealth.objects.get(channel=channel)


def test_secrets_are_sealed_and_open_only_for_the_sender(
    channel: Channel, settings: Settings
) -> None:
    sealed = bytes(Credential.objects.get().sealed)
    assert b"refresh" not in sealed
    assert opened_account(channel).secrets == {"token": "t", "refresh": "r"}
    assert "t" not in repr(opened_account(channel)).replace("settings", "")[-1:]

    settings.HEARWELL_ROLE = "web"
    with pytest.raises(KeyMissingError):
        opened_account(channel)
    assert queries.account_of(channel).secrets == {}


def test_sealed_secrets_of_another_channel_do_not_open(
    channel: Channel, workspace: Workspace
) -> None:
    other = connected(workspace, external_id="dovecote")
    foreign = Credential.objects.get(channel=other)
    Credential.objects.filter(channel=channel).update(sealed=bytes(foreign.sealed))

    with pytest.raises(UnsealError):
        opened_account(channel)


def test_connecting_anew_keeps_channel_endpoint_and_secrets(
    channel: Channel, workspace: Workspace, alice: User
) -> None:
    again = connected(workspace, handle="@renamed", secrets={}, ingress=None, actor=alice)

    assert (again.id, again.endpoint_id) == (channel.id, channel.endpoint_id)
    assert again.handle == "@renamed"
    assert opened_account(again).secrets == {"token": "t", "refresh": "r"}
    assert Brand.objects.count() == 1
    actions = list(AuditRow.objects.order_by("id").values_list("action", "actor_name"))
    assert actions == [("channel.connected", ""), ("channel.reconnected", "Alice Adams")]


def test_a_new_secret_stands_in_front_and_none_is_ever_wiped(
    channel: Channel, workspace: Workspace, settings: Settings
) -> None:
    settings.HEARWELL_ROLE = "web"
    connected(workspace, secrets={"token": "new", "refresh": ""})
    connected(workspace, secrets={"extra": "x"})
    connected(workspace, secrets={"token": "newest"})

    settings.HEARWELL_ROLE = "listen"
    assert opened_account(channel).secrets == {"token": "newest", "refresh": "r", "extra": "x"}
    assert len(Credential.objects.get().laid_over) == 3


def test_a_renewal_folds_in_what_was_laid_over(channel: Channel, workspace: Workspace) -> None:
    connected(workspace, secrets={"extra": "x"})

    renew_secrets(channel, opened_account(channel))

    assert Credential.objects.get().laid_over == []
    assert opened_account(channel).secrets == {"token": "token-1", "refresh": "r", "extra": "x"}


def test_a_renewal_begun_before_a_reconnection_does_not_undo_it(
    channel: Channel, workspace: Workspace, pigeon: Pigeon
) -> None:
    stale = opened_account(channel)
    connected(workspace, secrets={"token": "typed"})

    assert renew_secrets(channel, stale).secrets["token"] == "typed"
    assert pigeon.renewed == []


def test_rotated_secret_leaves_the_one_before_valid_and_tells_the_gateways(
    channel: Channel, alice: User
) -> None:
    fresh = rotate_secret(channel, actor=alice)
    endpoint = Endpoint.objects.get(id=channel.endpoint_id)
    assert opened_ingress(endpoint).signing == (fresh, SECRET)
    assert opened_ingress(endpoint).challenge == "hello"

    newest = rotate_secret(channel)
    endpoint.refresh_from_db()
    assert opened_ingress(endpoint).signing == (newest, fresh)


def test_an_app_that_is_not_known_any_more_is_for_a_person_to_put_right(
    channel: Channel, pigeon: Pigeon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_account: Account) -> dict[str, str]:
        name, words = "secret", "Nobody knows this loft."
        raise FieldRefused(name, words)

    monkeypatch.setattr(pigeon, "refresh", refused)
    with pytest.raises(NeedsReauth, match="Nobody knows this loft"):
        renew_secrets(channel, opened_account(channel))


def test_renewal_happens_once_however_many_ask(channel: Channel, pigeon: Pigeon) -> None:
    stale = opened_account(channel)

    first = renew_secrets(channel, stale)
    second = renew_secrets(channel, stale)

    assert first.secrets == second.secrets == {"token": "token-1", "refresh": "r"}
    assert len(pigeon.renewed) == 1
    assert opened_account(channel).secrets == first.secrets


def test_foreign_workspace_sees_no_channel(channel: Channel, other_workspace: Workspace) -> None:
    with scope(other_workspace.id):
        assert queries.channels_of(other_workspace.id) == []
        assert queries.channel_by_id(other_workspace.id, channel.id) is None
        assert queries.channel_by_id(channel.workspace_id, channel.id) is None
        assert queries.parked_rows(channel.workspace_id) == []


def test_row_security_stops_a_forgotten_filter(
    channel: Channel, other_workspace: Workspace
) -> None:
    with scope(other_workspace.id):
        assert Channel.objects.count() == 0
        assert Credential.objects.count() == 0
        assert Channel.objects.filter(id=channel.id).update(handle="x") == 0


def test_channel_of_another_workspace_cannot_be_named(
    channel: Channel, other_workspace: Workspace
) -> None:
    from django.db import IntegrityError

    foreign = ChannelHealth(workspace_id=other_workspace.id, channel_id=channel.id)

    def adopt() -> None:
        with transaction.atomic(), scope(other_workspace.id), connection.cursor() as cursor:
            foreign.save(force_insert=True)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError):
        adopt()


def test_pause_and_resume_are_told_and_audited_once(channel: Channel, alice: User) -> None:
    pause(channel, actor=alice)
    pause(channel, actor=alice)
    resume(channel, actor=alice)

    told = Event.objects.filter(name="ChannelStateChanged").order_by("id")
    assert [event.payload["state"] for event in told] == ["paused", "active"]
    assert AuditRow.objects.filter(action="channel.state_changed").count() == 2


def test_archive_cannot_be_resumed(channel: Channel) -> None:
    channel.state = ChannelState.READ_ONLY

    with pytest.raises(ReadOnlyChannelError):
        resume(channel)


def test_failures_turn_the_health_and_success_turns_it_back(channel: Channel, loft: Loft) -> None:
    report_failure(channel, Unavailable())
    since = _health(channel).failing_since
    report_failure(channel, NeedsReauth())

    health = _health(channel)
    assert (health.state, health.failure_code) == ("bad", "needs_reauth")
    assert health.failing_since == since
    report_success(channel)
    health = _health(channel)
    assert (health.state, health.failure_code, health.failing_since) == ("ok", "", None)
    assert list(
        Event.objects.filter(name="ChannelHealthChanged")
        .order_by("id")
        .values_list("payload__state", flat=True)
    ) == ["warning", "bad", "ok"]


def test_being_asked_to_slow_down_is_no_illness(channel: Channel) -> None:
    report_success(channel)
    report_failure(channel, Throttled(None))

    assert _health(channel).state == "ok"
    assert _health(channel).failure_code == "throttled"


def test_networks_own_checks_are_kept_in_order(channel: Channel) -> None:
    checks = (
        HealthCheck("reach", HealthState.OK),
        HealthCheck("credentials", HealthState.BAD, "Expired."),
    )
    report_health(channel, Health(checks))

    assert _health(channel).state == "bad"
    assert [check["name"] for check in _health(channel).checks] == ["reach", "credentials"]


def test_of_a_day_the_last_told_number_of_followers_is_kept_and_none_is_none(
    channel: Channel,
) -> None:
    for followers in (10, 12, None):
        report_health(channel, Health((), followers=followers))
    kept = Following.objects.filter(workspace_id=channel.workspace_id).values_list(
        "day", "followers"
    )
    assert list(kept) == [(now().date(), 12)]
