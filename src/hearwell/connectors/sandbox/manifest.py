"""What Harbour is and allows."""

from __future__ import annotations

from datetime import timedelta

from hearwell.connect.manifest import (
    Auth,
    Changes,
    Idempotency,
    Manifest,
    RateLimit,
    ReadBack,
    ReplyWindow,
)
from hearwell.connect.mediarule import MediaLimit
from hearwell.connect.model import Audience, MessageKind
from hearwell.connect.textrule import Graphemes

PUBLIC_LIMIT = 280
PRIVATE_LIMIT = 1000
PICTURES, PICTURE_BYTES, ALT = 4, 2_000_000, 1_000
PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
REPLAY_WINDOW_S = 300

MANIFEST = Manifest(
    network="sandbox",
    title="Harbour",
    icon="anchor",
    auth=Auth.TOKEN,
    public_text=Graphemes(PUBLIC_LIMIT),
    private_text=Graphemes(PRIVATE_LIMIT),
    # Anyone can host a Harbour: the host stands in the account's settings.
    hosts=frozenset(),
    kinds=frozenset(
        {MessageKind.POST, MessageKind.MENTION, MessageKind.COMMENT, MessageKind.DM},
    ),
    reply_audiences=frozenset(Audience),
    media=(MediaLimit("image", PICTURES, PICTURE_BYTES, PICTURE_TYPES, ALT),),
    windows=(ReplyWindow(Audience.PRIVATE, timedelta(days=7)),),
    rates=(RateLimit("send", 60, 60), RateLimit("read", 300, 60)),
    edits=Changes.PUSHED,
    deletions=Changes.PUSHED,
    must_purge=True,
    has_echo=True,
    shares_threads=True,
    # As on Facebook: no idempotency key, but a note of ours (client_ref) comes back in the echo.
    idempotency=Idempotency.NONE,
    read_back=ReadBack.AUTHORITATIVE,
    read_lag_s=1.0,
    request_timeout_s=5.0,
    poll_every_s=15.0,
    search_every_s=5.0,
)
