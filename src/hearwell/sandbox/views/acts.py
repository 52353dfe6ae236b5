"""What people do on Harbour's pages: each a form that posts and comes back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from uuid import UUID

from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from hearwell.sandbox.models import DirectMessage, Post, Profile
from hearwell.sandbox.services import speaking
from hearwell.sandbox.services.speaking import SpeechRefusedError, Words
from hearwell.sandbox.views.visit import Visit, at_harbour

P = ParamSpec("P")
Act = Callable[Concatenate[Visit, P], HttpResponse]


def _kindly(act: Act[P]) -> Act[P]:
    """Say in words what Harbour does not take, and go back."""

    @wraps(act)
    def done(visit: Visit, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return act(visit, *args, **kwargs)
        except SpeechRefusedError:
            notices.error(visit.request, _("Please give a name and write something first."))
            return visit.back(visit.url("feed"))

    return cast("Act[P]", done)


@at_harbour("POST")
@_kindly
def join(visit: Visit) -> HttpResponse:
    """Be somebody: a new name, or a person who is there already."""
    known = _profile(visit.request.POST.get("profile", ""))
    visit.become(known or speaking.join(visit.page, visit.request.POST.get("name", "")))
    return visit.back(visit.url("feed"))


@at_harbour("POST", is_counted=False)
def leave(visit: Visit) -> HttpResponse:
    """Be nobody again."""
    visit.request.session.pop("harbour", None)
    return redirect(visit.url("feed"))


@at_harbour("POST")
@_kindly
def post(visit: Visit) -> HttpResponse:
    """Say something, on the brand's page or on one's own."""
    on_page = visit.request.POST.get("where", "page") == "page"
    made = speaking.post(visit.page, visit.speaker(), _words(visit), on_page=on_page)
    return redirect(visit.url("post", post_id=made.id))


@at_harbour("POST")
@_kindly
def comment(visit: Visit, post_id: UUID) -> HttpResponse:
    """Answer a post or a comment."""
    parent = _post(post_id)
    made = speaking.comment(visit.page, visit.speaker(), parent, _words(visit))
    return redirect(f"{visit.url('post', post_id=parent.root_id)}#c-{made.id}")


@at_harbour("POST")
@_kindly
def edit(visit: Visit, post_id: UUID) -> HttpResponse:
    """Change what one has said."""
    own = _own(visit, _post(post_id))
    speaking.edit(visit.page, own, visit.request.POST.get("text", ""))
    return redirect(f"{visit.url('post', post_id=own.root_id)}#c-{own.id}")


@at_harbour("POST")
def delete(visit: Visit, post_id: UUID) -> HttpResponse:
    """Take back what one has said."""
    own = _own(visit, _post(post_id))
    speaking.delete(visit.page, own)
    is_root = own.root_id == own.id
    return redirect(visit.url("feed") if is_root else visit.url("post", post_id=own.root_id))


@at_harbour("POST")
def like(visit: Visit, post_id: UUID) -> HttpResponse:
    """Like, or no longer."""
    target = _post(post_id)
    if visit.viewer is None:
        return _ask_who(visit)
    is_on = visit.request.POST.get("on") == "1"
    speaking.like(visit.page, visit.viewer, target, is_on=is_on)
    return visit.back(visit.url("post", post_id=target.root_id))


@at_harbour("POST")
def follow(visit: Visit) -> HttpResponse:
    """Follow the brand's page, or no longer."""
    if visit.viewer is None:
        return _ask_who(visit)
    speaking.follow(visit.page, visit.viewer, is_on=visit.request.POST.get("on") == "1")
    return visit.back(visit.url("feed"))


@at_harbour("POST")
@_kindly
def write(visit: Visit) -> HttpResponse:
    """Write to the brand in private."""
    speaking.write(visit.page, visit.speaker(), _words(visit))
    return redirect(visit.url("messages"))


@at_harbour("POST")
@_kindly
def edit_message(visit: Visit, message_id: UUID) -> HttpResponse:
    """Change a private message."""
    own = _own_message(visit, message_id)
    speaking.edit(visit.page, own, visit.request.POST.get("text", ""))
    return redirect(visit.url("messages"))


@at_harbour("POST")
def delete_message(visit: Visit, message_id: UUID) -> HttpResponse:
    """Unsend a private message."""
    speaking.delete(visit.page, _own_message(visit, message_id))
    return redirect(visit.url("messages"))


def _words(visit: Visit) -> Words:
    return Words(visit.request.POST.get("text", ""))


def _ask_who(visit: Visit) -> HttpResponse:
    notices.info(visit.request, _("Choose a name first."))
    return redirect(visit.url("join"))


def _profile(profile_id: str) -> Profile | None:
    try:
        wanted = UUID(profile_id)
    except ValueError:
        return None
    return Profile.objects.filter(id=wanted, is_brand=False).first()


def _post(post_id: UUID) -> Post:
    posts = Post.objects.select_related("author")
    found = posts.filter(id=post_id, deleted_at=None).first()
    if found is None:
        raise Http404
    return found


def _own(visit: Visit, said: Post) -> Post:
    if visit.viewer is None or said.author_id != visit.viewer.id:
        raise Http404
    return said


def _own_message(visit: Visit, message_id: UUID) -> DirectMessage:
    said = DirectMessage.objects.select_related("customer")
    found = said.filter(id=message_id, customer=visit.viewer, is_from_brand=False).first()
    if found is None:
        raise Http404
    return found
