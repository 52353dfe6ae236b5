"""What Instagram is and allows to an app.

Figures: Meta's documents of 2026. What only others report is marked "reported"; change it here when
Meta says otherwise.
"""

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
from hearwell.connect.model import Audience, MessageKind
from hearwell.connect.terms import AccessLevel
from hearwell.connect.textrule import Bytes, Utf16Units
from hearwell.connectors.meta.health import Need
from hearwell.connectors.meta.wire import GRAPH_HOST, INSTAGRAM_HOST, VERSION

NETWORK, OBJECT = "instagram", "instagram"
# The two products: a Page's token that came through Facebook, or Instagram's own sign-in.
BY_FACEBOOK, BY_INSTAGRAM = "facebook", "instagram"
SIGN_IN_HOST, CODE_HOST = "www.instagram.com", "api.instagram.com"
# Reported: 2,200 for a comment, as for a caption. A private message: 1,000 bytes, not characters.
COMMENT_LIMIT, MESSAGE_BYTES = 2_200, 1_000
# A day for anything; a week for what a person wrote, where the app has the Human Agent feature.
WINDOW = ReplyWindow(Audience.PRIVATE, timedelta(hours=24), by_hand=timedelta(days=7))
# One private answer to a comment, and this long after it was written.
PRIVATE_ANSWER = timedelta(days=7)
# An Instagram token lives for 60 days and is extended this long before its end.
EXTEND_BEFORE = timedelta(days=10)
FIELDS = ("comments", "live_comments", "mentions", "messages", "message_reactions",
          "messaging_seen", "messaging_postbacks")  # fmt: skip
# Of what is private; the Page that the account belongs to has to be subscribed, to anything.
PAGE_FIELDS = ("messages",)
NEEDS_BY_FACEBOOK = (
    Need("instagram_basic", "the account cannot be read"),
    Need("instagram_manage_comments", "comments cannot be read, answered, hidden or deleted"),
    Need("instagram_manage_messages", "private messages cannot be read or answered"),
    Need("pages_manage_metadata", "Instagram cannot be told to call us"),
    Need("pages_show_list", "the account's Page cannot be found", is_vital=False),
)
NEEDS_BY_INSTAGRAM = (
    Need("instagram_business_basic", "the account cannot be read"),
    Need(
        "instagram_business_manage_comments", "comments cannot be read, answered, hidden or deleted"
    ),
    Need("instagram_business_manage_messages", "private messages cannot be read or answered"),
)
_REVIEW = "https://developers.facebook.com/docs/resp-plat-initiatives/app-review"

MANIFEST = Manifest(
    network=NETWORK,
    title="Instagram",
    icon="camera",
    auth=Auth.OAUTH2,
    hosts=frozenset({GRAPH_HOST, INSTAGRAM_HOST, CODE_HOST}),
    public_text=Utf16Units(COMMENT_LIMIT),
    private_text=Bytes(MESSAGE_BYTES),
    kinds=frozenset({MessageKind.COMMENT, MessageKind.MENTION, MessageKind.DM}),
    reply_audiences=frozenset(Audience),
    windows=(WINDOW,),
    rates=(RateLimit("send", 300, 1), RateLimit("private answers", 750, 3600)),
    # Of comments neither edits nor deletions are told; of private messages, that they were unsent.
    edits=Changes.NEVER,
    deletions=Changes.PUSHED,
    must_purge=True,
    has_echo=True,
    idempotency=Idempotency.NONE,
    read_back=ReadBack.HINT,
    read_lag_s=5.0,
    poll_every_s=300.0,
    is_by_contract=True,
    access=(
        AccessLevel(
            "standard",
            "Standard Access",
            "Only accounts with a role in your app; comments are not told, only found by asking.",
            "Every app has it. Add the account as a tester under App roles.",
            "https://developers.facebook.com/docs/graph-api/overview/access-levels",
        ),
        AccessLevel(
            "advanced",
            "Advanced Access",
            "Everybody is heard and answered. In private within 24 hours.",
            "Verify your business, make the account a public professional one, then ask for each"
            " permission in App Review.",
            _REVIEW,
        ),
        AccessLevel(
            "human_agent",
            "Advanced Access with Human Agent",
            "As before, and a person may answer in private for 7 days.",
            "Ask for the feature “Human Agent” in App Review.",
            "https://developers.facebook.com/docs/features-reference/human-agent",
        ),
    ),
    versions=(VERSION,),
)
