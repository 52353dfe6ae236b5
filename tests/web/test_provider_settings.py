"""An owner declares a provider: asked before it is kept, its secret sealed, all of it audited."""

from __future__ import annotations

import httpx
import pytest

from hearwell.accounts.models import AuditRow
from hearwell.accounts.services.providers import client_of
from tests.oidc_provider import CLIENT_ID, SECRET

FORM = {"name": "Example ID", "client_id": CLIENT_ID, "secret": SECRET, "act": "keep"}


def test_an_owner_declares_it_and_it_stands_on_the_sign_in_page(
    owner, client, issuer, workspace, signed_in
):
    answer = owner.post("/settings/sign-in/provider/", {**FORM, "issuer": issuer.url}, follow=True)
    assert "It answered as it should" in answer.content.decode()
    page = owner.get("/settings/sign-in/").content.decode()
    assert SECRET not in page
    assert "/back/" in page
    assert "Sign in with Example ID" in client.get("/account/login/").content.decode()
    row = AuditRow.objects.get(action="workspace.sign_in_provider")
    assert SECRET not in str(row.after)


def test_the_secret_is_sealed_to_its_row_and_kept_when_left_empty(owner, issuer, provider):
    assert SECRET.encode() not in bytes(provider.sealed)
    owner.post("/settings/sign-in/provider/", {**FORM, "issuer": issuer.url, "secret": ""})
    provider.refresh_from_db()
    assert client_of(provider).secret == SECRET


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"issuer": "http://169.254.169.254"}, "must be an https address"),
        ({"issuer": "https://127.0.0.1"}, "must be an https address"),
        ({"issuer": ""}, "Fill in"),
        ({"secret": ""}, "Fill in the secret"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(owner, issuer, change, said):
    form = {**FORM, "issuer": issuer.url, **change}
    answer = owner.post("/settings/sign-in/provider/", form)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not AuditRow.objects.filter(action="workspace.sign_in_provider").exists()


def test_what_is_no_provider_is_said(owner, issuer):
    issuer.description_lies = {"issuer": "https://other.example"}
    answer = owner.post("/settings/sign-in/provider/", {**FORM, "issuer": issuer.url})
    assert "another name" in answer.content.decode()
    issuer.is_down = True
    answer = owner.post("/settings/sign-in/provider/", {**FORM, "issuer": issuer.url})
    assert answer.status_code == 422


def test_it_can_be_trusted_no_longer(client, owner, issuer, provider):
    owner.post("/settings/sign-in/provider/", {"act": "drop"})
    assert client.get(f"/login/with/{provider.id}/").status_code == 404
    assert AuditRow.objects.filter(action="workspace.sign_in_provider").count() == 2


def test_only_owners_declare_one(agent, signed_in, workspace, issuer):
    from tests.characters import _member

    admin = signed_in(_member(workspace, "Ada Ash", "admin", "AH"))
    for one in (agent, admin):
        assert one.get("/settings/sign-in/").status_code == 403
        assert one.post("/settings/sign-in/provider/", FORM).status_code == 403


def test_the_provider_of_the_tests_is_a_real_one(issuer):
    with httpx.Client() as asking:
        said = asking.get(f"{issuer.url}/.well-known/openid-configuration").json()
        assert said["issuer"] == issuer.url
        assert asking.post(f"{issuer.url}/token", data={"code": "guess"}).status_code == 400
