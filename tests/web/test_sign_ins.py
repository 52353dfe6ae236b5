"""Where one is signed in, and how it ends; limits on trying; resets that tell nothing."""

from __future__ import annotations

import re
import time

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client

from hearwell.accounts.models import AuditRow, SignIn
from hearwell.accounts.services import make_login_link, signins
from hearwell.web.account.browsers import named

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
WRONG = {"password": "wrong"}


@pytest.fixture
def elsewhere(signed_in, bob):
    """Bob in a second browser."""
    made = signed_in(bob)
    made.get("/me/", headers={"user-agent": FIREFOX})
    return made


def row_of(client: Client) -> SignIn:
    return SignIn.objects.get(session_key=client.session.session_key)


def test_every_browser_is_listed_with_device_address_and_time(agent, elsewhere):
    SignIn.objects.filter(id=row_of(elsewhere).id).update(agent=FIREFOX, address="192.0.2.7")
    page = agent.get("/me/sign-ins/").content.decode()
    assert "Firefox, Linux" in page
    assert "192.0.2.7" in page
    assert page.count("this one") == 1
    assert agent.get("/me/sign-ins/").context["rows"][0]["is_here"]


def test_one_browser_is_signed_out(agent, elsewhere):
    agent.post(f"/me/sign-ins/{row_of(elsewhere).id}/end/")
    assert elsewhere.get("/me/").status_code == 302
    assert agent.get("/me/").status_code == 200
    assert len(agent.get("/me/sign-ins/").context["rows"]) == 1


def test_all_others_are_signed_out(agent, elsewhere, signed_in, bob, owner):
    third = signed_in(bob)
    page = agent.post("/me/sign-ins/others/end/", follow=True).content.decode()
    assert "2 browsers are signed out." in page
    assert [one.get("/me/").status_code for one in (elsewhere, third)] == [302, 302]
    assert agent.get("/me/").status_code == owner.get("/me/").status_code == 200


def test_somebody_elses_browser_is_not_found(agent, owner):
    assert agent.post(f"/me/sign-ins/{row_of(owner).id}/end/").status_code == 404
    assert owner.get("/me/").status_code == 200


def test_an_admin_signs_a_person_out_everywhere(owner, agent, elsewhere, bobs):
    owner.post(f"/settings/people/{bobs.id}/", {"act": "sign_out"})
    assert [one.get("/me/").status_code for one in (agent, elsewhere)] == [302, 302]
    assert AuditRow.objects.get(action="member.signed_out").after == {"browsers": 2}
    assert owner.get("/me/").status_code == 200


def test_an_agent_signs_nobody_else_out(agent, owner, alices):
    answer = agent.post(f"/settings/people/{alices.id}/", {"act": "sign_out"})
    assert answer.status_code == 403
    assert owner.get("/me/").status_code == 200


def test_who_came_before_this_was_kept_is_noted_at_the_next_page(agent):
    SignIn.objects.all().delete()
    session = agent.session
    session.pop("signed_in_as_noted")
    session.save()
    agent.get("/me/")
    assert row_of(agent).address == "127.0.0.1"


def test_being_seen_is_written_every_five_minutes_at_most(agent, monkeypatch, budget):
    agent.get("/me/")
    before = row_of(agent).seen_at
    agent.get("/me/")
    assert row_of(agent).seen_at == before
    later = time.time() + 301
    monkeypatch.setattr("hearwell.accounts.services.signins.time.time", lambda: later)
    agent.get("/me/")
    assert row_of(agent).seen_at > before


def test_a_new_password_keeps_this_browser_and_ends_the_others(agent, elsewhere):
    form = {"oldpassword": "correct horse", "password1": "battery staple horse"}
    agent.post("/account/password/change/", {**form, "password2": form["password1"]})
    assert elsewhere.get("/me/").status_code == 302
    assert agent.get("/me/").status_code == 200
    rows = agent.get("/me/sign-ins/").context["rows"]
    assert [one["is_here"] for one in rows if one["row"].session_key == row_of(agent).session_key]


def test_signing_out_takes_it_off_the_list(agent, elsewhere):
    elsewhere.post("/account/logout/")
    assert len(agent.get("/me/sign-ins/").context["rows"]) == 1


def test_an_address_that_is_none_is_left_out(rf, bob, agent):
    assert signins._address("unix:") is None
    assert signins._address("2001:DB8::1") == "2001:db8::1"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox, Linux"),
        ("Mozilla/5.0 (iPhone; like Mac OS X) CriOS/140 Safari/604", "Chrome, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("curl/8.5", "Some program"),
        ("", "Some program"),
    ],
)  # fmt: skip
def test_browsers_have_names(agent, name):
    assert named(agent) == name


