"""From a customer's post to what an agent sees: a real network, a real house, a real browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hearwell.connectors.bluesky.connector import BlueskyConnector
from tests.e2e.conftest import browser, context, page  # noqa: F401 -- fixtures
from tests.house import House
from tests.live.bluesky.desk import Desk, house_beside
from tests.live.bluesky.network import Network
from tests.live.bluesky.people import Person, soon

MENTIONS = 30
# Notes, for each number that the pill shows, when it was first there.
WATCH = """() => {
  const pill = document.querySelector("#newpill"), seen = window.seenAt = {};
  const look = () => {
    const n = pill.hidden ? 0 : Number(/\\d+/.exec(pill.textContent)?.[0] ?? 0);
    if (n && !seen[n]) seen[n] = (performance.timeOrigin + performance.now()) / 1000;
  };
  const all = { attributes: true, childList: true, characterData: true, subtree: true };
  new MutationObserver(look).observe(pill, all);
  look();
}"""


@pytest.fixture(scope="module")
def live_house(network: Network) -> Any:
    """The house that the browser's fixtures look at."""
    with house_beside(network) as running:
        yield running


def test_how_long_until_it_is_seen(
    live_house: House,
    connector: BlueskyConnector,
    network: Network,
    join: Callable[[str], Person],
    page: Page,  # noqa: F811 -- the fixture
    record_property: Callable[[str, Any], None],
) -> None:
    """Not a time in an assertion: a figure for the report.

    The clock starts before the customer's app asks its server to keep the post and stops when the
    agent's page shows one more new case.
    """
    network.start_jetstream()
    brand, lena = join("brand"), join("lena")
    desk = Desk.open(live_house, connector, brand, stream=network.stream)
    desk.case_with(lena.mention(brand, "are you there?").uri)
    page.goto("/inbox/q/all/")
    expect(page.locator("#live-mark")).to_have_text("Live", timeout=30_000)
    # A list that somebody's hand is in stands still: all that is new is told by the pill.
    page.locator("#list-scroll").hover()
    page.evaluate(WATCH)
    delays = []
    for number in range(1, MENTIONS + 1):
        began = time.time()
        lena.mention(brand, f"Where is my bag? Number {number}")
        seen = soon(lambda n=number: page.evaluate("n => window.seenAt[n]", n), what="the pill")
        delays.append(seen - began)
        time.sleep(0.7 + number % 3 / 10)  # out of step with everything
    delays.sort()
    p95 = delays[round(0.95 * len(delays)) - 1]
    figures = f"n {len(delays)}, median {median(delays):.2f} s, p95 {p95:.2f} s"
    figures += f", longest {delays[-1]:.2f} s"
    record_property("mention to the agent's screen, streamed", figures)
    desk.client.close()
