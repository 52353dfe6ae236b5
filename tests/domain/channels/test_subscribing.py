"""Telling a network where to call us, saying goodbye to it, and checking an account on request."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from hearwell.accounts.models import AuditRow, User, Workspace
from hearwell.channels import sweeps, tasks
from hearwell.channels.models import (
    Channel,
    ChannelHealth,
    ChannelState,
    Consent,
    Credential,
    Endpoint,
)
from hearwell.channels.queries import hook_path
from hearwell.channels.services import disconnect, opened_account, pause, resume
from hearwell.channels.services.connecting import (
    DisconnectedChannelError,
    ReadOnlyChannelError,
    rotate_secret,
)
from hearwell.channels.services.health import ask_for_check
from hearwell.channels.services.secrets import opened_ingress
from hearwell.channels.services.subscribing import part_from, rotate, subscribe_account
from hearwell.connect import registry
from hearwell.connect.failures import Refused, Unavailable
from hearwell.connect.health import HealthCheck, HealthState
from hearwell.events.models import Event
from hearwell.kit.clock import now
from tests.domain.channels.conftest import connected
from tests.homing import Homing
from tests.pigeon import Pigeon

URL = "https://care.northwind.com"


@pytest.fixture(autouse=True)
def _public(settings: Settings) -> None:
    settings.HEARWELL_URL = URL


@pytest.fixture
def homing(monkeypatch: pytest.MonkeyPatch) -> Homing:
    connector = Homing()
    monkeypatch.setitem(registry._connectors, "homing", connector)
    return connector


@pytest.fixture
def bird(workspace: Workspace, homing: Homing) -> Channel:
    """A connected account of the network that must be told where to call."""
    return connected(
        workspace, network="homing", external_id="loft-7", secrets={"ring": "gold"}, ingress=None
    )


def health(channel: Channel) -> ChannelHealth:
    return ChannelHealth.objects.get(channel=channel)


def jobs(name: str) -> list[dict]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s", [name])
        return [json.loads(row[0]) for row in cursor.fetchall()]


def test_the_network_is_told_our_address_and_the_secret(bird: Channel, homing: Homing) -> None:
    subscribe_account(bird.workspace_id, bird.id)

    ((url, secrets),) = homing.loft.hooks
    assert url == URL + str(hook_path(bird))
    assert secrets == opened_ingress(Endpoint.objects.get(id=bird.endpoint_id))
    assert health(bird).hook_state == "on"


def test_at_an_address_inside_the_network_is_told_to_call_nobody(
    bird: Channel, homing: Homing, settings: Settings
) -> None:
    settings.HEARWELL_URL = "http://localhost:8000"
    subscribe_account(bird.workspace_id, bird.id)

    assert homing.loft.hooks == []
    assert len(homing.loft.farewells) == 1
    assert health(bird).hook_state == "unreachable"


def test_a_dead_token_is_renewed_once(bird: Channel, homing: Homing, workspace: Workspace) -> None:
    connected(workspace, network="homing", external_id="loft-7", secrets={"ring": "tarnished"})
    homing.refresh = lambda _account: {"ring": "polished"}  # type: ignore[method-assign]

    subscribe_account(bird.workspace_id, bird.id)

    assert len(homing.loft.hooks) == 1
    assert opened_account(bird).secrets["ring"] == "polished"


def test_what_a_retry_may_mend_is_raised_and_shown(bird: Channel, homing: Homing) -> None:
    homing.loft.hook_failure = Unavailable("The loft is closed.")
    with pytest.raises(Unavailable):
        subscribe_account(bird.workspace_id, bird.id)
    assert (health(bird).hook_state, health(bird).hook_message) == ("failed", "The loft is closed.")

    homing.loft.hook_failure = Refused("No room.")
    subscribe_account(bird.workspace_id, bird.id)
    assert health(bird).hook_message == "No room."


def test_the_job_looks_at_the_account_afterwards(bird: Channel, homing: Homing) -> None:
    homing.loft.checks = (HealthCheck("subscription", HealthState.OK),)
    tasks.subscribe(workspace_id=str(bird.workspace_id), channel_id=str(bird.id))

    assert health(bird).checks[0]["name"] == "subscription"


def test_a_rotated_secret_is_told_too(bird: Channel, alice: User) -> None:
    fresh = rotate(bird, actor=alice)

    assert opened_ingress(Endpoint.objects.get(id=bird.endpoint_id)).signing[0] == fresh
    assert jobs("channels.subscribe") == [
        {"workspace_id": str(bird.workspace_id), "channel_id": str(bird.id)}
    ]


# --- letting go --------------------------------------------------------------------------------


def test_a_plain_account_is_let_go_at_once(channel: Channel, pigeon: Pigeon, alice: User) -> None:
    assert disconnect(channel, actor=alice)
    assert not disconnect(channel, actor=alice)

    assert Channel.objects.get(id=channel.id).state == "disconnected"
    assert not Credential.objects.exists()
    assert opened_ingress(Endpoint.objects.get(id=channel.endpoint_id)).signing == ()
    assert AuditRow.objects.filter(action="channel.disconnected").count() == 1
    assert Event.objects.filter(name="ChannelStateChanged").get().payload["state"] == "disconnected"


def test_a_network_that_calls_is_told_first_and_then_the_secrets_go(
    bird: Channel, homing: Homing
) -> None:
    disconnect(bird)
    assert Credential.objects.exists()
    assert jobs("channels.part")

    part_from(bird.workspace_id, bird.id)

    assert homing.loft.farewells[0].secrets == {"ring": "gold"}
    assert not Credential.objects.exists()


@pytest.mark.parametrize("answer", [Unavailable(), KeyError("bug")])
def test_the_secrets_go_whatever_the_network_answers(
    bird: Channel, homing: Homing, answer: Exception
) -> None:
    homing.loft.hook_failure = answer  # type: ignore[assignment]
    disconnect(bird)

    part_from(bird.workspace_id, bird.id)

    assert not Credential.objects.exists()


def test_an_account_connected_again_meanwhile_keeps_its_secrets(
    bird: Channel, homing: Homing, workspace: Workspace
) -> None:
    disconnect(bird)
    connected(workspace, network="homing", external_id="loft-7", secrets={"ring": "new"})

    part_from(bird.workspace_id, bird.id)

    assert homing.loft.farewells == []
    assert opened_account(bird).secrets["ring"] == "new"


def test_the_sweep_comes_back_to_a_goodbye_that_was_killed(bird: Channel) -> None:
    disconnect(bird)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")

    assert sweeps.part_for_good() == 1
    assert len(jobs("channels.part")) == 1
    assert sweeps.part_for_good() == 1
    assert len(jobs("channels.part")) == 1


def test_nothing_more_can_be_done_to_a_disconnected_account(bird: Channel) -> None:
    disconnect(bird)
    for act in (pause, resume, rotate_secret, rotate):
        with pytest.raises(DisconnectedChannelError):
            act(bird)


def test_an_archive_cannot_be_disconnected(channel: Channel) -> None:
    channel.state = ChannelState.READ_ONLY

    with pytest.raises(ReadOnlyChannelError):
        disconnect(channel)


# --- checks on request -------------------------------------------------------------------------


def test_a_check_is_asked_for_once_and_answered_by_the_worker(bird: Channel) -> None:
    ask_for_check(bird)
    ask_for_check(bird)
    assert len(jobs("channels.check_account")) == 1
    assert health(bird).asked_at

    tasks.check_account(workspace_id=str(bird.workspace_id), channel_id=str(bird.id))
    found = health(bird)
    assert found.checked_at
    assert found.asked_at
    assert found.checked_at >= found.asked_at


def test_a_disconnected_account_is_not_checked(bird: Channel, homing: Homing) -> None:
    disconnect(bird)
    ask_for_check(bird)
    tasks.check_account(workspace_id=str(bird.workspace_id), channel_id=str(bird.id))

    assert jobs("channels.check_account") == []
    assert homing.loft.in_transaction == []


def test_what_was_kept_for_people_who_never_came_back_is_removed(workspace: Workspace) -> None:
    for age in (timedelta(minutes=59), timedelta(minutes=61)):
        Consent.objects.create(
            workspace_id=workspace.id, user_id=workspace.id, session_digest=b"s",
            state_digest=str(age).encode(), network="carrier", sealed=b"x",
            begun_at=now() - age,
        )  # fmt: skip

    assert sweeps.forget_consents() == 1
    assert Consent.objects.count() == 1
