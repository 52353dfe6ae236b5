"""The network of the laboratory on real sockets: it answers over HTTP and calls webhooks."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import urlsplit

import httpx

from hearwell.connectors.sandbox.fake import Item
from hearwell.connectors.sandbox.signing import SIGNATURE, TIMESTAMP, signature_of
from tests.crash.network import SECRET, TIMEOUT_S, Fate, Network, Page
from tests.crash.traps import Traps

# A network calls again what was not answered with 200, and now and then what was.
AGAIN_AFTER_S, REPEATED_SHARE, ECHO_LAG_S = 0.1, 0.1, 12.0
# The houses' manifest says that a read shows what was sent longer ago than two time-outs and the
# read lag (house_process.hurry, rules.settle_s): what is done after this is not shown by then.
DONE_WITHIN_S = TIMEOUT_S * 1.9
# How soon a line notices that nobody listens any more, and how much of the news comes by it.
LINE_TURN_S, STREAMED_SHARE = 0.2, 0.5


@dataclass
class Gauge:
    """Who is at something now, by its name, and the most there ever were at a time.

    Whoever has hung up or was killed is not there any more, also where nobody has noticed yet.
    """

    now: dict[str, list[socket.socket]] = field(default_factory=lambda: defaultdict(list))
    most: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def one(self, name: str, line: socket.socket) -> Iterator[None]:
        """Be one of them during the block."""
        with self._lock:
            self.now[name].append(line)
            self.most[name] = max(self.most[name], sum(map(is_open, self.now[name])))
        try:
            yield
        finally:
            with self._lock:
                self.now[name].remove(line)


def is_open(line: socket.socket) -> bool:
    """Whether the other side has not hung up."""
    try:
        return line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


@dataclass
class Served:
    """A network behind a port. `lock` guards it: many callers, one truth.

    `polls` and `lines` are who listens where: calls of `/<page>/events`, and `/<page>/stream`.
    """

    network: Network
    traps: Traps
    lock: threading.Lock = field(default_factory=threading.Lock)
    polls: Gauge = field(default_factory=Gauge)
    lines: Gauge = field(default_factory=Gauge)

    def __post_init__(self) -> None:
        handler = type("Handler", (_Handler,), {"served": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Be gone."""
        self._server.shutdown()
        self._server.server_close()

    def take(self, request: httpx.Request, pid: int) -> httpx.Response | None:
        """Answer a call, or hang up. Its caller may be dead by then."""
        with self.lock:
            fate = self.network.fate(request)
        refused = self.network.refusal(fate)
        writes = request.method != "GET"
        if refused is not None:
            return refused
        if fate is Fate.CUT_BEFORE or (writes and self.traps.end("O3", pid)):
            return None
        if fate is Fate.LATER:
            threading.Timer(TIMEOUT_S, self._apply, [request]).start()
            return None
        answer = self._apply(request)
        if writes and self.traps.end("O4", pid):
            return None
        return self._doubtful(fate, answer)

    def news(self, name: str, seen: int) -> list[bytes]:
        """What a line tells of what a page has had since: customers' words, and not all of them."""
        with self.lock:
            page = self.network.pages[name]
            return [
                page.envelope(one) if self._is_told(page, one) else b""
                for one in page.entries[seen:]
            ]

    def _is_told(self, page: Page, entry: Item) -> bool:
        is_ours = entry["item"]["author"] == page.page
        return not is_ours and self.network.random.random() < STREAMED_SHARE

    def _apply(self, request: httpx.Request) -> httpx.Response | None:
        with self.lock:
            # What it has not done by now it never does: so long after, an absence means something.
            if time.time() > float(request.headers.get("x-sent", "inf")) + DONE_WITHIN_S:
                return None
            return self.network.take(request)

    @staticmethod
    def _doubtful(fate: Fate, answer: httpx.Response | None) -> httpx.Response | None:
        if fate is Fate.CUT_AFTER:
            return None
        if fate is Fate.LATE:
            time.sleep(TIMEOUT_S * 1.5)
        return httpx.Response(500) if fate is Fate.BROKEN_AFTER else answer


