"""Harbour's pages, for anyone."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from hearwell.kit.ids import uuid7
from hearwell.sandbox import queries
from hearwell.sandbox.models import DirectMessage, Post
from hearwell.sandbox.services import speaking
from hearwell.sandbox.views.visit import Visit, at_harbour

TABS = ("page", "mentions", "all")


@at_harbour("GET", "HEAD")
def feed(visit: Visit) -> HttpResponse:
    """The brand's page with what is said on it and about it."""
    tab = _tab(visit)
    posts = queries.feed(visit.viewer, tab=tab)
    newest = max((post.id for post in posts), default=uuid7())
    more = {"posts": posts, "tab": tab, "newest": newest, "counts": queries.counts(visit.viewer)}
    return render(visit.request, "sandbox/feed.html", visit.context(**more))


def _tab(visit: Visit) -> str:
    wanted = visit.request.GET.get("show", "page")
    return wanted if wanted in TABS else "page"


@at_harbour("GET", "HEAD")
def fresh(visit: Visit, after: UUID) -> JsonResponse:
    """How many posts are newer than the newest one on a screen."""
    return JsonResponse({"new": queries.newer_than(after, tab=_tab(visit))})


@at_harbour("GET", "HEAD")
def post(visit: Visit, post_id: UUID) -> HttpResponse:
    """A post with everything said below it."""
    known = Post.objects.filter(id=post_id).values_list("root_id", flat=True).first()
    if known is None:
        raise Http404
    if known != post_id:
        return redirect(f"{visit.url('post', post_id=known)}#c-{post_id}")
    more = _thread(visit, post_id) | {"counts": queries.counts(visit.viewer)}
    return render(visit.request, "sandbox/post.html", visit.context(**more))


@at_harbour("GET", "HEAD")
def thread(visit: Visit, post_id: UUID) -> HttpResponse:
    """The live part of a post's page alone."""
    return render(
        visit.request, "sandbox/parts/thread.html", visit.context(**_thread(visit, post_id))
    )


def _thread(visit: Visit, post_id: UUID) -> dict[str, object]:
    root, branches = queries.thread(post_id, visit.viewer)
    if root is None:
        raise Http404
    said = [root, *(p for b in branches for p in (b.post, *b.below))]
    chosen = {name: visit.request.GET.get(name, "") for name in ("to", "edit")}
    found = {name: next((p for p in said if str(p.id) == i), None) for name, i in chosen.items()}
    answered = found["to"] if found["to"] and not found["to"].deleted_at else root
    return {
        "root": root,
        "branches": branches,
        "answered": answered,
        "edited": found["edit"],
        "comment_count": sum(1 for p in said[1:] if not p.deleted_at),
    }


@at_harbour("GET", "HEAD")
def messages(visit: Visit) -> HttpResponse:
    """What the visitor and the brand said to each other in private."""
    return render(visit.request, "sandbox/messages.html", visit.context(**_chat(visit)))


@at_harbour("GET", "HEAD")
def chat(visit: Visit) -> HttpResponse:
    """The live part of that page alone."""
    return render(visit.request, "sandbox/parts/chat.html", visit.context(**_chat(visit)))


def _chat(visit: Visit) -> dict[str, object]:
    said: list[DirectMessage] = []
    if visit.viewer is not None:
        said = queries.private_chat(visit.viewer)
        if any(message.is_from_brand and message.read_at is None for message in said):
            speaking.mark_read(visit.page, visit.viewer)
    chosen = visit.request.GET.get("edit", "")
    edited = next((message for message in said if str(message.id) == chosen), None)
    return {"said": said, "edited": edited, "counts": queries.counts(visit.viewer)}


@at_harbour("GET", "HEAD")
def join(visit: Visit) -> HttpResponse:
    """Choose whom to be."""
    more = {"people": queries.people(), "counts": queries.counts(visit.viewer)}
    return render(visit.request, "sandbox/join.html", visit.context(**more))


@at_harbour("GET", "HEAD")
def picture(visit: Visit, picture_id: UUID) -> HttpResponse:
    """A picture, to those who may see what shows it."""
    found = queries.picture(picture_id, visit.viewer)
    if found is None:
        raise Http404
    answer = HttpResponse(bytes(found.body), content_type=found.mime)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer
