"""The endpoints that a brand's software uses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from hearwell.connect.textrule import Graphemes
from hearwell.kit.clock import now
from hearwell.kit.sniff import ENOUGH, type_of
from hearwell.sandbox import queries, shapes
from hearwell.sandbox.api import streaming
from hearwell.sandbox.api.door import RefusalError, endpoint, fields_of, text_in
from hearwell.sandbox.models import Page, Picture, Post, Profile
from hearwell.sandbox.rules import (
    LONGEST_ALT,
    MOST_PICTURES,
    PICTURE_BYTES,
    PICTURE_TYPES,
    PRIVATE_LIMIT,
    PRIVATE_WINDOW_DAYS,
    PUBLIC_LIMIT,
)
from hearwell.sandbox.services import opening, speaking

_MOST = 200
_FOUND, _LONGEST_SEARCH = 50, 200
_IS_NUMBER = re.compile(r"[0-9]{1,18}")


@endpoint("GET")
def me(request: HttpRequest, page: Page) -> HttpResponse:
    """Whose token this is and what it may do."""
    del request
    body = shapes.person(page.profile) | {
        "page": str(page.profile_id),
        "followers": queries.counts(None)["followers"],
        "scopes": ["read", "write"] if page.may_write else ["read"],
        "webhook": page.has_webhook,
        "stream": page.has_stream,
        "expires_at": shapes.moment(page.access_expires_at),
    }
    return JsonResponse(body)


@endpoint("POST", needs_token=False)
def token(request: HttpRequest, page: Page) -> HttpResponse:
    """New tokens for a refresh token, which is good once."""
    del page  # whose token it is, the token says
    given = text_in(fields_of(request), "refresh_token")
    tried = (opening.renew_tokens(one, given) for one in queries.speaking_pages())
    renewed = next((tokens for tokens in tried if tokens is not None), None)
    if renewed is None:
        raise RefusalError(HTTPStatus.UNAUTHORIZED, "token_unknown")
    access, refresh = renewed
    return JsonResponse({"access_token": access, "refresh_token": refresh})


@endpoint("POST", writes=True)
def comments(request: HttpRequest, page: Page) -> HttpResponse:
    """Answer a post or comment in public, in the brand's name."""
    fields = fields_of(request)
    parent = _live_post(text_in(fields, "in_reply_to"))
    words = _words(fields, PUBLIC_LIMIT)
    made = speaking.comment(page, page.profile, parent, words)
    return JsonResponse(shapes.post_item(page, made), status=HTTPStatus.CREATED)


@endpoint("POST", writes=True)
def messages(request: HttpRequest, page: Page) -> HttpResponse:
    """Write to a customer in private: only to one who wrote first, and not after the window."""
    if page.is_sister:
        raise RefusalError(HTTPStatus.FORBIDDEN, "not_allowed")
    fields = fields_of(request)
    customer = Profile.objects.filter(id=_uuid(text_in(fields, "to")), is_brand=False).first()
    if customer is None:
        raise RefusalError(HTTPStatus.NOT_FOUND, "target_gone")
    wrote_at = queries.last_private(customer.id)
    if wrote_at is None:
        raise RefusalError(HTTPStatus.FORBIDDEN, "not_allowed")
    if now() - wrote_at > timedelta(days=PRIVATE_WINDOW_DAYS):
        raise RefusalError(HTTPStatus.FORBIDDEN, "window_closed")
    made = speaking.write(page, customer, _words(fields, PRIVATE_LIMIT), from_brand=True)
    return JsonResponse(shapes.message_item(page, made), status=HTTPStatus.CREATED)


@endpoint("GET")
def events(request: HttpRequest, page: Page) -> HttpResponse:
    """What happened after a number; ``next`` is where to go on."""
    after, limit = _number(request, "after"), min(_number(request, "limit") or _MOST, _MOST)
    found = queries.entries_after(after, limit, for_sister=page.is_sister)
    last = found[-1].seq if found else after
    body = {
        "page": str(page.profile_id),
        "entries": [entry.body for entry in found],
        "next": str(last),
        "more": last < page.last_seq,
    }
    return JsonResponse(body)


@endpoint("GET")
def stream(request: HttpRequest, page: Page) -> HttpResponseBase:
    """The same, as it happens, a line each; nothing if the page does not stream."""
    if not page.has_stream:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    after = _number(request, "after") or page.last_seq
    return streaming.lines(page, after)


@endpoint("GET")
def search(request: HttpRequest, page: Page) -> HttpResponse:
    """What anybody said in public with these words, newest first; ``next`` is where to go on."""
    words = request.GET.get("q", "").strip()[:_LONGEST_SEARCH]
    if not words:
        raise RefusalError(HTTPStatus.BAD_REQUEST, "no_words")
    return _listed(page, queries.found_posts(words, _before(request), _FOUND))


