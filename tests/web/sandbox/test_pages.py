"""Harbour's public pages: open to everybody where an owner opened them, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from hearwell.sandbox.models import DirectMessage, Faults, Follow, Like, Page, Post, Profile
from hearwell.sandbox.services import opening, speaking
from hearwell.sandbox.services.speaking import Words

if TYPE_CHECKING:
    from hearwell.accounts.models import User, Workspace

pytestmark = pytest.mark.django_db
HOME = "/sandbox/northwind/"


@pytest.fixture
def page(workspace: Workspace) -> Page:
    opening.open_for(workspace)
    return Page.objects.select_related("profile").get()


@pytest.fixture
def lena(page: Page, client: Client) -> Profile:
    """The test's browser plays Lena."""
    client.post(f"{HOME}join/now/", {"name": "Lena Hoff"})
    return Profile.objects.get(handle="lena_hoff")


def _html(response: HttpResponse) -> str:
    assert response.status_code == 200
    return response.content.decode()


# --- where it is ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "join/", "messages/", f"p/{UUID(int=7)}/"])
def test_there_is_nothing_before_it_is_opened(
    workspace: Workspace, client: Client, path: str
) -> None:
    assert client.get(HOME + path).status_code == 404


def test_there_is_nothing_after_it_is_closed(
    page: Page, workspace: Workspace, client: Client
) -> None:
    assert client.get(HOME).status_code == 200
    opening.close_for(workspace)
    assert client.get(HOME).status_code == 404


def test_another_workspace_has_none(page: Page, other_workspace: Workspace, client: Client) -> None:
    assert client.get("/sandbox/contoso/").status_code == 404


def test_the_web_process_may_show_it(
    page: Page, lena: Profile, client: Client, as_app_role: None
) -> None:
    assert "Northwind Air" in _html(client.get(HOME))
    client.post(f"{HOME}post/", {"text": "Hello", "where": "page"})
    assert "Hello" in _html(client.get(HOME))


# --- what people do ------------------------------------------------------------------------------


def test_a_stranger_posts_by_giving_a_name(page: Page, client: Client) -> None:
    response = client.post(f"{HOME}post/", {"name": "Tom Reed", "text": "Gate B7?"}, follow=True)
    assert "Gate B7?" in _html(response)
    assert "Tom Reed" in _html(client.get(HOME))
    assert (Post.objects.get().author.handle, Post.objects.get().on_page) == ("tom_reed", True)


def test_nothing_said_and_nobody_named_is_refused_kindly(page: Page, client: Client) -> None:
    for data in ({"text": "Hello"}, {"name": "Tom", "text": "  "}, {"name": " ", "text": "Hello"}):
        response = Client().post(f"{HOME}post/", data, follow=True)
        assert "Please give a name" in _html(response)
    assert not Post.objects.exists()


def test_what_is_heard_and_what_is_not(page: Page, lena: Profile, client: Client) -> None:
    client.post(f"{HOME}post/", {"text": "I like boats", "where": "own"})
    client.post(f"{HOME}post/", {"text": "Hello @northwindair", "where": "own"})
    told = dict(Post.objects.values_list("text", "is_told"))
    assert told == {"I like boats": False, "Hello @northwindair": True}
    assert "I like boats" not in _html(client.get(f"{HOME}?show=mentions"))
    assert "I like boats" in _html(client.get(f"{HOME}?show=all"))
    assert "Hello" not in _html(client.get(f"{HOME}?show=nonsense"))


def test_comment_like_edit_delete(page: Page, lena: Profile, client: Client) -> None:
    tom = speaking.join(page, "Tom")
    post = speaking.post(page, tom, Words("Late again"))
    url = f"{HOME}p/{post.id}/"
    client.post(f"{url}comment/", {"text": "Same here"})
    mine = Post.objects.get(parent=post)
    assert "Same here" in _html(client.get(url))
    client.post(f"{url}like/", {"on": "1"})
    assert Like.objects.count() == 1
    client.post(f"{url}like/", {"on": "0"})
    assert not Like.objects.exists()
    assert "<textarea" in _html(client.get(f"{url}?edit={mine.id}"))
    client.post(f"{HOME}p/{mine.id}/edit/", {"text": "Same here, twice"})
    shown = _html(client.get(url))
    assert "Same here, twice" in shown
    assert "edited" in shown
    client.post(f"{HOME}p/{mine.id}/delete/")
    shown = _html(client.get(url))
    assert "twice" not in shown
    assert "deleted by its author" in shown


