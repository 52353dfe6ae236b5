"""What Bluesky is and allows."""

from __future__ import annotations

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
from hearwell.connect.textrule import Graphemes

# app.bsky.feed.post: maxGraphemes 300, maxLength 3000 (bytes in UTF-8). Both are checked.
GRAPHEMES, BYTES = 300, 3000
# app.bsky.embed.images: four, of 1,000,000 bytes each. The app's own field for descriptions
# takes 2,000 characters; the record itself any number.
PICTURES, PICTURE_BYTES, ALT = 4, 1_000_000, 2_000
PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
SERVICE = "https://bsky.social"
DIRECTORY = "https://plc.directory"

MANIFEST = Manifest(
    network="bluesky",
    title="Bluesky",
    icon="cloud",
    auth=Auth.APP_PASSWORD,
    public_text=Graphemes(GRAPHEMES, max_bytes=BYTES),
    # Where people sign in and where ids are looked up; the account's own server is its setting.
    hosts=frozenset({"bsky.social", "plc.directory"}),
    kinds=frozenset({MessageKind.MENTION, MessageKind.COMMENT, MessageKind.POST}),
    reply_audiences=frozenset({Audience.PUBLIC}),
    media=(MediaLimit("image", PICTURES, PICTURE_BYTES, PICTURE_TYPES, ALT),),
    # 5,000 points an hour and 35,000 a day, two for a put; reads are counted per address.
    rates=(
        RateLimit("send", 2_500, 3_600),
        RateLimit("send", 17_500, 86_400),
        RateLimit("read", 3_000, 300, scope="app"),
    ),
    # A record can be replaced, yet no app does it and no reader is told.
    edits=Changes.NEVER,
    deletions=Changes.POLLED,
    has_echo=True,
    shares_threads=True,
    # The record's key is ours, made from the client token: the same post can only be made once.
    idempotency=Idempotency.KEY,
    # Read from the account's own repository, where the post is or is not.
    read_back=ReadBack.AUTHORITATIVE,
    read_lag_s=1.0,
    request_timeout_s=10.0,
    poll_every_s=10.0,
)
