"""A real house with accounts of the network in it, worked at through its API."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from hearwell.connectors.bluesky.connector import BlueskyConnector
from tests.house import House, running_house
from tests.live.bluesky.network import Network
from tests.live.bluesky.people import Person, soon


@dataclass
class Desk:
    """One connected account of a house, and an agent's hands."""

    house: House
    channel_id: str
    client: httpx.Client

    @classmethod
    def open(
        cls, house: House, connector: BlueskyConnector, brand: Person, stream: str = ""
    ) -> Desk:
        """Connect the brand's account as its owner would."""
        given = {"handle": brand.handle, "password": brand.app_password(), "stream": stream}
        found = connector.connect(given)
        facts = {
            "network": "bluesky",
            "handle": found.handle,
            "external_id": found.external_id,
            "settings": dict(found.settings),
            "secrets": dict(found.secrets),
            "scopes": sorted(found.scopes),
        }
        told = in_house(house, "connect", facts)
        headers = {"authorization": f"Bearer {told['token']}"}
        client = httpx.Client(base_url=f"{house.url}/api/v1", headers=headers, timeout=60)
        return cls(house, told["channel_id"], client)

    def secrets(self, **changes: str) -> dict[str, str]:
        """The account's secrets, after changing some."""
        return in_house(self.house, "secrets", {"channel_id": self.channel_id, "changes": changes})

    def hurry(self, delivery_id: str) -> None:
        """Do not wait any longer with a delivery."""
        in_house(self.house, "hurry", {"delivery_id": delivery_id})

    # --- what an agent sees ----------------------------------------------------------------------

    def get(self, path: str) -> Any:
        """Read something."""
        answer = self.client.get(path)
        answer.raise_for_status()
        return answer.json()

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
            full = self.case(case["id"])
            if any(m["remote_id"] == uri for m in full["messages"]["items"]):
                return full
        return None

    def message(self, uri: str) -> dict[str, Any]:
        """One message by its address on the network."""
        found = [m for m in self.messages() if m["remote_id"] == uri]
        assert len(found) == 1, found
        return found[0]

    # --- what an agent does ----------------------------------------------------------------------

    def reply(self, case_id: str, text: str) -> str:
        """Answer a case; returns the delivery's id."""
        body = {
            "text": text,
            "audience": "public",
            "seen_version": self.case(case_id)["version"],
            "confirm": True,
        }
        headers = {"idempotency-key": str(uuid4())}
        answer = self.client.post(f"/cases/{case_id}/replies", json=body, headers=headers)
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


@contextmanager
def house_beside(network: Network) -> Iterator[House]:
    """A house that may call this network, which lies inside."""
    inside = f"{network.url} {network.stream.replace('ws:', 'http:')}"
    with running_house(variables={"HEARWELL_EGRESS_ALLOW": inside}) as house:
        house.owner().close()
        yield house