@endpoint("GET")
def timeline(request: HttpRequest, page: Page) -> HttpResponse:
    """What somebody said in public, by handle or id, newest first; ``next`` is where to go on."""
    author = queries.profile_of(request.GET.get("of", ""))
    if author is None:
        raise RefusalError(HTTPStatus.NOT_FOUND, "target_gone")
    return _listed(page, queries.posts_by(author, _before(request), _FOUND))


def _before(request: HttpRequest) -> datetime:
    return _moment(request.GET.get("before", "")) or now() + timedelta(minutes=1)


def _listed(page: Page, found: Sequence[Post]) -> HttpResponse:
    entries = [shapes.item_entry(page, post, "created", post.created_at) for post in found]
    body = {"page": str(page.profile_id), "entries": entries}
    if len(found) == _FOUND:
        body["next"] = shapes.moment(found[-1].created_at)
    return JsonResponse(body)


@endpoint("GET")
def sent(request: HttpRequest, page: Page) -> HttpResponse:
    """What the brand has said below a post or to a person, for reading back."""
    kind, target = request.GET.get("kind", ""), _uuid(request.GET.get("target", ""))
    since = _moment(request.GET.get("since", ""))
    if since is None:
        raise RefusalError(HTTPStatus.BAD_REQUEST, "no_since")
    found = queries.sent_since(page, kind, target, since)
    return JsonResponse({"items": [shapes.item(page, row) for row in found]})


@endpoint("GET")
def items(request: HttpRequest, page: Page, item_id: UUID) -> HttpResponse:
    """One post, comment or message, as the entry that announced it."""
    del request
    row = queries.live_item(item_id)
    if row is None:
        raise RefusalError(HTTPStatus.NOT_FOUND, "target_gone")
    entry = shapes.item_entry(page, row, "created", row.created_at)
    return JsonResponse({"page": str(page.profile_id), "entries": [entry]})


def _live_post(post_id: str) -> Post:
    posts = Post.objects.select_related("author")
    found = posts.filter(id=_uuid(post_id), deleted_at=None).first()
    if found is None:
        raise RefusalError(HTTPStatus.NOT_FOUND, "target_gone")
    return found


@endpoint("POST", writes=True)
def media(request: HttpRequest, page: Page) -> HttpResponse:
    """Take a picture and its description; what is posted next may show it by its id."""
    given, alt = request.FILES.get("file"), request.POST.get("description", "")
    if given is None or (given.size or 0) > PICTURE_BYTES or len(alt) > LONGEST_ALT:
        raise RefusalError(HTTPStatus.UNPROCESSABLE_ENTITY, "media_rejected")
    body = bytes(given.read())
    mime = type_of(body[:ENOUGH])
    if mime not in PICTURE_TYPES:
        raise RefusalError(HTTPStatus.UNPROCESSABLE_ENTITY, "media_rejected")
    made = speaking.upload(page, body, mime, alt)
    return JsonResponse({"id": str(made.id)}, status=HTTPStatus.CREATED)


def _pictures(fields: Mapping[str, object]) -> tuple[Picture, ...]:
    """The pictures to be shown: uploaded before, and shown by nothing else."""
    ids = fields.get("media_ids", [])
    if not isinstance(ids, list) or len(ids) > MOST_PICTURES:
        raise RefusalError(HTTPStatus.UNPROCESSABLE_ENTITY, "media_rejected")
    wanted = [_uuid(str(one)) for one in ids]
    found = queries.pictures_by_id(wanted) if wanted else {}
    if set(found) != set(wanted):
        raise RefusalError(HTTPStatus.UNPROCESSABLE_ENTITY, "media_rejected")
    return tuple(found[one] for one in wanted)


def _words(fields: Mapping[str, object], limit: int) -> speaking.Words:
    """The text to be said: not empty without a picture, no longer than the network takes."""
    text, pictures = text_in(fields, "text").strip(), _pictures(fields)
    if not text and not pictures:
        raise RefusalError(HTTPStatus.UNPROCESSABLE_ENTITY, "empty")
    actual = Graphemes(limit).count(text)
    if actual > limit:
        raise RefusalError(HTTPStatus.UNPROCESSABLE_ENTITY, "too_long", limit=limit, actual=actual)
    return speaking.Words(text, client_ref=text_in(fields, "client_ref"), pictures=pictures)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise RefusalError(HTTPStatus.NOT_FOUND, "target_gone") from None


def _moment(text: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else None


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "0")
    return int(text) if _IS_NUMBER.fullmatch(text) else 0
