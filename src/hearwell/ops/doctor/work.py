"""Whether the work gets done: processes that beat, queues that move, nothing stuck."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import Final

from hearwell.ops.doctor.finding import Finding, bad, good, look
from hearwell.ops.figures import Figures

# A sweep looks every second: what is older than these does not move by itself.
WEB_S = 5.0
LATE_S, JOB_LATE_S, RAW_LATE_S = 600.0, 300.0, 120.0
_HELD: Final = "Settings → Stop switch shows it: release or discard."


def web(host: str, port: int, *, is_needed: bool) -> Iterator[Finding]:
    """Ask the web process whether it is ready; where it `is_needed` it must be on this machine."""
    connection = http.client.HTTPConnection(host, port, timeout=WEB_S)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        said = answer.read(200).decode(errors="replace").strip()
    except (OSError, http.client.HTTPException) as error:
        text = f"Nothing answers at {host}:{port} ({error.__class__.__name__})."
        todo = "`hearwell up`, or `hearwell web`, serves the pages; it may be on another machine."
        yield bad("Web", text, todo) if is_needed else look("Web", text, todo)
        return
    finally:
        connection.close()
    if answer.status == http.HTTPStatus.OK:
        yield good("Web", f"Ready at {host}:{port}.")
    else:
        yield bad("Web", f"Not ready: {said}.", "The other findings, or its log, say why.")


def processes(figures: Figures) -> Iterator[Finding]:
    """Judge whether a worker and a listener beat."""
    if not figures.of("queues_beating"):
        yield bad(
            "Workers",
            "No worker beats: nothing is taken in, nothing is sent.",
            "`hearwell up`, or `hearwell worker`, does the work.",
        )
    else:
        yield good("Workers", f"{figures.of('queues_beating'):.0f} queues are worked off.")
    if not figures.of("listeners_beating"):
        yield bad(
            "Listeners",
            "No listener beats: networks that do not call us are not asked.",
            "`hearwell up`, or `hearwell listen`, asks them.",
        )
    else:
        yield good("Listeners", f"{figures.of('listeners_beating'):.0f} listen.")


def queues(figures: Figures) -> Iterator[Finding]:
    """Judge whether jobs wait too long or have failed."""
    late = [
        f"{queue} ({age / 60:.0f} min)"
        for queue, age in figures.by_label("jobs_oldest_seconds")
        if age > JOB_LATE_S
    ]
    if late:
        todo = "Run another `hearwell worker`, and look at the log for what is slow."
        yield look("Queues", f"Jobs wait long: {', '.join(late)}.", todo)
    if figures.total("jobs_failed"):
        yield look(
            "Queues",
            f"{figures.total('jobs_failed'):.0f} jobs of the last two weeks failed.",
            "The log says why, at `Job error`; what must be done is found by the sweeps again.",
        )
    if not late and not figures.total("jobs_failed"):
        yield good("Queues", "Nothing waits long, nothing failed.")


def outbound(figures: Figures) -> Iterator[Finding]:
    """Judge what should have gone out and did not, and what needs a person."""
    found = [*_late(figures), *_for_people(figures)]
    yield from found or [good("Outgoing", "Nothing is stuck.")]


def _late(figures: Figures) -> Iterator[Finding]:
    overdue = figures.of("deliveries_overdue_seconds")
    if overdue > LATE_S:
        yield bad(
            "Outgoing",
            f"Something has been due for {overdue / 60:.0f} minutes and was not sent.",
            "Look at the account's page (Settings → Networks): it may be refused or limited; "
            "else at the worker's log.",
        )
    for state in ("sending", "unknown", "pending"):
        age = figures.of("deliveries_oldest_seconds", state)
        if age > LATE_S:
            yield bad(
                "Outgoing",
                f"{figures.of('deliveries', state):.0f} are {state}, one for {age / 60:.0f} "
                "minutes.",
                "The network is asked by itself what became of them; if it cannot be asked, "
                "its account's page says why. Never send them again by hand before that.",
            )


def _for_people(figures: Figures) -> Iterator[Finding]:
    if waiting := figures.of("deliveries", "needs_human"):
        yield look(
            "Outgoing",
            f"Of {waiting:.0f} nobody knows whether they were sent.",
            "Their cases say so: somebody looks at the network and settles them.",
        )
    if held := figures.of("deliveries", "held"):
        yield look("Outgoing", f"{held:.0f} are held.", _HELD)
    if switches := figures.of("switches_on"):
        yield look("Outgoing", f"{switches:.0f} stop switches are on.", _HELD)


def inbound(figures: Figures) -> Iterator[Finding]:
    """Judge what came and was not taken in, and which accounts cannot be heard."""
    found = [*_untaken(figures), *_unheard(figures)]
    yield from found or [good("Incoming", "All that came is taken in, all accounts are heard.")]


def _untaken(figures: Figures) -> Iterator[Finding]:
    age = figures.of("raw_waiting_oldest_seconds")
    if age > RAW_LATE_S:
        yield bad(
            "Incoming",
            f"{figures.of('raw_waiting'):.0f} deliveries wait, one for {age / 60:.0f} minutes.",
            "Run another `hearwell worker`; nothing is lost meanwhile.",
        )
    if parked := figures.of("parked_items"):
        days = figures.of("parked_oldest_seconds") / 86_400
        yield look(
            "Incoming",
            f"{parked:.0f} items could not be taken in, one for {days:.0f} days. Their bytes are "
            "kept for 30.",
            "Settings → Networks → the account shows each with its reason: replay or dismiss.",
        )


def _unheard(figures: Figures) -> Iterator[Finding]:
    failing = [name for name, count in figures.by_label("channels_failing") if count]
    if failing:
        yield look(
            "Incoming",
            f"Accounts that fail: {', '.join(sorted(failing))}.",
            "Settings → Networks says what each needs, often to be connected again.",
        )
