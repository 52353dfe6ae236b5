"""From a webhook to what a person sees: the pill, the count, and the row after a press of ".".

A real browser (headless Chromium) on real web, worker and listening processes. The clock starts
before the first byte of the webhook and stops when the page's own observer sees the change in the
document; both are readings of this machine's clock. The press is timed in the page, from the
browser's time stamp of the key to the first frame after the row is in sight. The baseline, in the
same run and for the same webhooks, is the bare stream read by another screen of the same person.

    python -m bench.live_page [--webhooks 80]
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from bench._hooks import Desk, post, webhooks
from bench.live import figures_of, in_a_house, next_named, screen

BAR_SEEN_P95_MS, BAR_PRESS_MS = 300.0, 150.0
WARM_UP: Final = 5
FIGURES: Final = ("pill", "count", "row", "asked", "stream")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Notes when the pill and the count change and when a row that a key asked for is in sight.
WATCH: Final = """() => {
  const now = () => performance.timeOrigin + performance.now();
  const watch = window.benchWatch = { pill: 0, count: 0, pressed: 0, row: 0 };
  const pill = document.querySelector("#newpill");
  const count = document.querySelector("#queue-nav [data-count=all]");
  const known = new Set();
  const rows = () => [...document.querySelectorAll("#cases .case")];
  watch.arm = () => {
    Object.assign(watch, { pill: 0, count: 0, pressed: 0, row: 0 });
    for (const row of rows()) known.add(row.dataset.case);
    before = count.textContent;
    performance.clearResourceTimings();
  };
  watch.asked = () => performance.getEntriesByType("resource").at(-1)?.duration ?? 0;
  const isInSight = (row) => {
    const box = row.getBoundingClientRect();
    const list = document.querySelector("#list-scroll").getBoundingClientRect();
    return box.height > 0 && box.bottom > list.top && box.top < list.bottom;
  };
  // After the frame that shows it: a message posted in a frame is handled when it has been drawn.
  const afterFrame = (act) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = act;
    channel.port2.postMessage(0);
  });
  const look = () => {
    if (!watch.pressed || watch.row) return;
    const row = rows().find((one) => !known.has(one.dataset.case));
    if (row) afterFrame(() => { if (isInSight(row)) watch.row ||= now(); else look(); });
  };
  const options = { attributes: true, childList: true, characterData: true, subtree: true };
  new MutationObserver(() => { if (!pill.hidden) watch.pill ||= now(); }).observe(pill, options);
  let before = count.textContent;
  new MutationObserver(() => {
    if (count.textContent !== before) watch.count ||= now();
  }).observe(count, options);
  new MutationObserver(look).observe(document.querySelector("#list"), options);
  const note = (event) => { watch.pressed = performance.timeOrigin + event.timeStamp; };
  document.addEventListener("keydown", note, true);
}"""
SEEN: Final = "() => benchWatch.pill && benchWatch.count"
SHOWN: Final = "() => benchWatch.row"
RESULT: Final = """() => ({ pill: benchWatch.pill, count: benchWatch.count,
  pressed: benchWatch.pressed, row: benchWatch.row, asked: benchWatch.asked() })"""


@contextmanager
def inbox(port: int, cookies: dict[str, str]) -> Iterator[Page]:
    """Have the list of all open cases in a browser, live, with a hand in it: nothing moves."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    url = f"http://localhost:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": n, "value": v, "url": url} for n, v in cookies.items()])
        page = context.new_page()
        page.goto("/inbox/q/all/")
        page.wait_for_function("() => document.querySelector('#live-mark')?.innerText === 'Live'")
        page.locator("#list-scroll").hover()
        page.evaluate(WATCH)
        yield page
        browser.close()


def _send(port: int, request: bytes) -> tuple[float, float]:
    """Send a webhook; return when that began: by the wall clock in ms, and for differences."""
    wall, begun = time.time() * 1000, time.perf_counter()
    post(port, [request])
    return wall, begun


def measure(
    port: int, desk: Desk, cookies: dict[str, str], how_many: int
) -> dict[str, dict[str, float]]:
    """Send webhooks one by one and time each to the pill, the count, and the row."""
    found: dict[str, list[float]] = {name: [] for name in FIGURES}
    # The browser's driver has its event loop in this thread; the sender needs one of its own.
    with (
        ThreadPoolExecutor(1) as sender,
        screen(port, cookies) as told,
        inbox(port, cookies) as page,
    ):
        for request in webhooks(how_many + WARM_UP, desk.token):
            page.evaluate("() => benchWatch.arm()")
            while not told.empty():
                told.get()
            wall, begun = sender.submit(_send, port, request).result()
            found["stream"].append(next_named(told, "new") - begun)
            page.wait_for_function(SEEN, polling=50)
            page.keyboard.press(".")
            page.wait_for_function(SHOWN, polling=50)
            seen: dict[str, Any] = page.evaluate(RESULT)
            found["pill"].append((seen["pill"] - wall) / 1000)
            found["count"].append((seen["count"] - wall) / 1000)
            found["row"].append((seen["row"] - seen["pressed"]) / 1000)
            found["asked"].append(seen["asked"] / 1000)
            time.sleep(0.4)
    return {
        "webhook_to_pill": figures_of(found["pill"][WARM_UP:]),
        "webhook_to_count": figures_of(found["count"][WARM_UP:]),
        "press_to_row": figures_of(found["row"][WARM_UP:]),
        "of_that_the_request": figures_of(found["asked"][WARM_UP:]),
        "webhook_to_stream": figures_of(found["stream"][WARM_UP:]),
    }


def judge(found: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Compare with the bars, and with the stream of the same run."""
    stream = found["webhook_to_stream"]
    return {
        "ratio_to_stream": {
            name: {
                "p50": round(found[name]["p50_ms"] / stream["p50_ms"], 2),
                "p95": round(found[name]["p95_ms"] / stream["p95_ms"], 2),
            }
            for name in ("webhook_to_pill", "webhook_to_count")
        },
        "bars": {
            "pill_and_count_p95_ms": BAR_SEEN_P95_MS,
            "pill_is_met": found["webhook_to_pill"]["p95_ms"] <= BAR_SEEN_P95_MS,
            "count_is_met": found["webhook_to_count"]["p95_ms"] <= BAR_SEEN_P95_MS,
            "press_to_row_p95_ms": BAR_PRESS_MS,
            "row_is_met": found["press_to_row"]["p95_ms"] <= BAR_PRESS_MS,
        },
    }


def main() -> None:
    """Run and print the result as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--webhooks", type=int, default=80)
    asked = parser.parse_args()
    found = in_a_house(lambda *house: measure(*house, asked.webhooks))
    result = {"benchmark": "live_page", "events": asked.webhooks, **found, **judge(found)}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
