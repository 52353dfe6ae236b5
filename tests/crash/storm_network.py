"""A social network on loopback that drops, delays, doubts and kills its callers: `Storm`.

It is the outside checker's only witness: what it has taken is what was posted.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

TIMEOUT_S, READ_LAG_S = 0.8, 0.2
NOTHING, APPLIED = False, True


@dataclass
class Storm:
    """The network: its posts, its whims, and the named places at which it kills a caller."""

    seed: int
    posts: list[dict[str, Any]] = field(default_factory=list)
    whims: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def whim(self) -> str:
        """What happens to the next post: mostly nothing out of the ordinary."""
        with self.lock:
            dice = self.random.random()
        for name, share in (("429", 0.05), ("503", 0.03), ("500 applied", 0.05), ("late", 0.04)):
            if dice < share:
                self.whims[name] += 1
                return name
            dice -= share
        return ""

    def take(self, body: dict[str, Any]) -> dict[str, Any]:
        """Post it."""
        with self.lock:
            made = {"id": f"s{len(self.posts) + 1}", "at": time.time(), **body}
            self.posts.append(made)
        return made

    def kill_at(self, point: str, pid: int) -> bool:
        """Kill the caller if it is this point's turn."""
        with self.lock:
            if self.kills[point] <= 0:
                return False
            self.kills[point] -= 1
            self.killed[point] += 1
        os.kill(pid, signal.SIGKILL)
        return True

    def visible(self, thread: str) -> list[dict[str, Any]]:
        """What a read shows: it trails the writes."""
        with self.lock:
            return [
                post
                for post in self.posts
                if post["thread"] == thread and time.time() - post["at"] > READ_LAG_S
            ]


class _Handler(BaseHTTPRequestHandler):
    storm: ClassVar[Storm]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/me":
            self._answer(200, {"page": "page-1"})
            return
        thread = parse_qs(url.query)["thread"][0]
        self._answer(200, {"posts": self.storm.visible(thread)})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        pid = int(self.headers["x-pid"])
        whim = self.storm.whim()
        if whim == "429":
            self._answer(429, {})
        elif whim == "503":
            self._answer(503, {})
        elif self.storm.kill_at("O3", pid):
            self.close_connection = True
        else:
            self._apply(body, pid, whim)

    def _apply(self, body: dict[str, Any], pid: int, whim: str) -> None:
        made = self.storm.take(body)
        if self.storm.kill_at("O4", pid):
            self.close_connection = True
        elif whim == "500 applied":
            self._answer(500, {})
        else:
            time.sleep(TIMEOUT_S * 2 if whim == "late" else 0)
            self._answer(201, made)

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        payload = json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("content-length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)
        except OSError:
            self.close_connection = True  # the caller is dead or has given up

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args: object) -> None:
        """Callers are killed here; their broken connections are no news."""


def serve(storm: Storm) -> ThreadingHTTPServer:
    """Start the network on a free loopback port; `shutdown()` ends it."""
    handler = type("Handler", (_Handler,), {"storm": storm})
    server = _Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
