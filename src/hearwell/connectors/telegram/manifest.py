"""What Telegram is and allows to a bot. Figures: core.telegram.org/bots/api, version 10.1."""

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
from hearwell.connect.textrule import Utf16Units

HOST = "api.telegram.org"
TEXT_LIMIT = 4096
_MB = 1024 * 1024
CAPTION_LIMIT = 1024
FILE_BYTES, MOST_OF_ALBUM = 50 * _MB, 10
PHOTO_BYTES, PHOTO_TYPES = 10 * _MB, frozenset({"image/jpeg", "image/png", "image/webp"})

MANIFEST = Manifest(
    network="telegram",
    title="Telegram",
    icon="send",
    auth=Auth.TOKEN,
    hosts=frozenset({HOST}),
    public_text=Utf16Units(TEXT_LIMIT),
    private_text=Utf16Units(TEXT_LIMIT),
    kinds=frozenset({MessageKind.DM, MessageKind.MENTION}),
    reply_audiences=frozenset(Audience),
    # Several are an album: to Telegram as many messages, sent at once and shown as one.
    media=(
        MediaLimit("image", MOST_OF_ALBUM, PHOTO_BYTES, PHOTO_TYPES),
        MediaLimit("file", MOST_OF_ALBUM, FILE_BYTES),
    ),
    # Of one file that is the documented limit; a call as a whole is not taken beyond it either.
    media_bytes=FILE_BYTES,
    most_media=MOST_OF_ALBUM,
    caption=Utf16Units(CAPTION_LIMIT),
    # About 30 a second in all, 1 a second to one chat, 20 a minute to one group.
    rates=(RateLimit("send", 30, 1), RateLimit("send", 20, 60, "group")),
    edits=Changes.PUSHED,
    # A bot is told of deletions in business chats only; elsewhere a message stays as it was.
    deletions=Changes.NEVER,
    # Bots do not see their own messages, and nothing can be read back.
    has_echo=False,
    idempotency=Idempotency.NONE,
    read_back=ReadBack.NONE,
    poll_every_s=2.0,
)
