"""A switchboard in memory that tells of its calls; it misbehaves on request. No sockets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

import httpx

from hearwell.connectors.phone.signing import SIGNATURE, TIMESTAMP, signature

TOKEN: Final = "phone-canary-token-58a1"  # noqa: S105 -- of a fake
NEXT_TOKEN: Final = "phone-canary-token-next"  # noqa: S105 -- the same
LINE, LENA = "+493012345678", "+351912345678"
Fields = dict[str, Any]


class Network:
    """One line. Nobody asks it anything: it calls us."""

    TROUBLES: ClassVar[Mapping[str, str]] = {
        "token_expired": f"The switchboard has another token, which we do not know: {NEXT_TOKEN}.",
        "twice_and_shuffled": "Calls are told twice and in another order.",
        "hook_silent": "The switchboard has stopped telling without saying so.",
        "late": "The switchboard's clock is an hour behind, so that its signature is too old.",
        "unreadable": "What it tells is no JSON.",
    }

    def __init__(self) -> None:
        self.trouble: set[str] = set()
        self.calls: list[Fields] = []
        self._waiting: list[Fields] = []

    def customer_says(self, text: str, **where: str) -> str:
        """A missed call with what was said on the answering machine; ``outcome`` is another."""
        number = f"1764230000.{len(self.calls)}"
        call = {
            "id": number,
            "direction": "in",
            "from": LENA,
            "to": LINE,
            "started_at": datetime.now(UTC).isoformat(),
            "duration_s": 24,
            "outcome": "voicemail",
            "notes": text,
            "recording_url": f"https://pbx.example/recordings/{number}.wav",
        } | where
        self.calls.append(call)
        self._waiting.append(call)
        return f"call:{number}"

    def edits(self, id: str, text: str) -> None:  # noqa: A002 -- the name that all networks use
        """Nobody can change what was said: nothing happens."""

    def deletes(self, id: str) -> None:  # noqa: A002 -- the same
        """Nobody can take a call back: nothing happens."""

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Nobody asks a switchboard anything."""
        del request
        return httpx.Response(404)

    def deliveries(self) -> list[httpx.Request]:
        """What it would post to us since last asked, signed."""
        calls, self._waiting = self._waiting, []
        if "hook_silent" in self.trouble:
            return []
        if "twice_and_shuffled" in self.trouble:
            calls = [*reversed(calls), *calls]
        return [self._posted(call) for call in calls]

    def _posted(self, call: Fields) -> httpx.Request:
        body = b"<html>" if "unreadable" in self.trouble else json.dumps(call).encode()
        seconds = int(datetime.now(UTC).timestamp()) - (3600 if "late" in self.trouble else 0)
        token = NEXT_TOKEN if "token_expired" in self.trouble else TOKEN
        headers = {
            "content-type": "application/json",
            TIMESTAMP: str(seconds),
            SIGNATURE: signature(token, str(seconds), body),
        }
        return httpx.Request("POST", "", content=body, headers=headers)
