"""YouTube as a connector: comments in by asking, replies out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

import httpx

from hearwell.connect import failures
from hearwell.connect.connecting import Connected, Departure, Field, FieldKind, Step
from hearwell.connect.contract import (
    Authorizes,
    Connector,
    Fetches,
    Metered,
    Moderates,
    Polls,
    Refreshes,
    Replies,
)
from hearwell.connect.fields import nonempty_in, text_or_none
from hearwell.connect.health import Health
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import (
    Account,
    Act,
    Draft,
    Inbound,
    Pending,
    Problem,
    Raw,
    RawPage,
    Sent,
)
from hearwell.connect.terms import Charge
from hearwell.connect.timelines import ReadsTimelines
from hearwell.connectors.google import signin
from hearwell.connectors.google.wire import Line, objects
from hearwell.connectors.youtube import health, listing, parse, planning, render, sending
from hearwell.connectors.youtube.manifest import (
    BASE,
    EXTENDED,
    INSERT,
    MANIFEST,
    SCOPE,
    STANDARD,
    THREADS,
    UNITS,
    UNITS_SETTING,
)
from hearwell.connectors.youtube.wire import line_to
from hearwell.kit import clock
from hearwell.kit import http as kit_http

_NO_CHANNEL = "This Google account has no YouTube channel. Create one, then connect again."
_NO_SCOPE = f"The permission {SCOPE} was not given. Please begin again and allow it."
_API = "https://console.cloud.google.com/apis/library/youtube.googleapis.com"


def client_for(inside: Iterable[str]) -> httpx.Client:
    """A client that reaches Google, and these exact origins (``HEARWELL_EGRESS_ALLOW``)."""
    timeout_s = MANIFEST.request_timeout_s
    return kit_http.client(MANIFEST.hosts, origins=tuple(inside), timeout_s=timeout_s)


class YoutubeConnector(
    Connector, Polls, Fetches, Replies, Moderates, ReadsTimelines, Metered, Authorizes, Refreshes
):
    """An account is a channel, by its id (``UC…``).

    Settings ``since``, ``units``, ``channels``, ``hide_as``; secrets ``access``, ``refresh``,
    ``access_until``, ``client_id``, ``client_secret``. ``at`` replaces all of Google.
    """

    manifest: ClassVar[Manifest] = MANIFEST
    page_charge: ClassVar[str] = THREADS
    # A page is of threads, the newest first; what is said in an old one may be new.
    is_gapless: ClassVar[bool] = False
    acts: ClassVar[frozenset[Act]] = sending.ACTS
    steps: ClassVar[Sequence[Step]] = (
        Step("In Google Cloud, switch on the YouTube Data API v3 for your project.", _API),
        *signin.STEPS,
        Step("Sign in to Google in this browser as the channel that is to answer."),
    )
    fields: ClassVar[Sequence[Field]] = (
        *signin.FIELDS,
        Field(
            name=UNITS_SETTING,
            label="Units a day",
            kind=FieldKind.NUMBER,
            hint="What Google granted your project. A fifth is kept for answering.",
            default=str(UNITS),
            is_advanced=True,
        ),
        Field(
            name=planning.CHANNELS_SETTING,
            label="Channels of this project",
            kind=FieldKind.NUMBER,
            hint="How many channels share those units, here and in other programs.",
            default="1",
            is_advanced=True,
        ),
        Field(
            name=sending.HIDE_AS,
            label="Hidden comments",
            kind=FieldKind.CHOICE,
            choices=(
                (sending.HELD, "Held for review in YouTube Studio"),
                (sending.REJECTED, "Rejected; Studio does not list them again"),
            ),
            hint="Either way Hearwell can show them again.",
            default=sending.HELD,
            is_advanced=True,
        ),
    )

    def __init__(self, client: httpx.Client | None = None, *, at: str = BASE) -> None:
        self._client = client or client_for(())
        self._at = at.rstrip("/")
        own = self._at == BASE
        self._places = signin.Places() if own else signin.Places(self._at, self._at)

    def hosts(self, account: Account) -> frozenset[str]:
        """Google's, or the one place that stands for them all."""
        del account
        return MANIFEST.hosts if self._at == BASE else frozenset({urlsplit(self._at).netloc})

    def _line(self, account: Account) -> Line:
        return line_to(self._client, self._at, account.secrets.get(signin.ACCESS, ""))

    # --- in ------------------------------------------------------------------------------------

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def streams(self, account: Account) -> Sequence[str]:
        """The newest threads, and older ones in turn."""
        del account
        return listing.STREAMS

    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """See ``listing``."""
        return listing.poll(self._line(account), account, stream, cursor)

    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """One comment by its id."""
        return listing.fetch_one(self._line(account), account, ref)

    def timeline(self, account: Account, author: str, cursor: str | None) -> RawPage:
        """What a channel wrote below its own videos."""
        return listing.timeline(self._line(account), account, author, cursor)

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        del now  # YouTube closes no window
        return render.problems(account, draft)

    def identity(self, account: Account) -> str:
        """The channel that the token speaks for."""
        return health.identity(self._line(account))

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

    def act(self, account: Account, act: Act, ref: str, *, root_id: str | None = None) -> None:
        """See ``sending``."""
        del root_id
        sending.act(self._line(account), account, act, ref)

    # --- what it costs ---------------------------------------------------------------------------

    def heard(self, raw: Raw) -> Sequence[Charge]:
        """Nothing: asking costs, and the page says how much."""
        del raw
        return ()

    def said(self, draft: Draft) -> Sequence[Charge]:
        """A reply is fifty looks."""
        del draft
        return (Charge(INSERT),)

    # --- the account -----------------------------------------------------------------------------

    def begin(self, given: Mapping[str, str], return_url: str, state: str) -> Departure:
        """See ``google.signin``."""
        scopes = (SCOPE,)
        return signin.begin(
            self._places, given, return_url, state, scopes=scopes, fields=self.fields
        )

    def finish(
        self, keep: Mapping[str, str], query: Mapping[str, str], return_url: str
    ) -> Connected:
        """Trade the code for tokens and ask which channel they speak for."""
        tokens = signin.finish(self._client, self._places, keep, query, return_url)
        if SCOPE not in tokens.scopes:
            raise failures.ScopeMissing(_NO_SCOPE)
        line = line_to(self._client, self._at, tokens.secrets[signin.ACCESS])
        params = {"part": "snippet", "mine": "true"}
        found = objects(line.get(f"{listing.API}/channels", params), "items")
        if not found:
            raise failures.NeedsReauth(_NO_CHANNEL, network_code="no_channel")
        told = found[0].get("snippet")
        snippet = told if isinstance(told, dict) else {}
        handle = text_or_none(snippet, "customUrl") or text_or_none(snippet, "title") or ""
        names = (UNITS_SETTING, planning.CHANNELS_SETTING, sending.HIDE_AS)
        units = keep.get(UNITS_SETTING, "")
        return Connected(
            external_id=nonempty_in(found[0], "id"),
            handle=handle,
            settings={listing.SINCE: clock.now().isoformat()}
            | {name: keep.get(name, "") for name in names},
            secrets=tokens.secrets,
            tier=EXTENDED if units.isdigit() and int(units) > UNITS else STANDARD,
            scopes=tokens.scopes,
        )

    def refresh(self, account: Account) -> Mapping[str, str]:
        """See ``google.signin``."""
        return signin.renewed(self._client, self._places, account)

    def health(self, account: Account) -> Health:
        """See ``health``."""
        return health.health(self._line(account), account)
