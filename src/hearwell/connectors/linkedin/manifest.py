"""What LinkedIn is and allows to an app with the Community Management API.

Figures: LinkedIn's Marketing documents, views li-lms-2026-06 to 2026-08. What only others report is
marked "reported"; change it here when LinkedIn says otherwise.
"""

from __future__ import annotations

from datetime import date, timedelta

from hearwell.connect.manifest import (
    Auth,
    Changes,
    Idempotency,
    Manifest,
    ReadBack,
)
from hearwell.connect.model import Audience, MessageKind
from hearwell.connect.terms import AccessLevel, ApiVersion, Retention
from hearwell.connect.textrule import Utf16Units

BASE, SIGN_IN = "https://api.linkedin.com", "https://www.linkedin.com"
API_HOST, SIGN_IN_HOST = "api.linkedin.com", "www.linkedin.com"
# The one place that names the version we speak. Each lives for about a year: 202508 was withdrawn
# on 17 August 2026, so this is when to expect the end of 202608 (reported, not announced).
VERSION = ApiVersion("202608", date(2027, 8, 17))
PROTOCOL = "2.0.0"
# Reported: LinkedIn's own page of limits names 1,250 characters and no unit; as its field counts.
COMMENT_LIMIT = 1_250
# The names since June 2023; asking for others than before makes every earlier token invalid.
READ, WRITE, ADMIN = (
    "r_organization_social_feed",
    "w_organization_social_feed",
    "rw_organization_admin",
)
SCOPES = (READ, WRITE, ADMIN)
DEVELOPMENT, STANDARD = "development", "standard"
# The development tier has 100 calls a day for each member: asking each half hour leaves half.
DEVELOPMENT_EVERY = timedelta(minutes=30)
# Notifications can be asked for as long as this.
BACKFILL = timedelta(days=60)
# A refresh token is good for 365 days from the consent, and renewing does not prolong it.
REFRESH_LASTS = timedelta(days=365)
WARN_BEFORE = timedelta(days=60)
_PRODUCT = "https://developer.linkedin.com/product-catalog/marketing/community-management-api"
_REVIEW = "https://learn.microsoft.com/linkedin/marketing/community-management-app-review"

MANIFEST = Manifest(
    network="linkedin",
    title="LinkedIn",
    icon="briefcase",
    auth=Auth.OAUTH2,
    hosts=frozenset({API_HOST, SIGN_IN_HOST}),
    public_text=Utf16Units(COMMENT_LIMIT),
    kinds=frozenset({MessageKind.COMMENT, MessageKind.MENTION}),
    reply_audiences=frozenset({Audience.PUBLIC}),
    edits=Changes.PUSHED,
    deletions=Changes.PUSHED,
    must_purge=True,
    has_echo=True,
    idempotency=Idempotency.NONE,
    # A comment that is there is proof; how far LinkedIn's lists trail its writes is not written.
    read_back=ReadBack.HINT,
    read_lag_s=5.0,
    request_timeout_s=10.0,
    poll_every_s=300.0,
    is_by_contract=True,
    access=(
        AccessLevel(
            "",
            "No Community Management API",
            "Nothing: without this product LinkedIn answers every question with 403.",
            "Create an app, have a super admin of the Page verify it, and request the product"
            " “Community Management API” under Products.",
            "https://www.linkedin.com/developers/apps",
        ),
        AccessLevel(
            DEVELOPMENT,
            "Development tier",
            "Reading and answering comments with 500 calls a day for the app and 100 for each"
            " member, for twelve months at most. LinkedIn does not call us: we ask each half hour.",
            "Granted to registered organisations with a business e-mail address after a form.",
            _PRODUCT,
        ),
        AccessLevel(
            STANDARD,
            "Standard tier",
            "Everything this connector can do, with calls to our webhook. The limits of your app"
            " are shown in the developer portal only.",
            "A second form with a recording of the product in use, and a technical sign-off.",
            _REVIEW,
        ),
    ),
    versions=(VERSION,),
    retention=Retention(
        "LinkedIn's data storage requirements: what members wrote may be stored for 48 hours,"
        " what their profiles say for 24.",
        text=timedelta(hours=48),
        media=timedelta(hours=48),
    ),
)
