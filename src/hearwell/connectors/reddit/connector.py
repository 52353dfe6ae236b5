"""Reddit as a connector: lists in by asking, comments and messages out."""

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
    Refreshes,
    Replies,
    Searches,
)
from hearwell.connect.health import Health
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import (
    Account,
    Act,
    Audience,
    Draft,
    Inbound,
    Pending,
    Problem,
    Raw,
    RawPage,
    Sent,
)
from hearwell.connect.timelines import ReadsTimelines
from hearwell.connectors.reddit import health, listing, parse, render, sending, signin
from hearwell.connectors.reddit.manifest import BASE, MANIFEST, SIGN_IN
from hearwell.connectors.reddit.wire import Line
from hearwell.kit import http as kit_http


def client_for(inside: Iterable[str]) -> httpx.Client:
    """A client that reaches Reddit, and these exact origins (``HEARWELL_EGRESS_ALLOW``)."""
    timeout_s = MANIFEST.request_timeout_s
    return kit_http.client(MANIFEST.hosts, origins=tuple(inside), timeout_s=timeout_s)


class RedditConnector(
    Connector,
    Polls,
    Fetches,
    Replies,
    Moderates,
    ReadsTimelines,
    Searches,
    Authorizes,
    Refreshes,
):
    """An account is a Reddit user, by its fullname ``t2_…``.

    Settings ``name``, ``contact``, ``subreddits``, ``moderates``, ``since``, ``tier``; secrets
    ``access``, ``refresh``, ``client_id``, ``client_secret``. ``at`` replaces all of Reddit.
    """

    manifest: ClassVar[Manifest] = MANIFEST
    acts: ClassVar[frozenset[Act]] = sending.ACTS
    steps: ClassVar[Sequence[Step]] = signin.STEPS
    fields: ClassVar[Sequence[Field]] = signin.FIELDS
    takes_ids: ClassVar[bool] = False

    def __init__(self, client: httpx.Client | None = None, *, at: str = BASE) -> None:
        self._client = client or client_for(())
        self._at = at.rstrip("/")
        self._sign_in = SIGN_IN if self._at == BASE else self._at

    def hosts(self, account: Account) -> frozenset[str]:
        """Reddit's, or the one place that stands for them all."""
        del account
        return MANIFEST.hosts if self._at == BASE else frozenset({urlsplit(self._at).netloc})

    def _line(self, account: Account) -> Line:
        contact = account.settings.get(signin.IN_CONTACT, "")
        return Line(self._client, self._at, contact, account.secrets.get("access", ""))

    # --- in ------------------------------------------------------------------------------------

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def streams(self, account: Account) -> Sequence[str]:
        """See ``listing``."""
        return listing.streams_of(account)

    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """See ``listing``."""
        return listing.poll(self._line(account), account, stream, cursor)

    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """One comment or post by its fullname."""
        return listing.fetch_one(self._line(account), account, ref)

    def timeline(self, account: Account, author: str, cursor: str | None) -> RawPage:
        """What anybody wrote: posts and comments."""
        return listing.timeline(self._line(account), account, author, cursor)

    def called(self, handle: str) -> str:
        """As Reddit links people."""
        return f"u/{handle.removeprefix('u/').removeprefix('@')}"

    def search(self, account: Account, words: str, cursor: str | None) -> RawPage:
        """Posts with these words, newest first."""
        return listing.search(self._line(account), account, words, cursor)

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        del now  # when a post is too old to be answered, Reddit alone knows
        return render.problems(account, draft)

    def identity(self, account: Account) -> str:
        """The user that the token speaks for."""
        return signin.id_of(signin.whoami(self._line(account)))

    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """See ``sending``."""
        del key  # there is no place for it
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
        del key
        return sending.find_sent(self._line(account), account, draft, since, linked)

    def may(self, account: Account, act: Act, ref: str, place: Place) -> bool:
        """Comments and posts only; removing and approving where the account moderates at all."""
        if ref.partition("_")[0] not in ("t1", "t3") or place.audience is Audience.PRIVATE:
            return False
        return act not in (Act.HIDE, Act.UNHIDE) or bool(sending.moderated(account))

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

    def health(self, account: Account) -> Health:
        """See ``health``."""
        return health.health(self._line(account), account)
