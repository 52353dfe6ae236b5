"""Harbour as a connector: webhooks, a stream and a poll in; comments and messages out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import urlsplit

import httpx

from hearwell.connect import failures, signed
from hearwell.connect.attachments import Attachment, Uploaded
from hearwell.connect.connecting import Connected, Field, FieldKind, FieldRefused, Step
from hearwell.connect.contract import (
    Connector,
    Connects,
    Fetches,
    Moderates,
    Place,
    Polls,
    ReceivesWebhooks,
    Refreshes,
    Replies,
    Searches,
    Streams,
    Uploads,
)
from hearwell.connect.fields import moment_in, moment_or_none, text_in
from hearwell.connect.health import Health, HealthCheck, HealthState, followers_in
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
    Source,
)
from hearwell.connect.timelines import ReadsTimelines
from hearwell.connectors.sandbox import acts, checks, parse, render, signing, wire
from hearwell.connectors.sandbox.manifest import MANIFEST
from hearwell.kit import clock, http_async
from hearwell.kit import http as kit_http

OpenClient = Callable[[Account], httpx.Client]
OpenStream = Callable[[Account], httpx.AsyncClient]
# Two computers' clocks may differ by this much when a read-back looks for what was sent "since".
_SKEW = timedelta(minutes=2)
_PAGE = 200


def client_for(origins: Iterable[str]) -> OpenClient:
    """Open clients that reach nothing but these origins (``HEARWELL_EGRESS_ALLOW``)."""
    allowed = tuple(origins)

    def open_client(account: Account) -> httpx.Client:
        del account  # where it lives is the account's to say, whether we go there is not
        return kit_http.client((), origins=allowed, timeout_s=MANIFEST.request_timeout_s)

    return open_client


def streaming_client_for(origins: Iterable[str]) -> OpenStream:
    """Open clients for lines held open, which reach nothing but these origins."""
    allowed = tuple(origins)

    def open_stream(account: Account) -> httpx.AsyncClient:
        del account
        return http_async.async_client((), origins=allowed)

    return open_stream


class SandboxConnector(
    Connector,
    ReceivesWebhooks,
    Polls,
    Streams,
    Replies,
    Uploads,
    Refreshes,
    Fetches,
    Connects,
    Searches,
    ReadsTimelines,
    Moderates,
):
    """The account's settings hold ``base_url``; its secrets ``access`` and ``refresh`` tokens."""

    manifest: ClassVar[Manifest] = MANIFEST
    acts: ClassVar[frozenset[Act]] = acts.ACTS
    steps: ClassVar[Sequence[Step]] = (
        Step("Open Harbour's control page and press “Make keys”.", "/sandbox/control/"),
        Step("Copy the address and the access key that it shows, and paste them here."),
    )
    fields: ClassVar[Sequence[Field]] = (
        Field(
            name="base_url",
            label="Address",
            kind=FieldKind.ADDRESS,
            hint="Where this Harbour is, as its control page shows it.",
            example="https://care.example.com/sandbox/api/northwind",
        ),
        Field(
            name="access",
            label="Access key",
            kind=FieldKind.SECRET,
            hint="Shown once, when the keys are made.",
        ),
        Field(
            name="refresh",
            label="Renewal key",
            kind=FieldKind.SECRET,
            hint="With it the sign-in renews itself; without it, it ends after sixty days.",
            is_required=False,
            is_advanced=True,
        ),
    )

    def __init__(
        self, open_client: OpenClient | None = None, open_stream: OpenStream | None = None
    ) -> None:
        self._open = open_client or client_for(())
        self._open_stream = open_stream or streaming_client_for(())

    def hosts(self, account: Account) -> frozenset[str]:
        """The host of the account's own Harbour."""
        return frozenset({urlsplit(account.settings.get("base_url", "")).netloc})

    def place_of(self, account: Account) -> str:
        """Its Harbour: each address is a network of its own."""
        return account.settings.get("base_url", "")

    # --- in ------------------------------------------------------------------------------------

    def challenge(self, raw: Raw, secrets: IngressSecrets) -> Challenge | None:
        """Echo ``harbour.challenge`` if ``harbour.token`` is ours."""
        query = signed.query_in(raw)
        if raw.method != "GET" or "harbour.challenge" not in query:
            return None
        token = query.get("harbour.token", [""])[0]
        signed.check(token, [secrets.challenge], str)
        return Challenge(query["harbour.challenge"][0].encode())

    def verify(self, raw: Raw, secrets: IngressSecrets) -> None:
        """See ``signing``."""
        signing.verify(raw, secrets)

    def route(self, raw: Raw) -> list[str]:
        """A delivery concerns one page."""
        page, _ = parse.envelope(raw)
        return [page]

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """The next entries after a sequence number; Harbour keeps them all."""
        params = {"after": cursor or "0", "limit": str(_PAGE)}
        answer = self._read(account, "events", params)
        entries = answer.get("entries")
        if not isinstance(entries, list):
            raise failures.ContractChanged
        if not entries:
            return RawPage((), cursor)
        url = f"{_url(account, 'events')}?stream={stream}"
        raw = _raw("GET", url, json.dumps(dict(answer)).encode(), Source.POLL)
        more = clock.now() if answer.get("more") is True else None
        return RawPage((raw,), str(answer.get("next", cursor or "0")), more)

    async def listen(self, account: Account) -> AsyncIterator[Raw]:
        """Lines of Harbour's stream, each an envelope, until Harbour ends it."""
        url = _url(account, "stream")
        headers = {"authorization": f"Bearer {account.secrets.get('access', '')}"}
        async with self._open_stream(account) as client, AsyncExitStack() as stack:
            try:
                response = await stack.enter_async_context(
                    client.stream("GET", url, headers=headers)
                )
            except httpx.TransportError as error:
                raise failures.Unavailable(network_code=type(error).__name__) from error
            if response.status_code == httpx.codes.UNAUTHORIZED:
                raise failures.NeedsReauth
            if response.status_code != httpx.codes.OK:
                return
            # The connection may end politely or not: the caller connects again.
            with suppress(httpx.TransportError):
                async for line in http_async.lines(response):
                    if line.strip():
                        yield _raw("GET", url, line.encode(), Source.STREAM)

    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """One post, comment or message, as the delivery that would have announced it."""
        try:
            answer = self._read(account, f"items/{ref}", {})
        except failures.TargetGone:
            return None
        url = _url(account, f"items/{ref}")
        return _raw("GET", url, json.dumps(dict(answer)).encode(), Source.POLL)

    def search(self, account: Account, words: str, cursor: str | None) -> RawPage:
        """What anybody said in public with these words, newest first."""
        return self._listed(account, "search", {"q": words}, cursor)

    def timeline(self, account: Account, author: str, cursor: str | None) -> RawPage:
        """What somebody said in public, posts and comments, newest first."""
        return self._listed(account, "timeline", {"of": author.removeprefix("@")}, cursor)

    def _listed(
        self, account: Account, path: str, params: Mapping[str, str], cursor: str | None
    ) -> RawPage:
        """A page of a list that goes from the newest to the oldest."""
        answer = self._read(account, path, {**params, **({"before": cursor} if cursor else {})})
        entries = answer.get("entries")
        if not isinstance(entries, list):
            raise failures.ContractChanged
        if not entries:
            return RawPage((), None)
        raw = _raw("GET", _url(account, path), json.dumps(dict(answer)).encode(), Source.POLL)
        further = answer.get("next")
        return RawPage((raw,), further if isinstance(further, str) and further else None)

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        return render.problems(account, draft, now)

    def identity(self, account: Account) -> str:
        """The page that the token speaks for."""
        return text_in(self._read(account, "me", {}), "page")

    def upload(self, account: Account, file: Attachment) -> Uploaded:
        """A picture with its description, to be shown by what is posted next."""
        with self._open(account) as client:
            token = account.secrets.get("access", "")
            answer = wire.upload(client, _url(account, "media"), token, file)
        return Uploaded(text_in(answer, "id"))

    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """A public comment or a private message."""
        path, body = render.payload_of(draft, key)
        with self._open(account) as client:
            answer = wire.write(
                client, _url(account, path), account.secrets.get("access", ""), body
            )
        try:
            return _sent(answer)
        except failures.ContractChanged as error:
            raise failures.OutcomeUnknown from error

    def find_sent(
        self,
        account: Account,
        draft: Draft,
        key: str,
        *,
        since: datetime,
        linked: Collection[str] = (),
    ) -> Sent | None:
        """By our own note first, else by target and text among what nobody has claimed."""
        path, body = render.payload_of(draft, key)
        target = body.get("in_reply_to") or body.get("to", "")
        params = {"kind": path, "target": target, "since": (since - _SKEW).isoformat()}
        items = self._read(account, "sent", params).get("items")
        if not isinstance(items, list):
            raise failures.ContractChanged
        free = [item for item in items if isinstance(item, dict) and item.get("id") not in linked]
        by_note = [item for item in free if item.get("client_ref") == key]
        # A note that is another key's belongs to another draft, however alike the texts are.
        by_text = [
            item
            for item in free
            if not item.get("client_ref") and _same(item.get("text"), body["text"])
        ]
        found = (by_note or by_text)[:1]
        return _sent(found[0]) if found else None

    def may(self, account: Account, act: Act, ref: str, place: Place) -> bool:  # noqa: ARG002
        """See ``acts``; the account makes no difference."""
        return acts.may(act, ref, place)

    def act(self, account: Account, act: Act, ref: str, *, root_id: str | None = None) -> None:
        """Harbour has one door for them all."""
        del root_id
        url, token = _url(account, acts.path_of(ref)), account.secrets.get("access", "")
        with self._open(account) as client:
            acts.do(client, url, token, act)

    # --- the account -----------------------------------------------------------------------------

    def connect(self, given: Mapping[str, str]) -> Connected:
        """Ask Harbour whose key this is."""
        address = given["base_url"].rstrip("/")
        if urlsplit(address).scheme not in {"http", "https"}:
            words = "Please paste the whole address, with http in front."
            raise FieldRefused(field_name="base_url", message=words)
        secrets = {"access": given["access"].strip(), "refresh": given["refresh"].strip()}
        account = Account("", settings={"base_url": address}, secrets=secrets)
        try:
            me = self._read(account, "me", {})
        except failures.NeedsReauth as error:
            words = "Harbour did not accept this key. Make new keys there and paste them here."
            raise FieldRefused(
                field_name="access", message=words, network_code=error.network_code
            ) from error
        except (failures.Refused, failures.ContractChanged, failures.AccountDisabled) as error:
            words = "There is no open Harbour at this address."
            raise FieldRefused(
                field_name="base_url", message=words, network_code=error.network_code
            ) from error
        scopes = me.get("scopes")
        return Connected(
            external_id=text_in(me, "page"),
            handle=text_in(me, "handle"),
            settings={"base_url": address},
            secrets={name: value for name, value in secrets.items() if value},
            scopes=frozenset(map(str, scopes)) if isinstance(scopes, list) else frozenset(),
        )

    def refresh(self, account: Account) -> Mapping[str, str]:
        """New tokens; Harbour's refresh token is good once."""
        body = {"refresh_token": account.secrets.get("refresh", "")}
        with self._open(account) as client:
            answer = wire.write(client, _url(account, "token"), "", body)
        access, refresh = text_in(answer, "access_token"), text_in(answer, "refresh_token")
        return dict(account.secrets) | {"access": access, "refresh": refresh}

    def health(self, account: Account) -> Health:
        """Ask who we are; each step that fails ends the list."""
        if not account.settings.get("base_url"):
            return Health((HealthCheck("settings", HealthState.BAD, "There is no address."),))
        passed = (HealthCheck("settings"),)
        try:
            me = self._read(account, "me", {})
        except (failures.Unavailable, failures.ContractChanged) as error:
            return Health((*passed, HealthCheck("reach", HealthState.BAD, error.message)))
        except failures.Throttled as error:
            return Health((*passed, HealthCheck("quota", HealthState.WARNING, error.message)))
        except failures.Failure as error:
            reach = HealthCheck("reach")
            return Health(
                (*passed, reach, HealthCheck("credentials", HealthState.BAD, error.message))
            )
        found = (*passed, HealthCheck("reach"), *checks.of_account(account, me))
        # With a renewal key no person ever has to come back.
        ends = None if account.secrets.get("refresh") else moment_or_none(me.get("expires_at"))
        return Health(found, expires_at=ends, followers=followers_in(me, "followers"))

    def _read(self, account: Account, path: str, params: Mapping[str, str]) -> wire.Answer:
        with self._open(account) as client:
            token = account.secrets.get("access", "")
            return wire.read(client, _url(account, path), token, params)


def _url(account: Account, path: str) -> str:
    return f"{account.settings.get('base_url', '').rstrip('/')}/{path}"


def _raw(method: str, url: str, body: bytes, source: Source) -> Raw:
    return Raw(method, url, {"content-type": "application/json"}, body, clock.now(), source)


def _sent(answer: wire.Answer) -> Sent:
    at = moment_in(answer, "created_at")
    return Sent(text_in(answer, "id"), text_in(answer, "url"), at)


def _same(theirs: object, ours: str) -> bool:
    """Equal but for white space, which networks trim and fold."""
    return isinstance(theirs, str) and theirs.split() == ours.split()
