"""Connecting a channel by a form: choose, fill in, be told what is wrong, go live."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from hearwell.accounts.models import AuditRow
from hearwell.channels.models import Channel
from hearwell.channels.queries import hook_path
from hearwell.channels.services import connect_channel
from hearwell.connect.connecting import FieldRefused
from hearwell.connect.failures import ScopeMissing, Unavailable
from hearwell.connect.health import HealthCheck, HealthState
from tests.homing import RING

CHOOSE = "/settings/networks/connect/"
FORM, CONSENT = f"{CHOOSE}homing/", f"{CHOOSE}carrier/"
BACK = "/settings/networks/authorize/"
GOOD = {"given-ring": RING, "given-perch": "north", "brand": "Northwind Air", "purpose": "care"}


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


def test_every_network_that_can_be_connected_is_offered(owner, html):
    page = html(owner.get(CHOOSE))
    for name in ("Harbour", "Homing pigeons", "Carrier pigeons"):
        assert name in page
    assert f'href="{CHOOSE}archive/"' not in page


@pytest.mark.parametrize(
    ("words", "found"), [("homing", True), ("  HOMING p", True), ("mentions", True), ("fax", False)]
)
def test_networks_are_searched_by_name_and_by_what_they_bring(owner, words, found, html):
    page = html(owner.get(CHOOSE, {"q": words}))
    assert (f'href="{FORM}"' in page) is found
    assert ("No network of that name" in page) is not found


# --- the form ----------------------------------------------------------------------------------


def test_the_form_says_what_to_do_and_asks_what_the_connector_wants(owner, html):
    page = html(owner.get(FORM))
    assert "Put a ring on a pigeon." in page
    assert 'href="https://pigeon.test/rings" target="_blank" rel="noopener noreferrer"' in page
    assert 'name="given-ring" type="password"' in page
    assert "On its left leg." in page
    assert '<option value="south" selected>' in page
    assert "checked" in page
    assert "every 0 s" not in page


def test_where_the_network_cannot_call_us_it_is_said(owner, settings: Settings, html):
    settings.HEARWELL_URL = "http://localhost:8000"
    assert "can call only a public https address" in html(owner.get(FORM))
    settings.HEARWELL_URL = "https://care.northwind.com"
    assert "can call only a public https address" not in html(owner.get(FORM))
    assert "can call only" not in html(owner.get(f"{CHOOSE}sandbox/"))


def test_a_good_answer_goes_live(owner, workspace, homing, html):
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


def test_what_is_missing_is_said_at_its_field_and_nobody_is_asked(owner, homing, html):
    answer = owner.post(FORM, {"brand": " ", "purpose": "fun"})
    page = html(answer)

    assert answer.status_code == 422
    assert homing.given == []
    assert 'id="f-ring-error"' in page
    assert 'aria-describedby="f-ring-error f-ring-hint" aria-invalid="true"' in page
    assert "Please name the brand" in page
    assert "Please choose what the account is for" in page


def test_what_the_network_refuses_is_said_at_its_field(owner, html):
    answer = owner.post(FORM, {**GOOD, "given-ring": "ring-canary"})
    page = html(answer)

    assert answer.status_code == 422
    assert "No pigeon wears this ring." in page
    assert '<option value="north" selected>' in page
    assert "ring-canary" not in page
    assert not Channel.objects.exists()


def test_a_field_that_is_not_drawn_is_spoken_of_at_the_top(owner, homing, html):
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
def test_other_failures_have_words_and_a_code(owner, homing, failure, words, html):
    homing.loft.raises = failure
    page = html(owner.post(FORM, GOOD))
    assert words in page
    assert "Try again" in page


def test_a_bad_check_keeps_nothing_and_shows_every_check(owner, homing, html):
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


def test_connecting_again_begins_with_what_is_known(owner, channel, html):
    page = html(owner.get(FORM, {"channel": channel.id}))
    assert "Connect @northwind again" in page
    assert '<option value="north" selected>' in page
    assert f'name="channel" value="{channel.id}"' in page


def test_connecting_again_as_another_account_is_refused_in_words(owner, channel, homing, html):
    homing.loft.external_id, homing.loft.handle = "loft-8", "@other"
    page = html(owner.post(FORM, {**GOOD, "channel": channel.id}))

    assert "You are signed in as @other there" in page
    assert Channel.objects.count() == 1


def test_the_same_name_under_another_id_is_asked_about_once(owner, channel, homing, html):
    homing.loft.external_id = "loft-8"
    page = html(owner.post(FORM, GOOD))
    assert "connected already, as another account with the same name (loft-7)" in page
    assert 'name="sure"' in page

    owner.post(FORM, {**GOOD, "sure": "1"})
    assert Channel.objects.count() == 2


@pytest.mark.parametrize("wanted", ["", "nonsense", "01a21443-992d-7353-83f2-50406117712c"])
def test_an_account_that_is_none_of_ours_is_none(owner, channel, wanted, html):
    assert "Connect Homing pigeons" in html(owner.get(FORM, {"channel": wanted}))


# --- what networks can do ----------------------------------------------------------------------


def test_the_abilities_of_every_network_are_shown(owner, html):
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


@pytest.mark.parametrize(("network", "is_shown"), [("phone", True), ("sms", False)])
def test_the_address_to_call_is_shown_where_a_person_has_to_enter_it(
    owner, workspace, html, network, is_shown
):
    made = connect_channel(
        workspace_id=workspace.id, network=network, handle="+4930123456",
        external_id="+4930123456", brand="Northwind Air",
    )  # fmt: skip
    page = html(owner.get(f"/settings/networks/{made.id}/ready/"))
    assert (str(hook_path(made)) in page) is is_shown
