"""Connecting a channel in the browser: choose, fill in, be told, go live; also by consent."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from hearwell.accounts.models import AuditRow
from hearwell.channels.models import (
    Channel,
    ChannelHealth,
    ChannelState,
    Consent,
    Credential,
)
from hearwell.channels.services import connect_channel
from hearwell.connect import registry
from hearwell.connect.failures import ScopeMissing, Unavailable
from hearwell.connect.model import HealthCheck, HealthState
from hearwell.kit.clock import now
from hearwell.kit.seal import make_keys
from tests.homing import RING, Carrier, Homing

CHOOSE = "/settings/networks/connect/"
FORM, CONSENT = f"{CHOOSE}homing/", f"{CHOOSE}carrier/"
BACK = "/settings/networks/authorize/"
GOOD = {"given-ring": RING, "given-perch": "north", "brand": "Northwind Air", "purpose": "care"}


@pytest.fixture(autouse=True, scope="session")
def _keys() -> None:
    make_keys(Path(django_settings.HEARWELL_KEYS))


@pytest.fixture(autouse=True)
def homing(monkeypatch: pytest.MonkeyPatch) -> Homing:
    connector = Homing()
    monkeypatch.setitem(registry._connectors, "homing", connector)
    return connector


@pytest.fixture(autouse=True)
def carrier(monkeypatch: pytest.MonkeyPatch) -> Carrier:
    connector = Carrier()
    monkeypatch.setitem(registry._connectors, "carrier", connector)
    return connector


def html(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def channel(workspace):
    return connect_channel(
        workspace_id=workspace.id, network="homing", handle="@northwind", external_id="loft-7",
        brand="Northwind Air", settings={"perch": "north"}, secrets={"ring": RING},
    )  # fmt: skip


# --- who, and how much it asks of the database -------------------------------------------------

PAGES = (CHOOSE, FORM, CONSENT, "/settings/networks/abilities/")


@pytest.mark.parametrize("url", PAGES)
def test_every_page_opens_within_its_budget(owner, channel, url, budget):
    owner.get(url)
    with budget(15):
        assert owner.get(url).status_code == 200


@pytest.mark.parametrize("end", ["", "ready/", "disconnect/"])
def test_so_do_those_of_an_account(owner, channel, end, budget):
    url = f"/settings/networks/{channel.id}/{end}"
    owner.get(url)
    with budget(15):
        assert owner.get(url).status_code == 200


@pytest.mark.parametrize("url", [CHOOSE, FORM, BACK, "/settings/networks/abilities/"])
def test_they_are_closed_to_agents(agent, url):
    assert agent.get(url).status_code == 403


def test_an_agent_connects_nothing(agent, homing):
    assert agent.post(FORM, GOOD).status_code == 403
    assert homing.given == []


@pytest.mark.parametrize("network", ["archive", "nowhere"])
def test_what_cannot_be_connected_has_no_page(owner, network):
    assert owner.get(f"{CHOOSE}{network}/").status_code == 404
    assert owner.post(f"{CHOOSE}{network}/", GOOD).status_code == 404


# --- choosing ----------------------------------------------------------------------------------


def test_every_network_that_can_be_connected_is_offered(owner):
    page = html(owner.get(CHOOSE))
    for name in ("Harbour", "Homing pigeons", "Carrier pigeons"):
        assert name in page
    assert f'href="{CHOOSE}archive/"' not in page


@pytest.mark.parametrize(
    ("words", "found"), [("homing", True), ("  HOMING p", True), ("mentions", True), ("fax", False)]
)
def test_networks_are_searched_by_name_and_by_what_they_bring(owner, words, found):
    page = html(owner.get(CHOOSE, {"q": words}))
    assert (f'href="{FORM}"' in page) is found
    assert ("No network of that name" in page) is not found


# --- the form ----------------------------------------------------------------------------------


def test_the_form_says_what_to_do_and_asks_what_the_connector_wants(owner):
    page = html(owner.get(FORM))
    assert "Put a ring on a pigeon." in page
    assert 'href="https://pigeon.test/rings" target="_blank" rel="noopener noreferrer"' in page
    assert 'name="given-ring" type="password"' in page
    assert "On its left leg." in page
    assert '<option value="south" selected>' in page
    assert "checked" in page
    assert "every 0 s" not in page


def test_where_the_network_cannot_call_us_it_is_said(owner, settings: Settings):
    settings.HEARWELL_URL = "http://localhost:8000"
    assert "can call only a public https address" in html(owner.get(FORM))
    settings.HEARWELL_URL = "https://care.northwind.com"
    assert "can call only a public https address" not in html(owner.get(FORM))
    assert "can call only" not in html(owner.get(f"{CHOOSE}sandbox/"))


def test_a_good_answer_goes_live(owner, workspace, homing):
    answer = owner.post(FORM, GOOD)

    channel = Channel.objects.get()
    assert answer["Location"] == f"/settings/networks/{channel.id}/ready/"
    assert homing.given == [{"ring": RING, "perch": "north", "loud": ""}]
    assert (channel.brand.name, channel.purpose) == ("Northwind Air", "care")
    page = html(owner.get(answer["Location"]))
    assert "@northwind is connected" in page
    assert "What happens next" in page
    assert "Signed in" in page
    assert AuditRow.objects.get(action="channel.connected").actor_name == "Alice Adams"


@pytest.mark.django_db(transaction=True)
def test_the_network_is_asked_outside_any_transaction(homing, carrier):
    from hearwell.accounts.models import User
    from hearwell.accounts.services import add_member, create_workspace

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


def test_what_is_missing_is_said_at_its_field_and_nobody_is_asked(owner, homing):
    answer = owner.post(FORM, {"brand": " ", "purpose": "fun"})
    page = html(answer)

    assert answer.status_code == 422
    assert homing.given == []
    assert 'id="f-ring-error"' in page
    assert 'aria-describedby="f-ring-error f-ring-hint" aria-invalid="true"' in page
    assert "Please name the brand" in page
    assert "Please choose what the account is for" in page


def test_what_the_network_refuses_is_said_at_its_field(owner):
    answer = owner.post(FORM, {**GOOD, "given-ring": "ring-canary"})
    page = html(answer)

    assert answer.status_code == 422
    assert "No pigeon wears this ring." in page
    assert '<option value="north" selected>' in page
    assert "ring-canary" not in page
    assert not Channel.objects.exists()


def test_a_field_that_is_not_drawn_is_spoken_of_at_the_top(owner, homing):
    from hearwell.connect.connecting import FieldRefused

    homing.loft.raises = FieldRefused(field_name="", message="The whole form is odd.")
    page = html(owner.post(FORM, GOOD))
    assert "<b>Not connected.</b> The whole form is odd." in page


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Unavailable(network_code="503"), "cannot be reached just now"),
        (ScopeMissing("The right “coo” is missing."), "The right “coo” is missing."),
        (RuntimeError("bug"), "It has been noted."),
    ],
)
def test_other_failures_have_words_and_a_code(owner, homing, failure, words):
    homing.loft.raises = failure
    page = html(owner.post(FORM, GOOD))
    assert words in page
    assert "Try again" in page


def test_a_bad_check_keeps_nothing_and_shows_every_check(owner, homing):
    homing.loft.checks = (
        HealthCheck("credentials", HealthState.OK),
        HealthCheck("scopes", HealthState.BAD, "The right “answer” is missing."),
    )
    answer = owner.post(FORM, GOOD)
    page = html(answer)

    assert answer.status_code == 422
    assert "What Homing pigeons answered" in page
    assert "The right “answer” is missing." in page
    assert "Signed in" in page
    assert not Channel.objects.exists()


# --- again, and as somebody else ----------------------------------------------------------------


def test_connecting_again_begins_with_what_is_known(owner, channel):
    page = html(owner.get(FORM, {"channel": channel.id}))
    assert "Connect @northwind again" in page
    assert '<option value="north" selected>' in page
    assert f'name="channel" value="{channel.id}"' in page


def test_connecting_again_as_another_account_is_refused_in_words(owner, channel, homing):
    homing.loft.external_id, homing.loft.handle = "loft-8", "@other"
    page = html(owner.post(FORM, {**GOOD, "channel": channel.id}))

    assert "You are signed in as @other there" in page
    assert Channel.objects.count() == 1


def test_the_same_name_under_another_id_is_asked_about_once(owner, channel, homing):
    homing.loft.external_id = "loft-8"
    page = html(owner.post(FORM, GOOD))
    assert "connected already, as another account with the same name (loft-7)" in page
    assert 'name="sure"' in page

    owner.post(FORM, {**GOOD, "sure": "1"})
    assert Channel.objects.count() == 2


@pytest.mark.parametrize("wanted", ["", "nonsense", "01a21443-992d-7353-83f2-50406117712c"])
def test_an_account_that_is_none_of_ours_is_none(owner, channel, wanted):
    assert "Connect Homing pigeons" in html(owner.get(FORM, {"channel": wanted}))


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


def test_coming_back_twice_is_refused(owner, carrier):
    state = leave(owner)
    owner.get(BACK, {"state": state, "code": RING})
    again = owner.get(BACK, {"state": state, "code": RING})

    assert again.status_code == 400
    assert "was used already" in html(again)
    assert len(carrier.finished) == 1


@pytest.mark.parametrize("query", [{}, {"state": "made up", "code": RING}])
def test_a_way_back_that_was_not_begun_is_refused(owner, carrier, query):
    answer = owner.get(BACK, query)
    assert answer.status_code == 400
    assert 'role="alert"' in html(answer)
    assert carrier.finished == []


def test_another_session_of_the_same_person_is_refused(owner, signed_in, alice, carrier):
    state = leave(owner)
    elsewhere = signed_in(alice).get(BACK, {"state": state, "code": RING})

    assert elsewhere.status_code == 400
    assert "in another browser" in html(elsewhere)
    assert carrier.finished == []
    assert owner.get(BACK, {"state": state, "code": RING}).status_code == 302


def test_another_person_is_refused(owner, signed_in, workspace, carrier):
    from tests.characters import _member

    state = leave(owner)
    ada = signed_in(_member(workspace, "Ada Ash", "admin", "AH"))
    answer = ada.get(BACK, {"state": state, "code": RING})

    assert "by somebody else" in html(answer)
    assert not Channel.objects.exists()


def test_after_an_hour_it_has_to_be_begun_again(owner, carrier):
    state = leave(owner)
    Consent.objects.update(begun_at=now() - timedelta(minutes=61))

    answer = owner.get(BACK, {"state": state, "code": RING})
    assert "more than an hour" in html(answer)
    assert carrier.finished == []


def test_a_no_there_is_a_no_here(owner, carrier):
    state = leave(owner)
    answer = owner.get(BACK, {"state": state, "error": "access_denied"})
    page = html(answer)

    assert answer.status_code == 422
    assert "It was not allowed on the network" in page
    assert "access_denied" in page
    assert "Connect Carrier pigeons" in page


def test_a_failed_trade_shows_the_form_again(owner, carrier):
    carrier.loft.checks = (HealthCheck("scopes", HealthState.BAD, "The right “coo” is missing."),)
    page = html(owner.get(BACK, {"state": leave(owner), "code": RING}))
    assert "The right “coo” is missing." in page

    carrier.loft.raises = Unavailable()
    page = html(owner.get(BACK, {"state": leave(owner), "code": RING}))
    assert "cannot be reached just now" in page
    assert not Channel.objects.exists()


def test_a_refused_server_is_said_before_anybody_leaves(owner):
    answer = owner.post(CONSENT, {**GOOD, "given-server": "nowhere"})
    assert answer.status_code == 422
    assert "Nobody lives there." in html(answer)
    assert not Consent.objects.exists()


# --- the account's page ------------------------------------------------------------------------


def test_the_page_tells_lag_allowance_and_how_long_the_sign_in_lasts(owner, channel):
    ChannelHealth.objects.update(
        state="ok",
        checked_at=now(),
        lag_s=4.2,
        expires_at=now() + timedelta(days=3, hours=1),
        allowance={"used": 95, "limit": 100, "per_s": 3600, "resets_at": now().isoformat()},
    )
    for url in ("/settings/networks/", f"/settings/networks/{channel.id}/"):
        page = html(owner.get(url))
        assert "4 s" in page
        assert "95 % until" in page
        assert "Sign in again by" in page


def test_a_check_is_asked_for_and_its_result_waited_for(owner, channel):
    url = f"/settings/networks/{channel.id}/"
    assert owner.post(f"{url}check/").status_code == 302
    page = html(owner.get(url))
    assert "Asking the network" in page
    assert 'hx-trigger="every 1s"' in page

    ChannelHealth.objects.update(checked_at=now() + timedelta(seconds=1))
    assert "Asking the network" not in html(owner.get(url))

    ChannelHealth.objects.update(asked_at=now() - timedelta(seconds=31), checked_at=None)
    assert "nothing has looked yet" in html(owner.get(url))


def test_a_new_secret_is_shown_once(owner, channel):
    url = f"/settings/networks/{channel.id}/"
    page = html(owner.post(f"{url}state/", {"act": "rotate"}))
    secret = re.search(r"<code class=\"anywhere\">([^<]+)</code>", page)
    assert secret
    assert secret.group(1) not in html(owner.get(url))


def test_disconnecting_asks_once_and_keeps_everything_but_the_secrets(owner, channel):
    url = f"/settings/networks/{channel.id}/"
    assert "Everything that was said stays" in html(owner.get(f"{url}disconnect/"))
    assert Channel.objects.get().state == ChannelState.ACTIVE

    owner.post(f"{url}disconnect/")
    page = html(owner.get(url))
    assert "This account is disconnected." in page
    assert "Connect again" in page
    for gone in ("Pause", "New webhook secret", "Check now", "Stop sending from here"):
        assert gone not in page
    assert Channel.objects.get().state == ChannelState.DISCONNECTED
    assert Credential.objects.exists()  # until the job has told the network
    assert "Disconnected" in html(owner.get("/settings/networks/"))


@pytest.mark.parametrize("act", ["pause", "resume", "rotate"])
def test_a_disconnected_account_can_only_be_connected_again(owner, channel, act):
    url = f"/settings/networks/{channel.id}/"
    owner.post(f"{url}disconnect/")
    page = html(owner.post(f"{url}state/", {"act": act}, follow=True))
    assert Channel.objects.get().state == ChannelState.DISCONNECTED
    assert "disconnected" in page


def test_an_unknown_act_is_none(owner, channel):
    url = f"/settings/networks/{channel.id}/state/"
    assert owner.post(url, {"act": "explode"}).status_code == 404


def test_an_archive_is_not_disconnected(owner, channel):
    Channel.objects.update(state=ChannelState.READ_ONLY)
    owner.post(f"/settings/networks/{channel.id}/disconnect/")
    assert Channel.objects.get().state == ChannelState.READ_ONLY


# --- what networks can do ----------------------------------------------------------------------


def test_the_abilities_of_every_network_are_shown(owner):
    page = html(owner.get("/settings/networks/abilities/"))
    for words in (
        "Homing pigeons",
        "Harbour",
        "Archive",
        "It calls us",
        "Every 15 s.",
        "Never twice",
    ):
        assert words in page
