"""What Reddit is and allows to an app. Figures: its API rules and recorded answers of 2026."""

from __future__ import annotations

from datetime import timedelta

from hearwell.connect.manifest import Auth, Changes, Idempotency, Manifest, RateLimit, ReadBack
from hearwell.connect.model import Audience, MessageKind
from hearwell.connect.terms import AccessLevel, Retention
from hearwell.connect.textrule import CodePoints

BASE, SIGN_IN = "https://oauth.reddit.com", "https://www.reddit.com"
API_HOST, SIGN_IN_HOST = "oauth.reddit.com", "www.reddit.com"
COMMENT_LIMIT = 10_000
# Reddit's rule: platform, app, version and the person to turn to. Anything vaguer is slowed down.
AGENT = "web:org.hearwell.care:v1 (by /u/%s)"
READ, SAY, EDIT, MESSAGES, VOTE, WHO, HISTORY = (
    "read", "submit", "edit", "privatemessages", "vote", "identity", "history",
)  # fmt: skip
MODERATE, MODERATES = "modposts", "mysubreddits"
SCOPES = (WHO, READ, SAY, EDIT, MESSAGES, VOTE, HISTORY, MODERATES, MODERATE)
NEEDED = (WHO, READ, SAY, MESSAGES, HISTORY)
FREE, CONTRACT = "free", "contract"
_POLICY = "https://support.reddithelp.com/hc/articles/42728983564564"
_REQUEST = "https://support.reddithelp.com/hc/requests/new"

MANIFEST = Manifest(
    network="reddit",
    title="Reddit",
    icon="messages-square",
    auth=Auth.OAUTH2,
    hosts=frozenset({API_HOST, SIGN_IN_HOST}),
    public_text=CodePoints(COMMENT_LIMIT),
    private_text=CodePoints(COMMENT_LIMIT),
    kinds=frozenset({MessageKind.COMMENT, MessageKind.MENTION, MessageKind.POST, MessageKind.DM}),
    reply_audiences=frozenset(Audience),
    # Counted for each client id over ten minutes: 100 a minute on average (reported).
    rates=(RateLimit("read", 1_000, 600, "app"),),
    edits=Changes.POLLED,
    deletions=Changes.POLLED,
    # Its developer terms: what a user deletes there has to go here, too.
    must_purge=True,
    has_echo=True,
    idempotency=Idempotency.NONE,
    # Its lists come out of caches: a find is proof, an absence is not.
    read_back=ReadBack.HINT,
    read_lag_s=5.0,
    poll_every_s=60.0,
    is_by_contract=True,
    access=(
        AccessLevel(
            "",
            "Not approved",
            "Nothing: since November 2025 new apps get no keys without Reddit's approval.",
            "Ask for access under the Responsible Builder Policy and say what you do with it.",
            _POLICY,
        ),
        AccessLevel(
            FREE,
            "Approved, not commercial",
            "Everything this connector can do, with 100 calls a minute for the app.",
            "Approved on request; apps from before November 2025 keep what they have.",
            _REQUEST,
        ),
        AccessLevel(
            CONTRACT,
            "By contract",
            "Commercial use, with the limits of the contract.",
            "Customer care for a company is commercial use: ask Reddit for a contract.",
            "https://www.redditinc.com/policies/developer-terms",
        ),
    ),
    retention=Retention(
        "Reddit's developer terms: what users delete has to be deleted here within 48 hours;"
        " it is looked for all the time, and no other limit is set.",
        unchecked=timedelta(hours=48),
    ),
)
