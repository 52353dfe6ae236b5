"""What goes over the wire: Harbour's rows as the JSON that its API and webhooks speak."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from hearwell.sandbox.models import DirectMessage, Page, Post, Profile

Json = dict[str, Any]


def moment(at: datetime) -> str:
    """ISO 8601 in UTC."""
    return at.isoformat()


def person(profile: Profile) -> Json:
    """Someone, as the API names them."""
    return {
        "id": str(profile.id),
        "handle": profile.handle,
        "name": profile.name,
        "is_page": profile.is_brand,
    }


def post_url(page: Page, post: Post) -> str:
    """Where a post or comment can be seen by anyone."""
    anchor = f"#c-{post.id}" if post.parent_id else ""
    return f"{settings.HEARWELL_URL}/sandbox/{page.address}/p/{post.root_id}/{anchor}"


def picture(page: Page, shown: Json) -> Json:
    """A picture of a post or message, as a row holds it: where it is and what it shows."""
    url = f"{settings.HEARWELL_URL}/sandbox/{page.address}/picture/{shown['id']}/"
    return {"id": shown["id"], "kind": "image", "url": url, "alt": shown["alt"]}


def post_item(page: Page, post: Post) -> Json:
    """A post or a comment. Its ``author`` must be loaded."""
    return {
        "id": str(post.id),
        "kind": "comment" if post.parent_id else "post",
        "text": post.text,
        "author": person(post.author),
        "parent_id": str(post.parent_id) if post.parent_id else None,
        "root_id": str(post.root_id),
        "branch_id": str(post.branch_id),
        "root_by_page": post.root_by_page,
        "on_page": post.on_page,
        "mentions": post.mentions,
        "language": post.language or None,
        "version": post.version,
        "created_at": moment(post.created_at),
        "edited_at": moment(post.edited_at) if post.edited_at else None,
        "url": post_url(page, post),
        "media": [picture(page, one) for one in post.pictures],
        "client_ref": post.client_ref or None,
    }


def message_item(page: Page, message: DirectMessage) -> Json:
    """A private message. Its ``customer`` must be loaded, the page's ``profile`` too."""
    author = page.profile if message.is_from_brand else message.customer
    return {
        "id": str(message.id),
        "kind": "message",
        "text": message.text,
        "author": person(author),
        "customer_id": str(message.customer_id),
        "language": message.language or None,
        "version": message.version,
        "created_at": moment(message.created_at),
        "edited_at": moment(message.edited_at) if message.edited_at else None,
        "url": f"{settings.HEARWELL_URL}/sandbox/{page.address}/messages/",
        "media": [picture(page, one) for one in message.pictures],
        "client_ref": message.client_ref or None,
    }


def item(page: Page, row: Post | DirectMessage) -> Json:
    """Whichever it is."""
    return post_item(page, row) if isinstance(row, Post) else message_item(page, row)


def item_entry(page: Page, row: Post | DirectMessage, verb: str, at: datetime) -> Json:
    """An entry about a post, comment or message; its id is the same every time it is made."""
    body = item(page, row)
    kind = f"{body['kind']}.{verb}"
    return {"id": f"{kind}:{row.id}:{row.version}", "type": kind, "at": moment(at), "item": body}
