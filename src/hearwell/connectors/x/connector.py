"""X as a connector: events and polls in, posts and direct messages out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

import httpx

from hearwell.connect.attachments import Attachment, Uploaded
from hearwell.connect.connecting import Connected, Departure, Field, Step
from hearwell.connect.contract import (
    Authorizes,
    Connector,
    Fetches,
    Metered,
    Moderates,
    Place,
    Polls,
    ReceivesWebhooks,
    Refreshes,
    Replies,
    Streams,
    Subscribes,
    Uploads,
)
from hearwell.connect.fields import nonempty_in
from hearwell.connect.health import Health
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import (
    Account,
    Act,
    Audience,
    Challenge,
    Draft,
    Inbound,
    IngressSecrets,
    Pending,
    Problem,
    Raw,
    RawPage,
    Sent,
)
from hearwell.connect.terms import Charge
from hearwell.connect.timelines import ReadsTimelines
from hearwell.connectors.x import (
    health,
    listing,
    metering,
    parse,
    render,
    sending,
    signin,
    signing,
    streaming,
    subscribing,
)
from hearwell.connectors.x.manifest import BASE, ENTERPRISE, HIDE, MANIFEST, POST_READ, SITE
from hearwell.connectors.x.wire import Line, line_of
from hearwell.kit import http as kit_http


def client_for(inside: Iterable[str]) -> httpx.Client:
    """A client that reaches X, and these exact origins (``HEARWELL_EGRESS_ALLOW``)."""
    timeout_s = MANIFEST.request_timeout_s
    return kit_http.client(MANIFEST.hosts, origins=tuple(inside), timeout_s=timeout_s)


class XConnector(
    Connector,
    ReceivesWebhooks,
    Polls,
    Streams,
    Fetches,
    Replies,
    Uploads,
    Moderates,
    Authorizes,
    Refreshes,
    Subscribes,
    ReadsTimelines,
    Metered,
):
    """An account is a user of X, by number.

    Setting ``ways``; secrets ``access``, ``refresh``, ``client_id``, ``client_secret``,
    ``api_secret`` and ``bearer``. ``at`` replaces all of X.
    """

    manifest: ClassVar[Manifest] = MANIFEST
    hook_secrets: ClassVar[tuple[str, ...]] = (signin.IN_KEY,)
    answers_with_it: ClassVar[bool] = True
    acts: ClassVar[frozenset[Act]] = sending.ACTS
    steps: ClassVar[Sequence[Step]] = signin.STEPS
    fields: ClassVar[Sequence[Field]] = signin.FIELDS
    item_charge: ClassVar[str] = POST_READ

    def __init__(
        self,
        client: httpx.Client | None = None,
        *,
        at: str = BASE,
        doors: streaming.Doors | None = None,
    ) -> None:
        self._client = client or client_for(())
        self._at = at.rstrip("/")
        self._site = SITE if self._at == BASE else self._at
        self._doors = doors or streaming.Doors(() if self._at == BASE else (self._at,))

    def hosts(self, account: Account) -> frozenset[str]:
        """X's, or the one place that stands for it."""
        del account
        return MANIFEST.hosts if self._at == BASE else frozenset({urlsplit(self._at).netloc})

    def _line(self, account: Account) -> Line:
        return line_of(self._client, self._at, account)

    def _app(self, account: Account) -> Line:
        return Line(self._client, self._at, account.secrets.get(signin.IN_BEARER, ""))

    # --- in ------------------------------------------------------------------------------------

    def challenge(self, raw: Raw, secrets: IngressSecrets) -> Challenge | None:
        """See ``signing``; asked at registration and every hour from then on."""
        return signing.challenge(raw, secrets)

    def verify(self, raw: Raw, secrets: IngressSecrets) -> None:
        """See ``signing``."""
        signing.verify(raw, secrets)

    def route(self, raw: Raw) -> list[str]:
        """The account that an event is for: one app may look after many."""
        return [parse.account_of(raw)]

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def streams(self, account: Account) -> Sequence[str]:
        """See ``listing``."""
        return listing.streams(account)

    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """See ``listing``."""
        return listing.poll(self._line(account), account, stream, cursor)

    async def listen(self, account: Account) -> AsyncIterator[Raw]:
        """See ``streaming``."""
        async for raw in streaming.listen(self._doors, self._at, account):
            yield raw

    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """One post by its id."""
        return listing.fetch_one(self._line(account), account, ref)

    def timeline(self, account: Account, author: str, cursor: str | None) -> RawPage:
        """See ``listing``."""
        return listing.timeline(self._line(account), account, author, cursor)

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        del now  # X closes no window
        return render.problems(account, draft)

    def identity(self, account: Account) -> str:
        """The account that the token speaks for."""
        return nonempty_in(signin.whoami(self._line(account)).data, "id")

    def upload(self, account: Account, file: Attachment) -> Uploaded:
        """See ``sending``."""
        return sending.upload(self._line(account), file)

    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """See ``sending``."""
        del key  # there is no place for it
        return sending.send(self._line(account), account, draft)

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
        del key
        return sending.find_sent(self._line(account), account, draft, since, linked)

    def may(self, account: Account, act: Act, ref: str, place: Place) -> bool:
        """Likes with Enterprise; hiding what answers in a conversation; nothing in private."""
        if place.audience is Audience.PRIVATE:
            return False
        if act in {Act.LIKE, Act.UNLIKE}:
            return account.tier == ENTERPRISE
        if act in {Act.HIDE, Act.UNHIDE}:
            is_answer = bool(place.root_id) and place.root_id != ref
            return is_answer and (not account.scopes or HIDE in account.scopes)
        return act in self.acts

    def act(self, account: Account, act: Act, ref: str, *, root_id: str | None = None) -> None:
        """See ``sending``."""
        del root_id
        sending.act(self._line(account), account, act, ref)

    def heard(self, raw: Raw) -> Sequence[Charge]:
        """See ``metering``."""
        return metering.heard(raw)

    def said(self, draft: Draft) -> Sequence[Charge]:
        """See ``render``."""
        return render.charges(draft)

    # --- the account -----------------------------------------------------------------------------

    def begin(self, given: Mapping[str, str], return_url: str, state: str) -> Departure:
        """See ``signin``."""
        return signin.begin(self._site, given, return_url, state)

    def finish(
        self, keep: Mapping[str, str], query: Mapping[str, str], return_url: str
    ) -> Connected:
        """See ``signin``."""
        return signin.finish(self._client, self._at, keep, query, return_url)

    def refresh(self, account: Account) -> Mapping[str, str]:
        """See ``signin``."""
        return signin.renewed(self._client, self._at, account)

    def subscribe(self, account: Account, hook_url: str, secrets: IngressSecrets) -> None:
        """See ``subscribing``. The secret is the app's own and X knows it."""
        del secrets
        subscribing.subscribe(self._lines(account), account, hook_url)

    def unsubscribe(self, account: Account) -> None:
        """See ``subscribing``."""
        subscribing.unsubscribe(self._lines(account), account)

    def _lines(self, account: Account) -> subscribing.Lines:
        return subscribing.Lines(self._app(account), self._line(account))

    def health(self, account: Account) -> Health:
        """See ``health``."""
        return health.health(self._line(account), self._app(account), account)
