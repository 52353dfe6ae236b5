"""An in-process room and a visitor in it, for the examination: no sockets, no tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from hearwell.connect import failures
from hearwell.connect.attachments import Attachment
from hearwell.connect.model import (
    Account,
    Audience,
    Author,
    Draft,
    IngressSecrets,
    Raw,
    Source,
)
from hearwell.connect.rooms import (
    ENVELOPE,
    SIGNATURE,
    TIMESTAMP,
    Said,
    keys_for,
    signature_of,
    thread_of,
)
from hearwell.connect.subject import Count, ErrorCase, Subject
from hearwell.connectors.webchat.connector import WebchatConnector
from hearwell.connectors.webchat.manifest import TEXT_LIMIT

SITE = "www.northwind.example"
LENA = "0199a000-0000-7000-8000-00000000a1b2"
_SECRET = "site-canary-8d21"  # noqa: S105 -- of a fake
_CHALLENGE = "house-canary-8d21"
_INGRESS = IngressSecrets(signing=(_SECRET,), challenge=_CHALLENGE)
Fields = dict[str, Any]


class FakeRoom:
    """One visitor's lines by key; ``trouble`` is raised by the next call."""

    def __init__(self) -> None:
        self.lines: dict[str, Said] = {}
        self.files: dict[str, bytes] = {"f1": b"%PDF-1.7"}
        self.trouble: failures.Failure | None = None
        self.shown: list[tuple[bytes, str]] = []

    def say(
        self,
        site: str,
        visitor: str,
        key: str,
        text: str,
        files: Sequence[Attachment] = (),
        choices: Sequence[str] = (),
    ) -> Said | None:
        """Keep a line, once."""
        del text, choices
        self._stumble()
        if (site, visitor) != (SITE, LENA):
            return None
        if key not in self.lines:
            self.shown = [(file.body, file.alt) for file in files]
        return self.lines.setdefault(key, Said(f"line-{key}", datetime.now(UTC)))

    def find(self, site: str, visitor: str, key: str) -> Said | None:
        """Look a line up."""
        self._stumble()
        return self.lines.get(key) if (site, visitor) == (SITE, LENA) else None

    def file(self, site: str, visitor: str, name: str) -> bytes | None:
        """Hand a file out."""
        self._stumble()
        return self.files.get(name) if (site, visitor) == (SITE, LENA) else None

    def is_open(self) -> bool:
        """Say so."""
        return True

    def _stumble(self) -> None:
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise trouble


class Visitor:
    """Writes envelopes as the gateway makes them."""

    def __init__(self) -> None:
        self.number = 0
        self.envelopes: list[bytes] = []

    def write(self, text: str, **more: Any) -> bytes:
        """A message of Lena's; ``more`` replaces or adds fields of the item."""
        self.number += 1
        item: Fields = {
            "type": "message",
            "id": f"0199a000-0000-4000-8000-{self.number:012}",
            "visitor": {"id": LENA, "name": "Lena Vik", "email": "lena@example.com"},
            "text": text,
            "files": [],
            "page": f"https://{SITE}/baggage",
            "at": datetime(2026, 11, 22, 12, self.number % 60, tzinfo=UTC).isoformat(),
        }
        return self._told(item | more)

    def see(self, line: str) -> bytes:
        """Our answer was seen."""
        at = datetime(2026, 11, 22, 13, tzinfo=UTC).isoformat()
        return self._told({"type": "seen", "target": line, "at": at})

    def _told(self, item: Fields) -> bytes:
        body = json.dumps({"site": SITE, "items": [item]}).encode()
        self.envelopes.append(body)
        return body


