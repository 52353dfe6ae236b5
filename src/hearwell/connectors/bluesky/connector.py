"""Bluesky as a connector: three polls in, replies out under record keys of our own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from datetime import datetime
from typing import Any, ClassVar

import httpx

from hearwell.connect import failures
from hearwell.connect.attachments import Attachment, Uploaded
from hearwell.connect.connecting import Connected, Field, FieldKind, Step
from hearwell.connect.contract import (
    Connector,
    Connects,
    Fetches,
    Moderates,
    Place,
    Polls,
    Refreshes,
    Replies,
    Searches,
    Streams,
    Uploads,
)
from hearwell.connect.fields import text_in
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
from hearwell.connect.timelines import ReadsTimelines
from hearwell.connectors.bluesky import (
    acts,
    health,
    listing,
    parse,
    public,
    render,
    sending,
    session,
    stream,
    threads,
    wire,
)
from hearwell.connectors.bluesky.manifest import MANIFEST, SERVICE
from hearwell.kit import http as kit_http
from hearwell.kit.sockets import Opener


def client_for(origins: Iterable[str]) -> session.OpenClient:
    """Open clients that reach the hosts named by https, and these origins in any case.

    ``origins`` are exact addresses that may lie inside (``HEARWELL_EGRESS_ALLOW``).
    """
    allowed = tuple(origins)

    def open_client(hosts: Collection[str]) -> httpx.Client:
        names = [host.partition(":")[0] for host in hosts]
        return kit_http.client(names, origins=allowed, timeout_s=MANIFEST.request_timeout_s)

    return open_client


class BlueskyConnector(
    Connector,
    Polls,
    Streams,
    Fetches,
    Replies,
    Uploads,
    Refreshes,
    Connects,
    Moderates,
    ReadsTimelines,
    Searches,
):
    """Settings ``pds``, ``since``, ``stream``; secrets ``access``, ``refresh``, ``password``."""

    manifest: ClassVar[Manifest] = MANIFEST
    acts: ClassVar[frozenset[Act]] = acts.ACTS
    steps: ClassVar[Sequence[Step]] = (
        Step(
            "In Bluesky, open Settings, then Privacy and security, then App passwords.",
            "https://bsky.app/settings/app-passwords",
        ),
        Step("Add an app password. Call it Hearwell; it needs no access to direct messages."),
    )
    fields: ClassVar[Sequence[Field]] = (
        Field(
            name=session.IN_HANDLE,
            label="Handle",
            hint="The name after the @ sign, or the account's DID.",
            example="northwind.bsky.social",
        ),
        Field(
            name=session.IN_PASS,
            label="App password",
            kind=FieldKind.SECRET,
            hint="Not the account's own password.",
            example="abcd-efgh-ijkl-mnop",
        ),
        Field(
            name=session.IN_SERVICE,
            label="Server",
            kind=FieldKind.ADDRESS,
            hint="Only for accounts on a server of your own.",
            default=SERVICE,
            is_required=False,
            is_advanced=True,
        ),
        Field(
            name=session.IN_STREAM,
            label="Live stream",
            kind=FieldKind.ADDRESS,
            hint="A Jetstream brings posts within a second, and gigabytes a day. Empty: we ask"
            " every ten seconds.",
            example="wss://jetstream2.us-east.bsky.network",
            is_required=False,
            is_advanced=True,
        ),
    )

    def __init__(
        self,
        open_client: session.OpenClient | None = None,
        places: session.Places | None = None,
        origins: Iterable[str] = (),
    ) -> None:
        self._open = open_client or client_for(())
        self._origins = tuple(origins)
        self._places = places or session.Places()

    def hosts(self, account: Account) -> frozenset[str]:
        """Where people sign in, the account's own server, and its live stream if it has one."""
        own = {session.host_of(account.settings.get(name, "")) for name in ("pds", "stream")}
        return self.manifest.hosts | (own - {""})

    @contextmanager
    def _line(self, account: Account) -> Iterator[wire.Line]:
        """A line to the account's server, in its name."""
        server = account.settings.get("pds", "")
        with self._open({session.host_of(server)}) as client:
            yield wire.Line(client, server, account.secrets.get("access", ""))

    # --- in ------------------------------------------------------------------------------------

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def streams(self, account: Account) -> Sequence[str]:
        """Three lists, and what the first of them may have missed."""
        del account
        return (*listing.STREAMS, threads.STREAM)

    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """See ``listing`` and ``threads``."""
        with self._line(account) as line:
            if stream == threads.STREAM:
                return threads.poll(line, account, cursor)
            return listing.poll(line, account, stream, cursor)

    async def listen(self, account: Account) -> AsyncIterator[Raw]:
        """See ``stream``."""

        async def describe(did: str) -> Mapping[str, Any] | None:
            return await asyncio.to_thread(self._profile, account, did)

        async with aclosing(stream.listen(self._opener, account, describe)) as raws:
            async for raw in raws:
                yield raw

    def _opener(self, port: int) -> Opener:
        return Opener(self._origins, ports={port})

    def _profile(self, account: Account, did: str) -> Mapping[str, Any] | None:
        """How somebody is called; None where that cannot be told. Raises ``NeedsReauth``."""
        try:
            with self._line(account) as line:
                return line.get("app.bsky.actor.getProfile", {"actor": did})
        except failures.NeedsReauth:
            raise
        except failures.Failure:
            return None

    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """One post by its address."""
        with self._line(account) as line:
            return public.fetched(line, account, ref)

    def timeline(self, account: Account, author: str, cursor: str | None) -> RawPage:
        """What anybody wrote, without what they only repeated."""
        with self._line(account) as line:
            return public.timeline(line, account, author, cursor)

    def search(self, account: Account, words: str, cursor: str | None) -> RawPage:
        """Posts with these words or this hashtag, newest first."""
        with self._line(account) as line:
            return public.search(line, account, words, cursor)

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        del now  # Bluesky closes no window
        return render.problems(account, draft)

    def identity(self, account: Account) -> str:
        """The DID that the token speaks for."""
        with self._line(account) as line:
            return text_in(line.get("com.atproto.server.getSession", {}), "did")

    def upload(self, account: Account, file: Attachment) -> Uploaded:
        """See ``sending``."""
        with self._line(account) as line:
            return sending.upload(line, file)

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
        """By the record key that ``key`` gives: there is no other it could have."""
        del since
        with self._line(account) as line:
            return sending.find_sent(line, account, draft, key, linked)

    def may(self, account: Account, act: Act, ref: str, place: Place) -> bool:
        """See ``acts``."""
        return acts.may(account, act, ref, place)

    def act(self, account: Account, act: Act, ref: str, *, root_id: str | None = None) -> None:
        """See ``acts``."""
        with self._line(account) as line:
            acts.act(line, account, act, ref, root_id)

    # --- the account -----------------------------------------------------------------------------

    def connect(self, given: Mapping[str, str]) -> Connected:
        """Sign in with an app password."""
        try:
            return session.SignIn(self._open, self._places).connected(given)
        except failures.ContractChanged as error:
            raise failures.Unavailable(network_code=error.network_code) from error

    def refresh(self, account: Account) -> Mapping[str, str]:
        """A new session; see ``session``."""
        with self._line(account) as line:
            return session.renewed(line, account)

    def health(self, account: Account) -> Health:
        """See ``health``."""
        return health.health(self._open, account)
