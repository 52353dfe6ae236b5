"""The way in for a player of scenes: several people at once, and at times gone by.

Nobody outside has the key: it is signed by this system and good for a minute. What it lets do is
what any visitor of the pages may do anyway, save for one thing: things may have happened earlier.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse

from hearwell.sandbox.api.door import RefusalError, endpoint, fields_of, text_in
from hearwell.sandbox.models import DirectMessage, Page, Post, Profile
from hearwell.sandbox.services import speaking
from hearwell.sandbox.services.speaking import SpeechRefusedError, Words

HEADER = "x-harbour-play-key"
_SALT, _GOOD_FOR_S = "hearwell.sandbox.play", 60
Step = Mapping[str, Any]


def key_for(page: Page) -> str:
    """A key for this page, good for a minute."""
    return signing.dumps(str(page.id), salt=_SALT)


@endpoint("POST", needs_token=False)
def play(request: HttpRequest, page: Page) -> HttpResponse:
    """Do steps, in order. A step that was done before, by its ``ref``, is not done again."""
    try:
        granted = signing.loads(request.headers.get(HEADER, ""), salt=_SALT, max_age=_GOOD_FOR_S)
    except signing.BadSignature:
        granted = None
    if granted != str(page.id):
        raise RefusalError(HTTPStatus.UNAUTHORIZED, "token_unknown")
    steps = fields_of(request).get("steps")
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise RefusalError(HTTPStatus.BAD_REQUEST, "no_steps")
    return JsonResponse({"done": sum(_do(page, step) for step in steps)})


def _do(page: Page, step: Step) -> int:
    """Do one step; 0 if Harbour does not take it (any more)."""
    act = _ACTS.get(text_in(step, "do"))
    if act is None:
        raise RefusalError(HTTPStatus.BAD_REQUEST, "unknown_step")
    try:
        act(page, _person(page, step), step)
    except (SpeechRefusedError, Post.DoesNotExist, DirectMessage.DoesNotExist):
        return 0
    return 1


def _person(page: Page, step: Step) -> Profile:
    if not text_in(step, "handle"):
        return page.profile
    about = {name: text_in(step, name) for name in ("handle", "bio", "place")}
    return speaking.join(page, text_in(step, "name"), **about)


def _words(step: Step) -> Words:
    at = text_in(step, "at")
    return Words(
        text_in(step, "text"),
        at=datetime.fromisoformat(at) if at else None,
        language=text_in(step, "language"),
        play_ref=text_in(step, "ref"),
    )


def _target(step: Step) -> Post | DirectMessage:
    wanted = text_in(step, "to")
    post = Post.objects.select_related("author").filter(play_ref=wanted).first()
    return post or DirectMessage.objects.select_related("customer").get(play_ref=wanted)


def _post_at(step: Step) -> Post:
    return Post.objects.select_related("author").get(play_ref=text_in(step, "to"))


def _post(page: Page, person: Profile, step: Step) -> None:
    speaking.post(page, person, _words(step), on_page=step.get("on_page") is not False)


def _comment(page: Page, person: Profile, step: Step) -> None:
    speaking.comment(page, person, _post_at(step), _words(step))


def _message(page: Page, person: Profile, step: Step) -> None:
    if person.is_brand:
        about = DirectMessage.objects.select_related("customer").get(play_ref=text_in(step, "to"))
        speaking.write(page, about.customer, _words(step), from_brand=True)
    else:
        speaking.write(page, person, _words(step))


def _edit(page: Page, person: Profile, step: Step) -> None:
    del person
    words = _words(step)
    speaking.edit(page, _target(step), words.text, words.at)


def _delete(page: Page, person: Profile, step: Step) -> None:
    del person
    speaking.delete(page, _target(step), _words(step).at)


def _like(page: Page, person: Profile, step: Step) -> None:
    speaking.like(page, person, _post_at(step), is_on=True, at=_words(step).at)


def _follow(page: Page, person: Profile, step: Step) -> None:
    speaking.follow(page, person, is_on=True, at=_words(step).at)


_ACTS: Mapping[str, Callable[[Page, Profile, Step], None]] = {
    "post": _post,
    "comment": _comment,
    "message": _message,
    "edit": _edit,
    "delete": _delete,
    "like": _like,
    "follow": _follow,
}
