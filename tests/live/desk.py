"""An agent's desk in a real house: one connected account, worked at through the API."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

import httpx

from tests.house import House

SOON_S = 30.0


def soon(ask: Callable[[], Any], *, what: str = "it", seconds: float = SOON_S) -> Any:
    """The first answer that is something; fails after some seconds."""
    for _ in _moments(seconds):
        found = ask()
        if found:
            return found
    message = f"{what} did not happen within {seconds:.0f} s"
    raise AssertionError(message)


def _moments(seconds: float) -> Iterator[None]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(0.25)


@dataclass
class Desk:
    """One connected account of a house, and an agent's hands."""

    house: House
    channel_id: str
    client: httpx.Client
    _read: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def at(cls, house: House, channel_id: str, token: str) -> Self:
        """Sit down at it, with a token of the API."""
        headers = {"authorization": f"Bearer {token}"}
        client = httpx.Client(base_url=f"{house.url}/api/v1", headers=headers, timeout=60)
        return cls(house, channel_id, client)

    def secrets(self, **changes: str) -> dict[str, str]:
        """The account's secrets, after changing some."""
        return in_house(self.house, "secrets", {"channel_id": self.channel_id, "changes": changes})

    def hurry(self, delivery_id: str) -> None:
        """Do not wait any longer with a delivery."""
        in_house(self.house, "hurry", {"delivery_id": delivery_id})

    # --- what an agent sees ----------------------------------------------------------------------

    def get(self, path: str) -> Any:
        """Read something."""
        answer = self._ask("GET", path)
        answer.raise_for_status()
        return answer.json()

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask for something; where the house says to wait, wait so long and ask again."""
        answer = self.client.request(method, path, **more)
        while answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            time.sleep(float(answer.headers["retry-after"]))
            answer = self.client.request(method, path, **more)
        return answer

    def cases(self) -> list[dict[str, Any]]:
        """The cases of this account, as the list shows them."""
        found = self.get("/cases?limit=100")["items"]
        return [case for case in found if case["channel_id"] == self.channel_id]

    def case(self, case_id: str) -> dict[str, Any]:
        """One case with its messages."""
        return dict(self.get(f"/cases/{case_id}"))

    def messages(self) -> list[dict[str, Any]]:
        """Every message of every case of this account."""
        return [m for case in self.cases() for m in self.case(case["id"])["messages"]["items"]]

    def case_with(self, uri: str, *, seconds: float = 60) -> dict[str, Any]:
        """The case that has a post in it, once it has arrived."""
        return dict(soon(lambda: self._case_with(uri), what=f"{uri} arriving", seconds=seconds))

    def _case_with(self, uri: str) -> dict[str, Any] | None:
        for case in self.cases():
            # A case that has not moved on since it was read has no new message.
            if self._read.get(case["id"], {}).get("version") != case["version"]:
                self._read[case["id"]] = self.case(case["id"])
            full = self._read[case["id"]]
            if any(m["remote_id"] == uri for m in full["messages"]["items"]):
                return full
        return None

    def message(self, uri: str) -> dict[str, Any]:
        """One message by its address on the network."""
        found = [m for m in self.messages() if m["remote_id"] == uri]
        assert len(found) == 1, found
        return found[0]

    # --- what an agent does ----------------------------------------------------------------------

    def reply(self, case_id: str, text: str, audience: str = "public") -> str:
        """Answer a case; returns the delivery's id."""
        body = {
            "text": text,
            "audience": audience,
            "seen_version": self.case(case_id)["version"],
            "confirm": True,
        }
        headers = {"idempotency-key": str(uuid4())}
        answer = self._ask("POST", f"/cases/{case_id}/replies", json=body, headers=headers)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def delivery(self, delivery_id: str) -> dict[str, Any]:
        """Where a delivery stands."""
        return dict(self.get(f"/deliveries/{delivery_id}"))

    def delivered(self, delivery_id: str, *, seconds: float = 90) -> dict[str, Any]:
        """A delivery once the network has it."""

        def is_there() -> dict[str, Any] | None:
            found = self.delivery(delivery_id)
            return found if found["state"] in {"sent", "confirmed"} else None

        return dict(soon(is_there, what="the reply being sent", seconds=seconds))


def in_house(house: House, command: str, given: dict[str, Any]) -> dict[str, Any]:
    """Run a command of `tests.live.in_house` in a house."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.live.in_house", command],
        input=json.dumps(given),
        env=house.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))
