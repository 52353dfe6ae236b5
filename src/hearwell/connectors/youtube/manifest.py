"""What YouTube's comments are and allow."""

from __future__ import annotations

from datetime import timedelta

from hearwell.connect.manifest import (
    Auth,
    Changes,
    Idempotency,
    Manifest,
    RateLimit,
    ReadBack,
)
from hearwell.connect.model import Audience, MessageKind
from hearwell.connect.terms import AccessLevel, ApiVersion, Quota, Retention
from hearwell.connect.textrule import CodePoints
from hearwell.connectors.google.midnight import ZONE
from hearwell.connectors.google.signin import HOSTS

BASE = "https://www.googleapis.com"
# Google's documents name no number; 10,000 characters is what the site itself takes.
LONGEST = 10_000
SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
STANDARD, EXTENDED = "standard", "extended"
THREADS, COMMENTS, CHANNELS = "commentThreads.list", "comments.list", "channels.list"
INSERT, DELETE, MODERATE = "comments.insert", "comments.delete", "comments.setModerationStatus"
UNITS = 10_000
# Of each day's units, a fifth is kept for answering: forty answers at 50 units.
RESERVED_SHARE = 5
UNITS_SETTING = "units"

MANIFEST = Manifest(
    network="youtube",
    title="YouTube",
    icon="play",
    auth=Auth.OAUTH2,
    public_text=CodePoints(LONGEST),
    hosts=frozenset({"www.googleapis.com"}) | HOSTS,
    kinds=frozenset({MessageKind.COMMENT}),
    reply_audiences=frozenset({Audience.PUBLIC}),
    # Comments carry no files that a program may send.
    media=(),
    rates=(RateLimit("read", UNITS, 86_400, scope="app"),),
    edits=Changes.POLLED,
    deletions=Changes.POLLED,
    has_echo=True,
    idempotency=Idempotency.NONE,
    # A fresh comment may be missing from a list for a while; how long is nowhere promised.
    read_back=ReadBack.HINT,
    read_lag_s=30.0,
    request_timeout_s=10.0,
    # At the quickest; the day's units decide, see ``quota``.
    poll_every_s=60.0,
    is_by_contract=True,
    access=(
        AccessLevel(
            STANDARD,
            "Default quota",
            "All that this connector does, within 10,000 units a day.",
            "Every Google Cloud project has it as soon as the YouTube Data API v3 is switched on.",
            "https://developers.google.com/youtube/v3/getting-started",
        ),
        AccessLevel(
            EXTENDED,
            "Extended quota",
            "The same with more units a day, as many as Google grants.",
            "Fill in YouTube's audit and quota extension form; Google looks at the app first.",
            "https://support.google.com/youtube/contact/yt_api_form",
        ),
    ),
    versions=(ApiVersion("v3"),),
    quota=Quota(
        UNITS,
        ZONE,
        (
            (THREADS, 1),
            (COMMENTS, 1),
            (CHANNELS, 1),
            (INSERT, 50),
            (DELETE, 50),
            (MODERATE, 50),
        ),
        setting=UNITS_SETTING,
    ),
    # To be looked up anew with each release: the developer policies have been reworded before.
    retention=Retention(
        "YouTube's developer policies let others keep what they were told for 30 days, unless it"
        " is asked for anew.",
        text=timedelta(days=30),
        media=timedelta(days=30),
    ),
)
