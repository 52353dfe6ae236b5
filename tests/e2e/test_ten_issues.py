"""Ten typical issues from a public post to the answer in its thread, by real processes.

The shop and the airline are those of the demo: ordinary HTTP services, called by the worker.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pytest

from tests.e2e.customers import Customer
from tests.e2e.shops import houses_open
from tests.house import CSRF, House, running_house, wait_until

pytestmark = pytest.mark.slow
PATIENCE_S = 120


@pytest.fixture(scope="module")
def live_house() -> Iterator[House]:
    """A house of their own: what is solved is counted."""
    with running_house() as house:
        yield house


@dataclass(frozen=True)
class Issue:
    """What somebody writes, which tool solves it with what, and what they are told."""

    said: str
    tool: str
    typed: dict[str, str]
    told: str


ISSUES = {
    "late parcel": Issue("Where is my parcel NS-10421?", "", {}, "new delivery tomorrow"),
    "damaged": Issue("NS-10436 came in pieces", "Refund", {"amount": "18.90"}, "refunded 18.90"),
    "wrong size": Issue("NS-10440 is too small", "Another size", {"size": "L"}, "size L"),
    "double charge": Issue("Twice for NS-10452!", "Refund", {"amount": "14"}, "refunded 14.00"),
    "missing item": Issue("Gloves missing, NS-10460", "Send again", {"what": "Gloves"}, "Gloves"),
    "invoice": Issue("Invoice for NS-10471, please", "Copy of the invoice", {}, "https://"),
    "connection": Issue("NWA-7K2PLM missed it", "Rebook", {"flight": "NW832"}, "on NW832"),
    "bag": Issue("No bag! NW338914", "Trace the bag", {"deliver_to": "Hotel"}, "on its way"),
    "seat": Issue("Aisle for NWA-2Q7KPX?", "Another seat", {"seat": "4C"}, "Seat 4C"),
    "cancelled": Issue("NWA-9V3RTC cancelled!", "Refund the fare", {"amount": "64.50"}, "64.50"),
}


@contextmanager
def program(house: House) -> Iterator[httpx.Client]:
    """A program with a token of Alice's."""
    with house.owner() as client:
        token = CSRF.search(client.get("/me/tokens/").text)
        assert token
        form = {"csrfmiddlewaretoken": token.group(1), "name": f"ten issues {uuid4()}"}
        page = client.post("/me/tokens/", data=form).text
    found = re.search(r"hw_[A-Za-z0-9_-]+", page)
    assert found, page
    headers = {"Authorization": f"Bearer {found.group()}"}
    with httpx.Client(base_url=f"{house.url}/api/v1", headers=headers, timeout=30) as client:
        yield client


def ask(api: httpx.Client, method: str, path: str, body: Any = None) -> Any:
    """Call the API, patiently: it takes ten requests a second."""
    headers = {"Idempotency-Key": str(uuid4())}
    for _ in range(20):
        found = api.request(method, path, json=body, headers=headers)
        if found.status_code != httpx.codes.TOO_MANY_REQUESTS:
            break
        time.sleep(1)
    assert found.is_success, (path, found.text)
    return found.json()


def case_with(api: httpx.Client, words: str) -> dict[str, Any]:
    """Wait for the case that a post became, however many others the house has."""
    found: list[dict[str, Any]] = []
    wanted = urlencode({"q": words.partition(" (")[0], "limit": 100})

    def is_there() -> bool:
        rows = ask(api, "GET", f"/cases?{wanted}")["items"]
        found[:] = [row for row in rows if words in row["preview"]]
        return bool(found)

    wait_until(is_there, seconds=PATIENCE_S, what=words)
    return found[0]


def card_of(api: httpx.Client, case_id: str) -> dict[str, Any]:
    """Look the customer up and wait for the card."""
    looks = ask(api, "POST", f"/cases/{case_id}/lookups")

    def is_there() -> bool:
        looks[:] = [one for one in ask(api, "GET", f"/cases/{case_id}/lookups") if one["cards"]]
        return bool(looks)

    wait_until(is_there, seconds=PATIENCE_S, what="the card")
    return dict(looks[0])


def solved(api: httpx.Client, issue: Issue, case_id: str, look: dict[str, Any]) -> str:
    """Do what solves it, wait until it is done, and return what the customer is told."""
    if not issue.tool:
        note = dict(look["cards"][0]["details"])["Note"]
        return f"Good news: {note}"
    tools = {one["title"]: one["id"] for one in ask(api, "GET", "/tools")}
    body = {"tool_id": tools[issue.tool], "values": issue.typed, "lookup_id": look["id"]}
    run = ask(api, "POST", f"/cases/{case_id}/tool-runs", body)

    def is_done() -> bool:
        run.update(ask(api, "GET", f"/tool-runs/{run['id']}"))
        return run["state"] in ("done", "failed", "human")

    deadline = time.monotonic() + PATIENCE_S
    while not is_done() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert run["state"] == "done", run
    card, amount = run["result"], run["amount_minor"]
    money = f"refunded {amount / 100:.2f} EUR" if amount else ""
    return f"Done, sorry for this: {money or card['title']} {card['state']} {card['link']}".strip()


def test_ten_issues_are_solved_in_their_threads(browser, live_house):
    houses_open(live_house)
    names = {}
    for name, issue in ISSUES.items():
        who = Customer.arrive(browser, live_house, f"Ten {name}")
        mark = f"{issue.said} ({uuid4().hex[:6]})"
        names[name] = (who, who.post(mark), mark)
    with program(live_house) as api:
        for name, (_who, _post, mark) in names.items():
            case = case_with(api, mark)
            text = solved(api, ISSUES[name], case["id"], card_of(api, case["id"]))
            row = ask(api, "GET", f"/cases/{case['id']}")
            body = {"text": text, "audience": "public", "seen_version": row["version"]}
            ask(api, "POST", f"/cases/{case['id']}/replies", body)
    for name, (who, post, _mark) in names.items():
        who.sees(post, ISSUES[name].told)
    with live_house.owner() as client:
        page = client.get("/reports/parity/").text
    table = page[page.index('id="tools-h"') : page.index('id="tools-h"') + 4000]
    assert "Refund (2)" in table
    assert "Another seat (1)" in table
