"""Reads of Harbour."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Count, Exists, OuterRef, Q, QuerySet, Value

from hearwell.sandbox.models import (
    DirectMessage,
    Entry,
    Follow,
    Like,
    Page,
    Picture,
    Post,
    Profile,
    TradeHouse,
    TradeThing,
)
from hearwell.sandbox.trade.stock import NAMES

FEED_LENGTH = 40
THREAD_LENGTH = 500


@dataclass(slots=True)
class Branch:
    """A comment and what stands under it; deeper levels are shown as one."""

    post: Post
    below: list[Post] = field(default_factory=list)


def workspace_at(address: str) -> UUID | None:
    """The workspace whose open sandbox has this address; asked before any scope is known."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sandbox_at(%s)", [address])
        row = cursor.fetchone()
    return row[0] if row else None


def open_page() -> Page | None:
    """The open page of the workspace in scope."""
    pages = Page.objects.select_related("profile")
    return pages.filter(is_open=True, is_sister=False).first()


def speaking_pages() -> list[Page]:
    """The page and its sister, as far as Harbour is open here."""
    pages = Page.objects.select_related("profile").order_by("is_sister")
    found = list(pages)
    return found if found and found[0].is_open else []


def live_item(item_id: UUID) -> Post | DirectMessage | None:
    """A post, comment or private message that is still there."""
    posts = Post.objects.select_related("author").filter(id=item_id, deleted_at=None)
    said = DirectMessage.objects.select_related("customer").filter(id=item_id, deleted_at=None)
    return posts.first() or said.first()


def _shown(posts: QuerySet[Post], viewer: Profile | None) -> QuerySet[Post]:
    """Posts with author, number of likes, and whether the viewer is among those."""
    liked: Exists | Value = Value(value=False, output_field=BooleanField())
    if viewer is not None:
        liked = Exists(Like.objects.filter(post_id=OuterRef("id"), profile=viewer))
    return posts.select_related("author").annotate(
        like_count=Count("likes", distinct=True), is_liked=liked
    )


def feed(viewer: Profile | None, *, tab: str) -> list[Post]:
    """The newest posts: on the brand's page, mentioning it elsewhere, or all of them."""
    found = list(_shown(_under(tab), viewer).order_by("-created_at", "-id")[:FEED_LENGTH])
    _count_comments(found)
    return found


def _under(tab: str) -> QuerySet[Post]:
    posts = Post.objects.filter(parent=None, deleted_at=None)
    if tab == "page":
        return posts.filter(on_page=True)
    return posts.filter(on_page=False, is_told=True) if tab == "mentions" else posts


def found_posts(words: str, before: datetime, limit: int) -> list[Post]:
    """Posts and comments with these words in any order, newest first, older than a time."""
    posts = Post.objects.select_related("author").filter(deleted_at=None, created_at__lt=before)
    for word in words.split():
        posts = posts.filter(text__icontains=word)
    return list(posts.order_by("-created_at", "-id")[:limit])


def profile_of(name: str) -> Profile | None:
    """Somebody by handle, or by the id that the API gave."""
    people = Profile.objects.filter(handle=name.lower())
    with suppress(ValueError):
        people |= Profile.objects.filter(id=UUID(name))
    return people.first()


def posts_by(author: Profile, before: datetime, limit: int) -> list[Post]:
    """What somebody said in public, posts and comments, newest first, older than a time."""
    posts = Post.objects.select_related("author").filter(
        author=author, deleted_at=None, created_at__lt=before
    )
    return list(posts.order_by("-created_at", "-id")[:limit])


def newer_than(post_id: UUID, *, tab: str) -> int:
    """How many posts came in after one."""
    return _under(tab).filter(id__gt=post_id).count()


def _count_comments(posts: Sequence[Post]) -> None:
    ids = [post.id for post in posts]
    counts = dict(
        Post.objects.filter(root_id__in=ids, deleted_at=None)
        .exclude(parent=None)
        .values_list("root_id")
        .annotate(Count("id"))
    )
    answered = set(
        Post.objects.filter(root_id__in=ids, author__is_brand=True, deleted_at=None)
        .exclude(parent=None)
        .values_list("root_id", flat=True)
    )
    for post in posts:
        post.comment_count = counts.get(post.id, 0)  # type: ignore[attr-defined]
        post.is_answered = post.id in answered  # type: ignore[attr-defined]


