"""What the reasons of YouTube's refusals mean; the call itself is Google's (``google.wire``)."""

from __future__ import annotations

import httpx

from hearwell.connect import failures
from hearwell.connectors.google.wire import Line, Table
from hearwell.connectors.youtube.manifest import SCOPE

_NO_CHANNEL = "This Google account has no YouTube channel. Create one, then connect again."
_CLOSED = "Comments are switched off for this video."
_NOT_OWNER = "Only the owner of the channel or video may do that."
TOO_LONG = "commentTextTooLong"
REASONS: Table = {
    "youtubeSignupRequired": (failures.AccountDisabled, _NO_CHANNEL),
    "channelClosed": (failures.Ended, ""),
    "channelSuspended": (failures.AccountDisabled, ""),
    "authenticatedUserAccountSuspended": (failures.AccountDisabled, ""),
    "authenticatedUserAccountClosed": (failures.Ended, ""),
    "commentsDisabled": (failures.NotAllowed, _CLOSED),
    "ineligibleAccount": (failures.NotAllowed, ""),
    "banWithoutReject": (failures.Refused, ""),
    "forbidden": (failures.NotAllowed, _NOT_OWNER),
    "commentNotFound": (failures.TargetGone, ""),
    "parentCommentNotFound": (failures.TargetGone, ""),
    "commentThreadNotFound": (failures.TargetGone, ""),
    "channelNotFound": (failures.TargetGone, ""),
    "videoNotFound": (failures.TargetGone, ""),
    "parentCommentIsPrivate": (failures.NotAllowed, ""),
    # Told apart by the sender, who knows how long it was.
    TOO_LONG: (failures.Refused, ""),
    "commentTextRequired": (failures.Refused, ""),
    "operationNotSupported": (failures.Refused, ""),
    "processingFailure": (failures.Refused, ""),
}


def line_to(client: httpx.Client, at: str, token: str) -> Line:
    """A line in one channel's name."""
    return Line(client, at, token, REASONS, SCOPE)
