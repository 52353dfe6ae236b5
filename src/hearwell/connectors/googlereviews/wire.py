"""Where Google's business APIs are, and what the reasons of their refusals mean."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from hearwell.connect import failures
from hearwell.connectors.google.wire import Line, Table
from hearwell.connectors.googlereviews import manifest

_UNVERIFIED = "This location is not verified with Google, so reviews of it cannot be answered."
_NOT_MANAGER = "This sign-in does not manage the location any more."
REASONS: Table = {
    "FAILED_PRECONDITION": (failures.NotAllowed, _UNVERIFIED),
    "failedPrecondition": (failures.NotAllowed, _UNVERIFIED),
    "PERMISSION_DENIED": (failures.NotAllowed, _NOT_MANAGER),
    "INVALID_ARGUMENT": (failures.Refused, ""),
}


@dataclass(frozen=True, slots=True)
class Places:
    """Each API lives at a host of its own; ``at`` stands for them all."""

    reviews: str = manifest.BASE
    accounts: str = manifest.ACCOUNTS
    locations: str = manifest.PLACES
    notifications: str = manifest.NOTIFICATIONS
    pubsub: str = manifest.PUBSUB


def places_at(at: str) -> Places:
    """Google's own hosts, or one place for all of them."""
    return Places() if at == manifest.BASE else Places(at, at, at, at, at)


def line_to(client: httpx.Client, at: str, token: str) -> Line:
    """A line in one account's name."""
    return Line(client, at, token, REASONS, manifest.SCOPE)
