"""What X is and allows, and what it asks for it.

Figures: X's developer documents of November 2026. What only others report is marked "reported";
change it here when X says otherwise.
"""

from __future__ import annotations

from datetime import timedelta

from hearwell.connect.attachments import IMAGE
from hearwell.connect.manifest import (
    Auth,
    Changes,
    Idempotency,
    Manifest,
    RateLimit,
    ReadBack,
)
from hearwell.connect.mediarule import MediaLimit
from hearwell.connect.model import Audience, MessageKind
from hearwell.connect.terms import AccessLevel, ApiVersion, Price, Retention
from hearwell.connect.textrule import CodePoints
from hearwell.connect.weighted import Weighted

BASE, SITE = "https://api.x.com", "https://x.com"
POST_WEIGHT, DM_LIMIT = 280, 10_000
# Four pictures with a post; a direct message carries one file.
PICTURES, PICTURE_BYTES, ALT = 4, 5 * 1024 * 1024, 1_000
DM_FILES = 1
PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
CASHTAGS = 1
SELF_SERVE, ENTERPRISE = "self_serve", "enterprise"
READ, USERS, WRITE, OFFLINE = "tweet.read", "users.read", "tweet.write", "offline.access"
HIDE, LIKE, MEDIA = "tweet.moderate.write", "like.write", "media.write"
DM_READ, DM_WRITE = "dm.read", "dm.write"
NEEDED = (READ, USERS, WRITE, OFFLINE)
SCOPES = (*NEEDED, HIDE, MEDIA, DM_READ, DM_WRITE)
# Likes left self-serve in April 2026: only Enterprise is asked for the right.
ENTERPRISE_SCOPES = (*SCOPES, LIKE)
# Where we are called or hold a line, the polls only look whether something was missed.
RECONCILE = timedelta(minutes=15)
# X wants what was deleted there to be gone elsewhere within a day: known posts are looked at again.
LOOK_AGAIN = timedelta(hours=6)
POST_READ, OWN_READ, DM_EVENT = "post_read", "own_read", "dm_read"
CREATE, CREATE_LINK, SUMMONED, DM_SEND = "create", "create_with_link", "summoned_reply", "dm_send"
_QUARTER = 900

MANIFEST = Manifest(
    network="x",
    title="X",
    icon="at-sign",
    auth=Auth.OAUTH2,
    hosts=frozenset({"api.x.com"}),
    public_text=Weighted(POST_WEIGHT),
    private_text=CodePoints(DM_LIMIT),
    kinds=frozenset({MessageKind.MENTION, MessageKind.COMMENT, MessageKind.POST, MessageKind.DM}),
    reply_audiences=frozenset(Audience),
    media=(MediaLimit(IMAGE, PICTURES, PICTURE_BYTES, PICTURE_TYPES, ALT),),
    rates=(
        RateLimit("send", 100, _QUARTER, "user"),
        RateLimit("mentions", 300, _QUARTER, "user"),
        RateLimit("delete", 50, _QUARTER, "user"),
        RateLimit("like", 50, _QUARTER, "user"),
        RateLimit("hide", 50, _QUARTER, "user"),
        RateLimit("dm_send", 15, _QUARTER, "user"),
        RateLimit("dm_send", 1_440, 86_400, "user"),
        RateLimit("dm_read", 15, _QUARTER, "user"),
    ),
    # Nobody is told of either, but for what the account itself deletes.
    edits=Changes.POLLED,
    deletions=Changes.POLLED,
    must_purge=True,
    has_echo=True,
    has_global_ids=True,
    # Whom an author has called may answer, and nobody else of the brand: threads are not shared.
    shares_threads=False,
    idempotency=Idempotency.NONE,
    # A post that is found is proof. How far timelines trail behind what is posted is not written.
    read_back=ReadBack.HINT,
    read_lag_s=10.0,
    request_timeout_s=10.0,
    poll_every_s=60.0,
    is_by_contract=True,
    access=(
        AccessLevel(
            "",
            "No app, or no credits",
            "Nothing: X answers no question of an app that has no credits left.",
            "Create an app in the developer console and buy credits; X is paid for by the call.",
            "https://console.x.com",
        ),
        AccessLevel(
            SELF_SERVE,
            "Self-serve (pay per use)",
            "Reading mentions, replies, quotes and direct messages, hiding replies, deleting our"
            " own posts. A reply is taken only where its author mentioned the account or quoted"
            " one of its posts; likes are not to be had. Up to 3 million posts are read a month"
            " and 1,500 subscriptions are kept.",
            "Open to everybody with an app and credits.",
            "https://docs.x.com/x-api/getting-started/pricing",
        ),
        AccessLevel(
            ENTERPRISE,
            "Enterprise",
            "All of that, replies to any post that lets the account reply, and likes.",
            "A contract with X's sales team.",
            "https://docs.x.com/forms/enterprise-api-interest",
        ),
    ),
    # X has announced no end of it.
    versions=(ApiVersion("2"),),
    # Millionths of a dollar, as X's price list of 2026; what is read twice on a day (UTC) is free
    # the second time, so what is counted here is rather too much.
    prices=(
        Price(POST_READ, "A post read, or told to us", 5_000),
        Price(OWN_READ, "A post of our own read", 1_000),
        Price(DM_EVENT, "A direct message read", 10_000),
        Price(CREATE, "A post", 15_000),
        Price(CREATE_LINK, "A post with a web address", 200_000),
        Price(SUMMONED, "A reply to somebody who mentioned us", 10_000),
        Price(DM_SEND, "A direct message sent", 15_000),
    ),
    retention=Retention(
        "X's developer policy sets no time; what its author deletes, edits or protects there has"
        " to go or change here within 24 hours, which is looked for every six.",
        unchecked=timedelta(hours=24),
    ),
)
