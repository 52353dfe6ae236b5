"""Signing in: a link works once, a person's settings are their own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.accounts.models import LoginLink, Membership, User
from hearwell.accounts.services import make_login_link
from hearwell.kit.clock import now
from hearwell.web.preferences import Preferences, preferences_of

OWNER = {
    "workspace_name": "Northwind Air",
    "name": "Mara Lind",
    "email": "mara@example.com",
    "password": "correct horse battery",
}


def test_the_first_owner_is_made_by_the_link_and_signed_in(client, db):
    url = f"/login/link/{make_login_link()}/"
    assert "Who are you?" in client.get(url).content.decode()
    done = client.post(url, OWNER, follow=True)
    assert done.redirect_chain[-1][0] == "/setup/"
    member = Membership.objects.get()
    assert (member.role, member.initials, str(member.workspace)) == ("owner", "ML", "Northwind Air")


def test_looking_at_a_link_does_not_use_it_up(client, db):
    url = f"/login/link/{make_login_link()}/"
    for _ in range(3):
        assert client.get(url).status_code == 200


def test_a_link_works_once(client, db):
    url = f"/login/link/{make_login_link()}/"
    client.post(url, OWNER)
    again = client.post(url, {**OWNER, "email": "eve@example.com"})
    assert again.status_code == 410
    assert "no longer works" in again.content.decode()
    assert User.objects.count() == 1


def test_a_link_lasts_fifteen_minutes(client, db):
    url = f"/login/link/{make_login_link()}/"
    LoginLink.objects.update(expires_at=now() - timedelta(seconds=1))
    assert client.get(url).status_code == 410


def test_a_made_up_link_is_no_link(client, db):
    assert client.get("/login/link/guess/").status_code == 410


def test_the_address_of_a_link_does_not_travel_on(client, db):
    page = client.get(f"/login/link/{make_login_link()}/")
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "changes", [{"email": "nobody"}, {"password": "12345678"}, {"name": "a\x00b"}, {"name": ""}]
)
def test_a_bad_form_is_said_in_words_and_leaves_the_link(client, db, changes):
    url = f"/login/link/{make_login_link()}/"
    assert client.post(url, {**OWNER, **changes}).status_code == 422
    assert not User.objects.exists()
    assert client.post(url, OWNER).status_code == 302


def test_a_sign_in_link_signs_in_after_a_press(client, bob):
    url = f"/login/link/{make_login_link(bob)}/"
    assert "Bob Brown" in client.get(url).content.decode()
    client.post(url)
    assert client.get("/me/").status_code == 200
    assert client.post(url).status_code == 410


def test_login_leads_to_the_sign_in_page_and_on(client, db):
    assert client.get("/login/?next=/c/1/")["Location"] == "/account/login/?next=/c/1/"
    page = client.get("/account/login/").content.decode()
    assert "Use a passkey" in page
    assert 'autocomplete="current-password"' in page


def test_a_wrong_password_is_said_without_saying_which_part(client, bob):
    form = {"login": bob.email, "password": "wrong"}
    page = client.post("/account/login/", form).content.decode()
    assert 'role="alert"' in page
    assert page.count('aria-invalid="true"') == 2


def test_look_and_keys_are_saved_and_shown(agent, bob):
    form = {"theme": "dark", "density": "compact", "undo_s": "20", "initials": "BB"}
    agent.post("/me/", form)
    page = agent.get("/inbox/").content.decode()
    assert 'data-theme="dark"' in page
    assert 'data-density="compact"' in page
    assert '"keys": false' in page
    bob.refresh_from_db()
    assert preferences_of(bob) == Preferences("dark", "compact", has_single_keys=False, undo_s=20)


def test_initials_are_letters_and_ones_own(agent, alice, bobs):
    for taken in ("AA", "A1", "ABCD", ""):
        assert agent.post("/me/", {"initials": taken}).status_code == 422
    agent.post("/me/", {"initials": "bx"})
    bobs.refresh_from_db()
    assert bobs.initials == "BX"


@pytest.mark.parametrize("stored", [{"theme": 7, "undo_s": "x"}, {"undo_s": 900}, {"density": "?"}])
def test_odd_settings_never_break_a_page(agent, bob, stored):
    bob.preferences = stored
    bob.save()
    assert agent.get("/inbox/").status_code == 200
    assert preferences_of(bob).undo_s in {10, 30}


def test_a_workspace_that_is_not_ones_own_cannot_be_chosen(agent, other_workspace):
    agent.post("/me/workspace/", {"workspace": str(other_workspace.id)})
    assert "Northwind Air" in agent.get("/inbox/").content.decode()


@pytest.mark.parametrize("page", ["", "totp/activate/", "webauthn/", "webauthn/add/"])
def test_the_pages_of_passkeys_and_the_second_factor_open(agent, page):
    agent.post("/account/reauthenticate/", {"password": "correct horse"})
    assert agent.get(f"/account/2fa/{page}").status_code == 200
