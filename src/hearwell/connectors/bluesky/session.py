"""Sign in, renew, and say who we are: app passwords, sessions and where an account lives.

An account is a DID. Its document says which server (PDS) keeps it; accounts of Bluesky itself
sign in at one entrance and live on many servers. A password is only ever given to the server
that keeps the account, or to that entrance.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx

from hearwell.connect import failures
from hearwell.connect.answers import json_in
from hearwell.connect.connecting import Connected, FieldRefused
from hearwell.connect.fields import text_in
from hearwell.connect.model import Account
from hearwell.connectors.bluesky import render, wire
from hearwell.connectors.bluesky.manifest import DIRECTORY, SERVICE
from hearwell.connectors.bluesky.sending import resolved
from hearwell.kit import clock

OpenClient = Callable[[Collection[str]], httpx.Client]
_CREATE, _REFRESH = "com.atproto.server.createSession", "com.atproto.server.refreshSession"
_DELETE = "com.atproto.server.deleteSession"
MAIN_PASSWORD, WITH_DMS = "com.atproto.access", "com.atproto.appPassPrivileged"
# Servers of Bluesky's own; all sign in at the one entrance.
_BEHIND_THE_ENTRANCE = ".host.bsky.network"
# As far back a first poll reads: what is older was before our time.
_BACK = timedelta(hours=48)
# The fields of the form.
IN_HANDLE, IN_PASS, IN_SERVICE, IN_STREAM = "handle", "password", "service", "stream"
_REFUSED = "Bluesky did not accept it. Make a new app password there and paste it here."
_IS_MAIN = (
    "This is the account's own password, which opens everything. Make an app password in"
    " Bluesky's settings and paste that here."
)
_NOBODY = "Nobody on Bluesky has this name. Please check how it is written."
_NO_HANDLE = "A handle looks like name.bsky.social."
_NO_SERVER = "This is not the address of a server, such as https://bsky.social."
_NO_STREAM = "The address of a live stream begins with wss://."
_FACTOR = (
    "Bluesky wants a code by e-mail for this password. Make an app password and paste it here."
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where accounts sign in by default, and where DIDs are looked up."""

    service: str = SERVICE
    directory: str = DIRECTORY


