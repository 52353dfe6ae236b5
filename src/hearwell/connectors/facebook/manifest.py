"""What Facebook is and allows to a Page's app.

Figures: Meta's documents of 2026 (Messenger Platform of March and September, Pages API). What only
others report is marked "reported"; change it here when Meta says otherwise.
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
from hearwell.connect.textrule import Utf16Units
from hearwell.connectors.meta.health import Need
from hearwell.connectors.meta.wire import GRAPH_HOST, VERSION

NETWORK, OBJECT = "facebook", "page"
# Reported: 8,000 for a comment, 2,000 for a private message; neither page names the unit.
COMMENT_LIMIT, MESSAGE_LIMIT = 8_000, 2_000
# A day for anything; a week for what a person wrote, where the app has the Human Agent feature.
WINDOW = ReplyWindow(Audience.PRIVATE, timedelta(hours=24), by_hand=timedelta(days=7))
# One private answer to a comment, and this long after it was written.
PRIVATE_ANSWER = timedelta(days=7)
# What the app's webhook tells of, and what each Page tells the app of.
FIELDS = (
    "feed", "mention", "ratings", "messages", "message_echoes", "message_edits", "message_reads",
    "message_deliveries", "message_reactions", "messaging_postbacks",
)  # fmt: skip
NEEDS = (
    Need("pages_manage_metadata", "Facebook cannot be told to call us"),
    Need("pages_read_engagement", "the Page's own posts cannot be read"),
    Need("pages_read_user_content", "comments, mentions and reviews cannot be read"),
    Need("pages_manage_engagement", "comments cannot be answered, liked, hidden or deleted"),
    Need("pages_messaging", "private messages cannot be read or answered"),
    Need("pages_show_list", "the Page cannot be found when it is connected again", is_vital=False),
)
SCOPES = tuple(need.scope for need in NEEDS)
_REVIEW = "https://developers.facebook.com/docs/resp-plat-initiatives/app-review"
_ACCESS = "https://developers.facebook.com/docs/graph-api/overview/access-levels"

MANIFEST = Manifest(
    network=NETWORK,
    title="Facebook",
    icon="users",
    auth=Auth.OAUTH2,
    hosts=frozenset({GRAPH_HOST}),
    public_text=Utf16Units(COMMENT_LIMIT),
    private_text=Utf16Units(MESSAGE_LIMIT),
    kinds=frozenset(
        {
            MessageKind.POST,
            MessageKind.COMMENT,
            MessageKind.MENTION,
            MessageKind.DM,
            MessageKind.REVIEW,
        }
    ),
    reply_audiences=frozenset(Audience),
    windows=(WINDOW,),
    # Texts to one Page's customers; private answers to comments are counted apart.
    rates=(RateLimit("send", 300, 1), RateLimit("private answers", 750, 3600)),
    edits=Changes.PUSHED,
    deletions=Changes.PUSHED,
    has_echo=True,
    idempotency=Idempotency.NONE,
    # What is there is proof; how far Facebook's lists trail its writes is not written.
    read_back=ReadBack.HINT,
    read_lag_s=5.0,
    poll_every_s=300.0,
    is_by_contract=True,
    access=(
        AccessLevel(
            "standard",
            "Standard Access",
            "Only people with a role in your app are heard and answered: enough to try it out.",
            "Every app has it. Add testers under App roles.",
            _ACCESS,
        ),
        AccessLevel(
            "advanced",
            "Advanced Access",
            "Everybody is heard and answered. In private within 24 hours.",
            "Verify your business, then ask for each permission in App Review with a screen"
            " recording of how it is used.",
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
