"""Our web chat as a connector: envelopes from our own door in, lines in the visitor's room out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from hearwell.connect import failures
from hearwell.connect.connecting import Connected, Field, FieldRefused, Step
from hearwell.connect.contract import Connector, Connects, Fetches, ReceivesWebhooks, Replies
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import (
    Account,
    Draft,
    Inbound,
    IngressSecrets,
    Pending,
    Problem,
    Raw,
    Sent,
    Source,
)
from hearwell.connect.rooms import Room, Said
from hearwell.connectors.webchat import parse, render, signing
from hearwell.connectors.webchat.manifest import MANIFEST, TEXT_LIMIT
from hearwell.kit import clock

_MOST_SITES = 20
_ORIGINS = "origins"
_TOO_MANY = "Twenty sites at most share one chat."
_NO_VISITOR = "This visitor's conversation is no longer here."
_PORTS = {"http": 80, "https": 443}
_NO_ADDRESS = "Please give whole addresses, such as https://www.example.com, no patterns."


class WebchatConnector(Connector, Connects, ReceivesWebhooks, Replies, Fetches):
    """The account's settings hold ``origins``, the addresses of the pages that may show the chat.

    It has no secret that could speak for it: who may put a line into a room is the house's own.
    """

    manifest: ClassVar[Manifest] = MANIFEST
    steps: ClassVar[Sequence[Step]] = (
        Step("Say which of your sites shall show the chat."),
        Step("Once it is connected, paste the line that you are shown into their pages."),
    )
    fields: ClassVar[Sequence[Field]] = (
        Field(
            name="origins",
            label="Your sites",
            hint="Addresses of the sites that may show the chat, with spaces between them. "
            "The first one names the account.",
            example="https://www.northwind.example https://shop.northwind.example",
        ),
        Field(
            name="title",
            label="Heading of the chat",
            hint="Left empty, visitors read “Chat with us” in their own language.",
            is_required=False,
            is_advanced=True,
        ),
    )

    def __init__(self, room: Room) -> None:
        self._room = room

    # --- the account -----------------------------------------------------------------------------

    def connect(self, given: Mapping[str, str]) -> Connected:
        """Read the addresses; there is nobody to ask."""
        origins = [_origin(word) for word in given["origins"].replace(",", " ").split()]
        if len(origins) > _MOST_SITES:
            raise FieldRefused(_ORIGINS, _TOO_MANY)
        site = urlsplit(origins[0]).netloc
        settings = {"origins": " ".join(dict.fromkeys(origins)), "title": given.get("title", "")}
        return Connected(external_id=site, handle=site, settings=settings)

    def health(self, account: Account) -> Health:
        """Whether a page may show it, and whether what is said can be kept."""
        if not account.settings.get("origins"):
            words = "No site may show this chat. Connect it again and name one."
            return Health((HealthCheck("settings", HealthState.BAD, words),))
        passed = HealthCheck("settings")
        if self._room.is_open():
            return Health((passed, HealthCheck("reach")))
        words = "What is said cannot be kept just now."
        return Health((passed, HealthCheck("reach", HealthState.BAD, words)))

    # --- in ------------------------------------------------------------------------------------

    def verify(self, raw: Raw, secrets: IngressSecrets) -> None:
        """See ``signing``."""
        signing.verify(raw, secrets)

    def route(self, raw: Raw) -> list[str]:
        """A delivery concerns one site."""
        site, _ = parse.envelope(raw)
        return [site]

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """A file of a conversation, by ``visitor/file``; its bytes are the body."""
        visitor, _, name = ref.partition("/")
        found = self._room.file(account.external_id, visitor, name)
        if found is None:
            return None
        return Raw("FETCH", f"chat:{ref}", {}, found, clock.now(), Source.POLL)

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        del now
        return render.problems(account, draft)

    def identity(self, account: Account) -> str:
        """The site itself: no token could speak for another."""
        return account.external_id

    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """Put the answer where the visitor's page reads it, whether it is open or not."""
        over = MANIFEST.text_rule(draft.audience).count(draft.text)
        if over > TEXT_LIMIT:
            raise failures.TooLong(TEXT_LIMIT, over, "code_points")
        if draft.account != account.external_id:
            raise failures.NotAllowed
        visitor = render.visitor_for(draft)
        said = self._room.say(
            account.external_id, visitor, key, draft.text, draft.media, draft.choices
        )
        if said is None:
            raise failures.TargetGone(_NO_VISITOR)
        return _sent(said)

    def find_sent(
        self,
        account: Account,
        draft: Draft,
        key: str,
        *,
        since: datetime,
        linked: Collection[str] = (),
    ) -> Sent | None:
        """By the key alone: it stands in the line."""
        del since
        said = self._room.find(account.external_id, render.visitor_for(draft), key)
        return _sent(said) if said is not None and said.external_id not in linked else None


def _sent(said: Said) -> Sent:
    return Sent(said.external_id, "", said.at)


def _origin(word: str) -> str:
    """The origin of an address as browsers write it: scheme, host and port, in lower case."""
    try:
        parts = urlsplit(word if "://" in word else f"https://{word}")
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except ValueError:
        raise FieldRefused(_ORIGINS, _NO_ADDRESS) from None
    if parts.scheme not in _PORTS or not host or "*" in host:
        raise FieldRefused(_ORIGINS, _NO_ADDRESS)
    place = f"[{host}]" if ":" in host else host
    is_usual = port in (None, _PORTS[parts.scheme])
    return f"{parts.scheme}://{place}" + ("" if is_usual else f":{port}")
