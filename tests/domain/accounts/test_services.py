"""First owner, links, members, tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.accounts import services
from hearwell.accounts.models import LoginLink, Membership, Role, User
from hearwell.kit.clock import now
from hearwell.kit.scope import scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty_house():
    Membership.objects.all().delete()


def set_up(secret: str) -> Membership:
    return services.set_up_first_owner(
        secret,
        name="Alice Able",
        email="Alice@Example.com",
        password="correct horse",
        workspace_name="Northwind Air",
    )


@pytest.mark.usefixtures("empty_house")
class TestFirstOwner:
    def test_the_link_makes_the_owner_once(self):
        secret = services.make_login_link()
        membership = set_up(secret)
        assert (membership.role, membership.initials) == (Role.OWNER, "AA")
        assert membership.user.email == "alice@example.com"
        assert membership.workspace.slug == "northwind-air"
        with pytest.raises(services.AlreadySetUpError):
            set_up(secret)

    def test_two_links_make_one_owner(self):
        first, second = services.make_login_link(), services.make_login_link()
        set_up(first)
        assert services.peek_login_link(second) is None
        with pytest.raises(services.AlreadySetUpError):
            set_up(second)

    def test_a_late_link_is_spent(self):
        secret = services.make_login_link()
        LoginLink.objects.update(expires_at=now() - timedelta(seconds=1))
        assert services.peek_login_link(secret) is None
        with pytest.raises(services.LinkError):
            set_up(secret)
        assert not User.objects.filter(email="alice@example.com").exists()

    def test_only_the_hash_is_kept(self):
        secret = services.make_login_link()
        assert secret.encode() not in bytes(LoginLink.objects.get().digest)

    def test_no_link_for_strangers_once_there_is_an_owner(self):
        set_up(services.make_login_link())
        with pytest.raises(services.AlreadySetUpError):
            services.make_login_link()


def test_a_sign_in_link_works_once():
    user = User.objects.create_user("dora@example.com", name="Dora")
    secret = services.make_login_link(user)
    assert services.use_sign_in_link(secret) == user
    with pytest.raises(services.LinkError):
        services.use_sign_in_link(secret)


def test_a_person_without_a_password_cannot_sign_in_with_one():
    user = User.objects.create_user("dora@example.com")
    assert not user.has_usable_password()


class TestMembers:
    @pytest.fixture
    def desk(self):
        workspace = services.create_workspace("Desk")
        owner = User.objects.create_user("olga@example.com", name="Olga Berg")
        services.add_member(workspace, owner, Role.OWNER)
        with scope(workspace.id):
            yield workspace, owner

    def test_initials_are_unique_in_a_workspace(self, desk):
        workspace, owner = desk
        made = services.add_member(
            workspace, User.objects.create_user("o2@example.com", name="Otto Bo")
        )
        assert made.initials == "OBA"
        with pytest.raises(services.InitialsTakenError):
            services.set_initials(made, "ob", by=owner)
        services.set_initials(made, "ott", by=owner)
        made.refresh_from_db()
        assert made.initials == "OTT"

    def test_a_hundred_people_of_one_name_have_initials_of_their_own(self, desk):
        workspace, _ = desk
        made = [
            services.add_member(
                workspace, User.objects.create_user(f"o{n}@example.com", name="Otto Bo")
            ).initials
            for n in range(100)
        ]
        assert made[:2] == ["OBA", "OBB"]
        assert len(set(made)) == 100
        assert all(len(one) == 3 for one in made)

    def test_the_last_owner_stays(self, desk):
        workspace, owner = desk
        with pytest.raises(services.LastOwnerError):
            services.remove_member(workspace.memberships.get(user=owner), by=owner)

    def test_tokens_speak_for_a_member_until_revoked(self, desk):
        workspace, owner = desk
        token, secret = services.make_api_token(workspace.memberships.get(user=owner), "reporting")
        found = services.member_by_token(secret)
        assert found is not None
        assert found.user == owner
        assert services.member_by_token(secret + "x") is None
        services.revoke_api_token(token)
        assert services.member_by_token(secret) is None

    def test_removing_a_member_ends_their_tokens(self, desk):
        workspace, owner = desk
        made = services.add_member(workspace, User.objects.create_user("n@example.com"))
        _, secret = services.make_api_token(made, "script")
        services.remove_member(made, by=owner)
        assert services.member_by_token(secret) is None


def test_slugs_stay_unique():
    assert [services.create_workspace("Same").slug for _ in range(3)] == [
        "same",
        "same-2",
        "same-3",
    ]


def test_preferences_merge():
    user = User.objects.create_user("dora@example.com")
    services.save_preferences(user, {"theme": "dark"})
    services.save_preferences(user, {"density": "compact"})
    assert User.objects.get(id=user.id).preferences == {"theme": "dark", "density": "compact"}
