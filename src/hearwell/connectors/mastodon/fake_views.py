"""The fake server's entities as JSON, in the shapes that real servers give them."""

from __future__ import annotations

import re
from datetime import datetime

from hearwell.connectors.mastodon.fake_server import (
    GOTOSOCIAL,
    MASTODON,
    TAKAHE,
    FakeServer,
    Fields,
    Notice,
    Person,
    Status,
    markup_of,
    page_of,
)
from hearwell.connectors.mastodon.manifest import ALT, FILM_BYTES, PICTURE_BYTES

_TAG = re.compile(r"(?<![\w&/])#(\w+)")


def shown_at(moment: datetime) -> str:
    """A time as servers write it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def account(person: Person, server: FakeServer) -> Fields:
    """A person."""
    page, picture = page_of(person, server), f"{server.origin}/avatars/missing.png"
    own = [one for one in server.statuses.values() if one.author.id == person.id]
    return {
        "id": person.id,
        "username": person.name,
        "acct": person.acct,
        "display_name": person.title,
        "locked": False,
        "bot": False,
        "discoverable": True,
        "group": False,
        "created_at": "2026-10-14T00:00:00.000Z",
        "note": "",
        "url": page,
        "uri": page.replace("/@", "/users/"),
        "avatar": picture,
        "avatar_static": picture,
        "header": picture,
        "header_static": picture,
        "followers_count": sum(person.id in one.follows for one in server.people.values()),
        "following_count": len(person.follows),
        "statuses_count": len(own),
        "last_status_at": max((shown_at(one.at)[:10] for one in own), default=None),
        "emojis": [],
        "fields": [],
    }


def own_account(person: Person, server: FakeServer) -> Fields:
    """A person as they see themselves."""
    source = {
        "privacy": "public",
        "sensitive": False,
        "language": None,
        "note": "",
        "fields": [],
        "follow_requests_count": 0,
    }
    return account(person, server) | {"source": source}


def status(one: Status, reader: Person | None, server: FakeServer) -> Fields:
    """Something said, as somebody sees it."""
    page = f"{page_of(one.author, server)}/{one.id}"
    parent = server.statuses.get(one.parent or "")
    return {
        "id": one.id,
        "created_at": shown_at(one.at),
        "in_reply_to_id": one.parent,
        "in_reply_to_account_id": parent.author.id if parent else None,
        "sensitive": bool(one.warning),
        "spoiler_text": one.warning,
        "visibility": one.visibility,
        "language": one.language,
        "uri": page.replace("/@", "/users/").replace(f"/{one.id}", f"/statuses/{one.id}"),
        "url": page,
        "replies_count": sum(other.parent == one.id for other in server.statuses.values()),
        "reblogs_count": len(one.boosts),
        "favourites_count": len(one.likes),
        "edited_at": shown_at(one.edited_at) if one.edited_at else None,
        "favourited": reader is not None and reader.id in one.likes,
        "reblogged": reader is not None and reader.id in one.boosts,
        "muted": False,
        "bookmarked": False,
        "content": markup_of(one, server),
        "filtered": [],
        "reblog": None,
        "application": {"name": "Web", "website": None},
        "account": account(one.author, server),
        "media_attachments": [dict(each) for each in one.media],
        "mentions": [
            {"id": each.id, "username": each.name, "url": page_of(each, server), "acct": each.acct}
            for each in one.people
        ],
        "tags": [
            {"name": name.lower(), "url": f"{server.origin}/tags/{name.lower()}"}
            for name in _TAG.findall(one.text)
        ],
        "emojis": [],
        "card": None,
        "poll": None,
    }


def notice(one: Notice, server: FakeServer) -> Fields:
    """A notification."""
    about = server.statuses.get(one.status or "")
    shown: Fields = {
        "id": one.id,
        "type": one.kind,
        "created_at": shown_at(one.at),
        "account": account(one.actor, server),
    }
    if about is not None:
        shown["status"] = status(about, server.people[one.owner], server)
    return shown


def conversations(reader: Person, server: FakeServer) -> list[Fields]:
    """The private talks of somebody, the one with the latest word first."""
    last: dict[str, Status] = {}
    for one in server.statuses.values():
        if one.visibility == "direct" and server.may_see(reader, one):
            others = {one.author.id, *(each.id for each in one.people)} - {reader.id}
            last[",".join(sorted(others))] = one
    newest = sorted(last.items(), key=lambda pair: (len(pair[1].id), pair[1].id), reverse=True)
    return [
        {
            "id": one.id,
            "unread": one.author.id != reader.id,
            "accounts": [account(server.people[each], server) for each in key.split(",") if each],
            "last_status": status(one, reader, server),
        }
        for key, one in newest
    ]


def instance(server: FakeServer) -> Fields:
    """The server, in the second version of its self-description."""
    versions = {GOTOSOCIAL: "", TAKAHE: "takahe/0.11.0"}
    sources = {
        GOTOSOCIAL: "https://codeberg.org/superseriousbusiness/gotosocial",
        TAKAHE: "https://github.com/jointakahe/takahe",
    }
    return {
        "domain": server.domain,
        "title": server.domain,
        "version": versions.get(server.kind, "4.7.3"),
        "source_url": sources.get(server.kind, "https://github.com/mastodon/mastodon"),
        "description": "",
        "usage": {"users": {"active_month": len(server.people)}},
        "languages": ["en"],
        "configuration": {
            "urls": {"streaming": server.streaming} if server.streaming else {},
            "statuses": {
                "max_characters": server.characters,
                "max_media_attachments": 4,
                "characters_reserved_per_url": 25 if server.kind == GOTOSOCIAL else 23,
            },
            "media_attachments": {
                "description_limit": ALT,
                "supported_mime_types": sorted(server.files.types),
                "image_size_limit": PICTURE_BYTES,
                "video_size_limit": FILM_BYTES,
            },
        },
        "registrations": {"enabled": False, "approval_required": False, "message": None},
        "contact": {"email": "", "account": None},
        "rules": [],
        **({"api_versions": {"mastodon": 11}} if server.kind == MASTODON else {}),
    }


def old_instance(server: FakeServer) -> Fields:
    """The server, in the first version."""
    new = instance(server)
    return {
        "uri": server.domain,
        "title": server.domain,
        "short_description": "",
        "description": "",
        "email": "",
        "version": new["version"],
        "urls": {"streaming_api": server.streaming} if server.streaming else {},
        "stats": {"user_count": len(server.people), "status_count": len(server.statuses)},
        "languages": ["en"],
        "registrations": False,
        "approval_required": False,
        "invites_enabled": False,
        "configuration": {
            name: new["configuration"][name] for name in ("statuses", "media_attachments")
        },
        "rules": [],
    }
