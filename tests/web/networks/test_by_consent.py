"""Connecting a channel by consent: away by a link, back once, within the hour."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from hearwell.accounts.models import User
from hearwell.accounts.services import add_member, create_workspace
from hearwell.channels.models import Channel, Consent
from hearwell.connect.failures import Unavailable
from hearwell.connect.health import HealthCheck, HealthState
from hearwell.kit.clock import now
from tests.characters import _member
from tests.homing import RING

CHOOSE = "/settings/networks/connect/"
FORM, CONSENT = f"{CHOOSE}homing/", f"{CHOOSE}carrier/"
BACK = "/settings/networks/authorize/"
GOOD = {"given-ring": RING, "given-perch": "north", "brand": "Northwind Air", "purpose": "care"}


# --- by consent --------------------------------------------------------------------------------


def _state(page) -> str:
    found = re.search(r'href="https://pigeon\.test/consent\?state=([^"]+)"', page.content.decode())
    assert found, page.content.decode()
    return found.group(1)


def leave(client: Client) -> str:
    return _state(client.post(CONSENT, {**GOOD, "given-server": "pigeon.test"}))


def test_the_person_is_sent_away_by_a_link_and_comes_back_connected(owner, carrier):
    state = leave(owner)
    answer = owner.get(BACK, {"state": state, "code": RING})

    channel = Channel.objects.get()
    assert answer["Location"] == f"/settings/networks/{channel.id}/ready/"
    assert (channel.network, channel.brand.name) == ("carrier", "Northwind Air")
    assert carrier.finished[0][2].endswith(BACK)
    assert not Consent.objects.exists()


def test_coming_back_twice_is_refused(owner, carrier, html):
    state = leave(owner)
    owner.get(BACK, {"state": state, "code": RING})
    again = owner.get(BACK, {"state": state, "code": RING})

    assert again.status_code == 400
    assert "was used already" in html(again)
    assert len(carrier.finished) == 1


@pytest.mark.parametrize("query", [{}, {"state": "made up", "code": RING}])
def test_a_way_back_that_was_not_begun_is_refused(owner, carrier, query, html):
    answer = owner.get(BACK, query)
    assert answer.status_code == 400
    assert 'role="alert"' in html(answer)
    assert carrier.finished == []


def test_another_session_of_the_same_person_is_refused(owner, signed_in, alice, carrier, html):
    state = leave(owner)
    elsewhere = signed_in(alice).get(BACK, {"state": state, "code": RING})

    assert elsewhere.status_code == 400
    assert "in another browser" in html(elsewhere)
    assert carrier.finished == []
    assert owner.get(BACK, {"state": state, "code": RING}).status_code == 302


def test_another_person_is_refused(owner, signed_in, workspace, carrier, html):
    state = leave(owner)
    ada = signed_in(_member(workspace, "Ada Ash", "admin", "AH"))
    answer = ada.get(BACK, {"state": state, "code": RING})

    assert "by somebody else" in html(answer)
    assert not Channel.objects.exists()


def test_after_an_hour_it_has_to_be_begun_again(owner, carrier, html):
    state = leave(owner)
    Consent.objects.update(begun_at=now() - timedelta(minutes=61))

    answer = owner.get(BACK, {"state": state, "code": RING})
    assert "more than an hour" in html(answer)
    assert carrier.finished == []


def test_a_no_there_is_a_no_here(owner, carrier, html):
    state = leave(owner)
    answer = owner.get(BACK, {"state": state, "error": "access_denied"})
    page = html(answer)

    assert answer.status_code == 422
    assert "It was not allowed on the network" in page
    assert "access_denied" in page
    assert "Connect Carrier pigeons" in page


def test_a_failed_trade_shows_the_form_again(owner, carrier, html):
    carrier.loft.checks = (HealthCheck("scopes", HealthState.BAD, "The right “coo” is missing."),)
    page = html(owner.get(BACK, {"state": leave(owner), "code": RING}))
    assert "The right “coo” is missing." in page

    carrier.loft.raises = Unavailable()
    page = html(owner.get(BACK, {"state": leave(owner), "code": RING}))
    assert "cannot be reached just now" in page
    assert not Channel.objects.exists()


def test_a_refused_server_is_said_before_anybody_leaves(owner, html):
    answer = owner.post(CONSENT, {**GOOD, "given-server": "nowhere"})
    assert answer.status_code == 422
    assert "Nobody lives there." in html(answer)
    assert not Consent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_network_is_asked_outside_any_transaction(homing, carrier):
    workspace = create_workspace("Northwind Air")
    alice = User.objects.create_user("alice@example.com", "x", name="Alice Adams")
    add_member(workspace, alice, "owner")
    client = Client()
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")

    client.post(FORM, GOOD)
    state = _state(client.post(CONSENT, {**GOOD, "given-server": "pigeon.test"}))
    client.get(BACK, {"state": state, "code": RING})

    assert homing.loft.in_transaction == [False, False]
    assert carrier.loft.in_transaction == [False, False, False]


@pytest.mark.parametrize(
    "network", ["facebook", "googlereviews", "instagram", "linkedin", "reddit", "x", "youtube"]
)
def test_what_has_to_be_entered_at_the_network_is_shown_where_it_is_asked_for(
    owner, html, network, settings
):
    page = html(owner.get(f"{CHOOSE}{network}/"))
    steps = page.partition('class="numbered"')[2].partition("</ol>")[0]
    assert steps.count(f'<code class="anywhere">{settings.HEARWELL_URL}{BACK}</code>') == 1
