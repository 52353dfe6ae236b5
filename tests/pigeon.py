"""A carrier-pigeon network for tests of what lies behind the contract: JSON, signed with HMAC.

A delivery is ``{"items": [{"type": "message", "account": …, "id": …, "thread": …, …}]}``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

from hearwell.connect.contract import Connector, Polls, ReceivesWebhooks, Refreshes, Streams
from hearwell.connect.failures import BadSignature, ContractChanged
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.manifest import Auth, Manifest
from hearwell.connect.model import (
    Account,
    Audience,
    Author,
    Challenge,
    Draft,
    Inbound,
    InboundMessage,
    IngressSecrets,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    Nudge,
    Problem,
    Raw,
    RawPage,
    Unknown,
)
from hearwell.connect.textrule import CodePoints

SECRET = "feathers"
SIGNATURE = "x-pigeon-signature"
THEN = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """Return the headers of a genuine delivery."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"content-type": "application/json", SIGNATURE: digest}


def message(remote_id: str, *, thread: str = "t1", account: str = "loft", **more: Any) -> Any:
    """Return one message as the network writes it."""
    return {"type": "message", "account": account, "id": remote_id, "thread": thread, **more}


def body_of(*items: Any) -> bytes:
    """Return the body of a delivery."""
    return json.dumps({"items": items}).encode()


@dataclass
class Pigeon(Connector, ReceivesWebhooks, Polls, Streams, Refreshes):
    """The network's connector; tests may hang pages, lines and failures on it."""

    manifest: ClassVar[Manifest] = Manifest(
        network="pigeon",
        title="Pigeon post",
        auth=Auth.TOKEN,
        public_text=CodePoints(100),
        hosts=frozenset({"pigeon.test"}),
        kinds=frozenset({MessageKind.MENTION}),
        poll_every_s=0.05,
    )
    pages: Callable[[Account, str, str | None], RawPage] | None = None
    lines: Callable[[], AsyncIterator[Raw | Nudge]] | None = None
    renewed: list[Account] = field(default_factory=list)
    parse_bug: type[Exception] | None = None

    def health(self, account: Account) -> Health:
        """All is well."""
        return Health((HealthCheck("reach", HealthState.OK),))

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """Anything flies."""
        return []

    def challenge(self, raw: Raw, secrets: IngressSecrets) -> Challenge | None:
        """Echo ``?coo=`` back, with the token."""
        _, found, word = raw.url.partition("?coo=")
        if raw.method != "GET" or not found:
            return None
        token, _, challenge = word.partition(".")
        if token != secrets.challenge:
            raise BadSignature
        return Challenge(challenge.encode())

    def verify(self, raw: Raw, secrets: IngressSecrets) -> None:
        """HMAC-SHA256 of the body, in hex."""
        given = raw.headers.get(SIGNATURE, "")
        if not any(
            hmac.compare_digest(signed(raw.body, secret)[SIGNATURE], given)
            for secret in secrets.signing
        ):
            raise BadSignature

    def route(self, raw: Raw) -> list[str]:
        """Accounts named by the items."""
        return sorted({str(item.get("account")) for item in _items(raw)})

    def parse(self, raw: Raw) -> list[Inbound]:
        """Items in order."""
        if self.parse_bug is not None:
            raise self.parse_bug
        return [_item(item) for item in _items(raw)]

    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """Whatever the test hung on it."""
        return self.pages(account, stream, cursor) if self.pages else RawPage((), cursor)

    async def listen(self, account: Account) -> AsyncIterator[Raw | Nudge]:
        """Whatever the test hung on it."""
        if self.lines is not None:
            async for raw in self.lines():
                yield raw

    def refresh(self, account: Account) -> dict[str, str]:
        """A new token each time."""
        self.renewed.append(account)
        return {"token": f"token-{len(self.renewed)}", "refresh": ""}


def _items(raw: Raw) -> Sequence[dict[str, Any]]:
    try:
        found = json.loads(raw.body)["items"]
        [item.keys() for item in found]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = "The body is no delivery of this network."
        raise ContractChanged(message) from error
    return list(found)


def _item(item: dict[str, Any]) -> Inbound:
    kind, version = item.get("type"), int(item.get("version", 1))
    common: dict[str, Any] = {
        "external_id": str(item.get("id")),
        "dedup_key": f"{kind}:{item.get('id')}:{version}",
        "version": version,
        "occurred_at": datetime.fromisoformat(item["at"]) if "at" in item else THEN,
        "account": str(item.get("account")),
    }
    match kind:
        case "message":
            return InboundMessage(
                **common,
                thread_key=str(item.get("thread")),
                kind=MessageKind.MENTION,
                audience=Audience.PUBLIC,
                author=Author(
                    str(item.get("author", "lena")),
                    str(item.get("handle", "")),
                    str(item.get("name", "")),
                ),
                text=str(item.get("text", "coo")),
            )
        case "edit":
            return MessageEdited(**common, text=str(item.get("text")), edited_at=THEN)
        case "delete":
            return MessageDeleted(**common)
        case _:
            return Unknown(**common, type_name=str(kind))