def thread(root_id: UUID, viewer: Profile | None) -> tuple[Post | None, list[Branch]]:
    """A post and its comments, oldest first, each first-level one with what stands under it."""
    posts = _shown(Post.objects.filter(root_id=root_id), viewer).select_related("parent__author")
    found = list(posts.order_by("created_at", "id")[:THREAD_LENGTH])
    root = next((post for post in found if post.id == root_id), None)
    branches = {p.id: Branch(p) for p in found if p.id == p.branch_id and p.id != root_id}
    for post in found:
        if post.id != post.branch_id and post.branch_id in branches:
            branches[post.branch_id].below.append(post)
    return root, list(branches.values())


def pictures_by_id(ids: Sequence[UUID]) -> dict[UUID, Picture]:
    """Pictures of these ids that nothing shows yet; without their bytes."""
    rows = Picture.objects.filter(id__in=ids, post=None, message=None).defer("body")
    return {row.id: row for row in rows}


def picture(picture_id: UUID, viewer: Profile | None) -> Picture | None:
    """A picture that this viewer may see: in public, or in a private message to them."""
    in_public = Q(post__isnull=False, post__deleted_at=None)
    to_them = Q(message__customer=viewer, message__deleted_at=None) if viewer else Q(pk=None)
    return Picture.objects.filter(in_public | to_them, id=picture_id).first()


def private_chat(customer: Profile) -> list[DirectMessage]:
    """What a customer and the brand said to each other, oldest first."""
    newest = DirectMessage.objects.filter(customer=customer).order_by("-created_at", "-id")
    return list(newest[:THREAD_LENGTH])[::-1]


def last_private(customer_id: UUID) -> datetime | None:
    """When the customer last wrote in private."""
    said = DirectMessage.objects.filter(customer_id=customer_id, is_from_brand=False)
    return said.order_by("-created_at").values_list("created_at", flat=True).first()


def people(limit: int = 60) -> list[Profile]:
    """Customers one can be, newest first."""
    return list(Profile.objects.filter(is_brand=False).order_by("-joined_at", "-id")[:limit])


def counts(viewer: Profile | None) -> dict[str, int | bool]:
    """Followers and posts of the page, and whether the viewer follows it."""
    return {
        "followers": Follow.objects.count(),
        "posts": Post.objects.filter(parent=None, deleted_at=None).count(),
        "is_following": viewer is not None and Follow.objects.filter(profile=viewer).exists(),
    }


def entries_after(seq: int, limit: int, *, for_sister: bool = False) -> list[Entry]:
    """What happened after a number, in order."""
    rows = Entry.objects.filter(seq__gt=seq, for_sister=for_sister)
    return list(rows.order_by("seq")[:limit])


def sent_since(page: Page, kind: str, target: UUID, since: datetime) -> list[Post | DirectMessage]:
    """What the brand said below a post, or to a person, since a time."""
    if kind == "messages":
        said = DirectMessage.objects.filter(
            customer_id=target, is_from_brand=True, created_at__gte=since, deleted_at=None
        ).select_related("customer")
        return list(said.order_by("created_at")[:THREAD_LENGTH])
    posts = Post.objects.filter(
        parent_id=target, author=page.profile, created_at__gte=since, deleted_at=None
    ).select_related("author")
    return list(posts.order_by("created_at")[:THREAD_LENGTH])


def latest_entries(limit: int = 15) -> list[Entry]:
    """What was told last, newest first."""
    return list(Entry.objects.order_by("-seq")[:limit])


@dataclass(slots=True)
class House:
    """The shop or the airline: its next faults, and the numbers that it knows."""

    name: str
    title: str
    faults: list[str]
    things: list[TradeThing] = field(default_factory=list)


def trade_houses() -> list[House]:
    """The houses that are open here. Two queries."""
    found = {
        one.house: House(one.house, NAMES[one.house], one.faults)
        for one in TradeHouse.objects.order_by("-house")
    }
    for thing in TradeThing.objects.order_by("kind", "number")[:100] if found else ():
        found[thing.house].things.append(thing)
    return list(found.values())
