"""What feeds are and allow: they are read, never answered."""

from __future__ import annotations

from hearwell.connect.manifest import Auth, Changes, Manifest
from hearwell.connect.model import MessageKind
from hearwell.connect.textrule import CodePoints

AGENT = "Hearwell"
"""Our name in robots.txt."""
USER_AGENT = f"{AGENT}/0.1 (feed reader; customer care)"
TEXT_LIMIT = 20_000
"""Code points of one entry that we take: a longer article is read on its own page."""
MOST_BYTES = 10 * 1024 * 1024
"""Of one document, unpacked."""
MOST_PARTS = 200_000
"""Of one document: its elements, or its lists and objects. Ten megabytes can be millions of them,
which cost seconds; honest ones have some fifty bytes each and more."""
TOO_MANY_PARTS = "This feed has too many parts, which we do not read."
MOST_ENTRIES = 1000
"""Of one document: the first ones, which are the newest."""
TIMEOUT_S = 10.0

MANIFEST = Manifest(
    network="feeds",
    title="RSS feeds",
    icon="rss",
    auth=Auth.NONE,
    # Nothing is ever written; the rule is there because every network has one.
    public_text=CodePoints(TEXT_LIMIT),
    # Anybody can publish a feed: its host is the account's own.
    hosts=frozenset(),
    kinds=frozenset({MessageKind.POST, MessageKind.COMMENT, MessageKind.REVIEW}),
    edits=Changes.POLLED,
    # An entry leaves its feed when newer ones come: that it is missing says nothing.
    deletions=Changes.NEVER,
    request_timeout_s=TIMEOUT_S,
    poll_every_s=600.0,
    uses_initials=False,
    # A document holds all that its feed has, and its entries are told apart by their ids.
    is_poll_exact=True,
)
