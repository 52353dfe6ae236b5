"""Nobody can flood an opened sandbox: one visitor no more than everybody together."""

from __future__ import annotations

import pytest
from django.test import Client

from hearwell.kit.buckets import Buckets
from hearwell.sandbox.models import Page, Post, Profile
from hearwell.sandbox.services import opening
from hearwell.sandbox.views import pace

pytestmark = pytest.mark.django_db
HOME = "/sandbox/northwind/"


class Hand:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def page(workspace) -> Page:
    opening.open_for(workspace)
    return Page.objects.get()


@pytest.fixture
def hand(monkeypatch) -> Hand:
    """Three acts a minute for one, five for all."""
    hand = Hand()
    monkeypatch.setattr(pace, "ONE", Buckets(burst=3, per_s=3 / 60, clock=hand))
    monkeypatch.setattr(pace, "ALL", Buckets(burst=5, per_s=5 / 60, clock=hand))
    return hand


def say(client: Client, text: str = "Hello", *, at: str = "203.0.113.7"):
    return client.post(f"{HOME}post/", {"name": "Lena", "text": text}, REMOTE_ADDR=at)


def test_one_visitor_is_asked_for_a_moment_and_loses_nothing(page, hand, client):
    for _ in range(3):
        assert say(client).status_code == 302
    slow = say(client, "Where is <my> bag?")
    assert slow.status_code == 429
    assert slow["Retry-After"] == "20"
    shown = slow.content.decode()
    assert "Try again in 20 seconds; nothing of" in shown
    assert "Where is &lt;my&gt; bag?</textarea>" in shown
    assert f'action="{HOME}post/"' in shown
    assert Post.objects.count() == 3
    hand.now = 20.0
    assert say(client).status_code == 302


def test_a_new_name_or_browser_is_no_way_around(page, hand):
    for _ in range(3):
        say(Client())
    assert say(Client()).status_code == 429
    assert Profile.objects.filter(is_brand=False).count() == 3


def test_another_visitor_is_free_until_all_together_are_too_many(page, hand, client):
    for _ in range(3):
        say(client, at="203.0.113.7")
    assert say(Client(), at="203.0.113.8").status_code == 302
    assert say(Client(), at="203.0.113.9").status_code == 302
    assert say(Client(), at="203.0.113.10").status_code == 429


@pytest.mark.parametrize(
    "act",
    ["join/now/", "post/", "follow/", "messages/write/", "p/{post}/comment/", "p/{post}/like/",
     "p/{post}/edit/", "p/{post}/delete/"],
)  # fmt: skip
def test_every_act_counts(page, hand, client, act):
    say(client)
    post = Post.objects.get()
    for _ in range(3):
        answer = client.post(HOME + act.format(post=post.id), REMOTE_ADDR="203.0.113.7")
    assert answer.status_code == 429


def test_looking_and_leaving_are_free(page, hand, client):
    for _ in range(9):
        assert client.get(HOME).status_code == 200
        assert client.post(f"{HOME}leave/").status_code == 302


def test_a_sandbox_of_another_workspace_counts_for_itself(page, hand, client, other_workspace):
    opening.open_for(other_workspace)
    for _ in range(3):
        say(client)
    theirs = client.post(
        f"/sandbox/{other_workspace.slug}/post/", {"name": "L", "text": "hi"},
        REMOTE_ADDR="203.0.113.7",
    )  # fmt: skip
    assert theirs.status_code == 302


def test_members_of_the_workspace_play_as_they_like(page, hand, bob):
    client = Client()
    client.force_login(bob, backend="allauth.account.auth_backends.AuthenticationBackend")
    answers = [say(client).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]  # all together still are not more than five


def test_no_limit_is_a_limit_too(page, monkeypatch, client):
    monkeypatch.setattr(pace, "ONE", pace.buckets_of(0))
    monkeypatch.setattr(pace, "ALL", pace.buckets_of(0))
    assert {say(client).status_code for _ in range(30)} == {302}