class Fake(Subject):
    """The examination of the connector on a fresh room with one message in it."""

    connector: WebchatConnector

    def __init__(self) -> None:
        self.room = FakeRoom()
        self.visitor = Visitor()
        self.connector = WebchatConnector(self.room)
        self.account = Account(
            external_id=SITE, handle=SITE, settings={"origins": f"https://{SITE}"}
        )
        self.ingress = _INGRESS
        self.visitor.write("My bag stayed in Lisbon")

    def raw(self, body: bytes) -> Raw:
        """An envelope as our own door signs it."""
        at = datetime.now(UTC)
        stamp = str(int(at.timestamp()))
        headers = {
            TIMESTAMP: stamp,
            SIGNATURE: signature_of(keys_for(ENVELOPE, _INGRESS)[0], stamp, body),
        }
        return Raw("POST", "/hooks/x", headers, body, at, Source.WEBHOOK)

    def delivered(self) -> list[Raw]:
        """Every envelope so far."""
        return [self.raw(body) for body in self.visitor.envelopes]

    def story(self) -> list[Raw]:
        """Two messages of one visitor, on two pages, the second in answer to the first."""
        visitor = Visitor()
        first = json.loads(visitor.write("Where is my bag?"))["items"][0]["id"]
        visitor.write("It is blue.", page=f"https://{SITE}/claims", parent=f"{LENA}:{first}")
        return [self.raw(body) for body in visitor.envelopes]

    def draft(self) -> Draft:
        """An answer to Lena."""
        return Draft(
            text="We have found it.",
            audience=Audience.PRIVATE,
            account=SITE,
            thread_key=thread_of(LENA),
            parent_id=f"{LENA}:0199a000-0000-4000-8000-000000000001",
            to=Author(LENA, "lena@example.com", "Lena Vik"),
        )

    def shown(self) -> list[tuple[bytes, str]]:
        """What the last line brought; a file's name says what it is."""
        return list(self.room.shown)

    def errors(self) -> list[ErrorCase]:
        """Every way in which a room can refuse, and an interrupted commit."""
        return [
            ErrorCase("interrupted", self._interrupted, failures.OutcomeUnknown),
            ErrorCase("no room", self._closed, failures.Unavailable),
            ErrorCase("read back, no room", self._unread, failures.Unavailable),
            ErrorCase("no visitor", lambda: self._send(thread_of("x")), failures.TargetGone),
            ErrorCase("no chat", lambda: self._send("dm:7"), failures.TargetGone),
            ErrorCase("too long", lambda: self._send(text="x" * 4001), failures.TooLong),
            ErrorCase("another site", self._elsewhere, failures.NotAllowed),
        ]

    def counts(self) -> list[Count]:
        """Code points, by hand."""
        return [
            Count(Audience.PRIVATE, "plain words", 11),
            Count(Audience.PRIVATE, "👨‍👩‍👧‍👦", 7),
            Count(Audience.PRIVATE, "e\u0301", 2),
            Count(Audience.PRIVATE, "x" * TEXT_LIMIT, TEXT_LIMIT),
        ]

    # --- misbehaving -----------------------------------------------------------------------------

    def _send(self, thread: str = "", text: str = "Hello") -> object:
        draft = Draft(
            text=text,
            audience=Audience.PRIVATE,
            account=SITE,
            thread_key=thread or thread_of(LENA),
        )
        return self.connector.send(self.account, draft, "key-1")

    def _troubled(self, trouble: failures.Failure, act: Callable[[], object]) -> object:
        self.room.trouble = trouble
        return act()

    def _interrupted(self) -> object:
        return self._troubled(failures.OutcomeUnknown(), self._send)

    def _closed(self) -> object:
        return self._troubled(failures.Unavailable(), self._send)

    def _unread(self) -> object:
        def find() -> object:
            since = datetime(2026, 11, 22, tzinfo=UTC)
            return self.connector.find_sent(self.account, self.draft(), "key-1", since=since)

        return self._troubled(failures.Unavailable(), find)

    def _elsewhere(self) -> object:
        other = Account(external_id="www.contoso.example", handle="www.contoso.example")
        return self.connector.send(other, self.draft(), "key-1")