def host_of(address: str) -> str:
    """``name`` or ``name:port`` of an address, lower case; empty if it has none."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def server_of(document: object) -> str | None:
    """The server that keeps an account, out of its DID document."""
    services = document.get("service") if isinstance(document, dict) else None
    for service in services if isinstance(services, list) else ():
        if isinstance(service, dict) and str(service.get("id", "")).endswith("#atproto_pds"):
            endpoint = service.get("serviceEndpoint")
            return endpoint.rstrip("/") if isinstance(endpoint, str) and host_of(endpoint) else None
    return None


def claims_of(token: str) -> Mapping[str, Any]:
    """What a token says of itself. Not proof of anything; empty where it cannot be read."""
    parts = token.split(".")
    if len(parts) != len(("header", "claims", "signature")):
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _refused(field_name: str, words: str, network_code: str = "") -> FieldRefused:
    return FieldRefused(field_name, words, network_code=network_code)


# --- connecting ----------------------------------------------------------------------------------


class SignIn:
    """One attempt to connect an account."""

    def __init__(self, open_client: OpenClient, places: Places) -> None:
        self._open, self._places = open_client, places

    def connected(self, given: Mapping[str, str]) -> Connected:
        """Who signed in; see ``Connects.connect``."""
        name = name_given(given.get(IN_HANDLE, ""))
        stream = _stream(given.get(IN_STREAM, ""))
        service = self._service(given.get(IN_SERVICE, ""), name)
        with self._open({host_of(service)}) as client:
            session = self._session(client, service, name, given.get(IN_PASS, "").strip())
            self._refuse_main_password(client, service, session)
        found = _connected(session, server_of(session.get("didDoc")) or service)
        return replace(found, settings={**found.settings, **stream})

    def _service(self, given: str, name: str) -> str:
        """The address to sign in at: as given, else that of whoever keeps the account."""
        service = given.strip().rstrip("/") or self._places.service
        if "://" not in service:
            service = f"https://{service}"
        if not host_of(service) or urlsplit(service).scheme not in ("https", "http"):
            raise _refused(IN_SERVICE, _NO_SERVER)
        if service != self._places.service:
            return service
        home = self._home(name)
        is_behind = home is None or host_of(home).endswith(_BEHIND_THE_ENTRANCE)
        return service if home is None or is_behind else home

    def _home(self, name: str) -> str | None:
        """The server that keeps the account, before any password is shown to anybody."""
        did = name if name.startswith("did:") else self._did(name)
        with self._open({host_of(self._document_at(did))}) as client:
            try:
                response = client.get(self._document_at(did))
            except (httpx.TransportError, httpx.InvalidURL) as error:
                raise failures.Unavailable(network_code=type(error).__name__) from error
        if response.status_code in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
            raise _refused(IN_HANDLE, _NOBODY)
        return server_of(json_in(response))

    def _document_at(self, did: str) -> str:
        if did.startswith("did:web:"):
            return f"https://{unquote(did.removeprefix('did:web:'))}/.well-known/did.json"
        return f"{self._places.directory}/{did}"

    def _did(self, name: str) -> str:
        with self._open({host_of(self._places.service)}) as client:
            did = resolved(wire.Line(client, self._places.service), name)
        if did is None:
            raise _refused(IN_HANDLE, _NOBODY)
        return did

    @staticmethod
    def _session(client: httpx.Client, service: str, name: str, password: str) -> wire.Answer:
        try:
            return signed_in(wire.Line(client, service), name, password)
        except failures.NeedsReauth as refusal:
            words = _FACTOR if "AuthFactor" in refusal.network_code else _REFUSED
            raise _refused(IN_PASS, words, refusal.network_code) from refusal

    @staticmethod
    def _refuse_main_password(client: httpx.Client, service: str, session: wire.Answer) -> None:
        if claims_of(text_in(session, "accessJwt")).get("scope") != MAIN_PASSWORD:
            return
        with suppress(failures.Failure):
            wire.Line(client, service, text_in(session, "refreshJwt")).post(_DELETE)
        raise _refused(IN_PASS, _IS_MAIN)


def _stream(given: str) -> Mapping[str, str]:
    address = given.strip().rstrip("/")
    if not address:
        return {}
    if not address.startswith(("wss://", "ws://")) or not host_of(address):
        raise _refused(IN_STREAM, _NO_STREAM)
    return {"stream": address}


def name_given(text: str) -> str:
    """The handle or DID in what a person typed: ``@name`` or a profile's address."""
    name = text.strip().removeprefix("at://").strip("\u200e\u202a\u202c")
    if "/profile/" in name:
        name = name.partition("/profile/")[2].partition("/")[0]
    name = name.removeprefix("@").rstrip("/")
    if name.startswith("did:"):
        return name
    name = name.lower()
    if (
        "." not in name
        or not name.isascii()
        or any(char.isspace() or char in "/@:" for char in name)
    ):
        raise _refused(IN_HANDLE, _NO_HANDLE)
    return name


def _connected(session: wire.Answer, server: str) -> Connected:
    did, access = text_in(session, "did"), text_in(session, "accessJwt")
    scopes = {"read", "write"}
    if claims_of(access).get("scope") == WITH_DMS:
        scopes.add("dm")
    return Connected(
        external_id=did,
        handle=text_in(session, "handle"),
        settings={"pds": server, "since": render.stamp(clock.now() - _BACK)},
        secrets={
            "access": access,
            "refresh": text_in(session, "refreshJwt"),
            "password": text_in(session, "password"),
        },
        scopes=frozenset(scopes),
    )


# --- sessions ------------------------------------------------------------------------------------


def signed_in(line: wire.Line, name: str, password: str) -> wire.Answer:
    """A new session, the password beside its tokens. Raises the failures of a read."""
    try:
        answer = line.post(_CREATE, {"identifier": name, "password": password})
    except failures.OutcomeUnknown as doubt:
        # A session that nobody knows of ends by itself; signing in again is harmless.
        raise failures.Unavailable(network_code=doubt.network_code) from doubt
    return {**answer, "password": password}


def renewed(line: wire.Line, account: Account) -> Mapping[str, str]:
    """New tokens: by the refresh token, and where that is dead by the app password.

    A refresh token is replaced at each use; the one before is good for some two hours more, so
    an answer that got lost costs nothing.
    """
    password = account.secrets.get("password", "")
    try:
        session = wire.Line(line.client, line.server, account.secrets.get("refresh", "")).post(
            _REFRESH
        )
    except failures.OutcomeUnknown as doubt:
        raise failures.Unavailable(network_code=doubt.network_code) from doubt
    except failures.NeedsReauth:
        if not password:
            raise
        session = signed_in(line, account.external_id, password)
    if session.get("did") != account.external_id:
        raise failures.NeedsReauth
    return {
        **account.secrets,
        "access": text_in(session, "accessJwt"),
        "refresh": text_in(session, "refreshJwt"),
    }
