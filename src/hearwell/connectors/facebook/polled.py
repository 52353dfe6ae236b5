"""Objects of the Graph as the changes that would have told of them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hearwell.connect.fields import Fields, moment_in, object_in, text_or_none
from hearwell.connectors.meta.hook import id_in

Change = tuple[str, dict[str, Any]]


def _feed(page: str, post: Fields) -> Iterator[Change]:
    """A post with its comments, the oldest first, so that parents come before their children."""
    del page
    about = {name: post[name] for name in ("status_type", "permalink_url") if name in post}
    held = post.get("comments")
    listed = held.get("data") if isinstance(held, dict) else None
    if "created_time" in post:
        yield "feed", _value(post, "post", post_id=id_in(post, "id"), post=about)
    for comment in reversed(listed if isinstance(listed, list) else []):
        read = object_in(comment, "a comment")
        parent = read.get("parent")
        named = {"parent_id": id_in(parent, "id")} if isinstance(parent, dict) else {}
        facts = {"comment_id": id_in(read, "id"), "post_id": id_in(post, "id"), "post": about}
        yield "feed", _value(read, "comment", **facts, **named)


def _tagged(page: str, post: Fields) -> Iterator[Change]:
    del page
    yield "mention", _value(post, "post", post_id=id_in(post, "id"))


def _ratings(page: str, rating: Fields) -> Iterator[Change]:
    del page
    reviewer = rating.get("reviewer")
    story = rating.get("open_graph_story")
    value = _value(rating, "rating")
    if isinstance(reviewer, dict) and reviewer.get("id"):
        value |= {"reviewer_id": reviewer["id"], "reviewer_name": reviewer.get("name")}
    if isinstance(story, dict) and story.get("id"):
        value["open_graph_story_id"] = story["id"]
    names = ("rating", "recommendation_type", "review_text")
    yield "ratings", value | {name: rating[name] for name in names if name in rating}


def _value(one: Fields, item: str, **facts: Any) -> dict[str, Any]:
    value = {
        "item": item,
        "verb": "add",
        "created_time": int(moment_in(one, "created_time").timestamp()),
        "message": text_or_none(one, "message") or "",
        "from": one.get("from"),
        **facts,
    }
    attached = one.get("attachment")
    media = attached.get("media") if isinstance(attached, dict) else None
    image = media.get("image") if isinstance(media, dict) else None
    if isinstance(image, dict):
        value["photo"] = image.get("src")
    return value


READERS: Mapping[str, Callable[[str, Fields], Iterator[Change]]] = {
    "feed": _feed,
    "tagged": _tagged,
    "ratings": _ratings,
}