# --- links and the second factor ---------------------------------------------------------------


def test_a_link_stands_for_the_password_not_for_the_second_factor(client, bob):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(bob, generate_totp_secret())
    answer = client.post(f"/login/link/{make_login_link(bob)}/")
    assert answer["location"] == "/account/2fa/authenticate/"
    assert client.get("/me/").status_code == 302


# --- resets ------------------------------------------------------------------------------------


def reset_link(letter: mail.EmailMessage) -> str:
    found = re.search(r"http://\S+/account/password/reset/key/\S+", letter.body)
    assert found, letter.body
    return found.group().partition("testserver")[2]


def set_new(client: Client, path: str, words: str = "battery staple horse"):
    form = client.get(path)
    at = form["location"] if form.status_code == 302 else path
    return client.post(at, {"password1": words, "password2": words})


def test_a_reset_answers_alike_and_works_alike_for_known_and_unknown(client, bob):
    answers = []
    for email in (bob.email, "nobody@example.com"):
        answer = client.post("/account/password/reset/", {"email": email}, follow=True)
        page = re.sub(
            r'value="[^"]{20,}"|nonce="[^"]+"|csrf": "[^"]+"', "", answer.content.decode()
        )
        answers.append((answer.status_code, answer.redirect_chain, page))
    assert answers[0] == answers[1]
    # A letter goes to either, so that the time taken tells nothing.
    assert [letter.to for letter in mail.outbox] == [[bob.email], ["nobody@example.com"]]
    assert "/reset/key/" not in mail.outbox[1].body


def test_a_reset_works_once_ends_other_browsers_and_signs_nobody_in(client, agent, bob):
    client.post("/account/password/reset/", {"email": bob.email})
    path = reset_link(mail.outbox[0])
    set_new(client, path)
    bob.refresh_from_db()
    assert bob.check_password("battery staple horse")
    assert client.get("/me/").status_code == 302
    assert agent.get("/me/").status_code == 302
    set_new(Client(), path, "another one entirely")
    bob.refresh_from_db()
    assert not bob.check_password("another one entirely")


def test_a_reset_lasts_an_hour(client, bob, settings):
    assert django_settings.PASSWORD_RESET_TIMEOUT == 3600
    client.post("/account/password/reset/", {"email": bob.email})
    settings.PASSWORD_RESET_TIMEOUT = -1
    set_new(client, reset_link(mail.outbox[0]))
    bob.refresh_from_db()
    assert bob.check_password("correct horse")


def test_a_sign_in_hashes_as_often_for_the_unknown_as_for_the_known(client, bob, monkeypatch):
    made = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: made.append(1) or encode(*args))
    pages = []
    for email in (bob.email, "nobody@example.com"):
        made.clear()
        page = client.post("/account/login/", {"login": email, **WRONG}).content.decode()
        pages.append((len(made), 'role="alert"' in page))
    assert pages[0] == pages[1]


# --- limits ------------------------------------------------------------------------------------


def test_wrong_passwords_for_one_person_are_limited_in_words(client, bob):
    said = [
        client.post("/account/login/", {"login": bob.email, **WRONG}).content.decode()
        for _ in range(6)
    ]
    assert "Too many failed login attempts" not in said[4]
    assert "Too many failed login attempts" in said[5]
    right = {"login": bob.email, "password": "correct horse"}
    assert client.post("/account/login/", right).status_code == 200
    assert "_auth_user_id" not in client.session


def test_the_limits_hold_for_all_processes_together():
    """They are counted in a table, not in the memory of one process."""
    assert django_settings.CACHES["default"]["BACKEND"].endswith("db.DatabaseCache")


def test_resets_are_limited_in_words(client, db):
    said = [
        client.post("/account/password/reset/", {"email": f"n{n}@example.com"}) for n in range(11)
    ]
    assert [one.status_code for one in said[-2:]] == [302, 429]
    assert "Wait a minute" in said[-1].content.decode()


def test_codes_of_a_second_factor_are_limited(client, bob):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(bob, generate_totp_secret())
    client.post("/account/login/", {"login": bob.email, "password": "correct horse"})
    said = [
        client.post("/account/2fa/authenticate/", {"code": f"{n:06d}"}).content.decode()
        for n in range(6)
    ]
    assert "Too many failed login attempts" in said[5]