def test_what_others_said_is_theirs(page: Page, lena: Profile, client: Client) -> None:
    tom = speaking.join(page, "Tom")
    post = speaking.post(page, tom, Words("Mine"))
    said = speaking.write(page, tom, Words("Private"))
    for url in (
        f"p/{post.id}/edit/", f"p/{post.id}/delete/",
        f"messages/{said.id}/edit/", f"messages/{said.id}/delete/",
    ):  # fmt: skip
        assert client.post(HOME + url, {"text": "Yours"}).status_code == 404
    assert Post.objects.get().text == "Mine"
    assert DirectMessage.objects.get().text == "Private"


def test_following(page: Page, lena: Profile, client: Client) -> None:
    client.post(f"{HOME}follow/", {"on": "1"})
    client.post(f"{HOME}follow/", {"on": "1"})
    assert Follow.objects.count() == 1
    assert "Following" in _html(client.get(HOME))
    client.post(f"{HOME}follow/", {"on": "0"})
    assert not Follow.objects.exists()


def test_nobody_likes_without_a_name(page: Page, client: Client) -> None:
    post = speaking.post(page, speaking.join(page, "Tom"), Words("Hello"))
    for url in (f"{HOME}p/{post.id}/like/", f"{HOME}follow/"):
        assert client.post(url, {"on": "1"}).url == f"{HOME}join/"


def test_private_messages_are_private(page: Page, lena: Profile, client: Client) -> None:
    client.post(f"{HOME}messages/write/", {"text": "My number is 0170"})
    said = speaking.write(page, lena, Words("We will call"), from_brand=True)
    assert said.read_at is None
    shown = _html(client.get(f"{HOME}messages/"))
    assert "0170" in shown
    assert "We will call" in shown
    said.refresh_from_db()
    assert said.read_at is not None
    stranger = Client()
    stranger.post(f"{HOME}join/now/", {"name": "Tom"})
    assert "0170" not in _html(stranger.get(f"{HOME}messages/"))
    client.post(f"{HOME}messages/{DirectMessage.objects.get(is_from_brand=False).id}/delete/")
    shown = _html(client.get(f"{HOME}messages/"))
    assert "0170" not in shown
    assert "This was unsent" in shown


def test_being_somebody_else_and_nobody(page: Page, lena: Profile, client: Client) -> None:
    tom = speaking.join(page, "Tom Reed")
    assert "Tom Reed" in _html(client.get(f"{HOME}join/"))
    client.post(f"{HOME}join/now/", {"profile": str(tom.id)})
    client.post(f"{HOME}post/", {"text": "As Tom"})
    assert Post.objects.get().author_id == tom.id
    client.post(f"{HOME}join/now/", {"profile": str(page.profile_id), "name": "Mallory"})
    client.post(f"{HOME}post/", {"text": "As the brand?"})
    assert not Post.objects.filter(author__is_brand=True).exists()
    client.post(f"{HOME}leave/")
    assert "Join in" in _html(client.get(HOME))


# --- what it looks like --------------------------------------------------------------------------

WORDS = "<b>bold</b> \u200fשלום\u200e 👨‍👩‍👧‍👦 @northwindair \x00 &amp; a@b.example"


def test_words_come_out_as_they_went_in(page: Page, lena: Profile, client: Client) -> None:
    client.post(f"{HOME}post/", {"text": WORDS})
    shown = _html(client.get(HOME))
    assert "&lt;b&gt;bold&lt;/b&gt; \u200fשלום\u200e 👨‍👩‍👧‍👦" in shown
    assert '<bdi class="at">@northwindair</bdi> ␀ &amp;amp; a@b.example' in shown


def test_a_very_long_text(page: Page, lena: Profile, client: Client) -> None:
    client.post(f"{HOME}post/", {"text": "ø" * 100_000})
    assert "ø" * 100_000 in _html(client.get(HOME))


