"""What e-mail is and allows, and the ports that it is spoken on."""

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

TEXT_LIMIT = 50_000
"""Mail has no limit; a page of text that nobody reads has."""
IMAP_PORTS = frozenset({143, 993})
SMTP_PORTS = frozenset({25, 465, 587, 2525})
FILES, FILE_BYTES = 10, 18_000_000
"""Most servers take mails of 25 MB, and a file in a mail grows by a third and more."""
CAP, CAP_WINDOW_S = 30, 3600
"""At most so many mails to one person in so many seconds: more is a loop, not a conversation."""

MANIFEST = Manifest(
    network="email",
    title="E-mail",
    icon="mail",
    auth=Auth.APP_PASSWORD,
    public_text=CodePoints(TEXT_LIMIT),
    # Anybody can have a mail server: its hosts stand in the account's settings.
    hosts=frozenset(),
    kinds=frozenset({MessageKind.MAIL}),
    reply_audiences=frozenset({Audience.PRIVATE}),
    media=(MediaLimit("file", FILES, FILE_BYTES),),
    media_bytes=FILE_BYTES,
    rates=(RateLimit("send", CAP, CAP_WINDOW_S, "person"),),
    edits=Changes.NEVER,
    deletions=Changes.NEVER,
    has_echo=True,
    # Our Message-ID is made from the client token. Receivers may drop a second one; none must.
    idempotency=Idempotency.NATURAL,
    # A mail that the server took may be missing from Sent: we keep the copy after it is sent.
    read_back=ReadBack.HINT,
    read_lag_s=5.0,
    request_timeout_s=30.0,
    poll_every_s=60.0,
    uses_initials=False,
    has_global_ids=True,
    is_poll_exact=True,
)
