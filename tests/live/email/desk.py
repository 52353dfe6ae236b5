"""A real house with real mailboxes in it, worked at through its API."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from hearwell.connectors.email.connector import EmailConnector
from tests.house import House, running_house, wait_until
from tests.live.email.servers import MailServers


@dataclass
class Desk:
    """One connected mailbox of a house, and an agent's hands."""

    house: House
    address: str
    channel_id: str
    client: httpx.Client

    @classmethod
    def open(
        cls, house: House, connector: EmailConnector, servers: MailServers, address: str
    ) -> Desk:
        """Connect a mailbox as its owner would."""
        given = {field.name: field.default for field in connector.fields}
        found = connector.connect(given | servers.form(address))
        facts = {
            "network": "email",
            "handle": found.handle,
            "external_id": found.external_id,
            "settings": dict(found.settings),
            "secrets": dict(found.secrets),
            "scopes": sorted(found.scopes),
        }
        told = in_house(house, "connect", facts)
        headers = {"authorization": f"Bearer {told['token']}"}
        client = httpx.Client(base_url=f"{house.url}/api/v1", headers=headers, timeout=60)
        return cls(house, address, told["channel_id"], client)

    # --- what an agent sees ----------------------------------------------------------------------

    def get(self, path: str) -> Any:
        """Read something."""
        while True:
            answer = self.client.get(path)
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:  # we look more than people do
                time.sleep(1)
                continue
            answer.raise_for_status()
            return answer.json()

    def cases(self) -> list[dict[str, Any]]:
        """The cases of this mailbox, as the list shows them."""
        found = self.get("/cases?limit=100")["items"]
        return [case for case in found if case["channel_id"] == self.channel_id]

    def messages(self, case_id: str = "") -> list[dict[str, Any]]:
        """Every message of a case, or of every case of this mailbox."""
        chosen = [case_id] if case_id else [case["id"] for case in self.cases()]
        return [m for one in chosen for m in self.get(f"/cases/{one}")["messages"]["items"]]

    def case_with(self, message_id: str, *, seconds: float = 60) -> dict[str, Any]:
        """The case that has this mail in it, once it has arrived."""
        found: list[dict[str, Any]] = []

        def is_there() -> bool:
            found.extend(case for case in self.cases() if self._holds(case["id"], message_id))
            return bool(found)

        wait_until(is_there, seconds=seconds, what=f"the arrival of {message_id}")
        return found[0]

    def _holds(self, case_id: str, message_id: str) -> bool:
        return any(m["remote_id"] == message_id for m in self.messages(case_id))

    # --- what an agent does ----------------------------------------------------------------------

    def reply(self, case_id: str, text: str) -> str:
        """Answer a case; returns the delivery's id."""
        body = {
            "text": text,
            "audience": "private",
            "seen_version": self.get(f"/cases/{case_id}")["version"],
            "confirm": True,
        }
        headers = {"idempotency-key": str(uuid4())}
        answer = self.client.post(f"/cases/{case_id}/replies", json=body, headers=headers)
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        return str(answer.json()["id"])

    def waits_for(self, delivery_id: str, *states: str, seconds: float = 90) -> dict[str, Any]:
        """A delivery once it stands so."""

        def stands() -> bool:
            return self.get(f"/deliveries/{delivery_id}")["state"] in states

        wait_until(stands, seconds=seconds, what=f"a delivery that is {' or '.join(states)}")
        return dict(self.get(f"/deliveries/{delivery_id}"))


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
def house_beside(servers: MailServers) -> Iterator[House]:
    """A house that may talk to these servers, which lie inside."""
    allowed = " ".join(servers.origins)
    with running_house(variables={"HEARWELL_EGRESS_ALLOW": allowed}) as house:
        house.owner().close()
        yield house


Opens = Callable[[str], Desk]
