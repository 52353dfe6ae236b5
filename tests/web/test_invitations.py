"""Invitations: for one person, once, for a day; they open nobody's account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import AuditRow, LoginLink, Membership, User
from hearwell.accounts.services import LinkError
from hearwell.accounts.services.invitations import (
    AlreadyMemberError,
    SomebodyElseError,
    accept_invitation,
    invite_member,
)
from hearwell.kit.clock import now
from tests.characters import _member

PEOPLE = "/settings/people/"


@pytest.fixture
def invite(workspace, alice):
    """Invite somebody by Alice; return (invitation, secret)."""

    def made(email: str = "nia@example.com", role: str = "lead"):
        return invite_member(workspace, email=email, name="Nia New", role=role, by=alice)

    return made


def test_it_makes_account_and_membership_when_it_is_accepted(client, invite, workspace):
    _, secret = invite()
    page = client.get(f"/login/link/{secret}/").content.decode()
    assert "Join Northwind Air" in page
    assert not User.objects.filter(email="nia@example.com").exists()
    client.post(f"/login/link/{secret}/")
    member = Membership.objects.get(user__email="nia@example.com")
    assert (member.role, member.initials, str(member.user)) == ("lead", "NN", "Nia New")
    assert client.get("/me/").status_code == 200
    assert Client().post(f"/login/link/{secret}/").status_code == 410


def test_only_its_hash_is_kept_and_it_is_audited_without_it(invite):
    invitation, secret = invite("Nia@Example.com")
    assert secret.encode() not in bytes(invitation.digest)
    row = AuditRow.objects.get(action="member.invited")
    assert (row.actor_name, row.after) == (
        "Alice Adams", {"email": "nia@example.com", "role": "lead"}
    )  # fmt: skip
    assert secret not in str(row.after)


def test_it_lasts_a_day(client, invite):
    invitation, secret = invite()
    assert timedelta(hours=23) < invitation.expires_at - now() <= timedelta(hours=24)
    LoginLink.objects.update(expires_at=now() - timedelta(seconds=1))
    assert client.post(f"/login/link/{secret}/").status_code == 410
    with pytest.raises(LinkError):
        accept_invitation(secret)


def test_inviting_again_ends_the_earlier_one(client, invite):
    _, first = invite()
    _, second = invite()
    assert client.get(f"/login/link/{first}/").status_code == 410
    assert client.get(f"/login/link/{second}/").status_code == 200


def test_nobody_is_a_member_twice(invite, bob):
    with pytest.raises(AlreadyMemberError):
        invite(bob.email.upper())


def test_the_link_opens_nobodys_account(client, invite, other_workspace):
    """An admin who invites somebody of another house holds a link: it must not be theirs."""
    eve = _member(other_workspace, "Eve Ek", "owner", "EE")
    _, secret = invite(eve.email)
    answer = client.post(f"/login/link/{secret}/")
    assert answer["location"].startswith("/account/login/?next=/login/link/")
    assert "_auth_user_id" not in client.session
    assert eve.memberships.count() == 1


def test_who_has_an_account_accepts_signed_in_as_themselves(
    invite, signed_in, other_workspace, bob
):
    eve = _member(other_workspace, "Eve Ek", "owner", "EE")
    _, secret = invite(eve.email)
    wrong = signed_in(bob).post(f"/login/link/{secret}/")
    assert wrong.status_code == 403
    assert "for somebody else" in wrong.content.decode()
    theirs = signed_in(eve)
    theirs.post(f"/login/link/{secret}/")
    assert eve.memberships.count() == 2
    assert "Northwind Air" in theirs.get("/me/").content.decode()


def test_a_closed_account_is_not_opened(invite, charlie):
    _, secret = invite(charlie.email)
    User.objects.filter(id=charlie.id).update(is_active=False)
    charlie.refresh_from_db()
    with pytest.raises(SomebodyElseError):
        accept_invitation(secret)
    with pytest.raises(LinkError):
        accept_invitation(secret, signed_in=charlie)


def test_who_invites_learns_nothing_of_who_exists(owner, charlie):
    """The same page and the same statements, whether there is an account or not."""
    from django.db import connection

    pages, work = [], []
    owner.post(f"{PEOPLE}invite/", {"email": "warm@example.com", "role": "agent"})
    for email in (charlie.email, "nobody@example.com"):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = owner.post(f"{PEOPLE}invite/", {"email": email, "name": "X", "role": "agent"})
        pages.append(answer.content.decode().count("/login/link/"))
        work.append([query["sql"].split()[0] for query in asked.captured_queries])
        LoginLink.objects.update(used_at=now())
    assert pages == [1, 1]
    assert work[0] == work[1]
    assert "Charlie" not in owner.get(PEOPLE).content.decode()


def test_an_invitation_is_withdrawn(owner, client, invite):
    invitation, secret = invite()
    assert "nia@example.com" in owner.get(PEOPLE).content.decode()
    owner.post(f"{PEOPLE}invited/{invitation.id}/withdraw/")
    assert "nia@example.com" not in owner.get(PEOPLE).content.decode()
    assert client.get(f"/login/link/{secret}/").status_code == 410
    assert AuditRow.objects.filter(action="member.invitation_withdrawn").count() == 1
    assert owner.post(f"{PEOPLE}invited/{invitation.id}/withdraw/").status_code == 404


def test_another_workspaces_invitation_is_not_found(signed_in, invite, other_workspace):
    invitation, _ = invite()
    eve = signed_in(_member(other_workspace, "Eve Ek", "owner", "EE"))
    assert eve.post(f"{PEOPLE}invited/{invitation.id}/withdraw/").status_code == 404


def test_a_sign_in_link_is_made_only_for_who_works_here_alone(owner, bob, bobs, other_workspace):
    made = owner.post(f"{PEOPLE}{bobs.id}/", {"act": "link"})
    assert "/login/link/" in made.content.decode()
    Membership.objects.create(user=bob, workspace=other_workspace, role="owner", initials="BB")
    refused = owner.post(f"{PEOPLE}{bobs.id}/", {"act": "link"})
    assert refused.status_code == 422
    assert "/login/link/" not in refused.content.decode()


def test_inviting_is_limited(owner):
    form = {"email": "no address", "role": "agent"}
    said = [owner.post(f"{PEOPLE}invite/", form).status_code for _ in range(31)]
    assert said == [422] * 30 + [429]


def test_guessing_at_links_is_limited(client, db):
    said = [client.post("/login/link/guess/").status_code for _ in range(21)]
    assert said == [410] * 20 + [429]
