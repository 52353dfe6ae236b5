"""The demo's shop and airline, opened in a house."""

from __future__ import annotations

from tests.e2e.customers import open_network
from tests.house import CSRF, House


def houses_open(house: House) -> None:
    """Open the shop and the airline, as playing the demo does; nobody waits for the play."""
    open_network(house)
    with house.owner() as client:
        page = client.get("/sandbox/control/").text
        token = CSRF.search(page)
        assert token
        if "NS-10436" not in page:
            client.post("/sandbox/demo/start/", data={"csrfmiddlewaretoken": token.group(1)})
            client.post("/sandbox/demo/stop/", data={"csrfmiddlewaretoken": token.group(1)})
