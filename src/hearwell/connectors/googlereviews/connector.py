"""Google reviews as a connector: reviews in by asking, at once where Pub/Sub rings; answers out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

import httpx

from hearwell.connect import failures
from hearwell.connect.connecting import Connected, Departure, Field, Step
from hearwell.connect.contract import (
    Authorizes,
    Connector,
    Fetches,
    Moderates,
    Place,
    Polls,
    Refreshes,
    Replies,
    Streams,
)
from hearwell.connect.health import Health
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import (
    Account,
    Act,
    Draft,
    Inbound,
    Nudge,
    Pending,
    Problem,
    Raw,
    RawPage,
    Sent,
)
from hearwell.connectors.google import signin
from hearwell.connectors.google.wire import Line
from hearwell.connectors.googlereviews import (
    health,
    listing,
    parse,
    places,
    render,
    ringing,
    sending,
)
from hearwell.connectors.googlereviews.manifest import BASE, GRANTED, MANIFEST, PUBSUB_SCOPE, SCOPE
from hearwell.connectors.googlereviews.wire import line_to, places_at
from hearwell.kit import clock
from hearwell.kit import http as kit_http

_NO_SCOPE = "The permission %s was not given. Please begin again and allow it."


def client_for(inside: Iterable[str]) -> httpx.Client:
    """A client that reaches Google, and these exact origins (``HEARWELL_EGRESS_ALLOW``)."""
    timeout_s = MANIFEST.request_timeout_s
    return kit_http.client(MANIFEST.hosts, origins=tuple(inside), timeout_s=timeout_s)


class GooglereviewsConnector(
    Connector, Polls, Streams, Fetches, Replies, Moderates, Authorizes, Refreshes
):
    """An account is a business (``accounts/…``) with all its locations.

    Settings ``since``, ``locations``, ``topic``, ``subscription``; secrets as ``google.signin``
    keeps them. ``at`` replaces all of Google.
    """

    manifest: ClassVar[Manifest] = MANIFEST
    acts: ClassVar[frozenset[Act]] = sending.ACTS
    steps: ClassVar[Sequence[Step]] = (
        Step(
            "Ask Google for access to the Business Profile APIs; until then their quota is 0.",
            "https://developers.google.com/my-business/content/prereqs",
        ),
        *signin.STEPS,
        Step("Sign in to Google in this browser as an owner or manager of the business."),
    )
    fields: ClassVar[Sequence[Field]] = (
        *signin.FIELDS,
        Field(
            name=places.IN_ACCOUNT,
            label="Business account",
            hint="Its number. Only needed if you manage several.",
            example="1234567890",
            is_required=False,
        ),
        Field(
            name=ringing.TOPIC,
            label="Pub/Sub topic",
            hint="So that Google tells of a review within seconds. Empty: we ask every five"
            " minutes.",
            example="projects/northwind/topics/reviews",
            is_required=False,
            is_advanced=True,
        ),
        Field(
            name=ringing.SUBSCRIPTION,
            label="Pub/Sub subscription",
            hint="A pull subscription to that topic.",
            example="projects/northwind/subscriptions/hearwell",
            is_required=False,
            is_advanced=True,
        ),
    )

    def __init__(self, client: httpx.Client | None = None, *, at: str = BASE) -> None:
        self._client = client or client_for(())
        self._at = at.rstrip("/")
        self._places = places_at(self._at)
        own = self._at == BASE
        self._doors = signin.Places() if own else signin.Places(self._at, self._at)

    def hosts(self, account: Account) -> frozenset[str]:
        """Google's, or the one place that stands for them all."""
        del account
        return MANIFEST.hosts if self._at == BASE else frozenset({urlsplit(self._at).netloc})

    def _line(self, account: Account) -> Line:
        return line_to(self._client, self._places.reviews, account.secrets.get(signin.ACCESS, ""))

    # --- in ------------------------------------------------------------------------------------

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def streams(self, account: Account) -> Sequence[str]:
        """One a location."""
        return tuple(listing.locations_of(account))

    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """See ``listing``."""
        return listing.poll(self._line(account), account, stream, cursor)

    async def listen(self, account: Account) -> AsyncIterator[Raw | Nudge]:
        """See ``ringing``."""
        line = self._line(account)
        pubsub = line.elsewhere(self._places.pubsub)
        notifications = line.elsewhere(self._places.notifications)
        async with aclosing(ringing.listen(pubsub, notifications, account)) as rings:
            async for ring in rings:
                yield ring

    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """One review by its name."""
        return listing.fetch_one(self._line(account), account, parse.review_of(ref))

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        del now  # a review may be answered for ever
        return render.problems(account, draft)

    def identity(self, account: Account) -> str:
        """The business that the token may speak for."""
        return health.identity(self._line(account).elsewhere(self._places.accounts), account)

    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """See ``sending``."""
        del key  # the review itself is the key
        return sending.send(self._line(account), draft)

    def find_sent(
        self,
        account: Account,
        draft: Draft,
        key: str,
        *,
        since: datetime,
        linked: Collection[str] = (),
    ) -> Sent | None:
        """See ``sending``."""
        del key, since
        return sending.find_sent(self._line(account), draft, linked)

    def may(self, account: Account, act: Act, ref: str, place: Place) -> bool:
        """Our answers can be taken back, customers' reviews cannot."""
        del account, place
        return act in self.acts and parse.review_of(ref) != ref

    def act(self, account: Account, act: Act, ref: str, *, root_id: str | None = None) -> None:
        """See ``sending``."""
        del root_id
        sending.act(self._line(account), act, ref)

    # --- the account -----------------------------------------------------------------------------

    def begin(self, given: Mapping[str, str], return_url: str, state: str) -> Departure:
        """See ``google.signin``; Pub/Sub's permission is asked for only where it is used."""
        scopes = (SCOPE, PUBSUB_SCOPE) if given.get(ringing.SUBSCRIPTION) else (SCOPE,)
        return signin.begin(
            self._doors, given, return_url, state, scopes=scopes, fields=self.fields
        )

    def finish(
        self, keep: Mapping[str, str], query: Mapping[str, str], return_url: str
    ) -> Connected:
        """Trade the code for tokens, and find the business and its locations."""
        tokens = signin.finish(self._client, self._doors, keep, query, return_url)
        wanted = {SCOPE, *([PUBSUB_SCOPE] if keep.get(ringing.SUBSCRIPTION) else [])}
        for scope in sorted(wanted - tokens.scopes):
            raise failures.ScopeMissing(_NO_SCOPE % scope)
        access = tokens.secrets[signin.ACCESS]
        accounts = line_to(self._client, self._places.accounts, access)
        business = places.chosen(accounts, keep.get(places.IN_ACCOUNT, ""))
        found = places.locations(accounts.elsewhere(self._places.locations), business["name"])
        return Connected(
            external_id=business["name"],
            handle=business["title"],
            settings={
                listing.SINCE: clock.now().isoformat(),
                listing.LOCATIONS: json.dumps(found, ensure_ascii=False),
                ringing.TOPIC: keep.get(ringing.TOPIC, ""),
                ringing.SUBSCRIPTION: keep.get(ringing.SUBSCRIPTION, ""),
            },
            secrets=tokens.secrets,
            tier=GRANTED,
            scopes=tokens.scopes,
        )

    def refresh(self, account: Account) -> Mapping[str, str]:
        """See ``google.signin``."""
        return signin.renewed(self._client, self._doors, account)

    def health(self, account: Account) -> Health:
        """See ``health``."""
        line = self._line(account)
        accounts = line.elsewhere(self._places.accounts)
        locations = line.elsewhere(self._places.locations)
        return health.health(accounts, locations, line, account)
