"""A second factor for everybody: asked by owners, with time for it, and no way around."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from hearwell.accounts.access import POLICY_ATTRIBUTE
from hearwell.accounts.models import AuditRow, Membership, Workspace
from hearwell.accounts.services.factors import ask_for_factor, forget_factors, has_factor
from hearwell.kit.clock import now
from tests.architecture.test_urls import OURS

PAGE, GATE = "/settings/sign-in/", "/login/second-factor/"


@pytest.fixture
def alice_has_one(alice):
    """Alice has a code from an app."""
    TOTP.activate(alice, generate_totp_secret())
    return alice


@pytest.fixture
def asked(alice_has_one, workspace):
    """The workspace asks for one, now."""
    ask_for_factor(workspace, 0, by=alice_has_one)


def test_who_has_none_is_led_to_set_one_up_and_sees_nothing_else(agent, asked):
    for address, entry in OURS:
        if getattr(entry.callback, POLICY_ATTRIBUTE, "public") == "public":
            continue
        for method in ("get", "post"):
            answer = getattr(agent, method)(address)
            assert (answer.status_code, answer.get("location")) == (302, GATE), address
    page = agent.get(GATE).content.decode()
    assert "Northwind Air" in page
    assert "/account/2fa/totp/activate/" in page
    assert "/account/2fa/webauthn/add/" in page


def test_the_pages_on_the_way_show_nothing_of_the_workspace(agent, asked, workspace):
    agent.post("/account/reauthenticate/", {"password": "correct horse"})
    for path in ("/account/2fa/", "/account/2fa/totp/activate/", "/account/password/change/"):
        answer = agent.get(path)
        assert answer.status_code == 200
        page = answer.content.decode()
        assert 'href="/inbox/' not in page
        assert 'href="/settings/' not in page
        assert str(workspace.id) not in page
        assert answer.context["waiting_sends"]() == ()


def test_setting_one_up_lets_them_in(agent, asked, bob):
    agent.post("/account/reauthenticate/", {"password": "correct horse"})
    page = agent.get("/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(secret, counter))
    agent.post("/account/2fa/totp/activate/", {"code": code})
    assert has_factor(bob)
    assert agent.get("/me/").status_code == 200
    assert agent.get(GATE)["location"] == "/"


def test_recovery_codes_alone_are_no_factor(agent, asked, bob):
    Authenticator.objects.create(user=bob, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert agent.get("/me/")["location"] == GATE


def test_taking_the_last_one_away_leads_back(owner, asked, alice):
    assert owner.get("/me/").status_code == 200
    Authenticator.objects.filter(user=alice).delete()
    assert owner.get("/me/")["location"] == GATE


def test_there_is_time_for_it_and_a_line_says_so(agent, owner, alice_has_one, workspace):
    ask_for_factor(workspace, 7, by=alice_has_one)
    page = agent.get("/me/").content.decode()
    assert "nobody gets in here without a second factor" in page
    assert "nobody gets in here without" not in owner.get("/me/").content.decode()
    Workspace.objects.update(second_factor_from=now() - timedelta(seconds=1))
    assert agent.get("/me/")["location"] == GATE


def test_an_owner_without_one_cannot_lock_everybody_out(owner, workspace):
    answer = owner.post(f"{PAGE}factor/", {"grace": "0"})
    assert answer.status_code == 422
    assert "Set one up for yourself first" in answer.content.decode()
    workspace.refresh_from_db()
    assert workspace.second_factor_from is None


def test_an_owner_asks_and_stops_asking_audited(owner, alice_has_one, workspace, bob):
    page = owner.get(PAGE).content.decode()
    assert "Bob Brown" in page
    owner.post(f"{PAGE}factor/", {"grace": "7"})
    workspace.refresh_from_db()
    assert timedelta(days=6) < workspace.second_factor_from - now() <= timedelta(days=7)
    assert "From " in owner.get(PAGE).content.decode()
    owner.post(f"{PAGE}factor/", {"grace": "off"})
    workspace.refresh_from_db()
    assert workspace.second_factor_from is None
    assert AuditRow.objects.filter(action="workspace.second_factor").count() == 2
    owner.post(f"{PAGE}factor/", {"grace": "off"})
    assert AuditRow.objects.filter(action="workspace.second_factor").count() == 2


@pytest.mark.parametrize("grace", ["", "1", "-1", "soon", "0 "])
def test_a_time_that_is_none_of_ours_is_refused(owner, alice_has_one, grace):
    assert owner.post(f"{PAGE}factor/", {"grace": grace}).status_code == 422


def test_only_owners_ask_for_it(agent, signed_in, workspace):
    from tests.characters import _member

    admin = signed_in(_member(workspace, "Ada Ash", "admin", "AH"))
    for one in (agent, admin):
        assert one.post(f"{PAGE}factor/", {"grace": "0"}).status_code == 403


def test_another_workspace_of_theirs_stays_open(agent, asked, bob, other_workspace):
    Membership.objects.create(user=bob, workspace=other_workspace, role="owner", initials="BB")
    assert "Contoso Rail" in agent.get(GATE).content.decode()
    agent.post("/me/workspace/", {"workspace": str(other_workspace.id)})
    assert agent.get("/me/").status_code == 200


def test_the_page_is_for_who_is_kept_out(client, agent, bob):
    assert client.get(GATE)["location"].startswith("/account/login/")
    assert agent.get(GATE)["location"] == "/"
    assert client.post("/me/workspace/").status_code == 302


def test_whoever_runs_the_server_helps_who_lost_theirs(owner, asked, alice):
    from click.testing import CliRunner

    from hearwell.config.operating import login_link

    Authenticator.objects.create(user=alice, type=Authenticator.Type.RECOVERY_CODES, data={})
    made = CliRunner().invoke(login_link, [alice.email, "--forget-second-factor"])
    assert made.exit_code == 0, made.output
    path = made.output.strip().splitlines()[-1].partition("//")[2].partition("/")[2]
    came = Client()
    came.post(f"/{path}")
    assert came.get("/me/")["location"] == GATE
    assert not Authenticator.objects.filter(user=alice).exists()
    assert AuditRow.objects.get(action="member.factors_forgotten").before == {"factors": 2}


def test_forgetting_says_how_many(alice_has_one):
    assert forget_factors(alice_has_one) == 1
    assert forget_factors(alice_has_one) == 0
