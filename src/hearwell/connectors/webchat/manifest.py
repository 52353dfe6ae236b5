"""What our web chat is and allows."""

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
from hearwell.connect.textrule import CodePoints

TEXT_LIMIT = 4000
REPLAY_WINDOW_S = 300
PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
# What visitors may send, too: nothing that a browser or a reader could run.
FILE_TYPES, FILES, FILE_BYTES = PICTURE_TYPES | {"application/pdf"}, 10, 10 * 1024 * 1024

MANIFEST = Manifest(
    network="webchat",
    title="Web chat",
    icon="message-square",
    auth=Auth.NONE,
    public_text=CodePoints(TEXT_LIMIT),
    private_text=CodePoints(TEXT_LIMIT),
    # Nothing is called: what is answered is put where the visitor's page reads it.
    hosts=frozenset(),
    kinds=frozenset({MessageKind.CHAT}),
    reply_audiences=frozenset({Audience.PRIVATE}),
    media=(MediaLimit("file", FILES, FILE_BYTES, FILE_TYPES),),
    rates=(RateLimit("send", 30, 60, "visitor"),),
    edits=Changes.NEVER,
    deletions=Changes.NEVER,
    has_echo=False,
    idempotency=Idempotency.KEY,
    read_back=ReadBack.AUTHORITATIVE,
    read_lag_s=0.0,
    request_timeout_s=5.0,
    uses_initials=False,
    is_hosted_here=True,
)
