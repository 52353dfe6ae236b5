"""LinkedIn Pages as a connector: notifications in by webhook and by asking, comments out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

import httpx

from hearwell.connect.connecting import Connected, Departure, Field, Step
from hearwell.connect.contract import (
    Authorizes,
    Connector,
    Fetches,
    Moderates,
    Place,
    Polls,
    ReceivesWebhooks,
    Refreshes,
    Replies,
    Subscribes,
)
from hearwell.connect.health import Health
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import (
    Account,
    Act,
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
from hearwell.connectors.linkedin import (
    health,
    listing,
    parse,
    render,
    sending,
    signin,
    signing,
    subscribing,
    urns,
)
from hearwell.connectors.linkedin.manifest import BASE, MANIFEST, SIGN_IN
from hearwell.connectors.linkedin.wire import Line
from hearwell.kit import http as kit_http


def client_for(inside: Iterable[str]) -> httpx.Client:
    """A client that reaches LinkedIn, and these exact origins (``HEARWELL_EGRESS_ALLOW``)."""
    timeout_s = MANIFEST.request_timeout_s
    return kit_http.client(MANIFEST.hosts, origins=tuple(inside), timeout_s=timeout_s)


class LinkedinConnector(
    Connector,
    ReceivesWebhooks,
    Polls,
    Fetches,
    Replies,
    Moderates,
    Authorizes,
    Refreshes,
    Subscribes,
):
    """An account is a Page, by its URN.

    Settings ``application``, ``person``, ``tier``, ``comment_text``; secrets ``access``,
    ``refresh``, their ends, ``client_id`` and ``client_secret``. ``at`` replaces all of LinkedIn.
    """

    manifest: ClassVar[Manifest] = MANIFEST
    hook_secrets: ClassVar[tuple[str, ...]] = (signin.IN_SECRET,)
    answers_with_it: ClassVar[bool] = True
    acts: ClassVar[frozenset[Act]] = sending.ACTS
    steps: ClassVar[Sequence[Step]] = signin.STEPS
    fields: ClassVar[Sequence[Field]] = signin.FIELDS

    def __init__(self, client: httpx.Client | None = None, *, at: str = BASE) -> None:
        self._client = client or client_for(())
        self._at = at.rstrip("/")
        self._sign_in = SIGN_IN if self._at == BASE else self._at

    def hosts(self, account: Account) -> frozenset[str]:
        """LinkedIn's, or the one place that stands for them all."""
        del account
        return MANIFEST.hosts if self._at == BASE else frozenset({urlsplit(self._at).netloc})

    def _line(self, account: Account) -> Line:
        return Line(self._client, self._at, account.secrets.get("access", ""))

    # --- in ------------------------------------------------------------------------------------

    def challenge(self, raw: Raw, secrets: IngressSecrets) -> Challenge | None:
        """See ``signing``; asked at registration and every two hours from then on."""
        return signing.challenge(raw, secrets)

    def verify(self, raw: Raw, secrets: IngressSecrets) -> None:
        """See ``signing``."""
        signing.verify(raw, secrets)

    def route(self, raw: Raw) -> list[str]:
        """The Pages that a batch speaks of: one app may look after many."""
        return parse.accounts_of(raw)

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def streams(self, account: Account) -> Sequence[str]:
        """Notifications are the one list there is."""
        del account
        return (listing.STREAM,)

    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """See ``listing``."""
        del stream
        return listing.poll(self._line(account), account, cursor)

    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """One comment or post by its URN."""
        return listing.fetch_one(self._line(account), account, ref)

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        del now  # LinkedIn closes no window
        return render.problems(account, draft)

    def identity(self, account: Account) -> str:
        """The Page that the token may speak for."""
        return health.identity(self._line(account), account)

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
        """Likes on comments and posts; only comments can be deleted, and only ours."""
        del account, place
        is_comment = urns.comment_of(urns.normal(ref)) is not None
        return act in self.acts and (is_comment or (act is not Act.DELETE and urns.is_post(ref)))

    def act(self, account: Account, act: Act, ref: str, *, root_id: str | None = None) -> None:
        """See ``sending``."""
        del root_id
        sending.act(self._line(account), account, act, ref)

    # --- the account -----------------------------------------------------------------------------

    def begin(self, given: Mapping[str, str], return_url: str, state: str) -> Departure:
        """See ``signin``."""
        return signin.begin(self._sign_in, given, return_url, state)

    def finish(
        self, keep: Mapping[str, str], query: Mapping[str, str], return_url: str
    ) -> Connected:
        """See ``signin``."""
        return signin.finish(self._client, self._at, self._sign_in, keep, query, return_url)

    def refresh(self, account: Account) -> Mapping[str, str]:
        """See ``signin``."""
        return signin.renewed(self._client, self._sign_in, account)

    def subscribe(self, account: Account, hook_url: str, secrets: IngressSecrets) -> None:
        """See ``subscribing``. The secret is the app's own and LinkedIn knows it."""
        del secrets
        subscribing.subscribe(self._line(account), account, hook_url)

    def unsubscribe(self, account: Account) -> None:
        """See ``subscribing``."""
        subscribing.unsubscribe(self._line(account), account)

    def health(self, account: Account) -> Health:
        """See ``health``."""
        return health.health(self._line(account), account)