class _Handler(BaseHTTPRequestHandler):
    served: ClassVar[Served]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        _, name, what = urlsplit(self.path).path.split("/", 2)
        if what == "stream":
            with self.served.lines.one(name, self.connection), suppress(OSError):
                self._hold_line(name)
        elif what == "events":
            with self.served.polls.one(name, self.connection):
                self._answer(b"")
        else:
            self._answer(b"")

    def _hold_line(self, name: str) -> None:
        """Tell what happens from now on, a line each, until nobody listens any more."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("connection", "close")
        self.end_headers()
        seen = len(self.served.network.pages[name].entries)
        while True:
            fresh = self.served.news(name, seen)
            seen += len(fresh)
            self.wfile.write(b"\n".join([*filter(None, fresh), b"\n"]))
            time.sleep(LINE_TURN_S)

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["content-length"])))

    def _answer(self, body: bytes) -> None:
        url = f"http://{self.headers['host']}{self.path}"
        request = httpx.Request(self.command, url, headers=dict(self.headers), content=body)
        answer = self.served.take(request, int(self.headers.get("x-pid", "0")))
        if answer is None:
            self.close_connection = True
            return
        try:
            self.send_response(answer.status_code)
            self.send_header("content-length", str(len(answer.content)))
            for name in ("content-type", "retry-after"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.end_headers()
            self.wfile.write(answer.content)
        except OSError:
            self.close_connection = True  # the caller is dead or has given up

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args: object) -> None:
        """Callers are killed here; their broken connections are no news."""


@dataclass
class Caller:
    """Calls the webhooks of a house with all that is new, until it is answered with 200."""

    network: Network
    lock: threading.Lock
    hooks: dict[str, Iterator[str]]
    callers: int = 3
    accepted: int = 0
    refused: int = 0
    unreadable: list[str] = field(default_factory=list)
    prompt_share: float = 0.5
    _next: dict[str, int] = field(default_factory=dict)
    _told: list[tuple[float, str, bytes]] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begin to call."""
        self._threads = [threading.Thread(target=self._call_forever) for _ in range(self.callers)]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Call no more."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def say_unreadable(self, page: str) -> None:
        """Call with something that no version of this network ever meant."""
        with self.lock:
            mark = f"garbled-{len(self.unreadable)}"
            self.unreadable.append(mark)
            body = f'{{"page": "{page}", "mark": "{mark}"}}'.encode()
            self._told.append((0.0, page, body))

    def _call_forever(self) -> None:
        with httpx.Client(timeout=10, trust_env=False) as client:
            while not self._stop.is_set():
                found = self._something()
                if found is None:
                    time.sleep(0.02)
                    continue
                page, body = found
                if self._is_accepted(client, page, body):
                    self.accepted += 1
                    continue
                time.sleep(AGAIN_AFTER_S)
                with self.lock:
                    self.refused += 1
                    self._told.append((0.0, page, body))

    def _something(self) -> tuple[str, bytes] | None:
        """What is to be told next; a network does not keep the order of what it repeats."""
        with self.lock:
            for name, page in self.network.pages.items():
                first = self._next.get(name, 0)
                entries: list[Item] = page.entries[first:]
                self._next[name] = first + len(entries)
                told = [(self._due(page, one), name, page.envelope(one)) for one in entries]
                self._told += told + [one for one in told if self._is(REPEATED_SHARE)]
            place = next((n for n, one in enumerate(self._told) if one[0] < time.time()), None)
            return None if place is None else self._told.pop(place)[1:]

    def _due(self, page: Page, entry: Item) -> float:
        """When it is told. Our own words often come only after they were looked for."""
        is_late = entry["item"]["author"] == page.page and not self._is(self.prompt_share)
        return time.time() + ECHO_LAG_S if is_late else 0.0

    def _is(self, share: float) -> bool:
        return self.network.random.random() < share

    def _is_accepted(self, client: httpx.Client, page: str, body: bytes) -> bool:
        door = next(self.hooks[page])
        try:
            return client.post(door, content=body, headers=signed(body)).is_success
        except httpx.TransportError:
            return False


def signed(body: bytes, clock: Callable[[], float] = time.time) -> dict[str, str]:
    """The headers of a genuine delivery."""
    stamp = str(int(clock()))
    return {TIMESTAMP: stamp, SIGNATURE: signature_of(SECRET, stamp, body)}
