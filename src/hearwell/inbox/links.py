"""What the address of a post says about it: which network, whose post. Pure, nothing is fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_NAME = r"(?P<name>[^/?#]+)"
# (network, host, path); the first that fits. A host is itself and what lies below it.
_PLACES: Final[tuple[tuple[str, str, str], ...]] = (
    ("x", "x.com", rf"/{_NAME}/status/\d+"),
    ("x", "twitter.com", rf"/{_NAME}/status/\d+"),
    ("bluesky", "bsky.app", rf"/profile/{_NAME}/post/[^/]+"),
    ("instagram", "instagram.com", r"/(?:[^/]+/)?(?:p|reel|tv|stories)/[^/]+"),
    ("facebook", "facebook.com", rf"/{_NAME}/(?:posts|videos|photos)/.+"),
    ("facebook", "facebook.com", r"/.+"),
    ("facebook", "fb.com", r"/.+"),
    ("linkedin", "linkedin.com", r"/(?:feed/update|posts|company)/.+"),
    ("youtube", "youtube.com", r"/(?:watch|shorts|post|live)\b.*"),
    ("youtube", "youtu.be", r"/.+"),
    ("reddit", "reddit.com", r"/r/[^/]+/comments/.+"),
    ("telegram", "t.me", rf"/{_NAME}/\d+"),
    ("reviews", "trustpilot.com", r"/reviews?/.+"),
    ("reviews", "maps.app.goo.gl", r"/.+"),
    ("reviews", "g.page", r"/.+"),
    ("reviews", "google.com", r"/maps/.+"),
    ("reviews", "play.google.com", r"/store/apps/.+"),
    ("reviews", "apps.apple.com", r"/.+"),
    # Last, for it says nothing about the host: thousands of servers look like this.
    ("mastodon", "", r"/@(?P<name>[^/?#@]+)(?:@[^/]+)?/\d+"),
)
MAX_LENGTH: Final = 2_000


class BadLinkError(ValueError):
    """That is no address of a page; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a link leads: the address itself, its network and the author's handle, "" if unsaid."""

    link: str
    network: str = ""
    handle: str = ""


def recognised(text: str) -> Place:
    """Read a pasted link. Raises BadLinkError for what is none; an unknown place is no error."""
    link = text.strip()
    if "://" not in link:
        link = f"https://{link}"
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        host = ""
    is_page = host.count(".") >= 1 and link.startswith(("https://", "http://"))
    if not is_page or len(link) > MAX_LENGTH or any(c.isspace() for c in link):
        message = "This is not the address of a post. Copy it from the browser's address bar."
        raise BadLinkError(message)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    for network, at, shape in _PLACES:
        found = re.match(shape, path) if not at or _is_at(host, at) else None
        if found:
            return Place(link, network, found.groupdict().get("name") or "")
    return Place(link)


def _is_at(host: str, at: str) -> bool:
    return host == at or host.endswith(f".{at}")
