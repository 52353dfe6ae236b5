"""Consent on the network's page: sent away once, taken back once, by the same person."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from pytest_django import Settings

from hearwell.accounts.models import User, Workspace
from hearwell.accounts.scoping import scope
from hearwell.channels.models import Consent
from hearwell.channels.services.consent import (
    Begun,
    ConsentDenied,
    ConsentExpiredError,
    ConsentOfOtherError,
    ConsentUnknownError,
    begin_consent,
    finish_consent,
    keep_consent,
    take_back,
)
from hearwell.channels.services.trying import ConnectorBroke, NotConnectableError, Wish
from hearwell.connect import registry
from hearwell.connect.connecting import FieldRefused
from hearwell.kit.ids import uuid7
from tests.homing import RING, Carrier, Homing

WISH = Wish("carrier", "Northwind", "both", channel_id=uuid7(), is_sure=True)
BACK = "https://care.northwind.com/settings/networks/authorize/"


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> Carrier:
    connector = Carrier()
    monkeypatch.setitem(registry._connectors, "carrier", connector)
    return connector


@pytest.fixture
def away(workspace: Workspace, carrier: Carrier, alice: User) -> Begun:
    """Alice has gone to the network's page."""
    begun = begin_consent("carrier", {"server": "pigeon.test"}, BACK)
    keep_consent(workspace.id, begun, WISH, user=alice, session_mark="mark")
    return begun


def test_she_comes_back_and_what_was_kept_is_there(
    workspace: Workspace, away: Begun, alice: User, carrier: Carrier
) -> None:
    returned = take_back(workspace.id, away.state, user=alice, session_mark="mark")
    trial = finish_consent(returned, {"code": RING, "state": away.state}, BACK)

    assert returned.wish == WISH
    assert trial.connected.external_id == "loft-7"
    keep, query, url = carrier.finished[0]
    assert keep == {"verifier": "pkce", "server": "pigeon.test"}
    assert (query["code"], url) == (RING, BACK)
    assert away.host == "pigeon.test"
    assert away.state in away.departure.url


def test_nothing_that_was_kept_can_be_read_at_rest(away: Begun) -> None:
    row = Consent.objects.get()
    stored = bytes(row.sealed) + bytes(row.state_digest) + bytes(row.session_digest)

    assert b"pkce" not in stored
    assert away.state.encode() not in stored
    assert b"mark" not in stored
    assert away.state not in repr(away)
    assert "pkce" not in repr(away)


def test_it_is_good_once(workspace: Workspace, away: Begun, alice: User) -> None:
    take_back(workspace.id, away.state, user=alice, session_mark="mark")

    with pytest.raises(ConsentUnknownError):
        take_back(workspace.id, away.state, user=alice, session_mark="mark")


@pytest.mark.parametrize("state", ["", "made up", "\x00"])
def test_a_state_that_is_not_ours_is_refused(
    workspace: Workspace, away: Begun, alice: User, state: str
) -> None:
    with pytest.raises(ConsentUnknownError):
        take_back(workspace.id, state, user=alice, session_mark="mark")


def test_another_person_or_session_is_refused_and_spoils_nothing(
    workspace: Workspace, away: Begun, alice: User, bob: User
) -> None:
    with pytest.raises(ConsentOfOtherError):
        take_back(workspace.id, away.state, user=bob, session_mark="mark")
    with pytest.raises(ConsentOfOtherError):
        take_back(workspace.id, away.state, user=alice, session_mark="another")

    assert take_back(workspace.id, away.state, user=alice, session_mark="mark")


def test_another_workspace_knows_nothing_of_it(
    workspace: Workspace, other_workspace: Workspace, away: Begun, alice: User
) -> None:
    with scope(other_workspace.id), pytest.raises(ConsentUnknownError):
        take_back(other_workspace.id, away.state, user=alice, session_mark="mark")


def test_after_an_hour_the_way_back_is_closed(
    workspace: Workspace, away: Begun, alice: User
) -> None:
    begun_at = Consent.objects.get().begun_at
    with (
        time_machine.travel(begun_at + timedelta(minutes=61)),
        pytest.raises(ConsentExpiredError),
    ):
        take_back(workspace.id, away.state, user=alice, session_mark="mark")


def test_what_was_sealed_for_another_row_does_not_open(
    workspace: Workspace, away: Begun, alice: User, carrier: Carrier
) -> None:
    other = begin_consent("carrier", {"server": "pigeon.test"}, BACK)
    keep_consent(workspace.id, other, WISH, user=alice, session_mark="mark")
    rows = list(Consent.objects.order_by("id"))
    Consent.objects.filter(id=rows[1].id).update(sealed=bytes(rows[0].sealed))

    with pytest.raises(ConsentUnknownError):
        take_back(workspace.id, other.state, user=alice, session_mark="mark")


def test_a_no_on_the_networks_page_has_words(
    workspace: Workspace, away: Begun, alice: User, carrier: Carrier
) -> None:
    returned = take_back(workspace.id, away.state, user=alice, session_mark="mark")

    with pytest.raises(ConsentDenied) as caught:
        finish_consent(returned, {"error": "access_denied"}, BACK)
    assert caught.value.network_code == "access_denied"
    assert carrier.finished == []


def test_a_departure_leads_to_a_web_page_and_nowhere_else(carrier: Carrier) -> None:
    carrier.page = "javascript:alert(1)//"

    with pytest.raises(ConnectorBroke):
        begin_consent("carrier", {"server": "pigeon.test"}, BACK)


def test_a_refused_field_comes_through(carrier: Carrier) -> None:
    with pytest.raises(FieldRefused):
        begin_consent("carrier", {"server": "nowhere"}, BACK)


def test_a_network_without_a_page_of_consent_has_none(
    carrier: Carrier, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setitem(registry._connectors, "homing", Homing())

    with pytest.raises(NotConnectableError):
        begin_consent("homing", {}, BACK)
