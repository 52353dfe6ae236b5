"""Consent on the network's own page: send a person away, take them back once, within the hour.

The state that travels with them names nothing and proves that they left from here. It is good
once, for the same person in the same session and workspace.
"""

from __future__ import annotations

import hashlib
import secrets as random_secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from hearwell.accounts.models import User
from hearwell.channels.models import Consent
from hearwell.channels.services.secrets import opened_keep, sealed_keep
from hearwell.channels.services.trying import (
    ConnectorBroke,
    NotConnectableError,
    Trial,
    Wish,
    carefully,
    examined,
)
from hearwell.connect.connecting import Departure
from hearwell.connect.contract import Authorizes
from hearwell.connect.failures import Failure
from hearwell.connect.registry import connector_for
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.seal import UnsealError

GOOD_FOR = timedelta(hours=1)


class ConsentError(Exception):
    """Nobody was sent away with this state, or not this person; it was used, or it is too old."""


class ConsentUnknownError(ConsentError):
    """No such state is open in this workspace: made up, or used already."""


class ConsentExpiredError(ConsentError):
    """More than an hour has passed."""


class ConsentOfOtherError(ConsentError):
    """Somebody else, or another session of theirs, began it."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A connector is ready to send somebody away; ``state`` is what will come back."""

    departure: Departure = field(repr=False)
    state: str = field(repr=False)

    @property
    def host(self) -> str:
        """The host to which the person goes."""
        return urlsplit(self.departure.url).hostname or ""


@dataclass(frozen=True, slots=True)
class Returned:
    """Somebody is back: what they wished for, and what the connector wanted to have kept."""

    wish: Wish
    keep: Mapping[str, str] = field(repr=False)


class ConsentDenied(Failure):
    """The person, or the network, said no on the network's page (RFC 6749, 4.1.2.1)."""

    code = "consent_denied"
    default_message = "It was not allowed on the network's page. Nothing was connected."


def new_mark() -> str:
    """Return a secret by which a session is known again."""
    return random_secrets.token_urlsafe(32)


def begin_consent(network: str, given: Mapping[str, str], return_url: str) -> Begun:
    """Ask the network where to send the person. Never call it inside a transaction.

    Raises NotConnectableError, registry.UnknownNetworkError, ``FieldRefused`` and other failures.
    """
    connector = connector_for(network)
    if not isinstance(connector, Authorizes):
        raise NotConnectableError(network)
    state = random_secrets.token_urlsafe(32)
    departure = carefully(network, lambda: connector.begin(given, return_url, state))
    if urlsplit(departure.url).scheme not in {"https", "http"}:
        raise ConnectorBroke
    return Begun(departure, state)


def keep_consent(
    workspace_id: UUID, begun: Begun, wish: Wish, *, user: User, session_mark: str
) -> None:
    """Remember, sealed, that this person was sent away. In scope, before they leave."""
    consent_id = uuid7()
    Consent.objects.create(
        id=consent_id,
        workspace_id=workspace_id,
        user_id=user.id,
        session_digest=_digest(session_mark),
        state_digest=_digest(begun.state),
        network=wish.network,
        wish=_stored(wish),
        sealed=sealed_keep(workspace_id, consent_id, begun.departure.keep),
    )


def take_back(workspace_id: UUID, state: str, *, user: User, session_mark: str) -> Returned:
    """Take a person back, once: the row is gone when this commits. In scope.

    Raises ConsentUnknownError, ConsentExpiredError, ConsentOfOtherError. Somebody else's visit
    leaves the row to whom it belongs.
    """
    open_ones = Consent.objects.select_for_update().filter(workspace_id=workspace_id)
    row = open_ones.filter(state_digest=_digest(state)).first()
    if row is None:
        raise ConsentUnknownError
    is_theirs = random_secrets.compare_digest(bytes(row.session_digest), _digest(session_mark))
    if row.user_id != user.id or not is_theirs:
        raise ConsentOfOtherError
    if row.begun_at < now() - GOOD_FOR:
        raise ConsentExpiredError
    Consent.objects.filter(workspace_id=workspace_id, id=row.id).delete()
    try:
        keep = opened_keep(workspace_id, row.id, bytes(row.sealed))
    except UnsealError as error:
        raise ConsentUnknownError from error
    return Returned(_wish(row), keep)


def finish_consent(returned: Returned, query: Mapping[str, str], return_url: str) -> Trial:
    """Trade what the person brought back. Never call it inside a transaction.

    Raises as `trying.try_connect`.
    """
    network = returned.wish.network
    connector = connector_for(network)
    if not isinstance(connector, Authorizes):
        raise NotConnectableError(network)
    if query.get("error") and not query.get("code"):
        raise ConsentDenied(network_code=query["error"][:80])
    return examined(connector, lambda: connector.finish(returned.keep, query, return_url))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _stored(wish: Wish) -> dict[str, object]:
    return {
        "brand": wish.brand,
        "purpose": str(wish.purpose),
        "channel_id": str(wish.channel_id) if wish.channel_id else None,
        "is_sure": wish.is_sure,
    }


def _wish(row: Consent) -> Wish:
    channel_id = row.wish.get("channel_id")
    return Wish(
        network=row.network,
        brand=str(row.wish["brand"]),
        purpose=str(row.wish["purpose"]),
        channel_id=UUID(channel_id) if channel_id else None,
        is_sure=bool(row.wish.get("is_sure")),
    )
