"""What reviews on Google are and allow."""

from __future__ import annotations

from hearwell.connect.manifest import (
    Auth,
    Changes,
    Idempotency,
    Manifest,
    RateLimit,
    ReadBack,
)
from hearwell.connect.model import Audience, MessageKind
from hearwell.connect.terms import AccessLevel, ApiVersion
from hearwell.connect.textrule import Bytes
from hearwell.connectors.google.signin import HOSTS

BASE = "https://mybusiness.googleapis.com"
ACCOUNTS = "https://mybusinessaccountmanagement.googleapis.com"
PLACES = "https://mybusinessbusinessinformation.googleapis.com"
NOTIFICATIONS = "https://mybusinessnotifications.googleapis.com"
PUBSUB = "https://pubsub.googleapis.com"
# ReviewReply.comment: the documents give 4,096 bytes.
LONGEST_BYTES = 4_096
SCOPE = "https://www.googleapis.com/auth/business.manage"
PUBSUB_SCOPE = "https://www.googleapis.com/auth/pubsub"
NONE, GRANTED = "none", "granted"

MANIFEST = Manifest(
    network="googlereviews",
    title="Google reviews",
    icon="star",
    auth=Auth.OAUTH2,
    public_text=Bytes(LONGEST_BYTES),
    hosts=frozenset(
        address.removeprefix("https://")
        for address in (BASE, ACCOUNTS, PLACES, NOTIFICATIONS, PUBSUB)
    )
    | HOSTS,
    # Reviews, and our answers to them as comments.
    kinds=frozenset({MessageKind.REVIEW, MessageKind.COMMENT}),
    reply_audiences=frozenset({Audience.PUBLIC}),
    # What Google grants with access; it is shown under Quotas in Google Cloud.
    rates=(RateLimit("read", 300, 60, scope="app"), RateLimit("send", 10, 60)),
    edits=Changes.POLLED,
    deletions=Changes.POLLED,
    has_echo=True,
    # One answer a review: the same one again is the same one.
    idempotency=Idempotency.NATURAL,
    replaces_answers=True,
    read_back=ReadBack.HINT,
    read_lag_s=30.0,
    request_timeout_s=10.0,
    poll_every_s=300.0,
    # An answer speaks for the business, once; initials are for conversations.
    uses_initials=False,
    is_by_contract=True,
    access=(
        AccessLevel(
            NONE,
            "No access yet",
            "Nothing: a new project has a quota of 0 calls a minute.",
            "Ask for access with Google's form; the Business Profile must be verified and in use"
            " for some time.",
            "https://developers.google.com/my-business/content/prereqs",
        ),
        AccessLevel(
            GRANTED,
            "Access granted",
            "Reading and answering reviews of every verified location that the sign-in manages.",
            "Granted per project; switch on the Business Profile APIs afterwards.",
            "https://developers.google.com/my-business/content/basic-setup",
        ),
    ),
    versions=(ApiVersion("v4"),),
)
