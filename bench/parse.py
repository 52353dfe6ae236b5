"""How fast connectors read what their networks send, on one core, beside reading the bare JSON.

A case is a network and the recorded deliveries that carry its messages, as large as they come in.
The baseline of the same run decodes the same bytes and does nothing else; the best of the runs of
each counts. Add a case to CASES for a new connector. Prints one JSON object.

Mail is read in a child process, so its time is the wall's, the child and the way there included;
its baseline is the standard library's own parser, in this process and without limits. Feeds are
mostly XML: theirs is the parser alone, with nothing made of what it reads.

    python -m bench.parse [--runs 5] [--items 20000]
"""

from __future__ import annotations

import argparse
import base64
import email
import email.policy
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

from hearwell.connect.model import Inbound, Raw

PAYLOADS = Path(__file__).parent.parent / "tests" / "conformance" / "payloads"


@dataclass(frozen=True)
class Case:
    """A connector's parser, the recordings it is fed with, the items per second it must reach."""

    parse: Callable[[Raw], Sequence[Inbound]]
    recordings: tuple[str, ...]
    bar: int = 20_000
    raws: Callable[[], list[Raw]] | None = None
    baseline: Callable[[Raw], Any] = lambda raw: json.loads(raw.body)
    clock: Callable[[], float] = time.process_time


def cases() -> dict[str, Case]:
    """Every case by its network."""
    from hearwell.connectors.bluesky.parse import parse as bluesky
    from hearwell.connectors.email.parse import parse as mail
    from hearwell.connectors.feeds.parse import parse as feeds
    from hearwell.connectors.mastodon.parse import parse as mastodon
    from hearwell.connectors.webchat.parse import parse as webchat

    return {
        "bluesky": Case(bluesky, ("mention.json", "quote_and_comment_*.json", "below.json")),
        "email": Case(mail, (), 300, mails, _stdlib_mail, time.perf_counter),
        "feeds": Case(feeds, (), 1_000, documents, _bare_document),
        "mastodon": Case(
            mastodon, ("mention.json", "private.json", "languages.json", "below*.json")
        ),
        "webchat": Case(webchat, ("message.json", "anonymous.json", "files.json", "seen.json")),
    }


def mails() -> list[Raw]:
    """The corpus of mails, bombs left out, each also with a picture of 300 kB attached."""
    from hearwell.connectors.email.fake import Fake

    fake = Fake()
    paths = sorted((PAYLOADS / "email").glob("*.eml"))
    bodies = [path.read_bytes() for path in paths if not path.name.startswith("bomb")]
    picture = base64.encodebytes(bytes(range(256)) * 1200).replace(b"\n", b"\r\n")
    head = (
        b"From: a@b.test\r\nSubject: Picture\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\n\r\nSee.\r\n--b\r\nContent-Type: image/png\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
    )
    heavy = [head + picture + b"--b--\r\n"] * (len(bodies) // 10)
    return [fake.raw(body) for body in [*bodies, *heavy]]


def _stdlib_mail(raw: Raw) -> object:
    """Read a mail with the standard library's modern parser: its text and its attachments."""
    parsed = email.message_from_bytes(raw.body, policy=email.policy.default)
    return [(part.get_content_type(), part.get_payload()) for part in parsed.walk()]


def documents() -> list[Raw]:
    """The recorded feeds as they come: one of each dialect, and a long one of 100 entries."""
    from hearwell.connectors.feeds.fake import Fake, atom, entry

    fake = Fake()
    paths = sorted((PAYLOADS / "feeds").iterdir())
    words = "My bag stayed in Lisbon, and nobody answers. " * 40
    long = atom(*(entry(number, words) for number in range(100)))
    return [fake.raw(body) for body in [*(path.read_bytes() for path in paths), long]]


def _bare_document(raw: Raw) -> object:
    """Let the bare XML parser go through it, and hear nothing."""
    if raw.body.lstrip().startswith(b"{"):
        return json.loads(raw.body)
    try:
        return ParserCreate().Parse(raw.body, True)
    except ExpatError:
        return None


def raws_of(network: str, case: Case) -> list[Raw]:
    """The recordings as they come over the line: without white space between."""
    if case.raws is not None:
        return case.raws()
    paths = [p for name in case.recordings for p in sorted((PAYLOADS / network).glob(name))]
    bodies = [json.dumps(json.loads(path.read_bytes())).encode() for path in paths]
    now = datetime.now(UTC)
    return [Raw("GET", f"https://{network}.example/", {}, body, now) for body in bodies]


def seconds(
    work: Callable[[Raw], Any],
    raws: Sequence[Raw],
    times: int,
    runs: int,
    clock: Callable[[], float],
) -> float:
    """The best run's time to go `times` times through the deliveries.

    Time of the processor where all is done in this process: others may be using the machine.
    """
    best = float("inf")
    for _ in range(runs):
        begin = clock()
        for _ in range(times):
            for raw in raws:
                work(raw)
        best = min(best, clock() - begin)
    return best


def measure(network: str, case: Case, items: int, runs: int) -> dict[str, Any]:
    """Read at least so many items, several times over."""
    raws = raws_of(network, case)
    in_a_round = sum(len(case.parse(raw)) for raw in raws)
    assert in_a_round, network
    times = max(1, min(items, case.bar * 10) // in_a_round)
    ours = seconds(case.parse, raws, times, runs, case.clock)
    bare = seconds(case.baseline, raws, times, runs, case.clock)
    rate = in_a_round * times / ours
    return {
        "items_per_s": round(rate),
        "bytes_per_item": sum(len(raw.body) for raw in raws) // in_a_round,
        "baseline_per_s": round(in_a_round * times / bare),
        "times_the_baseline": round(ours / bare, 2),
        "bar": case.bar,
        "is_reached": rate >= case.bar,
    }


def main() -> None:
    """Measure all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--items", type=int, default=20_000)
    chosen = parser.parse_args()
    found = {name: measure(name, case, chosen.items, chosen.runs) for name, case in cases().items()}
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
