"""What Mastodon is and allows. What a single server allows is in the account's settings."""

from __future__ import annotations

from hearwell.connect.attachments import IMAGE
from hearwell.connect.manifest import (
    Auth,
    Changes,
    Idempotency,
    Manifest,
    RateLimit,
    ReadBack,
)
from hearwell.connect.mediarule import AUDIO, VIDEO, MediaLimit
from hearwell.connect.model import Audience, MessageKind
from hearwell.connect.textrule import Abridged

# What a server that says nothing of its own takes (app/validators/status_length_validator.rb).
CHARACTERS, PER_LINK = 500, 23
# The least that the connector can work with; each call names the one it needs.
SCOPES = (
    "read:accounts",
    "read:notifications",
    "read:search",
    "read:statuses",
    "write:favourites",
    "write:statuses",
)
# Asked for as well. Without it all but pictures works, as in accounts connected before them.
MEDIA_SCOPE = "write:media"
# What a server that says nothing of its own takes (app/models/media_attachment.rb).
PICTURES, PICTURE_BYTES, ALT = 4, 16_777_216, 1_500
PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
# app/models/media_attachment.rb, of what we know by its bytes; films and sounds have one limit.
FILM_BYTES = 99 * 1024 * 1024
FILM_TYPES = frozenset({"video/mp4", "video/webm", "video/quicktime"})
SOUND_TYPES = frozenset({"audio/mpeg", "audio/ogg", "audio/mp4"})
STEP_TIMEOUT_S = 10.0

MANIFEST = Manifest(
    searches_tags_apart=True,  # words are only found where the server's owner set that up
    network="mastodon",
    title="Mastodon",
    icon="megaphone",
    auth=Auth.OAUTH2,
    public_text=Abridged(CHARACTERS, per_link=PER_LINK),
    # Anyone can run a server: the hosts are the account's own.
    hosts=frozenset(),
    kinds=frozenset({MessageKind.MENTION, MessageKind.COMMENT, MessageKind.POST, MessageKind.DM}),
    reply_audiences=frozenset({Audience.PUBLIC, Audience.PRIVATE}),
    # A film or a sound is shown by itself (app/services/post_status_service.rb).
    media=(
        MediaLimit(IMAGE, PICTURES, PICTURE_BYTES, PICTURE_TYPES, ALT),
        MediaLimit(VIDEO, 1, FILM_BYTES, FILM_TYPES, goes_alone=True),
        MediaLimit(AUDIO, 1, FILM_BYTES, SOUND_TYPES, goes_alone=True),
    ),
    # config/initializers/rack_attack.rb: 300 calls of a token, 300 pages of an account in 15 min.
    rates=(RateLimit("read", 300, 300),),
    # A server that streams tells of them at once, yet never of all: the polls find the rest.
    edits=Changes.POLLED,
    deletions=Changes.POLLED,
    has_echo=True,
    shares_threads=True,
    # Our key is kept for an hour by Mastodon, not at all by GoToSocial and Takahe: no promise.
    idempotency=Idempotency.NONE,
    # An account's own statuses, and what stands below the answered one, come from the tables
    # that were written. What takes long is a server that is still at it when we gave up waiting.
    read_back=ReadBack.AUTHORITATIVE,
    read_lag_s=60.0,
    # To answer is two calls (read what is answered, post), each of STEP_TIMEOUT_S a step.
    request_timeout_s=2 * STEP_TIMEOUT_S,
    poll_every_s=30.0,
)
