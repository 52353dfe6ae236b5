"""Mastodon as a connector: a stream and four polls in, statuses out, on any server."""

from __future__ import annotations

from collections.abc import (
    AsyncIterator,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

import httpx

from hearwell.connect import failures
from hearwell.connect.attachments import Attachment, Uploaded
from hearwell.connect.connecting import Connected, Departure, Field, Step
from hearwell.connect.contract import (
    Authorizes,
    Connector,
    Fetches,
    Moderates,
    Polls,
    Replies,
    Searches,
    Streams,
    Uploads,
)
from hearwell.connect.fields import text_in
from hearwell.connect.health import Health
from hearwell.connect.manifest import Manifest
from hearwell.connect.mediarule import MediaRule
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
    Source,
)
from hearwell.connect.textrule import TextRule
from hearwell.connect.timelines import ReadsTimelines
from hearwell.connectors.mastodon import (
    health,
    instance,
    listing,
    parse,
    public,
    render,
    sending,
    signin,
    streaming,
)
from hearwell.connectors.mastodon.listing import Teller
from hearwell.connectors.mastodon.manifest import MANIFEST, STEP_TIMEOUT_S
from hearwell.connectors.mastodon.names import address_of, home_of
from hearwell.connectors.mastodon.transport import Doors
from hearwell.connectors.mastodon.wire import Line
from hearwell.kit import http as kit_http

OpenClient = Callable[[Collection[str]], httpx.Client]
_ACTS: Mapping[Act, str] = {Act.LIKE: "favourite", Act.UNLIKE: "unfavourite"}


def client_for(origins: Iterable[str]) -> OpenClient:
    """Open clients that reach the hosts named by https, and these origins in any case.

    ``origins`` are exact addresses that may lie inside (``HEARWELL_EGRESS_ALLOW``).
    """
    allowed = tuple(origins)

    def open_client(hosts: Collection[str]) -> httpx.Client:
        return kit_http.client(hosts, origins=allowed, timeout_s=STEP_TIMEOUT_S)

    return open_client


class MastodonConnector(
    Connector,
    Polls,
    Streams,
    Fetches,
    Replies,
    Uploads,
    Authorizes,
    Moderates,
    ReadsTimelines,
    Searches,
):
    """Settings: ``server``, ``account_id``, ``visibility``, what the server said of itself.

    Secrets: ``access``, ``client_id``, ``client_secret``. Tokens do not expire; they are revoked.
    """

    manifest: ClassVar[Manifest] = MANIFEST
    acts: ClassVar[frozenset[Act]] = frozenset({Act.LIKE, Act.UNLIKE, Act.DELETE})
    steps: ClassVar[Sequence[Step]] = signin.STEPS
    fields: ClassVar[Sequence[Field]] = signin.FIELDS

    def __init__(self, open_client: OpenClient | None = None, origins: Iterable[str] = ()) -> None:
        self._open = open_client or client_for(())
        self._doors = Doors(tuple(origins))

    def hosts(self, account: Account) -> frozenset[str]:
        """The account's server, and where its streams are."""
        addresses = (account.settings.get(name, "") for name in ("server", "streaming"))
        return frozenset(host for one in addresses if (host := urlsplit(one).netloc.lower()))

    def text_rule(self, account: Account, audience: Audience) -> TextRule:
        """As the account's server counts."""
        del audience  # a server has one limit for all
        return instance.rule_of(account.settings)

    @contextmanager
    def _open_line(self, server: str, token: str, scopes: Collection[str]) -> Iterator[Line]:
        with self._open({urlsplit(server).hostname or ""}) as client:
            yield Line(client, server, token, frozenset(scopes))

    @contextmanager
    def _line(self, account: Account) -> Iterator[Line]:
        """A line to the account's server, in its name."""
        server, token = account.settings.get("server", ""), account.secrets.get("access", "")
        with self._open_line(server, token, account.scopes) as line:
            yield line

    # --- in ------------------------------------------------------------------------------------

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def streams(self, account: Account) -> Sequence[str]:
        """See ``listing``."""
        del account
        return listing.STREAMS

    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """See ``listing``."""
        with self._line(account) as line:
            return listing.poll(line, account, stream, cursor)

    async def listen(self, account: Account) -> AsyncIterator[Raw]:
        """See ``streaming``."""
        with self._line(account) as line:
            teller = Teller(line, account, Source.STREAM)
            async for raw in streaming.listen(self._doors, account, teller):
                yield raw

    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """One status by its id."""
        with self._line(account) as line:
            return public.fetch_one(line, Teller(line, account, Source.POLL), ref)

    def timeline(self, account: Account, author: str, cursor: str | None) -> RawPage:
        """See ``public``."""
        with self._line(account) as line:
            return public.timeline(
                line, account, Teller(line, account, Source.POLL), author, cursor
            )

    def called(self, handle: str) -> str:
        """Without their server, as statuses show people."""
        return f"@{handle.removeprefix('@').partition('@')[0]}"

    def search(self, account: Account, words: str, cursor: str | None) -> RawPage:
        """See ``public``."""
        with self._line(account) as line:
            return public.search(line, Teller(line, account, Source.POLL), words, cursor)

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        del now  # no window ever closes
        return render.problems(account, draft)

    def identity(self, account: Account) -> str:
        """The full address that the token speaks for."""
        with self._line(account) as line:
            me = health.whoami(line).fields
            return address_of(text_in(me, "acct"), home_of(account.external_id))

    def place_of(self, account: Account) -> str:
        """Its server: what it calls a post, no other server knows."""
        return home_of(account.external_id)

    def media_rule(self, account: Account) -> MediaRule:
        """As the account's own server has it."""
        return instance.media_rule_of(account.settings)

    def upload(self, account: Account, file: Attachment) -> Uploaded:
        """See ``sending``."""
        with self._line(account) as line:
            return sending.upload(line, file)

    def prepared(self, account: Account, handle: str) -> Uploaded:
        """See ``sending``."""
        with self._line(account) as line:
            return sending.prepared(line, handle)

    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """See ``sending``."""
        with self._line(account) as line:
            return sending.send(line, account, draft, key)

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
        del key  # no server hands it back
        with self._line(account) as line:
            return sending.find_sent(line, account, draft, since, linked)

    def act(self, account: Account, act: Act, ref: str, *, root_id: str | None = None) -> None:
        """Like, take a like back, delete one of ours. Nothing can be hidden on this network."""
        del root_id
        path = f"/api/v1/statuses/{ref}"
        if act not in self.acts or not ref.isalnum():
            raise failures.NotAllowed
        with self._line(account) as line:
            if act is not Act.DELETE:
                line.post(f"{path}/{_ACTS[act]}", needs="write:favourites")
                return
            try:
                line.delete(path, needs="write:statuses")
            except failures.TargetGone:
                # Gone, as wanted; or somebody else's, which no server says in other words.
                if listing.fetched(line, ref) is not None:
                    raise failures.NotAllowed from None

    # --- the account -----------------------------------------------------------------------------

    def begin(self, given: Mapping[str, str], return_url: str, state: str) -> Departure:
        """See ``signin``."""
        return signin.begin(self._open_line, given, return_url, state)

    def finish(
        self, keep: Mapping[str, str], query: Mapping[str, str], return_url: str
    ) -> Connected:
        """See ``signin``."""
        return signin.finish(self._open_line, keep, query, return_url)

    def health(self, account: Account) -> Health:
        """See ``health``."""
        with self._line(account) as line:
            return health.health(line, account)
