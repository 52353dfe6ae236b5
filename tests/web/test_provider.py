"""Signing in by a provider: who is let in, and all that is not believed."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from hearwell.accounts.models import LoginLink, Membership, SignInIdentity, User
from hearwell.accounts.services.invitations import invite_member
from tests.oidc_provider import CLIENT_ID, SECRET, Provider, packed

FORM = {"name": "Example ID", "client_id": CLIENT_ID, "secret": SECRET, "act": "keep"}


@pytest.fixture
def invited(workspace, alice):
    """Nia is invited."""
    invitation, _ = invite_member(
        workspace, email="Nia@example.com", name="Nia New", role="lead", by=alice
    )
    return invitation


def leave(client: Client, provider, **query: str) -> dict[str, str]:
    """Go to the provider; return what is asked there."""
    answer = client.get(f"/login/with/{provider.id}/", query)
    assert answer.status_code == 302, answer.content.decode()
    return {k: v[0] for k, v in parse_qs(urlsplit(answer["location"]).query).items()}


def come_back(client: Client, issuer: Provider, asked: dict[str, str], **changed: str):
    """Agree there and come back."""
    url = urlsplit(issuer.authorize(asked))
    query = {k: v[0] for k, v in parse_qs(url.query).items()}
    return client.get(url.path, {**query, **changed})


def sign_in(client: Client, issuer: Provider, provider, **query: str):
    return come_back(client, issuer, leave(client, provider, **query))


def refused(answer, code: str) -> bool:
    """Say whether the answer is the page that says so, and nobody is signed in."""
    said = answer.content.decode()
    assert answer.status_code in (403, 502), said
    assert "Not signed in" in said
    assert "_auth_user_id" not in answer.client.session
    return answer.context["code"] == code


# --- who gets in -------------------------------------------------------------------------------


def test_an_invited_person_gets_in_and_the_invitation_is_used_up(client, issuer, provider, invited):
    answer = sign_in(client, issuer, provider)
    assert answer["location"] == "/"
    member = Membership.objects.get(user__email="nia@example.com")
    assert (member.role, str(member.user)) == ("lead", "Nia New")
    assert client.get("/me/").status_code == 200
    invited.refresh_from_db()
    assert invited.used_at is not None
    assert SignInIdentity.objects.get().user == member.user


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_member_is_found_by_a_verified_address_and_then_by_subject(
    client, issuer, provider, bob, algorithm
):
    issuer.email, issuer.algorithm = bob.email.upper(), algorithm
    sign_in(client, issuer, provider)
    assert client.get("/me/").status_code == 200
    issuer.email, issuer.is_verified = "moved@example.com", False
    again = Client()
    sign_in(again, issuer, provider)
    assert again.get("/me/").context["request"].user == bob
    assert User.objects.count() == 2


def test_it_goes_on_where_the_person_wanted_to_and_nowhere_else(client, issuer, provider, bob):
    issuer.email = bob.email
    assert sign_in(client, issuer, provider, next="/inbox/q/mine/")["location"] == "/inbox/q/mine/"
    assert sign_in(Client(), issuer, provider, next="https://evil.example/")["location"] == "/"


def test_the_address_may_come_from_userinfo_of_the_same_person(client, issuer, provider, bob):
    issuer.email, issuer.leaves_out = bob.email, {"email", "email_verified"}
    sign_in(client, issuer, provider)
    assert client.get("/me/").status_code == 200
    issuer.lies = {"userinfo_sub": "another"}
    assert refused(sign_in(Client(), issuer, provider), "bad_answer")


def test_a_provider_may_take_the_secret_in_the_form(client, issuer, provider, bob):
    issuer.email = bob.email
    issuer.description_lies = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    sign_in(client, issuer, provider)
    assert client.get("/me/").status_code == 200


def test_state_nonce_and_challenge_are_of_this_sign_in(client, issuer, provider):
    first, second = leave(client, provider), leave(client, provider)
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 43
        assert first[name] != second[name]
    assert first["code_challenge_method"] == "S256"
    assert first["redirect_uri"].endswith(f"/login/with/{provider.id}/back/")


def test_a_second_factor_is_asked_for_all_the_same(client, issuer, provider, bob):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(bob, generate_totp_secret())
    issuer.email = bob.email
    assert sign_in(client, issuer, provider)["location"] == "/account/2fa/authenticate/"
    assert client.get("/me/").status_code == 302


# --- who does not ------------------------------------------------------------------------------


def test_nobody_gets_an_account_by_it(client, issuer, provider):
    assert refused(sign_in(client, issuer, provider), "not_invited")
    assert not User.objects.filter(email="nia@example.com").exists()


@pytest.mark.parametrize("said", [False, "true", 1, None])
def test_an_address_that_is_not_verified_links_nobody(client, issuer, provider, bob, said):
    issuer.email, issuer.is_verified = bob.email, said
    assert refused(sign_in(client, issuer, provider), "not_verified")
    assert not SignInIdentity.objects.exists()


def test_an_invitation_that_is_over_or_withdrawn_lets_nobody_in(client, issuer, provider, invited):
    LoginLink.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert refused(sign_in(client, issuer, provider), "not_invited")


def test_an_invitation_to_another_workspace_lets_nobody_in(
    client, issuer, provider, other_workspace, alice
):
    from hearwell.accounts.scoping import scope

    with scope(other_workspace.id):
        invite_member(other_workspace, email="nia@example.com", name="", role="agent", by=alice)
    assert refused(sign_in(client, issuer, provider), "not_invited")


def test_a_provider_speaks_for_nobody_who_belongs_elsewhere_too(
    client, issuer, provider, bob, other_workspace
):
    issuer.email = bob.email
    sign_in(client, issuer, provider)
    Membership.objects.create(user=bob, workspace=other_workspace, role="owner", initials="BB")
    assert refused(sign_in(Client(), issuer, provider), "elsewhere")


def test_an_account_elsewhere_is_not_opened_by_an_invitation(
    client, issuer, provider, invited, other_workspace
):
    nia = User.objects.create_user("nia@example.com")
    Membership.objects.create(user=nia, workspace=other_workspace, role="owner", initials="NN")
    assert refused(sign_in(client, issuer, provider), "elsewhere")
    assert nia.memberships.count() == 1


def test_who_left_gets_in_no_more(client, issuer, provider, bob, bobs):
    issuer.email = bob.email
    sign_in(client, issuer, provider)
    bobs.delete()
    assert refused(sign_in(Client(), issuer, provider), "not_invited")


def test_a_closed_account_stays_closed(client, issuer, provider, bob):
    issuer.email = bob.email
    User.objects.filter(id=bob.id).update(is_active=False)
    assert refused(sign_in(client, issuer, provider), "not_invited")


def test_an_address_given_to_somebody_else_there_does_not_open_the_account(
    client, issuer, provider, bob
):
    issuer.email = bob.email
    sign_in(client, issuer, provider)
    issuer.subject = "subject-2"
    assert refused(sign_in(Client(), issuer, provider), "taken")


# --- what is not believed ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://other.example"}, {"aud": "another"}, {"aud": ["another"]}, {"aud": None},
        {"aud": [CLIENT_ID, "another"]}, {"azp": "another"}, {"nonce": "of-yesterday"},
        {"nonce": None}, {"exp": 1}, {"exp": "soon"}, {"exp": None}, {"exp": float("nan")},
        {"iat": time.time() + 3600}, {"iat": None}, {"nbf": time.time() + 3600}, {"sub": ""},
        {"sub": 7}, {"sub": "x" * 256},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_claims_something_else_is_not_believed(client, issuer, provider, bob, lie):
    issuer.email, issuer.lies = bob.email, lie
    assert refused(sign_in(client, issuer, provider), "bad_answer")


@pytest.mark.parametrize(
    "lie", [{"alg": "none"}, {"alg": "HS256"}, {"alg": None}, {"kid": "ec"}, {"kid": "unknown"},
            {"crit": ["exp"]}, {"alg": "ES256", "kid": "ec"}],
    ids=str,
)  # fmt: skip
def test_a_token_signed_otherwise_is_not_believed(client, issuer, provider, bob, lie):
    issuer.email, issuer.header_lies = bob.email, lie
    assert refused(sign_in(client, issuer, provider), "bad_answer")


def test_a_forged_signature_is_not_believed(client, issuer, provider, bob):
    issuer.email, issuer.forges = bob.email, True
    assert refused(sign_in(client, issuer, provider), "bad_answer")


@pytest.mark.parametrize(
    "token", ["", "a.b", "a.b.c.d", "ä.b.c", "x" * 20_000, f"{packed(b'[]')}.e30.AA", None, 7]
)
def test_what_is_no_token_is_not_believed(client, issuer, provider, bob, token):
    issuer.email, issuer.token_lies = bob.email, {"id_token": token}
    assert refused(sign_in(client, issuer, provider), "bad_answer")


@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "https://other.example"}, {"token_endpoint": "http://169.254.169.254/token"},
        {"authorization_endpoint": "javascript:alert(1)"}, {"jwks_uri": "file:///etc/passwd"},
        {"token_endpoint": None}, {"userinfo_endpoint": "https://127.0.0.1/"},
    ],
    ids=str,
)  # fmt: skip
def test_a_provider_that_describes_itself_wrongly_is_not_used(client, issuer, provider, lie):
    issuer.description_lies = lie
    answer = client.get(f"/login/with/{provider.id}/")
    assert refused(answer, "bad_answer")
    assert issuer.asked == ["/.well-known/openid-configuration"]


def test_a_way_back_works_once_and_only_in_the_browser_that_left(client, issuer, provider, bob):
    issuer.email = bob.email
    asked = leave(client, provider)
    assert refused(come_back(Client(), issuer, asked), "expired")
    assert refused(come_back(client, issuer, asked, state="guess"), "expired")
    # Whatever came back, the state is used up by it.
    assert refused(come_back(client, issuer, asked), "expired")


def test_an_answer_by_another_provider_is_not_taken_for_ours(client, issuer, provider, bob):
    issuer.email = bob.email
    answer = come_back(client, issuer, leave(client, provider), iss="https://other.example")
    assert refused(answer, "expired")


def test_a_way_back_lasts_ten_minutes(client, issuer, provider, bob, monkeypatch):
    issuer.email = bob.email
    asked, begun = leave(client, provider), time.time()
    monkeypatch.setattr("hearwell.web.account.provider.time.time", lambda: begun + 601)
    assert refused(come_back(client, issuer, asked), "expired")


def test_another_browsers_code_is_worth_nothing(client, issuer, provider, bob):
    """The code of one sign-in with the verifier of another: PKCE."""
    issuer.email = bob.email
    theirs, own = leave(Client(), provider), leave(client, provider)
    code = parse_qs(urlsplit(issuer.authorize(theirs)).query)["code"][0]
    assert refused(come_back(client, issuer, own, code=code), "bad_answer")


def test_who_stops_there_is_told_so(client, issuer, provider):
    asked = leave(client, provider)
    answer = client.get(
        f"/login/with/{provider.id}/back/", {"state": asked["state"], "error": "access_denied"}
    )
    assert refused(answer, "cancelled")
    assert "You stopped at Example ID" in answer.content.decode()


def test_a_provider_that_is_away_is_said_so_with_a_way_on(client, issuer, provider, bob):
    issuer.email = bob.email
    asked = leave(client, provider)
    issuer.is_down = True
    answer = come_back(client, issuer, asked)
    assert refused(answer, "bad_answer")
    assert answer.status_code == 502
    assert "/account/login/" in answer.content.decode()


def test_a_provider_inside_is_not_called_unless_listed(client, issuer, provider, settings):
    settings.HEARWELL_EGRESS_ALLOW = []
    assert refused(client.get(f"/login/with/{provider.id}/"), "unreachable")
    assert issuer.asked == []


def test_who_asks_too_often_is_told_to_wait(client, issuer, provider):
    answers = [client.get(f"/login/with/{provider.id}/") for _ in range(21)]
    assert [one.status_code for one in answers[-2:]] == [302, 429]
    assert answers[-1]["retry-after"] == "60"


def test_an_unknown_provider_is_not_found(client, db):
    assert client.get("/login/with/00000000-0000-0000-0000-000000000007/").status_code == 404


def test_another_client_forgets_who_was_linked(client, owner, issuer, provider, bob):
    issuer.email = bob.email
    sign_in(client, issuer, provider)
    owner.post(
        "/settings/sign-in/provider/", {**FORM, "issuer": issuer.url, "client_id": "another"}
    )
    assert not SignInIdentity.objects.exists()