def test_answers_stand_in_the_thread_and_in_the_live_part(
    page: Page, lena: Profile, client: Client
) -> None:
    post = speaking.post(page, lena, Words("My bag?"))
    live = f"{HOME}p/{post.id}/thread/"
    assert "Found it" not in _html(client.get(live))
    made = speaking.comment(page, page.profile, post, Words("Found it. ^ML"))
    for url in (live, f"{HOME}p/{post.id}/"):
        shown = _html(client.get(url))
        assert "Found it. ^ML" in shown
        assert "Official page" in shown
    assert client.get(f"{HOME}p/{made.id}/").url == f"{HOME}p/{post.id}/#c-{made.id}"
    assert "Northwind Air answered" in _html(client.get(HOME))


def test_the_feed_says_how_much_is_new(page: Page, lena: Profile, client: Client) -> None:
    first = speaking.post(page, lena, Words("One"))
    speaking.post(page, lena, Words("Two"))
    speaking.post(page, lena, Words("Three"), on_page=False)
    fresh = f"{HOME}fresh/{first.id}/"
    assert client.get(fresh).json() == {"new": 1}
    assert client.get(f"{fresh}?show=all").json() == {"new": 2}


@pytest.mark.parametrize("path", ["", "join/", "messages/"])
def test_no_inline_style_or_script(page: Page, lena: Profile, client: Client, path: str) -> None:
    shown = _html(client.get(HOME + path))
    assert not re.search(r"\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", shown)


def test_few_queries(
    page: Page, lena: Profile, client: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for n in range(20):
        post = speaking.post(page, lena, Words(f"Number {n}"))
        speaking.comment(page, lena, post, Words("And"))
    with django_assert_max_num_queries(15):
        client.get(HOME)
    with django_assert_max_num_queries(15):
        client.get(f"{HOME}p/{post.id}/")


def test_get_does_not_act(page: Page, lena: Profile, client: Client) -> None:
    assert client.get(f"{HOME}post/").status_code == 405
    assert client.post(HOME).status_code == 405


def test_forms_need_their_token(page: Page) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"{HOME}post/", {"name": "T", "text": "x"}).status_code == 403


# --- the control page ----------------------------------------------------------------------------


def test_only_owners_and_admins_control_it(
    page: Page, client: Client, bob: User, charlie: User
) -> None:
    assert client.get("/sandbox/control/").status_code == 302
    for user in (bob, charlie):
        client.force_login(user)
        assert client.get("/sandbox/control/").status_code == 403
        assert client.post("/sandbox/open/").status_code == 403


def test_an_owner_opens_and_closes(workspace: Workspace, client: Client, alice: User) -> None:
    client.force_login(alice)
    assert "Closed" in _html(client.get("/sandbox/control/"))
    assert client.get("/sandbox/open/").status_code == 405
    client.post("/sandbox/open/")
    assert "/sandbox/northwind/" in _html(client.get("/sandbox/control/"))
    channel_id = Page.objects.get().channel_id
    client.post("/sandbox/close/")
    assert client.get(HOME).status_code == 404
    client.post("/sandbox/open/")
    assert Page.objects.get().channel_id == channel_id, "opening again keeps the channel"


def test_an_owner_lets_it_misbehave(page: Page, client: Client, alice: User) -> None:
    client.force_login(alice)
    data = {"throttle": "2", "hang_after": "999", "delay_s": "x", "duplicate": "on"}
    client.post("/sandbox/control/", {**data, "has_webhook": "on"})
    page.refresh_from_db()
    faults = Faults.objects.get()
    assert (faults.throttle, faults.hang_after, faults.delay_s) == (2, 50, 0)
    assert (faults.duplicate, faults.reorder) == (True, False)
    assert (page.has_webhook, page.has_stream) == (True, False)
    client.post("/sandbox/control/expire/")
    before = page.access_expires_at
    page.refresh_from_db()
    assert page.access_expires_at < before


def test_a_next_that_leads_away_is_ignored(page: Page, client: Client, alice: User) -> None:
    client.force_login(alice)
    response = client.post("/sandbox/open/", {"next": "https://elsewhere.example/"})
    assert response.url == "/sandbox/control/"
